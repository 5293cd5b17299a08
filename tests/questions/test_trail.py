"""The trail can be added to, and nobody rewrites it, not even with SQL."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from accounts.models import User
from questions.models import QuestionVersion, TrailEntry
from questions.trail import Act, record
from tests.questions.factories import make_question

pytestmark = pytest.mark.django_db
REWRITTEN = {"reason": "Another reason", "act": "restored", "at": "2001-01-01T00:00:00Z"}


@pytest.fixture
def entry() -> TrailEntry:
    version = make_question(published=False)
    ada = User.objects.create_user("ada@example.org")
    return record(version.question, Act.EDITED, actor=ada, version=version, reason=" Typo. ")


def test_an_entry_says_who_what_when_and_why(entry: TrailEntry) -> None:
    saved = TrailEntry.objects.get()
    assert (saved.act, saved.reason) == ("edited", "Typo.")
    assert (saved.actor, saved.version) == (User.objects.get(), QuestionVersion.objects.get())
    assert saved.at is not None


def test_the_system_is_nobody() -> None:
    assert record(make_question().question, Act.IMPORTED, actor=None).actor is None


@pytest.mark.parametrize("field", REWRITTEN)
def test_nothing_is_rewritten(entry: TrailEntry, field: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TrailEntry.objects.update(**{field: REWRITTEN[field]})


def test_no_entry_is_moved_to_others(entry: TrailEntry) -> None:
    bob = User.objects.create_user("bob@example.org")
    other = make_question()
    for change in ({"actor": bob}, {"question": other.question}, {"version": other}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            TrailEntry.objects.update(**change)


def test_nothing_is_deleted(entry: TrailEntry) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TrailEntry.objects.all().delete()
    statement = "DELETE FROM questions_trailentry"
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with pytest.raises(ProtectedError):
        entry.question.delete()
    assert TrailEntry.objects.count() == 1


def test_a_person_and_a_draft_may_go_and_the_act_stays(entry: TrailEntry) -> None:
    User.objects.get().delete()
    QuestionVersion.objects.get().delete()
    saved = TrailEntry.objects.get()
    assert (saved.actor, saved.version, saved.act, saved.reason) == (None, None, "edited", "Typo.")
