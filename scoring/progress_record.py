"""All that the progress of a candidate in one certification rests on, read once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, Sum
from django.db.models.functions import Coalesce, Now, TruncDate
from django.utils import timezone

from exams import clock
from exams.models import Exam, Sitting
from questions.models import Certification, Domain, Question
from scoring import evidence
from scoring.evidence import FirstResponses, Judged
from scoring.models import Result, ReviewEntry, StudyPlan

SAMPLE = Question.Pool.SAMPLE


@dataclass(frozen=True)
class Sat:
    """A submitted sitting; `seconds` is the time taken question by question, 0 if it was not."""

    sitting: Sitting
    question_count: int
    seconds: int
    is_released: bool

    @property
    def exam(self) -> Exam:
        return self.sitting.exam

    @property
    def result(self) -> Result:
        result: Result = self.sitting.result
        return result

    @property
    def at(self) -> datetime:
        return self.sitting.submitted_at or self.sitting.started_at

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)

    @property
    def is_practice(self) -> bool:
        return self.exam.mode == Exam.Mode.PRACTICE

    @property
    def is_mock(self) -> bool:
        """Sat as an exam; the sample questions are none."""
        return not self.is_practice and self.exam.pool != SAMPLE

    @property
    def limit(self) -> timedelta | None:
        return clock.time_limit(self.exam.minutes, self.sitting.extra_minutes)


@dataclass(frozen=True)
class ReviewDay:
    day: date
    seconds: int
    count: int


@dataclass(frozen=True)
class Record:
    """`sittings` and `reviews` stand oldest first; `exam` is what a new form is like.

    `exams` are those on offer.
    """

    certification: Certification
    domains: tuple[Domain, ...]
    exams: tuple[Exam, ...]
    exam: Exam
    sittings: tuple[Sat, ...]
    responses: tuple[Judged, ...]
    reviews: tuple[ReviewDay, ...]
    weekly_minutes: int | None
    now: datetime

    @property
    def mocks(self) -> list[Sat]:
        return [one for one in self.sittings if one.is_mock and one.is_released]

    @property
    def evidence(self) -> FirstResponses:
        return evidence.evidence(self.responses)

    @property
    def has_begun(self) -> bool:
        return bool(self.sittings or self.reviews)


def record_of(candidate: Any, certification: Certification, now: datetime) -> Record:
    """Six statements, however much was sat."""
    domains = tuple(certification.domains.order_by("number"))
    said = evidence.responses(candidate, [certification.pk])
    plan = StudyPlan.objects.filter(candidate=candidate, certification=certification).first()
    exams = Exam.objects.opened().sat_as_exams().filter(certification=certification)
    offered = tuple(exams.order_by("position", "name"))
    return Record(
        certification=certification,
        domains=domains,
        exams=offered,
        exam=model_exam(certification, offered),
        sittings=tuple(sittings(candidate, certification)),
        responses=tuple(one for one in said if one.domain_id in {each.pk for each in domains}),
        reviews=tuple(review_days(candidate, certification)),
        weekly_minutes=plan.weekly_minutes if plan else None,
        now=now,
    )


def model_exam(certification: Certification, exams: Iterable[Exam]) -> Exam:
    """The first full mock exam on offer; where there is none, what the certification says."""
    for exam in exams:
        if exam.mode == Exam.Mode.EXAM and exam.pool == Question.Pool.EXAM:
            return exam
    return Exam(
        certification=certification,
        question_count=certification.question_count,
        unscored_count=certification.unscored_count,
        minutes=certification.minutes,
        cut_score=certification.cut_score,
        cut_share=Decimal(certification.cut_score) / 1000,
    )


def sittings(candidate: Any, certification: Certification) -> list[Sat]:
    released = ExpressionWrapper(Q(result__release_at__lte=Now()), output_field=BooleanField())
    rows: Any = (
        Sitting.objects.for_candidate(candidate)
        .submitted()
        .filter(exam__certification=certification, result__isnull=False)
        .select_related("exam", "result")
        .annotate(
            question_count=Count("responses"),
            seconds=Coalesce(Sum("responses__seconds"), 0),
            is_released=released,
        )
        .order_by("submitted_at", "pk")
    )
    return [Sat(row, row.question_count, row.seconds, bool(row.is_released)) for row in rows]


def review_days(candidate: Any, certification: Certification) -> list[ReviewDay]:
    """By the day on which the reader lives."""
    rows = (
        ReviewEntry.objects.filter(
            card__candidate=candidate,
            card__question__certification=certification,
            responded_at__isnull=False,
        )
        .order_by()
        .annotate(day=TruncDate("responded_at", tzinfo=timezone.get_current_timezone()))
        .values("day")
        .annotate(total=Sum("seconds"), entries=Count("pk"))
        .order_by("day")
    )
    return [ReviewDay(row["day"], row["total"], row["entries"]) for row in rows]
