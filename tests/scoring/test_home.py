"""What the home page reads."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from exams.models import Response, Sitting
from scoring import home
from tests.exams.factories import (
    make_exam,
    make_form,
    make_sitting,
    make_user,
    respond,
    respond_all,
    submit,
)
from tests.questions.factories import make_certification

pytestmark = pytest.mark.django_db


def sit(form, candidate, *, right: int, at: datetime | None = None) -> Sitting:
    sitting = make_sitting(form, candidate)
    respond_all(sitting, right=right)
    return submit(sitting, at=at)


def read(user) -> list[home.Shelf]:
    held = Sitting.objects.held_by(user, None)
    return home.shelves(user, held, home.running(held))


def test_running_counts_what_is_answered_in_full():
    form = make_form(make_exam(question_count=4))
    sitting = make_sitting(form, make_user(), started_ago=timedelta(minutes=10))
    respond(sitting, 1, "A")
    Response.objects.filter(sitting=sitting, position=2).update(choose_count=2, selected="A")
    Response.objects.filter(sitting=sitting, position=3).update(choose_count=2, selected="A-")
    now = timezone.now()

    [line] = home.running_lines(home.running(Sitting.objects.all()), now)

    assert (line.complete_count, line.question_count) == (1, 4)
    assert line.time_left == timedelta(seconds=int((sitting.deadline - now).total_seconds()))


def test_an_untimed_sitting_has_no_time_left():
    form = make_form(make_exam(question_count=1, minutes=None))
    make_sitting(form, make_user())

    [line] = home.running_lines(home.running(Sitting.objects.all()), timezone.now())

    assert line.time_left is None


def test_exams_are_grouped_by_certification_with_the_retired_last():
    retired = make_certification("A-1", status="retired")
    current = make_certification("B-1")
    make_exam(retired, slug="a", name="A")
    make_exam(current, slug="c", name="C", position=2)
    make_exam(current, slug="b", name="B", position=1)
    make_exam(current, slug="closed", opened_at=None)

    shelves = read(make_user())

    assert [
        (shelf.certification.code, [line.exam.slug for line in shelf.exams]) for shelf in shelves
    ] == [("B-1", ["b", "c"]), ("A-1", ["a"])]


def test_an_exam_tells_best_score_and_whether_it_was_ever_passed():
    ada, bob = make_user(), make_user("bob@passline.example")
    form = make_form(make_exam())
    sit(form, ada, right=1)
    sit(form, ada, right=3)
    sit(form, ada, right=2)
    sit(form, bob, right=4)
    opened = make_sitting(form, ada)

    [shelf] = read(ada)
    [line] = shelf.exams

    assert (line.best_score, line.has_passed, line.sitting_count) == (750, True, 3)
    assert line.running == opened


def test_a_guest_may_start_what_is_open_to_guests():
    certification = make_certification()
    make_exam(certification, slug="sample", is_open_to_guests=True)
    make_exam(certification, slug="mock", position=1)

    shelves = read(AnonymousUser())

    assert [(line.exam.slug, line.may_start) for line in shelves[0].exams] == [
        ("sample", True),
        ("mock", False),
    ]
    assert home.first_open_to_guests(shelves).slug == "sample"
    assert home.first_open_to_guests([]) is None


def test_history_goes_from_the_oldest_to_the_newest():
    ada = make_user()
    form = make_form(make_exam())
    sit(form, ada, right=2, at=datetime(2026, 11, 1, 12, tzinfo=UTC))
    sit(form, ada, right=4, at=datetime(2026, 11, 3, 12, tzinfo=UTC))

    [shelf] = read(ada)

    assert [(point.label, point.is_pass) for point in shelf.history.points] == [
        ("Nov 1", False),
        ("Nov 3", True),
    ]
    assert shelf.history.text == (
        "2 scaled scores, pass line 750: 533 on Nov 1, not passed, 1000 on Nov 3, passed."
    )
    assert [sitting.result.scaled_score for sitting in shelf.latest] == [1000, 533]


def test_history_leaves_out_scores_of_another_scale():
    ada = make_user()
    exam = make_exam()
    form = make_form(exam)
    sit(form, ada, right=2, at=datetime(2026, 11, 1, 12, tzinfo=UTC))
    exam.cut_score = 700
    exam.save(update_fields=["cut_score"])
    sit(form, ada, right=3, at=datetime(2026, 11, 3, 12, tzinfo=UTC))

    [shelf] = read(ada)

    assert [point.label for point in shelf.history.points] == ["Nov 3"]
    assert shelf.history.cut_score == 700


def test_nothing_sat_is_no_history():
    make_exam()

    [shelf] = read(make_user())

    assert (shelf.history, list(shelf.latest)) == (None, [])


def test_a_guest_sees_the_sittings_of_the_own_browser_only():
    key = uuid4()
    form = make_form(make_exam(is_open_to_guests=True))
    sitting = make_sitting(form, guest_key=key)
    submit(sitting)
    submit(make_sitting(form, guest_key=uuid4()))

    held = Sitting.objects.held_by(AnonymousUser(), key)

    assert list(home.earned(held)) == [sitting]
