import random
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections
from django.utils import timezone

from exams import delivery
from exams.clock import GRACE
from exams.delivery import Adopted, Change
from exams.models import LateResponse, Response, Sitting
from exams.tokens import SittingToken
from tests.exams.factories import (
    make_exam,
    make_form,
    make_sitting,
    make_user,
    respond,
    submit,
    token_of,
)
from tests.questions.factories import make_question

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def change(position=1, revision=0, selected="B", struck="", is_flagged=False):
    return Change(position, revision, selected, struck, is_flagged)


def row(sitting, position=1):
    response = sitting.responses.get(position=position)
    return (response.selected, response.struck, response.is_flagged, response.revision)


# --- Starting


def test_start_stores_the_deadline_with_the_extra_time():
    user = make_user(extra_time_percent=25, extra_time_minutes=5)
    sitting = make_sitting(make_form(make_exam(minutes=60)), user)
    assert sitting.extra_minutes == 20
    assert sitting.deadline - sitting.started_at == timedelta(minutes=80)


def test_an_untimed_exam_has_no_deadline_and_no_extra_time():
    user = make_user(extra_time_minutes=30)
    sitting = make_sitting(make_form(make_exam(minutes=None)), user)
    assert (sitting.deadline, sitting.extra_minutes) == (None, 0)


def test_start_lays_out_one_response_a_question_in_form_order():
    form = make_form(make_exam())
    sitting = make_sitting(form, make_user())
    laid_out = sitting.responses.order_by("position").values_list(
        "position", "form_question_id", "selected", "revision", "choose_count"
    )
    assert list(laid_out) == [
        (question.position, question.pk, "", 0, 1)
        for question in form.form_questions.order_by("position")
    ]
    assert {"".join(sorted(one.option_order)) for one in sitting.responses.all()} == {"ABCD"}


def test_start_says_how_many_letters_each_kind_takes():
    exam = make_exam()
    kinds = ("single", "multiple", "ordering", "matching")
    versions = [make_question(exam.certification, kind=kind) for kind in kinds]
    sitting = make_sitting(make_form(exam, versions), make_user())
    assert list(sitting.responses.order_by("position").values_list("choose_count", flat=True)) == [
        1,
        2,
        4,
        3,
    ]


def test_a_second_start_returns_the_open_sitting():
    form, user = make_form(make_exam()), make_user()
    assert make_sitting(form, user).pk == make_sitting(form, user).pk
    assert Sitting.objects.count() == 1


def test_a_start_after_the_deadline_closes_the_old_sitting_and_begins_anew():
    form, user = make_form(make_exam()), make_user()
    old = make_sitting(form, user, started_ago=timedelta(hours=2))
    new = make_sitting(form, user)
    old.refresh_from_db()
    assert new.pk != old.pk
    assert old.submitted_at == old.deadline


def test_a_start_that_another_one_stopped_begins_when_that_is_over(monkeypatch):
    form, user = make_form(make_exam()), make_user()
    begin, refusals = delivery.begin, [IntegrityError("one open sitting, submitted just now")]

    def begin_late(*args, **kwargs):
        if refusals:
            raise refusals.pop()
        return begin(*args, **kwargs)

    monkeypatch.setattr(delivery, "begin", begin_late)
    assert make_sitting(form, user).submitted_at is None


def test_start_takes_the_form_with_the_fewest_questions_seen():
    exam, user = make_exam(), make_user()
    one, two, three = (make_question(exam.certification) for _ in range(3))
    first, second = make_form(exam, [one, two]), make_form(exam, [three])
    make_form(make_exam(exam.certification, slug="other"), [three])
    assert submit(make_sitting(first, user)).form == first
    assert submit(make_sitting(first, user)).form == second
    assert submit(make_sitting(first, user)).form == second  # one seen there, two in the first
    assert submit(make_sitting(first, make_user("bob@passline.example"))).form == first


def test_of_forms_seen_alike_the_one_longest_ago_is_next():
    exam, user = make_exam(), make_user()
    first, second = make_form(exam), make_form(exam)
    begun = [submit(make_sitting(first, user)).form for _ in range(3)]
    assert begun == [first, second, first]


def test_a_form_drawn_for_somebody_is_not_given_to_others():
    exam = make_exam()
    make_form(exam)
    exam.forms.update(number=None, candidate=make_user("bob@passline.example"))
    with pytest.raises(delivery.NoForm):
        delivery.start(exam, candidate=make_user(), guest_key=None, rng=random.Random(1))


