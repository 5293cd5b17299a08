from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone

from exams.clock import GRACE
from exams.models import Exam, ExamForm, FormQuestion, LateResponse, Response, Sitting
from tests.exams.factories import make_exam, make_form, make_sitting, make_user, submit

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
NOBODY = AnonymousUser()


@pytest.fixture
def form():
    return make_form(make_exam())


def assert_refused(constraint, act):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        act()


# --- Exams and forms


def test_a_guest_may_start_only_what_is_open_to_guests():
    closed = make_exam(slug="closed", opened_at=None, is_open_to_guests=True)
    mock = make_exam(closed.certification, slug="mock")
    sample = make_exam(closed.certification, slug="sample", is_open_to_guests=True)
    assert set(Exam.objects.opened()) == {mock, sample}
    assert [mock.is_open_to(NOBODY), sample.is_open_to(NOBODY)] == [False, True]
    assert [mock.is_open_to(make_user()), sample.is_open_to(NOBODY)] == [True, True]


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("exams_exam_cut_share_range", {"cut_share": 0}),
        ("exams_exam_cut_share_range", {"cut_share": 1}),
        ("exams_exam_scale_ascends", {"floor_score": 750}),
        ("exams_exam_scale_ascends", {"ceiling_score": 750}),
        ("exams_exam_something_scored", {"unscored_count": 4}),
    ],
)
def test_what_no_exam_may_be(constraint, fields):
    assert_refused(constraint, lambda: make_exam(**fields))


def test_the_cut_is_exact():
    exam = make_exam(cut_share="0.7201", unscored_count=1)
    exam.refresh_from_db()
    assert (exam.cut_share, exam.cut_fraction) == (Decimal("0.7201"), Fraction(7201, 10000))
    assert exam.scored_count == 3


def test_a_form_has_each_place_and_each_question_once(form):
    first, second = form.form_questions.order_by("position")[:2]
    assert_refused(
        "exams_formquestion_place_unique",
        lambda: FormQuestion.objects.filter(pk=first.pk).update(position=2),
    )
    assert_refused(
        "exams_formquestion_version_unique",
        lambda: FormQuestion.objects.filter(pk=first.pk).update(version=second.version_id),
    )
    assert_refused(
        "exams_form_number_unique", lambda: ExamForm.objects.create(exam=form.exam, number=1)
    )


def test_what_was_sat_is_not_deleted(form):
    make_sitting(form, make_user())
    version = form.form_questions.first().version
    for row in (form.exam, form, version, version.question):
        with pytest.raises((ProtectedError, RestrictedError)):
            row.delete()


# --- Whose sittings


def test_a_sitting_is_found_by_its_candidate_only(form):
    ada, eve = make_user(), make_user("eve@passline.example")
    sitting, _ = make_sitting(form, ada), make_sitting(form, eve)
    assert list(Sitting.objects.for_candidate(ada)) == [sitting]
    assert list(Sitting.objects.for_candidate(NOBODY)) == []


def test_a_guests_sitting_is_found_by_the_key_of_the_browser_only(form):
    key = uuid4()
    sitting, _ = make_sitting(form, guest_key=key), make_sitting(form, guest_key=uuid4())
    make_sitting(form, make_user())
    assert list(Sitting.objects.held_by(NOBODY, key)) == [sitting]
    assert list(Sitting.objects.held_by(NOBODY, uuid4())) == []
    assert list(Sitting.objects.held_by(NOBODY, None)) == []


def test_the_key_opens_nothing_any_more_once_the_sitting_has_moved(form):
    key, ada, eve = uuid4(), make_user(), make_user("eve@passline.example")
    sitting = make_sitting(form, guest_key=key)
    Sitting.objects.filter(pk=sitting.pk).update(candidate=ada)
    assert list(Sitting.objects.held_by(NOBODY, key)) == []
    assert list(Sitting.objects.held_by(eve, key)) == []
    assert list(Sitting.objects.held_by(ada, None)) == [sitting]


# --- What may be true of a sitting


def test_one_open_sitting_a_holder_and_exam(form):
    user, key = make_user(), uuid4()
    fields = {"exam": form.exam, "form": form, "started_at": timezone.now()}
    for constraint, holder in (
        ("exams_sitting_one_open_candidate", {"candidate": user}),
        ("exams_sitting_one_open_guest", {"guest_key": key}),
    ):
        Sitting.objects.create(**fields, **holder)
        assert_refused(constraint, lambda holder=holder: Sitting.objects.create(**fields, **holder))
    Sitting.objects.update(submitted_at=timezone.now())
    Sitting.objects.create(**fields, candidate=user)


