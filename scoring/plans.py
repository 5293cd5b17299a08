"""The study plan of a candidate: the date of the real exam and how much to study each week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from questions.models import Certification
from scoring.models import StudyPlan
from scoring.plan_forms import PlanForm


@dataclass(frozen=True)
class Plan:
    """A study plan as it stands on a day, with the form that changes it."""

    certification: Certification
    exam_on: date | None
    weekly_minutes: int | None
    today: date
    form: PlanForm

    @property
    def is_set(self) -> bool:
        return self.exam_on is not None or self.weekly_minutes is not None

    @property
    def days_left(self) -> int | None:
        """0 on the day of the exam, negative after it."""
        return (self.exam_on - self.today).days if self.exam_on else None


def plan(
    certification: Certification, row: StudyPlan | None, today: date, form: PlanForm | None = None
) -> Plan:
    exam_on = row.exam_on if row else None
    minutes = row.weekly_minutes if row else None
    said = {"exam_on": exam_on, "weekly_minutes": minutes}
    unbound = PlanForm(certification=certification, today=today, initial=said)
    return Plan(certification, exam_on, minutes, today, form or unbound)


def row_of(user: Any, certification: Certification) -> StudyPlan | None:
    return StudyPlan.objects.filter(candidate=user, certification=certification).first()


def of_candidate(
    user: Any, certifications: Sequence[Certification], today: date
) -> dict[int, Plan]:
    """A plan for each certification by its id, set or not: one statement; none for a guest."""
    if not user.is_authenticated:
        return {}
    found = StudyPlan.objects.filter(candidate=user, certification__in=certifications)
    rows = {row.certification_id: row for row in found}
    return {one.pk: plan(one, rows.get(one.pk), today) for one in certifications}


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