def test_what_was_shown_before_is_known_at_the_start():
    exam, user = make_exam(), make_user()
    old, new = make_question(exam.certification), make_question(exam.certification)
    submit(make_sitting(make_form(exam, [old]), user))
    other = make_exam(exam.certification, slug="other")
    form = make_form(other, [old, new])
    assert seen(make_sitting(form, user)) == [True, False]
    assert seen(make_sitting(form, make_user("bob@passline.example"))) == [False, False]
    assert seen(make_sitting(form, guest_key=uuid4())) == [False, False]


def seen(sitting):
    return list(sitting.responses.order_by("position").values_list("was_seen", flat=True))


def test_an_exam_without_a_form_cannot_be_started():
    with pytest.raises(delivery.NoForm):
        delivery.start(make_exam(), candidate=make_user(), guest_key=None, rng=random.Random(1))


@pytest.mark.parametrize("size", [10, 65])
def test_start_takes_the_same_few_statements_for_any_length(django_assert_num_queries, size):
    exam, user = make_exam(question_count=size), make_user()
    make_form(exam)
    # savepoint, form, sitting, questions, responses, release
    with django_assert_num_queries(6):
        delivery.start(exam, candidate=user, guest_key=None, rng=random.Random(1))


# --- Responding


def test_respond_saves_and_counts_up_the_revision():
    sitting = make_sitting(make_form(make_exam()), make_user())
    saved = delivery.respond(token_of(sitting), change(selected="B", struck="AC", is_flagged=True))
    assert saved.revision == 1
    assert 3590 <= saved.seconds_left <= 3600
    assert row(sitting) == ("B", "AC", True, 1)
    assert sitting.responses.get(position=1).responded_at == saved.saved_at


def test_respond_is_one_statement(django_assert_num_queries):
    sitting = make_sitting(make_form(make_exam()), make_user())
    with django_assert_num_queries(1):
        delivery.respond(token_of(sitting), change())


def test_an_untimed_sitting_has_no_seconds_left():
    sitting = make_sitting(make_form(make_exam(minutes=None)), make_user())
    assert delivery.respond(token_of(sitting), change()).seconds_left is None


def test_a_guest_responds_with_the_key_of_the_browser():
    sitting = make_sitting(make_form(make_exam()), guest_key=uuid4())
    assert delivery.respond(token_of(sitting), change()) is not None
    assert delivery.respond(SittingToken(sitting.pk, None, uuid4()), change(2)) is None


@pytest.mark.parametrize(
    "refused",
    [
        change(revision=1),
        change(position=99),
        change(selected="E"),
        change(selected="AB"),
        change(selected="", struck="H"),
    ],
    ids=["stale", "no such question", "no such option", "one too many", "no such strike-out"],
)
def test_the_guard_refuses_and_nothing_is_written(refused):
    sitting = make_sitting(make_form(make_exam()), make_user())
    assert delivery.respond(token_of(sitting), refused) is None
    assert row(sitting) == ("", "", False, 0)


def test_the_guard_refuses_a_stranger_and_an_inactive_candidate():
    user = make_user()
    sitting = make_sitting(make_form(make_exam()), user)
    stranger = make_user("eve@passline.example")
    assert delivery.respond(SittingToken(sitting.pk, stranger.pk, None), change()) is None
    user.is_active = False
    user.save()
    assert delivery.respond(token_of(sitting), change()) is None
    assert row(sitting) == ("", "", False, 0)


def test_the_guard_takes_responses_within_the_grace_and_none_after_it():
    form = make_form(make_exam())
    within = make_sitting(form, make_user(), started_ago=timedelta(hours=1) + GRACE - 5 * SECOND)
    after = make_sitting(
        form, make_user("bob@passline.example"), started_ago=timedelta(hours=1) + GRACE + SECOND
    )
    assert delivery.respond(token_of(within), change()).seconds_left == 0
    assert delivery.respond(token_of(after), change()) is None


def test_the_guard_refuses_once_the_sitting_is_submitted():
    sitting = submit(make_sitting(make_form(make_exam()), make_user()))
    assert delivery.respond(token_of(sitting), change()) is None


