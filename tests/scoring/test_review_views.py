"""The pages of the daily review."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from questions.models import QuestionVersion
from scoring.models import ReviewCard, ReviewEntry
from scoring.repetition import Rating
from tests.exams.factories import make_exam, make_form, make_sitting, make_user, submit
from tests.questions.factories import make_certification, make_question
from tests.scoring.factories import make_mock, make_result

pytestmark = pytest.mark.django_db
CANARY = "the rationale nobody may see yet"


def miss(kinds=("single",), user=None):
    """A candidate with a card, due now, of each of these kinds; the cards in order."""
    user = user or make_user()
    certification = make_certification()
    versions = [make_question(certification, kind=kind) for kind in kinds]
    exam = make_exam(certification, question_count=len(versions), slug=f"mock-{user.pk}")
    submit(make_sitting(make_form(exam, versions), user))
    ReviewCard.objects.update(due_at=timezone.now() - timedelta(hours=1))
    return list(ReviewCard.objects.for_candidate(user).order_by("pk"))


@pytest.fixture
def card():
    return miss()[0]


@pytest.fixture
def candidate(client, card):
    client.force_login(card.candidate)
    return client


def entry_of(client, card):
    assert client.get(f"/review/{card.pk}/").status_code == 200
    return card.entries.get(responded_at=None)


def respond(client, card, **data):
    entry = entry_of(client, card)
    return entry, client.post(f"/review/{card.pk}/{entry.pk}/respond/", data)


def key_of(entry):
    return ["ABCDEFGH"[entry.option_order.index(one)] for one in entry.version.key]


# --- The queue


def test_the_queue_says_how_much_and_how_long(candidate):
    page = candidate.get("/review/").content.decode()
    assert "1 question is due" in page
    assert "About 1 minute." in page
    assert "Start the review" in page


def test_without_cards_the_page_says_how_they_come_about(client):
    client.force_login(make_user())
    assert "Nothing to review yet" in client.get("/review/").content.decode()


def test_with_nothing_due_it_says_when(candidate, card):
    ReviewCard.objects.update(due_at=timezone.now() + timedelta(days=2))
    page = candidate.get("/review/").content.decode()
    assert "Nothing is due" in page
    assert "Start the review" not in page


def test_a_guest_is_asked_to_log_in(client):
    assert client.get("/review/").headers["Location"] == "/account/login/?next=/review/"


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_queue_costs_the_same_for_any_number(count, client, django_assert_num_queries):
    cards = miss(("single",) * count)
    client.force_login(cards[0].candidate)
    with django_assert_num_queries(8):  # two of them session and user
        client.get("/review/")


@pytest.mark.parametrize("count", [1, 3, 50])
def test_a_card_costs_the_same_in_any_queue(count, client, django_assert_num_queries):
    cards = miss(("single",) * count)
    client.force_login(cards[0].candidate)
    address = f"/review/{cards[0].pk}/"
    client.get(address)
    with django_assert_num_queries(11):
        client.get(address)
    entry = cards[0].entries.get()
    with django_assert_num_queries(15):
        client.post(f"{address}{entry.pk}/respond/", {"selected": key_of(entry)})
    with django_assert_num_queries(15):
        client.get(address)


def test_the_next_day_brings_the_miss_back(client, time_machine):
    user = make_user()
    make_result(user, exam=make_mock(4), right=3)
    card = ReviewCard.objects.get()
    client.force_login(user)
    assert "Nothing is due" in client.get("/review/").content.decode()

    time_machine.move_to(card.created_at + timedelta(days=1))
    assert "1 question is due" in client.get("/review/").content.decode()
    entry, _ = respond(client, card)
    client.post(f"/review/{card.pk}/{entry.pk}/rate/", {"rating": Rating.GOOD.value})
    page = client.get("/review/").content.decode()
    assert "Nothing is due" in page
    card.refresh_from_db()
    assert card.due_at.date() == timezone.now().date() + timedelta(days=2)
    assert f"comes back on {date_format(card.due_at)}" in page


def test_the_pace_of_the_candidate_says_the_minutes(candidate, card):
    for seconds in (100, 150, 900):
        ReviewEntry.objects.create(
            card=card,
            version=card.version,
            option_order="ABCD",
            responded_at=timezone.now(),
            seconds=seconds,
        )
    assert "About 3 minutes." in candidate.get("/review/").content.decode()


def test_a_certification_is_reviewed_first(candidate, card):
    answer = candidate.get(f"/review/of/{card.question.certification.code}/")
    assert answer.headers["Location"] == f"/review/{card.pk}/"
    assert candidate.get("/review/of/XYZ/").status_code == 404


# --- A card


@pytest.mark.parametrize("kind", ["single", "multiple", "ordering", "matching"])
def test_every_kind_is_asked_without_its_key_and_told_with_it(client, kind):
    card = miss((kind,))[0]
    client.force_login(card.candidate)
    version = QuestionVersion.objects.get()
    version.options.update(rationale_html=CANARY)
    asked = client.get(f"/review/{card.pk}/").content.decode()
    assert CANARY not in asked
    assert version.explanation_html not in asked

    entry = card.entries.get()
    field = "selected" if kind in {"single", "multiple"} else "place"
    answer = client.post(f"/review/{card.pk}/{entry.pk}/respond/", {field: key_of(entry)})
    assert answer.status_code == 302
    told = client.get(f"/review/{card.pk}/").content.decode()
    assert CANARY in told
    entry.refresh_from_db()
    assert (entry.is_right, entry.rating) == (True, Rating.GOOD)


def test_a_blank_is_a_miss(candidate, card):
    entry, _ = respond(candidate, card)
    entry.refresh_from_db()
    assert (entry.selected, entry.is_right, entry.rating) == ("", False, Rating.AGAIN)


@pytest.mark.parametrize(
    "data", [{"selected": ["A", "B"]}, {"selected": "Z"}, {"selected": "AB"}, {"selected": "\x00"}]
)
def test_what_the_question_does_not_have_is_refused_beside_it(candidate, card, data):
    entry, answer = respond(candidate, card, **data)
    assert answer.status_code == 422
    entry.refresh_from_db()
    assert entry.responded_at is None


def test_a_second_response_changes_nothing(candidate, card):
    entry, _ = respond(candidate, card)
    candidate.post(f"/review/{card.pk}/{entry.pk}/respond/", {"selected": key_of(entry)})
    entry.refresh_from_db()
    assert (entry.selected, card.entries.count()) == ("", 1)


@pytest.mark.parametrize(
    "path", ["", "aside/", "{entry}/respond/", "{entry}/rate/", "{entry}/cause/"]
)
def test_another_candidate_finds_nothing(client, card, path):
    entry = ReviewEntry.objects.create(card=card, version=card.version, option_order="ABCD")
    client.force_login(make_user("eve@passline.example"))
    address = f"/review/{card.pk}/{path.format(entry=entry.pk)}"
    answer = client.post(address, {"rating": 1}) if path else client.get(address)
    assert answer.status_code == 404


def test_the_rating_is_changed_and_shown(candidate, card):
    entry, _ = respond(candidate, card)
    answer = candidate.post(
        f"/review/{card.pk}/{entry.pk}/rate/", {"rating": "3"}, headers={"HX-Request": "true"}
    )
    assert (
        answer.content.decode()
        .lstrip()
        .startswith('<section class="card stack" id="review-rating"')
    )
    entry.refresh_from_db()
    assert entry.rating == Rating.GOOD


@pytest.mark.parametrize("rating", ["", "9", "x"])
def test_no_such_rating_changes_nothing(candidate, card, rating):
    entry, _ = respond(candidate, card)
    assert (
        candidate.post(f"/review/{card.pk}/{entry.pk}/rate/", {"rating": rating}).status_code == 302
    )
    entry.refresh_from_db()
    assert entry.rating == Rating.AGAIN


def test_the_cause_is_kept_in_one_tap(candidate, card):
    entry, _ = respond(candidate, card)
    candidate.post(f"/review/{card.pk}/{entry.pk}/cause/", {"cause": "misread"})
    card.refresh_from_db()
    assert card.cause == "misread"


def test_put_aside_and_taken_back(candidate, card):
    assert candidate.post(f"/review/{card.pk}/aside/").headers["Location"] == "/review/"
    card.refresh_from_db()
    assert card.suspended_at is not None
    page = candidate.get("/review/").content.decode()
    assert "1 question put aside" in page
    assert "Nothing is due" in page
    candidate.post(f"/review/{card.pk}/aside/", {"back": ""})
    card.refresh_from_db()
    assert card.suspended_at is None


def test_a_new_version_says_so(candidate, card):
    ReviewCard.objects.update(version=make_question(make_certification(code="Y")))
    assert "corrected or rewritten" in candidate.get(f"/review/{card.pk}/").content.decode()


def test_a_retired_question_is_gone(candidate, card):
    card.question.retired_at = timezone.now()
    card.question.save()
    assert "This question is gone" in candidate.get(f"/review/{card.pk}/").content.decode()
    assert "1 question was retired or withdrawn" in candidate.get("/review/").content.decode()


def test_a_showing_that_a_newer_version_replaced_leads_to_the_card(candidate, card):
    entry = entry_of(candidate, card)
    address = f"/review/{card.pk}/{entry.pk}/respond/"
    entry.delete()
    answer = candidate.post(address, {"selected": "A"})
    assert answer.headers["Location"] == f"/review/{card.pk}/"


def test_the_next_card_follows(client):
    first, second = miss(("single", "single"))
    client.force_login(first.candidate)
    respond(client, first)
    assert f'href="/review/{second.pk}/"' in client.get(f"/review/{first.pk}/").content.decode()


def test_reviews_touch_no_score(client):
    result = make_result(make_user(), exam=make_mock(4), right=3)
    card = ReviewCard.objects.get()
    ReviewCard.objects.update(due_at=timezone.now() - timedelta(hours=1))
    client.force_login(card.candidate)
    before = (result.raw_score, result.scaled_score)
    respond(client, card)
    result.refresh_from_db()
    assert (result.raw_score, result.scaled_score) == before
