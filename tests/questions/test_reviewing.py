"""Draft, in review, published, retired: who may take which step, once, and why."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from questions import reviewing
from questions.groups import make_groups
from questions.models import Question, QuestionReport, QuestionVersion, TrailEntry
from questions.publishing import UnpublishableError
from questions.reviewing import OwnWorkError, ReasonMissingError
from questions.trail import Act, record
from tests.questions.factories import make_question

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 25, 9, tzinfo=UTC)


def person(name: str) -> User:
    return User.objects.get_or_create(email=f"{name}@example.org")[0]


def draft(*, in_review: bool = False, **changes: object) -> QuestionVersion:
    """A draft of ada's."""
    version = make_question(published=False, **changes)
    version.author = person("ada")
    version.review_asked_at = NOW if in_review else None
    version.save(update_fields=["author", "review_asked_at"])
    return version


def saved(version: QuestionVersion) -> QuestionVersion:
    return QuestionVersion.objects.get(pk=version.pk)


def trail() -> list[tuple[str, str, str]]:
    rows = TrailEntry.objects.order_by("pk").select_related("actor")
    return [(row.act, row.actor.email if row.actor else "", row.reason) for row in rows]


def approve(version: QuestionVersion, name: str = "bob", *, revision: int = 0) -> bool:
    return reviewing.approve(version, actor=person(name), revision=revision, now=LATER)


# --- The way to publication


def test_a_draft_goes_to_review_and_is_published_by_somebody_else() -> None:
    version = draft()
    assert reviewing.ask_review(version, actor=person("ada"), now=NOW)
    assert list(QuestionVersion.objects.in_review()) == [version]
    assert approve(version)
    published = saved(version)
    assert (published.published_at, published.reviewer) == (LATER, person("bob"))
    assert published.stem_html
    assert list(QuestionVersion.objects.in_review()) == []
    assert trail() == [("asked", "ada@example.org", ""), ("published", "bob@example.org", "")]


def test_what_breaks_a_rule_does_not_reach_the_reviewer() -> None:
    version = draft(explanation="")
    with pytest.raises(UnpublishableError, match="explanation: is empty"):
        reviewing.ask_review(version, actor=person("ada"), now=NOW)
    assert (saved(version).review_asked_at, trail()) == (None, [])


def test_what_breaks_a_rule_is_not_published() -> None:
    version = draft(in_review=True, explanation="")
    with pytest.raises(UnpublishableError):
        approve(version)
    assert (saved(version).published_at, saved(version).reviewer, trail()) == (None, None, [])


def test_a_draft_is_sent_back_with_a_reason_and_comes_again() -> None:
    version = draft(in_review=True)
    assert reviewing.send_back(version, actor=person("bob"), reason=" Two options are right. ")
    assert saved(version).review_asked_at is None
    assert not approve(version)
    assert reviewing.ask_review(version, actor=person("ada"), now=LATER)
    assert trail()[0] == ("returned", "bob@example.org", "Two options are right.")


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_reason_is_owed(reason: str) -> None:
    version, bob = draft(in_review=True), person("bob")
    report = QuestionReport.objects.create(version=version, reason="key")
    with pytest.raises(ReasonMissingError):
        reviewing.send_back(version, actor=bob, reason=reason)
    with pytest.raises(ReasonMissingError):
        reviewing.retire(version.question, actor=bob, reason=reason, now=NOW)
    with pytest.raises(ReasonMissingError):
        reviewing.resolve(report, actor=bob, resolution=reason, now=NOW)
    assert trail() == []


# --- Two people


def test_nobody_publishes_what_they_began() -> None:
    version = draft(in_review=True)
    with pytest.raises(OwnWorkError):
        approve(version, "ada")
    assert (saved(version).published_at, trail()) == (None, [])


@pytest.mark.parametrize("act", [Act.CREATED, Act.EDITED, Act.IMPORTED])
def test_nobody_publishes_what_they_edited(act: TrailEntry.Act) -> None:
    version = draft(in_review=True)
    record(version.question, act, actor=person("bob"), version=version)
    with pytest.raises(OwnWorkError):
        approve(version, "bob")
    assert approve(version, "cleo")


def test_who_sent_an_earlier_version_back_or_edited_it_may_publish_this_one() -> None:
    version = draft(in_review=True)
    record(version.question, Act.EDITED, actor=person("bob"), version=None)
    reviewing.send_back(version, actor=person("bob"), reason="Unclear.")
    reviewing.ask_review(version, actor=person("ada"), now=NOW)
    assert approve(version, "bob")


