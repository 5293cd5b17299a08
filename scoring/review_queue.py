"""What there is to review: how much is due, how long it takes, what comes in the next days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from scoring import studying
from scoring.models import ReviewEntry

USUAL_SECONDS = 60  # of one review, before the candidate has shown a pace
SAMPLE_COUNT = 50  # latest reviews that say the pace
STICKS_FROM = 21.0  # days of stability: recall stays above 90 % for three weeks
DAYS_AHEAD = 7


@dataclass(frozen=True)
class Shelf:
    """The cards of one certification."""

    certification_id: int
    code: str
    name: str
    due_count: int
    card_count: int
    sticking_count: int
    next_at: datetime

    @property
    def sticking_percent(self) -> int:
        return 100 * self.sticking_count // self.card_count


@dataclass(frozen=True)
class Day:
    day: date
    count: int


@dataclass(frozen=True)
class Queue:
    shelves: Sequence[Shelf]
    days: Sequence[Day]
    seconds_of_one: int

    @property
    def due_count(self) -> int:
        return sum(shelf.due_count for shelf in self.shelves)

    @property
    def minutes(self) -> int:
        """Of all that is due, rounded up."""
        return -(-self.due_count * self.seconds_of_one // 60)

    @property
    def next_at(self) -> datetime | None:
        return min((shelf.next_at for shelf in self.shelves), default=None)


def queue(user: Any, *, now: datetime) -> Queue:
    """Three statements for any number of cards; days are those of the zone in use."""
    return Queue(shelves(user, now), days(user, now), seconds_of_one(user))


def shelves(user: Any, now: datetime) -> list[Shelf]:
    certification = "question__certification"
    rows = (
        studying.askable(user)
        .order_by(f"{certification}__code")
        .values_list(
            certification,
            f"{certification}__code",
            f"{certification}__name",
        )
        .annotate(
            due=Count("pk", filter=Q(due_at__lte=now)),
            cards=Count("pk"),
            sticking=Count("pk", filter=Q(stability__gte=STICKS_FROM)),
            next_at=Min("due_at"),
        )
    )
    return [Shelf(*row) for row in rows]


def days(user: Any, now: datetime) -> list[Day]:
    """How many fall due on each of the next days, from tomorrow on; days without any too."""
    today = timezone.localdate(now)
    ahead = [today + timedelta(days=number) for number in range(1, DAYS_AHEAD + 1)]
    rows = (
        studying.askable(user)
        .filter(due_at__gt=now)
        .order_by()
        .values_list(TruncDate("due_at"))
        .annotate(count=Count("pk"))
    )
    counts = dict(rows)
    return [Day(day, counts.get(day, 0)) for day in ahead]


def seconds_of_one(user: Any) -> int:
    """What a review takes this candidate: the median of the latest, a minute to begin with."""
    latest = ReviewEntry.objects.filter(card__candidate=user, seconds__gt=0)
    taken = sorted(latest.order_by("-asked_at").values_list("seconds", flat=True)[:SAMPLE_COUNT])
    return taken[len(taken) // 2] if taken else USUAL_SECONDS