def test_a_sitting_has_a_holder_and_ends_after_its_start(form):
    now = timezone.now()
    fields = {"exam": form.exam, "form": form, "started_at": now}
    assert_refused("exams_sitting_has_holder", lambda: Sitting.objects.create(**fields))
    assert_refused(
        "exams_sitting_deadline_after_start",
        lambda: Sitting.objects.create(**fields, guest_key=uuid4(), deadline=now),
    )


@pytest.mark.parametrize(
    ("since_deadline", "is_open"),
    [(-SECOND, True), (GRACE, True), (GRACE + SECOND, False)],
    ids=["before", "in the grace", "after"],
)
def test_a_sitting_is_open_until_the_grace_is_over(form, since_deadline, is_open):
    sitting = make_sitting(form, make_user())
    now = sitting.deadline + since_deadline
    assert (sitting.is_open(now), sitting.is_overdue(now)) == (is_open, not is_open)


def test_a_submitted_sitting_is_neither_open_nor_overdue(form):
    sitting = submit(make_sitting(form, make_user()))
    later = sitting.deadline + HOUR
    assert (sitting.is_open(later), sitting.is_overdue(later)) == (False, False)
    assert (list(Sitting.objects.open()), list(Sitting.objects.submitted())) == ([], [sitting])


def test_an_untimed_sitting_stays_open():
    sitting = make_sitting(make_form(make_exam(minutes=None)), make_user())
    assert sitting.is_open(timezone.now() + timedelta(days=3650))
    assert list(Sitting.objects.overdue()) == []


def test_the_database_finds_what_is_overdue(form):
    late = make_sitting(form, make_user(), started_ago=HOUR + GRACE + SECOND)
    make_sitting(form, make_user("bob@passline.example"), started_ago=HOUR + SECOND)
    submit(make_sitting(form, make_user("cyd@passline.example"), started_ago=2 * HOUR))
    assert list(Sitting.objects.overdue()) == [late]


def test_what_ran_out_was_submitted_at_its_deadline(form):
    sitting = make_sitting(form, make_user(), started_ago=HOUR / 2)
    assert (sitting.has_run_out, sitting.time_used) == (False, None)
    sitting.submitted_at = sitting.deadline - SECOND
    assert (sitting.has_run_out, sitting.time_used) == (False, HOUR - SECOND)
    sitting.submitted_at = sitting.deadline
    assert (sitting.has_run_out, sitting.time_used) == (True, HOUR)


# --- Responses


@pytest.mark.parametrize(
    ("choose_count", "selected", "is_complete"),
    [
        (1, "", False),
        (1, "B", True),
        (2, "A", False),
        (2, "AC", True),
        (4, "AB-D", False),
        (4, "ABCD", True),
        (3, "-A", False),
    ],
)
def test_a_response_is_complete_with_every_place_filled(choose_count, selected, is_complete):
    assert Response(choose_count=choose_count, selected=selected).is_complete is is_complete


@pytest.mark.parametrize(
    "letters", [{"selected": "I"}, {"selected": "a"}, {"struck": "-"}, {"struck": "AZ"}]
)
def test_a_response_holds_letters_only(form, letters):
    sitting = make_sitting(form, make_user())
    rows = sitting.responses.filter(position=1)
    assert_refused("exams_response_letters", lambda: rows.update(**letters))


def test_one_response_and_one_late_response_a_place(form):
    sitting = make_sitting(form, make_user())
    rows = sitting.responses.filter(position=1)
    assert_refused("exams_response_place_unique", lambda: rows.update(position=2))
    LateResponse.objects.create(sitting=sitting, position=1)
    assert_refused(
        "exams_lateresponse_place_unique",
        lambda: LateResponse.objects.create(sitting=sitting, position=1),
    )


def test_erasing_a_candidate_erases_what_was_said_and_leaves_the_exam(form):
    ada, bob = make_user(), make_user("bob@passline.example")
    submit(make_sitting(form, ada))
    kept = make_sitting(form, bob)
    ada.delete()
    assert list(Sitting.objects.all()) == [kept]
    assert set(Response.objects.values_list("sitting", flat=True)) == {kept.pk}
    assert form.form_questions.count() == 4


def test_rows_are_named_for_people(form):
    code = form.exam.certification.code
    sitting = make_sitting(form, make_user())
    assert str(form) == f"{code} Mock exam 1 form 1"
    assert str(sitting) == f"{code} Mock exam 1 #{sitting.pk}"
    assert str(form.form_questions.order_by("position").first()) == "1"
    assert str(Response(position=3, selected="AC")) == "3: AC"
    assert str(LateResponse(position=3, selected="B")) == "3: B"
