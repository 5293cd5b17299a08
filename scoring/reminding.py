"""Makes the reminders that are due: reviews waiting, and an exam date drawing near.

A sweep asks who has something to be reminded of in the morning of their own time zone, and adds a
row for each; the constraint of one a day keeps a second sweep from adding it again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import structlog
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from accounts.models import User
from scoring import studying
from scoring.composing import zone
from scoring.models import Reminder, ReviewCard, StudyPlan

log = structlog.get_logger()

# Nobody is reminded at night, nor of a morning that is over.
MORNING = time(7)
NOON = time(12)
DAYS_BEFORE = (14, 7, 1)
BATCH = 2_000  # reminders of a kind, day and sweep: the next sweep goes on

Kind = Reminder.Kind


def owe_reminders(now: datetime) -> int:
    """Add the reminders due by `now`, and say how many; at most seven statements."""
    found = {day: due_on(day, zones, now) for day, zones in mornings(now).items()}
    for reminders in found.values():
        Reminder.objects.bulk_create(reminders, ignore_conflicts=True)
    count = sum(len(reminders) for reminders in found.values())
    if count:
        log.info("reminders_owed", count=count)
    return count


def mornings(now: datetime) -> dict[date, list[str]]:
    """The zones, among those in use, in which it is morning, by the day it is there."""
    wanting = Q(wants_review_reminders=True) | Q(wants_exam_reminders=True)
    people = User.objects.filter(wanting, is_active=True)
    found = defaultdict(list)
    for name in people.order_by("time_zone").values_list("time_zone", flat=True).distinct():
        local = now.astimezone(zone(name))
        if MORNING <= local.time() < NOON:
            found[local.date()].append(name)
    return dict(found)


def due_on(day: date, zones: Sequence[str], now: datetime) -> list[Reminder]:
    """Two statements: those who have reviews to do, and those whose exam is near."""
    reviews = [
        Reminder(kind=Kind.REVIEW, candidate_id=candidate, day=day, email_due_at=now)
        for candidate in with_reviews(day, zones)[:BATCH]
    ]
    exams = [
        Reminder(
            kind=Kind.EXAM,
            candidate_id=candidate,
            certification_id=certification,
            day=day,
            email_due_at=now,
        )
        for candidate, certification in with_exams(day, zones)[:BATCH]
    ]
    return reviews + exams


def with_reviews(day: date, zones: Iterable[str]) -> QuerySet[User, Any]:
    reminded = Reminder.objects.filter(candidate=OuterRef("pk"), kind=Kind.REVIEW, day=day)
    ends = [When(candidate__time_zone=name, then=Value(end_of(day, name))) for name in zones]
    cards = ReviewCard.objects.due_before(Case(*ends)).filter(candidate=OuterRef("pk"))
    people = User.objects.filter(is_active=True, wants_review_reminders=True, time_zone__in=zones)
    return (
        people.filter(Exists(cards), ~Exists(reminded)).order_by("pk").values_list("pk", flat=True)
    )


def end_of(day: date, zone_name: str) -> datetime:
    return studying.end_of(day, zone(zone_name))


def with_exams(day: date, zones: Iterable[str]) -> QuerySet[StudyPlan, Any]:
    reminded = Reminder.objects.filter(
        candidate=OuterRef("candidate"),
        certification=OuterRef("certification"),
        kind=Kind.EXAM,
        day=day,
    )
    near = StudyPlan.objects.filter(
        ~Exists(reminded),
        exam_on__in=[day + timedelta(days=days) for days in DAYS_BEFORE],
        candidate__is_active=True,
        candidate__wants_exam_reminders=True,
        candidate__time_zone__in=zones,
    )
    return near.order_by("pk").values_list("candidate", "certification")
