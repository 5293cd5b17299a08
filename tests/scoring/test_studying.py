import random
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from exams.models import Exam, Response, Sitting
from questions.models import QuestionVersion, TrailEntry
from scoring import studying
from scoring.models import ReviewCard, StudyPlan
from scoring.repetition import Rating
from tests.exams.factories import make_exam, make_form, make_sitting, make_user, submit
from tests.questions.factories import make_certification, make_question
from tests.scoring.factories import make_mock, make_open_sitting, make_result

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
RNG = random.Random(1)


def cards(user):
    rows = ReviewCard.objects.for_candidate(user).order_by("response__position")
    return list(rows.values_list("response__position", "reason"))


def make_card(user=None, **fields):
    """A card that is due now, of a question missed yesterday."""
    user = user or make_user()
    make_result(user, right=3)
    card = ReviewCard.objects.for_candidate(user).get()
    ReviewCard.objects.update(
        created_at=card.created_at - DAY,
        due_at=card.due_at - DAY,
        reviewed_at=card.reviewed_at - DAY,
    )
    card.refresh_from_db()
    return card


def open_entry(card):
    return studying.opened(card, studying.current_version(card), RNG)


def key_of(entry):
    return "ABCDEFGH"[entry.option_order.index(entry.version.key)]


def other_of(entry):
    return next(one for one in "ABCD" if one != key_of(entry))


# --- Cards of a sitting


def test_what_was_missed_guessed_or_flagged_comes_back():
    user = make_user()
    sitting = make_open_sitting(make_mock(5), user, right=4)
    Response.objects.filter(sitting=sitting, position=1).update(is_guessed=True)
    Response.objects.filter(sitting=sitting, position=2).update(is_flagged=True)
    Response.objects.filter(sitting=sitting, position=3).update(selected="")
    submit(sitting)
    assert cards(user) == [(1, "guessed"), (2, "flagged"), (3, "missed"), (5, "missed")]


def test_a_card_is_due_a_day_after_the_miss():
    user = make_user()
    sitting = make_result(user, right=3).sitting
    card = ReviewCard.objects.get()
    assert card.due_at - sitting.submitted_at == DAY
    assert (card.review_count, card.cause, card.version) == (
        0,
        "",
        card.response.form_question.version,
    )


def test_a_guest_gets_no_cards():
    exam = make_mock(4, is_open_to_guests=True)
    sitting = make_sitting(exam.forms.get(), guest_key="5a1d5f3e-7a3c-4c79-8a3e-0c9b8d5a6f10")
    submit(sitting)
    assert ReviewCard.objects.count() == 0


def test_a_miss_again_starts_the_card_over():
    card = make_card()
    entry = open_entry(card)
    studying.respond(entry, key_of(entry), is_guessed=False, now=timezone.now())
    exam = card.response.sitting.exam
    again = make_open_sitting(exam, card.candidate, right=3)
    submit(again)
    card.refresh_from_db()
    assert (card.response.sitting_id, card.due_at - again.submitted_at) == (again.pk, DAY)
    assert ReviewCard.objects.count() == 1


def test_a_lucky_guess_leaves_a_card_as_it_is():
    card = make_card()
    exam = card.response.sitting.exam
    sitting = make_open_sitting(exam, card.candidate, right=4)
    Response.objects.filter(sitting=sitting).update(is_guessed=True)
    submit(sitting)
    kept = ReviewCard.objects.get(pk=card.pk)
    assert (kept.reason, kept.due_at) == ("missed", card.due_at)
    assert ReviewCard.objects.count() == 4


def test_a_result_not_yet_released_makes_no_cards():
    exam = make_mock(4, results_mode="survey")
    sitting = make_result(exam=exam, right=1).sitting
    assert ReviewCard.objects.count() == 0
    now = datetime(2026, 12, 1, tzinfo=UTC)
    studying.cards_of(sitting, at=now)
    assert {card.due_at for card in ReviewCard.objects.all()} == {now + DAY}


def test_a_withdrawn_question_is_nobodys_miss():
    user = make_user()
    exam = make_exam(question_count=1)
    version = make_question(exam.certification)
    sitting = make_sitting(make_form(exam, [version]), user)
    QuestionVersion.objects.filter(pk=version.pk).update(withdrawn_at=timezone.now())
    submit(sitting)
    assert ReviewCard.objects.count() == 0


