from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from questions import reviewing
from questions.models import Question, Task, TrailEntry
from questions.tagging import Retag, retag, verify
from tests.questions.factories import PUBLISHED_AT, make_bank, make_certification, make_question

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
EVERY = Question.objects.all()


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada@example.com", "secret")


def trail() -> list[tuple[str, str, str]]:
    entries = TrailEntry.objects.order_by("question__external_id", "pk")
    return [(each.question.external_id, each.act, each.reason) for each in entries]


def services(question: Question) -> list[str]:
    return list(question.services.values_list("name", flat=True))


def test_what_changes_is_written_and_said(ada: User) -> None:
    certification = make_certification()
    one = make_question(certification, external_id="one", services=("Amazon S3",)).question
    two = make_question(certification, external_id="two", services=("AWS Glue",), task="2.1")
    task = Task.objects.get(domain__certification=certification, number="2.1")
    change = Retag(task, "sample", added=["Amazon EMR", "AWS Glue"], removed=["Amazon S3"])
    assert retag(EVERY, change, actor=ada) == 2
    one.refresh_from_db()
    assert (one.task, one.pool) == (task, "sample")
    assert services(one) == services(two.question) == ["AWS Glue", "Amazon EMR"]
    pools = "mock exams becomes sample questions"
    assert trail() == [
        ("one", "tagged", f"task 1.1 becomes 2.1; {pools}; + Amazon EMR; + AWS Glue; - Amazon S3"),
        ("two", "tagged", f"{pools}; + Amazon EMR"),
    ]
    assert TrailEntry.objects.filter(actor=ada).count() == 2


def test_what_is_so_already_changes_nothing(ada: User) -> None:
    make_question(services=("Amazon S3",))
    change = Retag(pool="exam", added=["Amazon S3"], removed=["AWS Glue"])
    assert retag(EVERY, change, actor=ada) == 0
    assert trail() == []


def test_a_task_of_another_certification_is_refused(ada: User) -> None:
    make_question(make_certification())
    task = Task.objects.exclude(domain__certification__questions__isnull=False)
    stranger = make_certification()
    with pytest.raises(ValueError, match="another certification"):
        retag(EVERY, Retag(task.filter(domain__certification=stranger)[0]), actor=ada)
    assert trail() == []


def test_questions_are_verified_once_a_day(ada: User) -> None:
    make_question(external_id="old", verified=date(2025, 1, 1))
    make_question(external_id="never", verified=None)
    make_question(external_id="today", verified=TODAY)
    assert verify(EVERY, on=TODAY, actor=ada) == 2
    assert set(EVERY.values_list("verified_on", flat=True)) == {TODAY}
    assert trail() == [("never", "verified", ""), ("old", "verified", "")]
    assert verify(EVERY, on=TODAY, actor=ada) == 0


def test_many_are_retired_and_restored(ada: User) -> None:
    make_bank(make_certification(weights=[100]), [3])
    assert reviewing.retire_all(EVERY, actor=ada, reason="Old.", now=PUBLISHED_AT) == 3
    assert reviewing.retire_all(EVERY, actor=ada, reason="Old.", now=PUBLISHED_AT) == 0
    assert reviewing.restore_all(EVERY, actor=ada) == 3
    assert reviewing.restore_all(EVERY, actor=ada) == 0
    assert [act for _, act, _ in trail()] == ["retired", "restored"] * 3


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_the_questions(
    ada: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_bank(make_certification(weights=[100]), [count])
    with django_assert_num_queries(WITH_SAVEPOINT + 3):
        verify(EVERY, on=TODAY, actor=ada)
    with django_assert_num_queries(WITH_SAVEPOINT + 3):
        reviewing.retire_all(EVERY, actor=ada, reason="Old.", now=PUBLISHED_AT)
    with django_assert_num_queries(WITH_SAVEPOINT + 3):
        reviewing.restore_all(EVERY, actor=ada)
    task = Task.objects.select_related("domain").get(number="1.2")
    change = Retag(task, "sample", added=["AWS Glue"], removed=["Amazon S3"])
    with django_assert_num_queries(WITH_SAVEPOINT + 9):
        retag(EVERY, change, actor=ada)


WITH_SAVEPOINT = 2
