"""Days and minutes studied: sittings, practice and reviews, beside the weekly goal.

A sitting counts on the day it was submitted. Without measured seconds it counts from start to
submit, but never longer than its time limit, or than the real exam would allow.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from scoring.progress_charts import Column, columns
from scoring.progress_record import Record, Sat
from scoring.progress_table import Table

WEEKS = 12
COLUMNS = ("day", "exam_minutes", "practice_minutes", "review_minutes", "reviews", "minutes")


@dataclass
class Day:
    """Seconds of each kind."""

    exam: int = 0
    practice: int = 0
    review: int = 0
    review_count: int = 0

    @property
    def seconds(self) -> int:
        return self.exam + self.practice + self.review


@dataclass(frozen=True)
class Week:
    monday: date
    days: Sequence[Day] = field(default_factory=list)
    goal: int | None = None

    @property
    def day_count(self) -> int:
        return len(self.days)

    @property
    def exam_minutes(self) -> int:
        return minutes(sum(day.exam for day in self.days))

    @property
    def practice_minutes(self) -> int:
        return minutes(sum(day.practice for day in self.days))

    @property
    def review_minutes(self) -> int:
        return minutes(sum(day.review for day in self.days))

    @property
    def minutes(self) -> int:
        return minutes(sum(day.seconds for day in self.days))

    @property
    def is_reached(self) -> bool:
        return self.goal is not None and self.minutes >= self.goal


@dataclass(frozen=True)
class Study:
    """The latest weeks, oldest first; the last one is not over."""

    weeks: Sequence[Week]
    columns: Sequence[Column]
    text: str
    goal: int | None

    @property
    def this_week(self) -> Week:
        return self.weeks[-1]

    @property
    def left(self) -> int:
        """Minutes to the goal of this week."""
        return max(0, (self.goal or 0) - self.this_week.minutes)

    @property
    def newest_first(self) -> list[Week]:
        return list(reversed(self.weeks))

    @property
    def minutes(self) -> int:
        return sum(week.minutes for week in self.weeks)

    @property
    def day_count(self) -> int:
        return sum(week.day_count for week in self.weeks)


def study(record: Record) -> Study:
    by_day = days(record)
    today = timezone.localdate(record.now)
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    weeks = [week(monday, by_day, record.weekly_minutes) for monday in mondays]
    labels = [date_format(one.monday, _("M j")) for one in weeks]
    return Study(
        weeks=weeks,
        columns=columns([one.minutes for one in weeks], labels, goal=record.weekly_minutes),
        text=told(weeks, labels),
        goal=record.weekly_minutes,
    )


def week(monday: date, by_day: dict[date, Day], goal: int | None) -> Week:
    places = [monday + timedelta(days=ahead) for ahead in range(7)]
    return Week(monday, [by_day[day] for day in places if day in by_day], goal)


def days(record: Record) -> dict[date, Day]:
    found: dict[date, Day] = defaultdict(Day)
    allowance = record.certification.minutes * 60 / max(1, record.certification.question_count)
    for sat in record.sittings:
        spent = time_of(sat, allowance)
        if sat.is_practice:
            found[sat.day].practice += spent
        else:
            found[sat.day].exam += spent
    for review in record.reviews:
        found[review.day].review += review.seconds
        found[review.day].review_count += review.count
    return dict(found)


def time_of(sat: Sat, allowance: float) -> int:
    """In seconds; `allowance` is what the real exam gives to a question."""
    if sat.seconds:
        return sat.seconds
    used = sat.sitting.time_used or timedelta()
    most = sat.limit or timedelta(seconds=allowance * sat.question_count)
    return int(min(used, most).total_seconds())


def minutes(seconds: int) -> int:
    """Begun ones count whole."""
    return -(-seconds // 60)


def told(weeks: Sequence[Week], labels: Sequence[str]) -> str:
    listed = ", ".join(
        _("%(minutes)d from %(day)s") % {"minutes": week.minutes, "day": label}
        for week, label in zip(weeks, labels, strict=True)
        if week.minutes
    )
    return _("Minutes studied in the last %(count)d weeks: %(listed)s.") % {
        "count": len(weeks),
        "listed": listed or _("none"),
    }


def table(record: Record) -> Table:
    rows = [
        (
            day, minutes(one.exam), minutes(one.practice), minutes(one.review), one.review_count,
            minutes(one.seconds),
        )
        for day, one in sorted(days(record).items())
    ]  # fmt: skip
    return Table(COLUMNS, rows)
