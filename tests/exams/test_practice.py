import random
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import RestrictedError
from django.utils import timezone

from exams import delivery, practice
from exams.models import Exam, ExamForm, Sitting
from tests.exams.factories import (
    key_shown,
    make_exam,
    make_form,
    make_sitting,
    make_user,
    submit,
    token_of,
)
from tests.questions.factories import make_certification, make_question

pytestmark = pytest.mark.django_db


def begin(user=None, count=3, *, minutes=None, shows_rationale=True, certification=None):
    certification = certification or make_certification()
    versions = [make_question(certification) for _ in range(count)]
    return practice.start(
        user or make_user(),
        certification,
        [version.pk for version in versions],
        minutes=minutes,
        shows_rationale=shows_rationale,
        rng=random.Random(1),
    )


def check(sitting, position=1, selected="A"):
    return practice.check(sitting, position, selected, is_guessed=False, seconds=9)


def test_a_practice_has_a_form_of_its_own_in_the_order_drawn():
    user = make_user()
    sitting = begin(user)
    form = sitting.form
    assert (form.number, form.candidate, form.form_questions.count()) == (None, user, 3)
    assert (sitting.exam.mode, sitting.exam.opened_at) == (Exam.Mode.PRACTICE, None)
    assert sitting.responses.count() == 3
    assert sitting.deadline is None


def test_extra_time_counts_in_practice_too():
    sitting = begin(make_user(extra_time_percent=50), minutes=20)
    sitting.refresh_from_db()
    assert sitting.deadline - sitting.started_at == timedelta(minutes=30)


def test_one_practice_of_a_certification_at_a_time():
    user, certification = make_user(), make_certification()
    begin(user, certification=certification)
    with pytest.raises(practice.AlreadyOpen):
        begin(user, certification=certification)
    assert begin(user).pk  # another certification
    assert practice.own_exam(certification).forms.count() == 1


def test_a_practice_that_ran_out_stands_in_no_way():
    user, certification = make_user(), make_certification()
    old = begin(user, minutes=10, certification=certification)
    past = timezone.now() - timedelta(hours=1)
    Sitting.objects.update(started_at=past - timedelta(minutes=10), deadline=past)
    assert begin(user, certification=certification).pk != old.pk
    old.refresh_from_db()
    assert old.submitted_at == past


def test_what_was_seen_is_known_in_practice_too():
    certification, user = make_certification(), make_user()
    old, new = make_question(certification), make_question(certification)
    submit(make_sitting(make_form(make_exam(certification), [old]), user))
    sitting = practice.start(
        user,
        certification,
        [new.pk, old.pk],
        minutes=None,
        shows_rationale=True,
        rng=random.Random(1),
    )
    assert list(sitting.responses.order_by("position").values_list("was_seen", flat=True)) == [
        False,
        True,
    ]


@pytest.mark.parametrize("count", [10, 65])
def test_starting_is_a_fixed_few_statements(count, django_assert_num_queries):
    certification, user = make_certification(), make_user()
    practice.own_exam(certification)
    versions = [make_question(certification).pk for _ in range(count)]
    # exam, running, savepoints, form, its questions, sitting, what to lay out, responses
    with django_assert_num_queries(11):
        practice.start(
            user, certification, versions, minutes=10, shows_rationale=True, rng=random.Random(1)
        )


def test_a_response_is_checked_once_in_one_statement(django_assert_num_queries):
    sitting = begin()
    with django_assert_num_queries(1):
        assert check(sitting, selected="B")
    assert check(sitting, selected="C") is False
    response = sitting.responses.get(position=1)
    assert (response.selected, response.first_selected, response.seconds) == ("B", "B", 9)
    assert response.checked_at is not None
    token = token_of(sitting)
    change = delivery.Change(1, response.revision, "D", "", False)
    assert delivery.respond(token, change) is None


def test_letters_the_question_does_not_have_are_refused():
    assert check(begin(), selected="H") is False


def test_nothing_is_checked_in_an_exam_or_after_the_end():
    exam = make_sitting(make_form(make_exam()), make_user("ada2@passline.example"))
    assert check(exam) is False
    sitting = begin()
    delivery.submit(token_of(sitting))
    assert check(sitting) is False


def test_the_clock_stops_and_goes_on():
    sitting = begin(minutes=10)
    assert practice.pause(sitting)
    assert practice.pause(sitting) is False
    sitting.refresh_from_db()
    assert (sitting.deadline, 590 <= sitting.seconds_left <= 600) == (None, True)
    assert check(sitting) is False
    assert delivery.close_overdue() == 0
    assert practice.resume(sitting)
    assert practice.resume(sitting) is False
    sitting.refresh_from_db()
    assert sitting.seconds_left is None
    assert sitting.deadline > timezone.now() + timedelta(seconds=580)
    assert check(sitting)


def test_the_exam_room_has_no_pause():
    assert practice.pause(begin(minutes=10, shows_rationale=False)) is False


def test_certifications_with_published_questions_are_practiced():
    certification = make_certification("X-C01")
    make_certification("Y-C01")
    make_question(certification)
    assert list(practice.practiced()) == [certification]


def test_an_untimed_practice_has_no_clock_to_stop():
    assert practice.pause(begin()) is False


def test_a_paused_practice_can_be_ended():
    sitting = begin(minutes=10)
    practice.pause(sitting)
    assert delivery.submit(token_of(sitting))
    assert Sitting.objects.get(pk=sitting.pk).submitted_at is not None


def test_flags_come_and_go():
    sitting = begin()
    practice.flag(sitting, 2, is_on=True)
    assert list(sitting.responses.filter(is_flagged=True).values_list("position", flat=True)) == [2]
    practice.flag(sitting, 2, is_on=False)
    assert not sitting.responses.filter(is_flagged=True).exists()


def test_own_forms_are_nobody_elses():
    sitting = begin()
    with pytest.raises(delivery.NoForm):
        delivery.start(sitting.exam, candidate=None, guest_key=uuid4(), rng=random.Random(1))


def test_right_responses_are_scored_and_owe_no_letter():
    sitting = begin(count=2)
    for response in sitting.responses.order_by("position"):
        check(sitting, response.position, key_shown(response))
    delivery.submit(token_of(sitting))
    sitting.refresh_from_db()
    assert (sitting.result.raw_score, sitting.result.email_due_at) == (2, None)


def test_an_erased_account_takes_its_practice_along():
    sitting = begin()
    check(sitting)
    begin(sitting.candidate, minutes=5)
    sitting.candidate.delete()
    assert (Sitting.objects.count(), ExamForm.objects.count()) == (0, 0)


def test_a_form_that_was_sat_stays():
    form = make_form(make_exam())
    make_sitting(form, make_user("ada3@passline.example"))
    with pytest.raises(RestrictedError):
        form.delete()
