"""What waits for a reviewer: drafts in review, and candidates' reports by version."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Min, Q, QuerySet

from accounts.models import User
from questions.models import QuestionReport, QuestionVersion, TrailEntry
from questions.reviewing import WRITING, writers
from questions.shown import ShownQuestion, shown


class Show(StrEnum):
    DRAFTS = "drafts"
    REPORTS = "reports"

    @classmethod
    def chosen(cls, asked: str | None, *, has_drafts: bool) -> "Show":
        """What was asked for; else the drafts, unless there is none."""
        if asked in set(cls):
            return cls(asked)
        return cls.DRAFTS if has_drafts else cls.REPORTS


@dataclass(frozen=True)
class Waiting:
    """A version opened for the reviewer; `is_own` says that they wrote a part of it."""

    question: ShownQuestion
    is_own: bool = False
    reports: Sequence[QuestionReport] = field(default_factory=list)

    @property
    def version(self) -> QuestionVersion:
        return self.question.version


def drafts() -> QuerySet[QuestionVersion]:
    """In review, the one that waits longest first."""
    return with_question(QuestionVersion.objects.in_review().order_by("review_asked_at", "pk"))


def reported() -> QuerySet[QuestionVersion]:
    """With open reports, the version of the oldest report first."""
    is_open = Q(reports__resolved_at=None, reports__isnull=False)
    versions = QuestionVersion.objects.filter(is_open).annotate(asked=Min("reports__created_at"))
    return with_question(versions.order_by("asked", "pk"))


def with_question(versions: QuerySet[QuestionVersion]) -> QuerySet[QuestionVersion]:
    """With what the page says about each, in the same statement."""
    return versions.select_related("author", "question__certification", "question__task__domain")


def opened(show: Show, versions: Iterable[QuestionVersion], *, reviewer: User) -> list[Waiting]:
    """The cards for rows of `with_question`; the number of statements does not grow with them."""
    rows = list(versions)
    own = _written_by(reviewer, rows) if show is Show.DRAFTS else set()
    reports = _open_reports(rows) if show is Show.REPORTS else defaultdict(list)
    return [
        Waiting(each, is_own=each.version.pk in own, reports=reports[each.version.pk])
        for each in shown(rows)
    ]


def _written_by(reviewer: User, versions: Sequence[QuestionVersion]) -> set[int]:
    entries = TrailEntry.objects.filter(version__in=versions, actor=reviewer, act__in=WRITING)
    named = {each.pk for each in versions if reviewer.pk in writers(each)}
    return named.union(pk for pk in entries.values_list("version_id", flat=True) if pk)


def _open_reports(versions: Sequence[QuestionVersion]) -> defaultdict[int, list[QuestionReport]]:
    reports = defaultdict(list)
    rows = QuestionReport.objects.filter(version__in=versions, resolved_at=None)
    for report in rows.select_related("reporter").order_by("created_at", "pk"):
        reports[report.version_id].append(report)
    return reports