def test_the_database_keeps_them_two() -> None:
    version = draft()
    with pytest.raises(IntegrityError, match="questions_version_two_people"), transaction.atomic():
        QuestionVersion.objects.filter(pk=version.pk).update(reviewer=person("ada"))
    make_question(published=False)  # with neither author nor reviewer


def test_a_draft_saved_since_it_was_read_is_not_published() -> None:
    version = draft(in_review=True)
    QuestionVersion.objects.update(revision=1, stem="Not what the reviewer read?")
    assert not approve(version, revision=0)
    assert saved(version).published_at is None
    assert approve(version, revision=1)


# --- Once


def test_every_step_is_taken_once() -> None:
    version, ada, bob = draft(), person("ada"), person("bob")
    question = version.question
    assert not reviewing.send_back(version, actor=bob, reason="Why?")
    assert not approve(version)
    assert not reviewing.restore(question, actor=bob)
    assert reviewing.ask_review(version, actor=ada, now=NOW)
    assert not reviewing.ask_review(version, actor=ada, now=LATER)
    assert approve(version)
    assert not approve(version)
    assert not reviewing.ask_review(version, actor=ada, now=LATER)
    assert not reviewing.send_back(version, actor=bob, reason="Too late.")
    assert reviewing.retire(question, actor=bob, reason="Gone.", now=NOW)
    assert not reviewing.retire(question, actor=bob, reason="Twice.", now=LATER)
    assert reviewing.restore(question, actor=bob, reason="Back.")
    assert not reviewing.restore(question, actor=bob)
    assert [act for act, _, _ in trail()] == ["asked", "published", "retired", "restored"]


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_wins() -> None:
    version = draft(in_review=True)
    bob, cleo = person("bob"), person("cleo")
    outcomes = at_once(
        lambda: approve(version, "bob"),
        lambda: reviewing.send_back(version, actor=cleo, reason="Unclear."),
    )
    entry = TrailEntry.objects.get()
    assert sorted(outcomes) == [False, True]
    assert (saved(version).published_at is not None) == (entry.act == "published")
    assert entry.actor == (bob if entry.act == "published" else cleo)


def at_once(*steps: Callable[[], bool]) -> list[bool]:
    """What each returned, begun together, each on a connection of its own."""
    barrier, outcomes = threading.Barrier(len(steps)), []

    def run(step: Callable[[], bool]) -> None:
        barrier.wait()
        outcomes.append(step())
        connection.close()

    threads = [threading.Thread(target=run, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


# --- Retired and restored


def test_a_retired_question_is_drawn_no_more() -> None:
    version = make_question()
    assert reviewing.retire(version.question, actor=person("bob"), reason="Old API.", now=NOW)
    assert Question.objects.get().retired_at == NOW
    assert not QuestionVersion.objects.current().exists()
    assert reviewing.restore(version.question, actor=person("bob"), reason="It came back.")
    assert list(QuestionVersion.objects.current()) == [version]
    assert trail() == [
        ("retired", "bob@example.org", "Old API."),
        ("restored", "bob@example.org", "It came back."),
    ]


# --- Reports


def test_a_report_is_resolved_once() -> None:
    report = QuestionReport.objects.create(version=make_question(), reason="key", text="B is right")
    bob = person("bob")
    assert reviewing.resolve(report, actor=bob, resolution=" Key corrected. ", now=NOW)
    assert not reviewing.resolve(report, actor=person("cleo"), resolution="No.", now=LATER)
    report.refresh_from_db()
    assert (report.resolved_by, report.resolved_at) == (bob, NOW)
    assert report.resolution == "Key corrected."


# --- Groups


def rights(name: str) -> set[str]:
    return {each.codename for each in Group.objects.get(name=name).permissions.all()}


def test_authors_write_and_reviewers_judge() -> None:
    authors, reviewers = rights("Authors"), rights("Reviewers")
    assert {"add_question", "change_questionversion", "view_trailentry"} <= authors
    assert "review_questionversion" not in authors
    assert not {"change_trailentry", "delete_trailentry", "change_questionreport"} & authors
    written = {each for each in reviewers if not each.startswith("view_")}
    assert written == {
        "review_questionversion",
        "change_questionreport",
        "add_examform",
        "change_examform",
    }


def test_what_a_site_has_changed_stays() -> None:
    Group.objects.get(name="Authors").permissions.clear()
    make_groups()
    assert rights("Authors") == set()
