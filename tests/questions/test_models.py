import pytest
from django.utils import timezone

from questions.models import QuestionVersion
from tests.questions.factories import make_certification, make_item, make_question, make_version

pytestmark = pytest.mark.django_db


def test_current_is_the_newest_published_version_that_still_stands():
    certification = make_certification()
    old = make_question(certification)
    newer = make_version(old.question, make_item(external_id=old.question.external_id))
    make_version(old.question, make_item(external_id=old.question.external_id), published=False)
    retired, withdrawn = make_question(certification), make_question(certification)
    retired.question.retired_at = timezone.now()
    retired.question.save()
    withdrawn.withdrawn_at = timezone.now()
    withdrawn.save()
    assert list(QuestionVersion.objects.current()) == [newer]
