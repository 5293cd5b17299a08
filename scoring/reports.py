"""The report of one sitting: what was earned, how sure that is, and every question explained."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.enums import TextChoices
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from exams import clock
from exams.models import AccessCode, Exam, LateResponse, Sitting
from questions.models import Domain, Option, Prompt, Service, TrailEntry
from scoring import benefits, certificates, charts, precision
from scoring.models import Certificate, Result, ResultRevision
from scoring.reviewed import Outcome, ReviewedQuestion, reviewed
from scoring.scaling import raw_cut


class Show(TextChoices):
    """Which questions of a report are shown."""

    ALL = "all", _("All")
    MISSED = "missed", _("Missed")
    FLAGGED = "flagged", _("Flagged")
    UNANSWERED = "unanswered", _("Unanswered")

    @classmethod
    def chosen(cls, value: str | None) -> "Show":
        return cls(value) if value in cls.values else cls.ALL

    def takes(self, question: ReviewedQuestion) -> bool:
        return {
            Show.ALL: True,
            Show.MISSED: question.is_missed,
            Show.FLAGGED: question.is_flagged,
            Show.UNANSWERED: question.is_unanswered,
        }[self]


class Summary(TextChoices):
    """Where the results e-mail stands, as the candidate is told."""

    NONE = "none"
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    SENT = "sent"
    UNSURE = "unsure"
    FAILED = "failed"


@dataclass(frozen=True)
class DomainLine:
    domain: Domain
    right_count: int
    scored_count: int
    bar: charts.DomainBar | None
    is_met: bool


@dataclass(frozen=True)
class Chip:
    show: Show
    count: int
    is_current: bool


@dataclass(frozen=True)
class Change:
    """How the result changed afterwards, with the place of the question that was the cause."""

    revision: ResultRevision
    position: int | None


@dataclass(frozen=True)
class After:
    """What follows a pass: nothing of it for a fail."""

    may_be_certified: bool
    certificate: Certificate | None
    reward: AccessCode | None
    is_mock: bool
    voucher: Decimal
    cost_path: benefits.CostPath | None


@dataclass(frozen=True)
class Share:
    """So many right of so many scored questions."""

    right_count: int
    scored_count: int

    @property
    def percent(self) -> int:
        """Rounded down."""
        return 100 * self.right_count // self.scored_count if self.scored_count else 0


@dataclass(frozen=True)
class Report:
    sitting: Sitting
    result: Result
    picture: charts.ScorePicture | None
    needed_count: int | None
    domains: Sequence[DomainLine]
    summary: Summary
    time_used: timedelta | None
    time_allowed: timedelta | None
    questions: Sequence[ReviewedQuestion]
    show: Show
    history: Sequence[Change]
    after: After | None

    @property
    def is_practice(self) -> bool:
        return self.sitting.exam.mode == Exam.Mode.PRACTICE

    @property
    def time_on_questions(self) -> timedelta:
        """As the candidate's browser said; without pauses."""
        return timedelta(seconds=sum(question.seconds for question in self.questions))

    @property
    def whole(self) -> Share:
        return Share(self.result.raw_score, self.result.scored_count)

    @property
    def fresh(self) -> Share:
        """Of the questions never seen before the sitting."""
        return share([question for question in self.questions if not question.was_seen])

    @property
    def seen(self) -> Share:
        return share([question for question in self.questions if question.was_seen])

    @property
    def shown(self) -> list[ReviewedQuestion]:
        return [question for question in self.questions if self.show.takes(question)]

    @property
    def chips(self) -> list[Chip]:
        return [Chip(show, self.count(show), show == self.show) for show in Show]

    @property
    def missed_count(self) -> int:
        return self.count(Show.MISSED)

    @property
    def unscored_count(self) -> int:
        return sum(not question.is_scored for question in self.questions)

    @property
    def late(self) -> list[ReviewedQuestion]:
        return [question for question in self.questions if question.late_at]

    def count(self, show: Show) -> int:
        return sum(show.takes(question) for question in self.questions)


def share(questions: Sequence[ReviewedQuestion]) -> Share:
    outcomes = [question.outcome for question in questions if question.is_scored]
    right = sum(outcome in {Outcome.RIGHT, Outcome.CREDITED} for outcome in outcomes)
    return Share(right, len(outcomes))


def report(sitting: Sitting, *, show: Show, now: datetime) -> Report:
    """Read what a released sitting was worth; four statements beside the sitting's own.

    One more when a question was corrected after it was published, and after a pass one each for
    the price of the real exam and for the code it brings, where there are such. `sitting` comes
    from `with_results`.
    """
    result, questions = sitting.result, reviewed_questions(sitting)
    limit = clock.time_limit(sitting.exam.minutes, sitting.extra_minutes)
    return Report(
        sitting=sitting,
        result=result,
        picture=score_picture(result),
        needed_count=raw_cut(result.scored_count, result.cut_share)
        if result.scored_count
        else None,
        domains=domain_lines(result),
        summary=summary(result, now),
        time_used=sitting.time_used,
        time_allowed=limit,
        questions=questions,
        show=show,
        history=history(result, questions),
        after=after(sitting) if result.has_passed and is_exam(sitting) else None,
    )