def test_standing_shows_the_response_to_its_holder_only():
    sitting = make_sitting(make_form(make_exam()), make_user())
    assert delivery.standing(token_of(sitting), 1).position == 1
    for token in (
        SittingToken(sitting.pk, make_user("eve@passline.example").pk, None),
        SittingToken(sitting.pk, None, uuid4()),
        SittingToken(sitting.pk, None, None),
    ):
        with pytest.raises(Response.DoesNotExist):
            delivery.standing(token, 1)


def test_the_first_complete_response_is_remembered():
    sitting = make_sitting(make_form(make_exam()), make_user())
    for revision, letters in enumerate(("", "B", "C", "D")):
        assert delivery.respond(token_of(sitting), change(revision=revision, selected=letters))
    response = sitting.responses.get(position=1)
    assert (response.first_selected, response.selected) == ("B", "D")


def test_an_incomplete_response_is_no_first_one():
    exam = make_exam()
    form = make_form(exam, [make_question(exam.certification, kind="ordering")])
    sitting = make_sitting(form, make_user())
    for revision, letters in enumerate(("AB", "A-CD", "ABCD", "DCBA")):
        assert delivery.respond(token_of(sitting), change(revision=revision, selected=letters))
    assert sitting.responses.get().first_selected == "ABCD"


def test_a_guess_and_the_seconds_are_kept_and_seconds_never_shrink():
    sitting = make_sitting(make_form(make_exam()), make_user())
    token = token_of(sitting)
    assert delivery.respond(token, Change(1, 0, "B", "", False, is_guessed=True, seconds=40))
    assert delivery.respond(token, Change(1, 1, "B", "", False, is_guessed=False, seconds=30))
    response = sitting.responses.get(position=1)
    assert (response.is_guessed, response.seconds, response.revision) == (False, 40, 2)


def test_what_was_checked_takes_no_response():
    sitting = make_sitting(make_form(make_exam()), make_user())
    sitting.responses.filter(position=1).update(checked_at=timezone.now())
    assert delivery.respond(token_of(sitting), change()) is None
    assert delivery.submit(token_of(sitting), unsaved=[change()])
    assert row(sitting) == ("", "", False, 0)


# --- Submitting


def test_a_submit_brings_guesses_and_seconds_along():
    sitting = make_sitting(make_form(make_exam()), make_user())
    unsaved = [Change(1, 0, "B", "", False, is_guessed=True, seconds=5)]
    assert delivery.submit(token_of(sitting), unsaved=unsaved, seconds=[9, 7])
    kept = sitting.responses.filter(position__lte=2).order_by("position")
    assert list(kept.values_list("is_guessed", "seconds", "first_selected")) == [
        (True, 9, "B"),
        (False, 7, ""),
    ]


def test_submit_closes_once():
    sitting = make_sitting(make_form(make_exam()), make_user())
    assert delivery.submit(token_of(sitting)) is True
    assert delivery.submit(token_of(sitting)) is False


def test_submit_takes_along_what_was_not_saved_yet():
    sitting = make_sitting(make_form(make_exam()), make_user())
    delivery.respond(token_of(sitting), change(2, selected="C"))
    unsaved = [
        change(1, selected="A"),
        change(2, revision=0, selected="C"),
        change(3, selected="Z"),
    ]
    assert delivery.submit(token_of(sitting), unsaved=unsaved) is True
    assert row(sitting, 1) == ("A", "", False, 1)
    assert row(sitting, 2) == ("C", "", False, 1)
    assert row(sitting, 3) == ("", "", False, 0)


def test_a_submit_overwrites_nothing_it_has_not_seen():
    sitting = make_sitting(make_form(make_exam()), make_user())
    delivery.respond(token_of(sitting), change(2, selected="C"))
    unsaved = [change(1, selected="A"), change(2, revision=0, selected="D")]
    with pytest.raises(delivery.Stale) as stale:
        delivery.submit(token_of(sitting), unsaved=unsaved)
    assert [(one.position, one.selected) for one in stale.value.responses] == [(2, "C")]
    sitting.refresh_from_db()
    assert sitting.submitted_at is None
    assert row(sitting, 1) == ("", "", False, 0)


def test_what_a_submit_brings_after_the_grace_is_kept_as_late_and_not_counted():
    sitting = make_sitting(make_form(make_exam()), make_user(), started_ago=timedelta(hours=2))
    said = change(2, selected="")
    assert delivery.submit(token_of(sitting), unsaved=[change(1, selected="A"), said]) is True
    sitting.refresh_from_db()
    assert sitting.submitted_at == sitting.deadline
    assert row(sitting) == ("", "", False, 0)
    assert list(LateResponse.objects.values_list("position", "selected")) == [(1, "A")]


