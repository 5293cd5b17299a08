"""Questions that come back: cards of what was missed, asked again until it sticks.

A card's memory is what its reviews since `created_at` make of it, so it can be rebuilt from them
and a rating can be changed afterwards. Reviews touch no score.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When
from django.utils import timezone

from exams import letters
from exams.letters import EMPTY_PLACE
from exams.models import Response, Sitting
from questions.models import QuestionVersion, TrailEntry
from scoring import keys, repetition
from scoring.models import ReviewCard, ReviewCardQuerySet, ReviewEntry, StudyPlan
from scoring.repetition import Memory, Rating
from scoring.results import release_at

Reason = ReviewCard.Reason
CLOCKS_DIFFER = timedelta(minutes=1)  # the database's from ours, at most
MOST_SECONDS = 600  # a review left open over lunch took no longer


# --- Cards


def cards_of(sitting: Sitting, *, at: datetime | None = None) -> None:
    """Make cards of what a submitted sitting missed, guessed or flagged: three statements or less.

    `at` is when the candidate saw the result; without it the moment of its release by the exam's
    rule, and no cards while there is none. What was missed starts over, if it was a card already;
    a guess or a flag that was right leaves a card as it is, and so does all that the candidate may
    not know yet. A second call for a sitting changes nothing.
    """
    seen_at = at or release_at(sitting)
    if sitting.candidate_id is None or seen_at is None:
        return
    made = [
        card for row in answered(sitting) if (card := card_of(row, sitting.candidate_id, seen_at))
    ]
    is_known = seen_at <= timezone.now() + CLOCKS_DIFFER
    missed = [card for card in made if card.reason == Reason.MISSED]
    others = [card for card in made if card.reason != Reason.MISSED]
    if is_known:
        start_over(missed)
    else:
        others += missed
    ReviewCard.objects.bulk_create(others, ignore_conflicts=True)


def start_over(cards: Sequence[ReviewCard]) -> None:
    """Write these in place of what the candidate has of the same questions."""
    ReviewCard.objects.bulk_create(
        cards,
        update_conflicts=True,
        unique_fields=["candidate", "question"],
        update_fields=[
            "response",
            "version",
            "reason",
            "cause",
            "stability",
            "difficulty",
            "due_at",
            "reviewed_at",
            "created_at",
        ],
    )


def answered(sitting: Sitting) -> QuerySet[Response]:
    """The responses without a card yet; a withdrawn question is nobody's miss."""
    made = ReviewCard.objects.filter(response=OuterRef("pk"))
    return Response.objects.filter(
        ~Exists(made), sitting=sitting, form_question__version__withdrawn_at=None
    ).select_related("form_question__version")


def card_of(response: Response, candidate_id: int, at: datetime) -> ReviewCard | None:
    reason = reason_of(response)
    if reason is None:
        return None
    version = response.form_question.version
    memory = repetition.first(first_rating(reason), at)
    return ReviewCard(
        candidate_id=candidate_id,
        question_id=version.question_id,
        response=response,
        version=version,
        reason=reason,
        created_at=at,
        **columns(memory),
    )


def reason_of(response: Response) -> Reason | None:
    """Why a question comes back; None when it need not."""
    version = response.form_question.version
    is_right = keys.is_right(
        version.kind, response.selected, response.option_order, version.scoring_key
    )
    if not is_right:
        return Reason.MISSED
    if response.is_guessed:
        return Reason.GUESSED
    return Reason.FLAGGED if response.is_flagged else None


def first_rating(reason: str) -> Rating:
    return Rating.AGAIN if reason == Reason.MISSED else Rating.HARD


def columns(memory: Memory) -> dict[str, Any]:
    return {
        "stability": memory.stability,
        "difficulty": memory.difficulty,
        "due_at": memory.due_at,
        "reviewed_at": memory.reviewed_at,
    }


def forgive(response_ids: QuerySet[Response, Any]) -> int:
    """Drop cards never reviewed whose response turned out right; how many."""
    missed = ReviewCard.objects.filter(
        response__in=response_ids, reason=Reason.MISSED, review_count=0
    ).select_related("response__form_question__version")
    wrongly = [card.pk for card in missed if card.response and reason_of(card.response) is None]
    return ReviewCard.objects.filter(pk__in=wrongly).delete()[0]


# --- The queue


def askable(user: Any) -> ReviewCardQuerySet:
    """The candidate's cards whose question can still be asked."""
    current = QuestionVersion.objects.current().filter(question=OuterRef("question"))
    return ReviewCard.objects.for_candidate(user).filter(Exists(current), suspended_at=None)


def due(user: Any) -> ReviewCardQuerySet:
    """What the candidate may do today: all that falls due before their midnight."""
    return askable(user).due_before(tomorrow(user.zone))


def tomorrow(zone: tzinfo) -> datetime:
    """When the day after this begins in a zone."""
    return end_of(timezone.localdate(timezone=zone), zone)


def end_of(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone)


def next_card(user: Any, *, certification_id: int | None = None) -> ReviewCard | None:
    """The card that has waited longest; those of one certification before the others."""
    is_other = Case(When(question__certification=certification_id, then=0), default=Value(1))
    order = [is_other] if certification_id else []
    first: ReviewCard | None = due(user).order_by(*order, "due_at", "pk").first()
    return first


def gone(user: Any) -> ReviewCardQuerySet:
    """Cards that come back no more: their question was retired or withdrawn."""
    current = QuestionVersion.objects.current().filter(question=OuterRef("question"))
    return ReviewCard.objects.for_candidate(user).filter(~Exists(current))