@pytest.mark.parametrize("count", [4, 65])
def test_cards_take_three_statements_for_any_length(count, django_assert_num_queries):
    sitting = make_open_sitting(make_mock(count), make_user(), right=1)
    Response.objects.filter(sitting=sitting, position=1).update(is_guessed=True)
    submit(sitting)
    sitting = Sitting.objects.select_related("exam").get(pk=sitting.pk)
    ReviewCard.objects.all().delete()
    with django_assert_num_queries(3):
        studying.cards_of(sitting)
    assert ReviewCard.objects.count() == count


def test_a_second_call_for_a_sitting_changes_nothing():
    card = make_card()
    entry = open_entry(card)
    studying.respond(entry, key_of(entry), is_guessed=False, now=timezone.now())
    before = list(ReviewCard.objects.values())
    studying.cards_of(card.response.sitting, at=timezone.now())
    assert list(ReviewCard.objects.values()) == before


def test_a_result_of_tomorrow_leaves_the_cards_of_today_alone():
    card = make_card()
    exam = card.response.sitting.exam
    tomorrow = timezone.now() + DAY
    Exam.objects.filter(pk=exam.pk).update(results_mode="later", release_at=tomorrow)
    submit(make_open_sitting(Exam.objects.get(), card.candidate, right=2))
    [kept, new] = ReviewCard.objects.order_by("created_at")
    assert (kept.pk, kept.due_at, new.due_at) == (card.pk, card.due_at, tomorrow + DAY)
    assert list(studying.askable(card.candidate)) == [card]


def test_a_correction_that_turns_a_miss_right_drops_the_card():
    card = make_card()
    response = card.response
    said = response.option_order["ABCDEFGH".index(response.selected)]
    QuestionVersion.objects.filter(pk=card.version_id).update(corrected_key=said)
    assert studying.forgive(Response.objects.filter(pk=response.pk).values("pk")) == 1
    assert ReviewCard.objects.count() == 0


def test_a_card_reviewed_stays_after_a_correction():
    card = make_card()
    entry = open_entry(card)
    studying.respond(entry, key_of(entry), is_guessed=False, now=timezone.now())
    said = card.response.option_order["ABCDEFGH".index(card.response.selected)]
    QuestionVersion.objects.filter(pk=card.version_id).update(corrected_key=said)
    assert studying.forgive(Response.objects.filter(pk=card.response_id).values("pk")) == 0


# --- A showing


def test_one_showing_is_open_at_a_time_and_shuffled_anew():
    card = make_card()
    first = open_entry(card)
    assert open_entry(card) == first
    assert sorted(first.option_order) == ["A", "B", "C", "D"]


def test_right_comes_back_later_and_wrong_tomorrow():
    card = make_card()
    now = timezone.now()
    entry = open_entry(card)
    done = studying.respond(entry, key_of(entry), is_guessed=False, now=now)
    assert (done.is_right, done.rating, card_days(card, now)) == (True, Rating.GOOD, 2)

    now = card.due_at
    entry = open_entry(card)
    done = studying.respond(entry, other_of(entry), is_guessed=False, now=now)
    assert (done.is_right, done.rating, card_days(card, now)) == (False, Rating.AGAIN, 1)
    assert (card.review_count, card.lapse_count) == (2, 1)


def card_days(card, now):
    card.refresh_from_db()
    return (card.due_at - now).days


@pytest.mark.parametrize(("said", "rating"), [("", Rating.AGAIN), ("key", Rating.HARD)])
def test_a_blank_is_missed_and_a_guess_is_hard(said, rating):
    entry = open_entry(make_card())
    selected = key_of(entry) if said else ""
    done = studying.respond(entry, selected, is_guessed=True, now=timezone.now())
    assert done.rating == rating


def test_a_showing_takes_one_response():
    entry = open_entry(make_card())
    assert studying.respond(entry, key_of(entry), is_guessed=False, now=timezone.now())
    assert studying.respond(entry, other_of(entry), is_guessed=False, now=timezone.now()) is None
    entry.refresh_from_db()
    assert entry.is_right is True


