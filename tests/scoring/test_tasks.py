import pytest
from django.conf import settings
from django.core import mail

from config.celery import app
from scoring.tasks import send_owed_summaries, send_summary
from tests.scoring.factories import make_result


def test_beat_rings_for_tasks_that_exist():
    app.loader.import_default_modules()
    rung = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert send_owed_summaries.name in rung
    assert rung <= set(app.tasks)


@pytest.mark.django_db
@pytest.mark.parametrize("first", [send_summary, send_owed_summaries], ids=lambda task: task.name)
def test_whichever_comes_first_the_other_finds_nothing(first):
    result = make_result()
    rings = {send_summary: (result.pk,), send_owed_summaries: ()}
    first(*rings.pop(first))
    for task, args in rings.items():
        task(*args)
    assert len(mail.outbox) == 1