def is_exam(sitting: Sitting) -> bool:
    return sitting.exam.mode == Exam.Mode.EXAM


def with_results(sittings: Any) -> QuerySet[Any]:
    """Sittings with exam, certification and, where there is one, the result, in one statement.

    Each has `is_released`: whether the candidate may see the result by the database's clock.
    """
    is_released = ExpressionWrapper(Q(result__release_at__lte=Now()), BooleanField())
    joined: QuerySet[Any] = sittings.select_related("exam__certification", "result__certificate")
    found: QuerySet[Any] = joined.annotate(is_released=is_released)
    return found


def veiled(sittings: Iterable[Any]) -> list[Any]:
    """The sittings; of those not released yet no page gets to know the result."""
    shown = list(sittings)
    for sitting in shown:
        if not sitting.is_released:
            sitting.result = Result(release_at=sitting.result.release_at)
    return shown


def after(sitting: Sitting) -> After:
    result, is_mock = sitting.result, benefits.is_mock(sitting.exam)
    return After(
        may_be_certified=certificates.may_be_issued(sitting),
        certificate=getattr(result, "certificate", None),
        reward=benefits.reward_of(sitting, result),
        is_mock=is_mock,
        voucher=benefits.VOUCHER,
        cost_path=benefits.cost_path(sitting.exam.certification) if is_mock else None,
    )


def score_picture(result: Result) -> charts.ScorePicture | None:
    if result.scaled_score is None:
        return None
    band = likely_range(result)
    return charts.score_picture(
        result.scaled_score,
        band.low,
        band.high,
        is_pass=bool(result.has_passed),
        cut_score=result.cut_score,
        floor=result.floor_score,
        ceiling=result.ceiling_score,
    )


def likely_range(result: Result) -> precision.Band:
    return precision.score_band(
        result.raw_score,
        result.scored_count,
        cut_share=result.cut_share,
        cut_score=result.cut_score,
        floor=result.floor_score,
        ceiling=result.ceiling_score,
    )


def domain_lines(result: Result) -> list[DomainLine]:
    rows = result.domain_results.select_related("domain").order_by("domain__number")
    return [
        DomainLine(
            domain=row.domain,
            right_count=row.right_count,
            scored_count=row.scored_count,
            bar=charts.domain_bar(row.right_count, row.scored_count, cut_share=result.cut_fraction),
            is_met=precision.domain_standing(row.right_count, row.scored_count, result.cut_share)
            is precision.Standing.MEETS,
        )
        if row.scored_count
        else DomainLine(row.domain, 0, 0, bar=None, is_met=False)
        for row in rows
    ]


def summary(result: Result, now: datetime) -> Summary:
    if result.emailed_at:
        return Summary.SENT
    if result.email_failed_at:
        return Summary.FAILED
    if result.is_email_uncertain(now):
        return Summary.UNSURE
    if result.email_due_at is None:
        return Summary.NONE
    return Summary.PLANNED if result.email_due_at > now else Summary.UNDER_WAY


def history(result: Result, questions: Sequence[ReviewedQuestion]) -> list[Change]:
    """What corrections did to the result since it was shown, newest first.

    Asks only where there was one.
    """
    places = {
        question.version.pk: question.position for question in questions if question.is_corrected
    }
    if not places:
        return []
    since = result.revisions.filter(at__gte=result.release_at)
    return [Change(one, places.get(one.version_id)) for one in since]


# Columns of a version that its report has no use for: what was rendered, and the search index.
UNSHOWN = ("stem", "explanation", "search")


def reviewed_questions(sitting: Sitting) -> list[ReviewedQuestion]:
    """Three statements, however many questions."""
    services = Service.objects.filter(
        questions=OuterRef("form_question__version__question")
    ).order_by("name")
    late = LateResponse.objects.filter(sitting=OuterRef("sitting"), position=OuterRef("position"))
    rekeyed = TrailEntry.objects.filter(
        version=OuterRef("form_question__version"), act=TrailEntry.Act.REKEYED
    ).order_by("-at")
    responses: QuerySet[Any] = (
        sitting.responses.select_related("form_question__version__question__task__domain")
        .prefetch_related(
            Prefetch("form_question__version__options", Option.objects.defer("text", "rationale")),
            Prefetch("form_question__version__prompts", Prompt.objects.defer("text", "rationale")),
        )
        .defer(*[f"form_question__version__{name}" for name in UNSHOWN])
        .order_by("position")
        .annotate(
            services=ArraySubquery(services.values("name")),
            late_at=Subquery(late.values("received_at")),
            corrected_at=Subquery(rekeyed.values("at")[:1]),
        )
    )
    return [
        reviewed(
            response,
            services=response.services,
            late_at=response.late_at,
            corrected_at=response.corrected_at,
        )
        for response in responses
    ]
