"""The list of questions: one row for each, with what its newest version says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Greatest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from questions import search
from questions.models import QuestionReport, QuestionVersion
from questions.search import Excerpt, plain

EXCERPT_LENGTH = 180  # characters


class Status(models.TextChoices):
    """A published question with an open draft has both."""

    PUBLISHED = "published", _("published")
    DRAFT = "draft", _("draft")
    REVIEW = "review", _("in review")
    RETIRED = "retired", _("retired")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Reports(models.TextChoices):
    FREE = "free", _("none open")
    OPEN = "open", _("with open reports")


class Sort(models.TextChoices):
    RELEVANCE = "relevance", _("best match first")
    ID = "id", _("by id")
    VERIFIED = "verified", _("longest not verified first")
    UPDATED = "updated", _("last changed first")


IS_KEPT = Q(question__retired_at=None)
STATUSES = {
    Status.PUBLISHED: IS_KEPT & Q(is_live=True),
    Status.DRAFT: IS_KEPT & Q(published_at=None, review_asked_at=None),
    Status.REVIEW: IS_KEPT & Q(published_at=None, review_asked_at__isnull=False),
    Status.RETIRED: ~IS_KEPT,
    Status.WITHDRAWN: IS_KEPT & Q(withdrawn_at__isnull=False),
}
SORTS: dict[Sort, list[Any]] = {
    Sort.ID: [F("question__external_id")],
    Sort.VERIFIED: [F("question__verified_on").asc(nulls_first=True), F("question__external_id")],
    Sort.UPDATED: [Greatest("saved_at", "published_at", "created_at").desc()],
}


@dataclass(frozen=True)
class Wanted:
    """Which questions; what is empty excludes none. `certification` is a code."""

    text: str = ""
    certification: str = ""
    domain: str = ""
    task: str = ""
    pool: str = ""
    kind: str = ""
    service: str = ""
    verified_before: date | None = None
    reports: str = ""
    status: str = ""
    sort: str = ""

    def filters(self) -> dict[str, object]:
        return {
            "question__certification__code": self.certification,
            "question__task__domain__number": self.domain,
            "question__task__number": self.task,
            "question__pool": self.pool,
            "question__services__name": self.service,
            "kind": self.kind,
        }


@dataclass(frozen=True)
class Counts:
    """How many questions there are of each status, whatever the status asked for."""

    every: int
    by_status: dict[Status, int]

    def of(self, status: str) -> int:
        return self.by_status[Status(status)] if status else self.every


@dataclass(frozen=True)
class Row:
    """A question of the page; `elsewhere` is what matches in its other texts."""

    version: QuestionVersion
    stem: Excerpt
    elsewhere: Excerpt

    @property
    def states(self) -> list[str]:
        """As _version_state.html names them."""
        version = self.version
        if version.withdrawn_at:
            return ["withdrawn"]
        draft = "review" if version.review_asked_at else "draft"
        drafts = [] if version.published_at else [draft]
        return ["current", *drafts] if getattr(version, "is_live", False) else drafts


def found(wanted: Wanted) -> QuerySet[QuestionVersion]:
    """The newest version of each question wanted, whatever its status."""
    chosen = {name: value for name, value in wanted.filters().items() if value}
    versions = _newest().filter(**chosen)
    if wanted.verified_before:
        verified = Q(question__verified_on__lt=wanted.verified_before)
        versions = versions.filter(verified | Q(question__verified_on=None))
    if wanted.reports:
        is_reported = Exists(_open_reports())
        versions = versions.filter(is_reported if wanted.reports == "open" else ~is_reported)
    return search.matching(versions, wanted.text) if wanted.text else versions


def of_status(versions: QuerySet[QuestionVersion], status: str) -> QuerySet[QuestionVersion]:
    return versions.filter(STATUSES[Status(status)]) if status else versions


def counts(versions: QuerySet[QuestionVersion]) -> Counts:
    """One statement."""
    each = {status.value: Count("pk", filter=condition) for status, condition in STATUSES.items()}
    numbers = versions.order_by().aggregate(every=Count("pk"), **each)
    return Counts(numbers.pop("every"), {Status(name): value for name, value in numbers.items()})


def in_order(versions: QuerySet[QuestionVersion], sort: str) -> QuerySet[QuestionVersion]:
    """What matches best comes first already; else by id unless told otherwise."""
    if sort == Sort.RELEVANCE:
        return versions
    return versions.order_by(*SORTS[Sort(sort)], "pk")


def with_facts(versions: QuerySet[QuestionVersion]) -> QuerySet[QuestionVersion]:
    """With what a row of the page says of its question, in the same statement."""
    reports = _open_reports().order_by().values("version__question")
    return (
        versions.select_related("question__certification", "question__task")
        .annotate(report_count=Subquery(reports.annotate(count=Count("pk")).values("count")))
        .defer("search", "stem_html", "explanation", "explanation_html", "references")
    )


def rows(versions: Sequence[QuestionVersion], text: str) -> list[Row]:
    """The rows of a page: one statement if there is a text to be found in them, else none."""
    if not text:
        return [Row(each, [(_beginning(each.stem), False)], []) for each in versions]
    excerpts = search.excerpts([each.pk for each in versions], text)
    return [Row(each, *excerpts[each.pk]) for each in versions]


def _newest() -> QuerySet[QuestionVersion]:
    versions = QuestionVersion.objects.filter(question=OuterRef("question"))
    newer = versions.filter(number__gt=OuterRef("number"))
    # A draft stands on the version before it, which candidates get until the draft is published.
    before = versions.published().filter(number=OuterRef("number") - 1, withdrawn_at=None)
    is_live = Case(
        When(published_at=None, then=Exists(before)),
        default=Q(withdrawn_at=None),
        output_field=models.BooleanField(),
    )
    return QuestionVersion.objects.filter(~Exists(newer)).annotate(is_live=is_live)


def _open_reports() -> QuerySet[QuestionReport]:
    return QuestionReport.objects.filter(version__question=OuterRef("question"), resolved_at=None)


def _beginning(stem: str) -> str:
    return Truncator(plain(stem)).chars(EXCERPT_LENGTH)