def test_of_what_comes_late_the_first_other_response_is_kept():
    sitting = make_sitting(make_form(make_exam()), make_user())
    delivery.respond(token_of(sitting), change(1, selected="A"))
    submit(sitting)
    flagged = change(1, selected="A", is_flagged=True)
    delivery.keep_late(sitting.pk, [flagged, change(2, selected="C"), change(99)])
    delivery.keep_late(sitting.pk, [change(2, selected="D"), change(3, selected="B")])
    kept = LateResponse.objects.values_list("position", "selected")
    assert list(kept) == [(2, "C"), (3, "B")]


def test_a_stranger_cannot_submit():
    sitting = make_sitting(make_form(make_exam()), make_user())
    assert delivery.submit(SittingToken(sitting.pk, None, uuid4())) is False
    sitting.refresh_from_db()
    assert sitting.submitted_at is None


@pytest.mark.parametrize("size", [10, 65])
def test_submitting_with_scoring_is_a_fixed_few_statements(django_assert_num_queries, size):
    sitting = make_sitting(make_form(make_exam(question_count=size)), make_user())
    # savepoint, close, sitting, responses with keys, result, domain results, responses with
    # versions, review cards, release
    with django_assert_num_queries(9):
        delivery.submit(token_of(sitting))


# --- Running out of time


def test_an_overdue_sitting_is_recorded_as_submitted_at_its_deadline():
    form = make_form(make_exam())
    overdue = make_sitting(form, make_user(), started_ago=timedelta(hours=1) + GRACE + SECOND)
    in_grace = make_sitting(
        form, make_user("bob@passline.example"), started_ago=timedelta(hours=1) + SECOND
    )
    running = make_sitting(form, make_user("cyd@passline.example"))
    assert delivery.close_overdue() == 1
    for sitting in (overdue, in_grace, running):
        sitting.refresh_from_db()
    assert (overdue.submitted_at, overdue.has_run_out) == (overdue.deadline, True)
    assert (in_grace.submitted_at, running.submitted_at) == (None, None)
    assert delivery.close_overdue() == 0


def test_one_sitting_that_cannot_be_scored_stops_no_other(monkeypatch):
    form = make_form(make_exam())
    first = make_sitting(form, make_user(), started_ago=timedelta(hours=3))
    second = make_sitting(form, make_user("bob@passline.example"), started_ago=timedelta(hours=2))
    announce = delivery.announce

    def fail_at_first(sitting_id):
        if sitting_id == first.pk:
            raise RuntimeError("broken")
        announce(sitting_id)

    monkeypatch.setattr(delivery, "announce", fail_at_first)
    assert delivery.close_overdue() == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.submitted_at, second.submitted_at) == (None, second.deadline)


def test_the_web_servers_clock_closes_nothing(time_machine):
    sitting = make_sitting(make_form(make_exam()), make_user())
    time_machine.move_to(timezone.now() + timedelta(hours=5))
    assert delivery.close_if_overdue(sitting.pk) is False
    assert delivery.close_overdue() == 0
    assert delivery.respond(token_of(sitting), change()) is not None


# --- Moving to an account


def test_a_guests_sittings_move_to_the_account_and_the_open_page_goes_on_saving():
    key, user = uuid4(), make_user()
    sitting = make_sitting(make_form(make_exam()), guest_key=key)
    token = token_of(sitting)
    assert delivery.adopt(key, user) == Adopted(1, [])
    sitting.refresh_from_db()
    assert sitting.candidate == user
    assert delivery.respond(token, change()) is not None
    assert delivery.adopt(key, make_user("eve@passline.example")) == Adopted(0, [])


def test_the_open_page_saves_nothing_for_an_account_that_was_switched_off():
    key, user = uuid4(), make_user(is_active=False)
    sitting = make_sitting(make_form(make_exam()), guest_key=key)
    token = token_of(sitting)
    delivery.adopt(key, user)
    assert delivery.respond(token, change()) is None
    assert delivery.submit(token) is False
    with pytest.raises(Response.DoesNotExist):
        delivery.standing(token, 1)