def test_the_rating_can_be_changed_until_the_next_review():
    card = make_card()
    now = timezone.now()
    entry = open_entry(card)
    done = studying.respond(entry, key_of(entry), is_guessed=False, now=now)
    foreseen = studying.choices(done)
    assert studying.rate(done, Rating.EASY)
    card.refresh_from_db()
    assert card.due_at == foreseen[Rating.EASY] > foreseen[Rating.GOOD] > foreseen[Rating.AGAIN]

    later = open_entry(card)
    studying.respond(later, "", is_guessed=False, now=now + 2 * DAY)
    assert studying.rate(done, Rating.AGAIN) is False


def test_a_new_version_is_asked_in_place_of_the_old():
    card = make_card()
    old = open_entry(card)
    question = card.question
    version = QuestionVersion.objects.get(question=question)
    options = list(version.options.all())
    version.pk, version.number = None, 2
    version.save(force_insert=True)
    for option in options:
        option.pk, option.version = None, version
        option.save(force_insert=True)
    new = open_entry(card)
    assert (new.version_id, card.entries.count()) == (version.pk, 1)
    assert old.pk != new.pk


def test_a_corrected_key_is_told_once():
    card = make_card()
    version = card.version
    assert not studying.has_changed(card, version)
    version.corrected_key = "B"
    version.save()
    TrailEntry.objects.create(
        question=card.question, version=version, act=TrailEntry.Act.REKEYED, reason="it was B"
    )
    assert studying.has_changed(card, version)
    entry = open_entry(card)
    said = "ABCDEFGH"[entry.option_order.index("B")]
    done = studying.respond(entry, said, is_guessed=False, now=timezone.now())
    assert done.is_right
    card.refresh_from_db()
    assert not studying.has_changed(card, version)


# --- The queue


def test_what_falls_due_today_is_due_from_midnight_of_the_candidate(time_machine):
    user = make_user(time_zone="Asia/Tokyo")
    time_machine.move_to("2026-12-01T10:00:00+00:00", tick=False)  # 19:00 in Tokyo
    card = make_card(user)
    ReviewCard.objects.update(due_at=datetime(2026, 12, 2, 10, tzinfo=UTC))
    time_machine.move_to("2026-12-01T14:59:59+00:00")
    assert studying.next_card(user) is None
    time_machine.move_to("2026-12-01T15:00:00+00:00")
    assert studying.next_card(user) == card


def test_one_certification_comes_before_the_others_but_does_not_hide_them():
    user = make_user()
    first = make_card(user)
    question = make_question(make_certification(code="CLF-C02"))
    other = ReviewCard.objects.create(
        candidate=user,
        question=question.question,
        version=question,
        reason="missed",
        stability=1,
        difficulty=5,
        due_at=timezone.now(),
        created_at=timezone.now() - DAY,
    )
    code = question.question.certification_id
    assert studying.next_card(user) == first
    assert studying.next_card(user, certification_id=code) == other
    studying.put_aside(other, now=timezone.now())
    assert studying.next_card(user, certification_id=code) == first


def test_the_queue_holds_what_is_due_of_the_candidate_alone():
    card = make_card()
    assert studying.next_card(card.candidate) == card
    assert studying.next_card(make_user("eve@passline.example")) is None
    ReviewCard.objects.update(due_at=timezone.now() + DAY)
    assert studying.next_card(card.candidate) is None


def test_what_is_retired_or_put_aside_is_not_asked():
    card = make_card()
    studying.put_aside(card, now=timezone.now())
    assert studying.next_card(card.candidate) is None
    studying.take_back(card)
    assert studying.next_card(card.candidate) == card
    card.question.retired_at = timezone.now()
    card.question.save()
    assert studying.next_card(card.candidate) is None
    assert studying.current_version(card) is None


@pytest.mark.parametrize(("days", "most"), [(3, 3), (0, 1), (-1, 60)])
def test_nothing_comes_back_after_the_exam(days, most):
    card = make_card()
    StudyPlan.objects.create(
        candidate=card.candidate,
        certification=card.question.certification,
        exam_on=timezone.localdate() + days * DAY,
    )
    assert studying.most_days(card) == most
    now = timezone.now()
    entry = open_entry(card)
    studying.respond(entry, key_of(entry), is_guessed=False, now=now)
    studying.rate(entry, Rating.EASY)
    assert card_days(card, now) == min(most, 3)
