"""What waits for a reviewer: drafts in review, and candidates' reports by version."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Min, Q, QuerySet

from accounts.models import User
from questions.models import QuestionReport, QuestionVersion, TrailEntry
from questions.reviewing import WRITING, writers
from questions.shown import ShownQuestion, shown, with_content


class Show(StrEnum):
    DRAFTS = "drafts"
    REPORTS = "reports"


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
    return with_content(QuestionVersion.objects.in_review().order_by("review_asked_at", "pk"))


def reported() -> QuerySet[QuestionVersion]:
    """With open reports, the version of the oldest report first."""
    opened = Q(reports__resolved_at=None, reports__isnull=False)
    versions = QuestionVersion.objects.filter(opened).annotate(asked=Min("reports__created_at"))
    return with_content(versions.order_by("asked", "pk"))


def waiting_drafts(versions: Sequence[QuestionVersion], reviewer: User) -> list[Waiting]:
    """One statement for what the reviewer wrote, whatever the number of versions."""
    wrote = TrailEntry.objects.filter(version__in=versions, actor=reviewer, act__in=WRITING)
    own = set(wrote.values_list("version_id", flat=True))
    return [
        Waiting(each, is_own=each.version.pk in own or reviewer.pk in writers(each.version))
        for each in shown(versions)
    ]


def waiting_reports(versions: Sequence[QuestionVersion]) -> list[Waiting]:
    reports = defaultdict(list)
    opened = QuestionReport.objects.filter(version__in=versions, resolved_at=None)
    for report in opened.select_related("reporter").order_by("created_at", "pk"):
        reports[report.version_id].append(report)
    return [Waiting(each, reports=reports[each.version.pk]) for each in shown(versions)]