def test_an_open_sitting_is_handed_in_when_the_account_has_one_of_the_same_exam():
    form, key, user = make_form(make_exam()), uuid4(), make_user()
    done = submit(make_sitting(form, guest_key=key))
    second = make_sitting(form, guest_key=key)
    elsewhere = make_sitting(
        make_form(make_exam(form.exam.certification, slug="m2")), guest_key=key
    )
    respond(second, 1, "B")
    running = make_sitting(form, user)
    assert delivery.adopt(key, user) == Adopted(3, [second])
    assert set(Sitting.objects.open().for_candidate(user)) == {running, elsewhere}
    assert set(Sitting.objects.submitted().for_candidate(user)) == {done, second}
    second.refresh_from_db()
    assert (second.result.email_due_at, row(second)) == (None, ("B", "", False, 1))


def test_a_guests_overdue_sitting_ends_at_its_deadline_when_it_moves():
    form, key, user = make_form(make_exam()), uuid4(), make_user()
    overdue = make_sitting(form, guest_key=key, started_ago=timedelta(hours=2))
    make_sitting(form, user)
    delivery.adopt(key, user)
    overdue.refresh_from_db()
    assert (overdue.candidate, overdue.submitted_at) == (user, overdue.deadline)


def test_a_start_that_overtakes_the_move_is_seen_at_a_second_look(monkeypatch):
    form, key, user = make_form(make_exam()), uuid4(), make_user()
    second = make_sitting(form, guest_key=key)
    take_over, running = delivery.take_over, []

    def overtaken(*args):
        if not running:
            running.append(make_sitting(form, user))
            raise IntegrityError("one open sitting, begun just now")
        return take_over(*args)

    monkeypatch.setattr(delivery, "take_over", overtaken)
    assert delivery.adopt(key, user) == Adopted(1, [second])
    assert list(Sitting.objects.open().for_candidate(user)) == running


# --- Races, on real connections


def at_once(*acts):
    """Run each act on a connection and thread of its own, released together; their results."""
    barrier = threading.Barrier(len(acts))
    results = [None] * len(acts)

    def run(place, act):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            results[place] = act()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return results


@pytest.mark.django_db(transaction=True)
def test_a_double_click_starts_one_sitting():
    exam, user = make_exam(), make_user()
    make_form(exam)

    def start():
        return delivery.start(exam, candidate=user, guest_key=None, rng=random.Random(1)).pk

    assert len(set(at_once(*[start] * 4))) == 1
    assert Sitting.objects.count() == 1
    assert Response.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_of_many_submits_and_saves_one_submit_wins_and_no_save_lands_behind_it():
    sitting = make_sitting(make_form(make_exam()), make_user())
    token = token_of(sitting)
    saves = [lambda place=place: delivery.respond(token, change(place)) for place in range(1, 5)]
    submits = [lambda: delivery.submit(token)] * 3
    results = at_once(*saves, *submits)
    sitting.refresh_from_db()
    assert sorted(results[4:]) == [False, False, True]
    saved = [place for place, saved in enumerate(results[:4], start=1) if saved]
    stored = sitting.responses.exclude(selected="").order_by("position")
    assert list(stored.values_list("position", flat=True)) == saved
    assert all(one.responded_at <= sitting.submitted_at for one in stored)
    assert sitting.submitted_at > datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_with_the_same_revision_one_saves():
    sitting = make_sitting(make_form(make_exam()), make_user())
    token = token_of(sitting)
    results = at_once(
        lambda: delivery.respond(token, change(selected="A")),
        lambda: delivery.respond(token, change(selected="C")),
    )
    assert sorted(saved is not None for saved in results) == [False, True]
    assert row(sitting)[3] == 1


@pytest.mark.django_db(transaction=True)
def test_logging_in_while_the_account_starts_the_same_exam_leaves_one_open():
    form, user = make_form(make_exam()), make_user()
    for _ in range(5):
        key = uuid4()
        make_sitting(form, guest_key=key)
        adopted, begun = at_once(
            lambda key=key: delivery.adopt(key, user),
            lambda: delivery.start(form.exam, candidate=user, guest_key=None, rng=random.Random(1)),
        )
        assert adopted.count == 1
        assert list(Sitting.objects.open()) == list(Sitting.objects.open().for_candidate(user))
        submit(Sitting.objects.open().get())
        assert begun.candidate_id == user.pk