def aside(user: Any) -> ReviewCardQuerySet:
    """Cards put aside, the latest first."""
    cards = ReviewCard.objects.for_candidate(user).exclude(suspended_at=None)
    return cards.order_by("-suspended_at")


def current_version(card: ReviewCard) -> QuestionVersion | None:
    """What the card asks now; None once the question is retired or withdrawn."""
    found: QuestionVersion | None = (
        QuestionVersion.objects.current()
        .filter(question=card.question_id)
        .select_related("question__task__domain")
        .prefetch_related("options", "prompts")
        .first()
    )
    return found


def has_changed(card: ReviewCard, version: QuestionVersion) -> bool:
    """Whether the question was rewritten or its key corrected since the card was last shown."""
    if version.pk != card.version_id:
        return True
    at = rekeyed_at(version)
    return at is not None and at > (card.reviewed_at or card.created_at)


def rekeyed_at(version: QuestionVersion) -> datetime | None:
    """When the key was corrected last. No statement where it never was."""
    if not version.corrected_key:
        return None
    rekeyed = TrailEntry.objects.filter(version=version, act=TrailEntry.Act.REKEYED)
    latest: datetime | None = rekeyed.order_by("-at").values_list("at", flat=True).first()
    return latest


# --- One showing


def opened(card: ReviewCard, version: QuestionVersion, rng: random.Random) -> ReviewEntry:
    """The showing under way, its options shuffled, begun now unless there is one of this version.

    Of two windows at once one begins it and both get it.
    """
    card.entries.filter(responded_at=None).exclude(version=version).delete()
    held = card.entries.filter(responded_at=None).first()
    if held:
        return held
    order = letters.shuffled(
        version.options.count(),
        list(version.options.filter(is_fixed=True).values_list("position", flat=True)),
        rng,
    )
    try:
        with transaction.atomic():
            return ReviewEntry.objects.create(card=card, version=version, option_order=order)
    except IntegrityError:
        return card.entries.get(responded_at=None)


@transaction.atomic
def respond(
    entry: ReviewEntry, selected: str, *, is_guessed: bool, now: datetime
) -> ReviewEntry | None:
    """Take the one response of a showing and rate it; None when it had one already."""
    version = entry.version
    is_right = bool(selected.strip(EMPTY_PLACE)) and keys.is_right(
        version.kind, selected, entry.option_order, version.scoring_key
    )
    won = ReviewEntry.objects.filter(pk=entry.pk, responded_at=None).update(
        selected=selected,
        is_right=is_right,
        rating=repetition.rating_of(is_right=is_right, is_guessed=is_guessed),
        responded_at=now,
        seconds=min(MOST_SECONDS, max(0, int((now - entry.asked_at).total_seconds()))),
    )
    if not won:
        return None
    rebuild(entry.card, version=version)
    entry.refresh_from_db()
    return entry


@transaction.atomic
def rate(entry: ReviewEntry, rating: Rating) -> bool:
    """Change how the latest review of its card went; False when there was a later one."""
    latest = entry.card.entries.filter(responded_at__isnull=False).first()
    if latest is None or latest.pk != entry.pk:
        return False
    ReviewEntry.objects.filter(pk=entry.pk).update(rating=rating)
    rebuild(entry.card)
    return True


def rebuild(card: ReviewCard, **also: Any) -> None:
    """Write the memory that the reviews since the card was made come to."""
    # Of two windows that rate at once, the second counts what the first has written.
    ReviewCard.objects.select_for_update().get(pk=card.pk)
    reviews = reviews_of(card)
    memory = memory_of(card, reviews, most_days=most_days(card))
    ratings = [rating for _at, rating in reviews]
    ReviewCard.objects.filter(pk=card.pk).update(
        **columns(memory),
        review_count=len(ratings),
        lapse_count=ratings.count(Rating.AGAIN),
        **also,
    )
    card.refresh_from_db()


def reviews_of(card: ReviewCard) -> list[tuple[datetime, int]]:
    """When and how each review went, oldest first."""
    rows = card.entries.filter(responded_at__gte=card.created_at).order_by("responded_at", "pk")
    said = rows.values_list("responded_at", "rating")
    return [(at, rating) for at, rating in said if at and rating]


def memory_of(card: ReviewCard, reviews: list[tuple[datetime, int]], *, most_days: int) -> Memory:
    memory = repetition.first(first_rating(card.reason), card.created_at, most_days=most_days)
    for at, rating in reviews:
        memory = repetition.after(memory, Rating(rating), at, most_days=most_days)
    return memory


def choices(entry: ReviewEntry) -> Mapping[Rating, datetime]:
    """When the card would come back by each rating of its latest review."""
    card = entry.card
    earlier, limit = reviews_of(card)[:-1], most_days(card)
    at = entry.responded_at or timezone.now()
    return {
        rating: memory_of(card, [*earlier, (at, rating)], most_days=limit).due_at
        for rating in Rating
    }


def most_days(card: ReviewCard) -> int:
    """The longest interval of the card: to the exam's date, if the candidate has set one."""
    plan = StudyPlan.objects.filter(
        candidate=card.candidate_id, certification__questions=card.question_id
    ).first()
    today = timezone.localdate()
    if plan is None or plan.exam_on is None or plan.exam_on < today:
        return repetition.longest_days(None)
    return repetition.longest_days((plan.exam_on - today).days)


def put_aside(card: ReviewCard, *, now: datetime) -> None:
    ReviewCard.objects.filter(pk=card.pk, suspended_at=None).update(suspended_at=now)


def take_back(card: ReviewCard) -> None:
    ReviewCard.objects.filter(pk=card.pk).update(suspended_at=None)
