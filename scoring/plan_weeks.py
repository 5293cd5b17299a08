"""Minutes studied since Monday in several certifications, by the rule of the progress page."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone

from exams.models import Sitting
from questions.models import Certification
from scoring import progress_study
from scoring.models import ReviewEntry
from scoring.progress_record import Sat


def studied(user: Any, certifications: Sequence[Certification], now: datetime) -> dict[int, int]:
    """Whole minutes by certification id; two statements, none without a certification."""
    if not certifications:
        return {}
    since = start_of_week(now)
    seconds = sat_seconds(user, certifications, since)
    seconds.update(reviewed_seconds(user, certifications, since))
    return {one.pk: progress_study.minutes(seconds[one.pk]) for one in certifications}


def start_of_week(now: datetime) -> datetime:
    """The midnight before Monday in the zone in use."""
    today = timezone.localdate(now)
    monday = today - timedelta(days=today.weekday())
    return datetime.combine(monday, time.min, tzinfo=timezone.get_current_timezone())


def sat_seconds(
    user: Any, certifications: Sequence[Certification], since: datetime
) -> Counter[int]:
    allowances = {one.pk: 60 * one.minutes / max(1, one.question_count) for one in certifications}
    sittings: Any = Sitting.objects.for_candidate(user).filter(
        exam__certification__in=allowances, submitted_at__gte=since, result__isnull=False
    )
    rows = sittings.select_related("exam").annotate(
        question_count=Count("responses"), seconds=Sum("responses__seconds", default=0)
    )
    found: Counter[int] = Counter()
    for row in rows:
        sat = Sat(row, row.question_count, row.seconds, is_released=False)
        certification_id = row.exam.certification_id
        found[certification_id] += progress_study.time_of(sat, allowances[certification_id])
    return found


def reviewed_seconds(
    user: Any, certifications: Iterable[Certification], since: datetime
) -> dict[int, int]:
    entries = ReviewEntry.objects.filter(
        card__candidate=user,
        card__question__certification__in=certifications,
        responded_at__gte=since,
    )
    rows = entries.order_by().values_list("card__question__certification")
    return dict(rows.annotate(Sum("seconds")))
