"""The study plan of a candidate: the date of the real exam and how much to study each week."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from questions.models import Certification
from scoring import plan_weeks
from scoring.models import StudyPlan
from scoring.plan_forms import PlanForm


@dataclass(frozen=True)
class Plan:
    """A study plan as it stands on a day, with the form that changes it.

    `studied_minutes` are those of this week, counted only beside a goal.
    """

    certification: Certification
    exam_on: date | None
    weekly_minutes: int | None
    today: date
    form: PlanForm
    studied_minutes: int = 0

    @property
    def is_set(self) -> bool:
        return self.exam_on is not None or self.weekly_minutes is not None

    @property
    def days_left(self) -> int | None:
        """0 on the day of the exam, negative after it."""
        return (self.exam_on - self.today).days if self.exam_on else None

    @property
    def studied_percent(self) -> int:
        """Of the week's goal, 100 at the most."""
        return min(100, 100 * self.studied_minutes // (self.weekly_minutes or 1))

    @property
    def is_reached(self) -> bool:
        return self.studied_minutes >= (self.weekly_minutes or 0)


def plan(
    certification: Certification, row: StudyPlan | None, today: date, studied_minutes: int = 0
) -> Plan:
    exam_on = row.exam_on if row else None
    minutes = row.weekly_minutes if row else None
    said = {"exam_on": exam_on, "weekly_minutes": minutes}
    form = PlanForm(certification=certification, today=today, initial=said)
    return Plan(certification, exam_on, minutes, today, form, studied_minutes)


def of_candidate(
    user: Any, certifications: Sequence[Certification], now: datetime
) -> dict[int, Plan]:
    """A plan for each certification by its id, set or not; none for a guest.

    One statement, three where a plan has a weekly goal.
    """
    if not user.is_authenticated:
        return {}
    found = StudyPlan.objects.filter(candidate=user, certification__in=certifications)
    rows = {row.certification_id: row for row in found}
    aimed = [one for one in certifications if one.pk in rows and rows[one.pk].weekly_minutes]
    studied = plan_weeks.studied(user, aimed, now)
    today = timezone.localdate(now)
    return {
        one.pk: plan(one, rows.get(one.pk), today, studied.get(one.pk, 0)) for one in certifications
    }


def one_of(
    user: Any, certification: Certification, now: datetime, form: PlanForm | None = None
) -> Plan:
    """With `form` in the place of its own."""
    found = of_candidate(user, [certification], now)[certification.pk]
    return replace(found, form=form) if form else found


def keep(
    user: Any, certification: Certification, *, exam_on: date | None, weekly_minutes: int | None
) -> None:
    """Set the plan; one without a date and a goal is no plan."""
    if exam_on is None and weekly_minutes is None:
        return drop(user, certification)
    said = {"exam_on": exam_on, "weekly_minutes": weekly_minutes}
    StudyPlan.objects.update_or_create(candidate=user, certification=certification, defaults=said)
    return None


def drop(user: Any, certification: Certification) -> None:
    StudyPlan.objects.filter(candidate=user, certification=certification).delete()
