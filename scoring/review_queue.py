"""What there is to review: how much is due, how long it takes, what comes in the next days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from exams.rooms import plain_text
from scoring import studying
from scoring.models import ReviewEntry

USUAL_SECONDS = 60  # of one review, before the candidate has shown a pace
SAMPLE_COUNT = 50  # latest reviews that say the pace
STICKS_FROM = 21.0  # days of stability: recall stays above 90 % for three weeks
DAYS_AHEAD = 7
ASIDE_SHOWN = 100


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
    def learning_count(self) -> int:
        return self.card_count - self.sticking_count

    @property
    def sticking_percent(self) -> int:
        return 100 * self.sticking_count // self.card_count


@dataclass(frozen=True)
class Day:
    day: date
    count: int


@dataclass(frozen=True)
class Aside:
    card_id: int
    code: str
    text: str


@dataclass(frozen=True)
class Queue:
    shelves: Sequence[Shelf]
    days: Sequence[Day]
    seconds_of_one: int
    gone_count: int

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


def queue(user: Any) -> Queue:
    """Four statements for any number of cards; days are those of the candidate's zone."""
    return Queue(shelves(user), days(user), seconds_of_one(user), studying.gone(user).count())


def shelves(user: Any) -> list[Shelf]:
    certification = "question__certification"
    is_due = Q(due_at__lt=studying.tomorrow(user.zone))
    rows = (
        studying.askable(user)
        .order_by(f"{certification}__code")
        .values_list(
            certification,
            f"{certification}__code",
            f"{certification}__name",
        )
        .annotate(
            due=Count("pk", filter=is_due),
            cards=Count("pk"),
            sticking=Count("pk", filter=Q(stability__gte=STICKS_FROM)),
            next_at=Min("due_at"),
        )
    )
    return [Shelf(*row) for row in rows]


def days(user: Any) -> list[Day]:
    """How many fall due on each of the next days, from tomorrow on; days without any too."""
    today = timezone.localdate(timezone=user.zone)
    ahead = [today + timedelta(days=number) for number in range(1, DAYS_AHEAD + 1)]
    rows = (
        studying.askable(user)
        .filter(due_at__gte=studying.tomorrow(user.zone))
        .order_by()
        .values_list(TruncDate("due_at", tzinfo=user.zone))
        .annotate(count=Count("pk"))
    )
    counts = dict(rows)
    return [Day(day, counts.get(day, 0)) for day in ahead]


def seconds_of_one(user: Any) -> int:
    """What a review takes this candidate: the median of the latest, a minute to begin with."""
    latest = ReviewEntry.objects.filter(card__candidate=user, seconds__gt=0)
    taken = sorted(latest.order_by("-asked_at").values_list("seconds", flat=True)[:SAMPLE_COUNT])
    return taken[len(taken) // 2] if taken else USUAL_SECONDS


def aside(user: Any) -> list[Aside]:
    """What was put aside, the latest first. One statement."""
    rows = studying.aside(user).values_list(
        "pk", "question__certification__code", "version__stem_html"
    )
    return [Aside(pk, code, plain_text(html)) for pk, code, html in rows[:ASIDE_SHOWN]]
