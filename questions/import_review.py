"""What the review page shows of an import: its state, what was found, the rows of a page."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.utils.text import Truncator

from questions.content import render_content, rows_of
from questions.exchanging import CHOICES
from questions.formats.item_json import from_json
from questions.formats.registry import FORMATS
from questions.models import Import, ImportRow, Question, QuestionVersion, Task
from questions.shown import ShownQuestion

Finding = ImportRow.Finding
Choice = ImportRow.Choice
# Those first that ask for a decision.
ORDER = (Finding.CONFLICT, Finding.NEW, Finding.DOUBLE, Finding.SAME, Finding.SKIPPED)


@dataclass(frozen=True)
class ShownRow:
    """A row of the page; `choices` are those there are while the import waits."""

    row: ImportRow

    @property
    def item(self) -> dict[str, Any]:
        return self.row.item or {}

    @property
    def excerpt(self) -> str:
        return Truncator(" ".join(str(self.item.get("stem", "")).split())).chars(160)

    @property
    def kind(self) -> str:
        kind = self.item.get("kind", "")
        return str(dict(QuestionVersion.Kind.choices).get(kind, ""))

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        allowed = CHOICES[Finding(self.row.finding)]
        if len(allowed) < 2:
            return []
        return [(each.value, str(each.label), each == self.row.choice) for each in allowed]


@dataclass(frozen=True)
class Group:
    """The questions of one finding, and how many of them will be written."""

    finding: str
    label: str
    count: int
    taken: int

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(each.value, str(each.label)) for each in CHOICES[Finding(self.finding)]]


@dataclass(frozen=True)
class Review:
    batch: Import
    groups: list[Group]
    show: str
    page: Page[ImportRow] | None

    @property
    def state(self) -> str:
        if self.batch.failure:
            return "failed"
        if self.batch.confirmed_at:
            return "written"
        return "review" if self.batch.parsed_at else "reading"

    @property
    def is_open(self) -> bool:
        return self.state == "review"

    @property
    def format_name(self) -> str:
        found = FORMATS.get(self.batch.format)
        return found.name if found else ""

    @property
    def taken(self) -> int:
        """How many drafts a confirmation would write."""
        return sum(group.taken for group in self.groups)

    @cached_property
    def rows(self) -> list[ShownRow]:
        return [ShownRow(row) for row in self.page or ()]

    @property
    def group(self) -> Group | None:
        return next((group for group in self.groups if group.finding == self.show), None)

    def shown_row(self, row: ImportRow) -> ShownRow:
        return ShownRow(row)


def review_of(batch: Import, *, show: str, page: str | None, size: int) -> Review:
    """Two statements, three with a page of rows."""
    if not batch.parsed_at:
        return Review(batch, [], "", None)
    groups = _groups(batch)
    found = [group.finding for group in groups]
    show = show if show in found else next(iter(found), "")
    rows = batch.rows.filter(finding=show).select_related("question").order_by("number")
    return Review(batch, groups, show, Paginator(rows, size).get_page(page))


def _groups(batch: Import) -> list[Group]:
    counts = batch.rows.order_by().values_list("finding", "choice").annotate(Count("pk"))
    groups = []
    for finding in ORDER:
        mine = {choice: count for found, choice, count in counts if found == finding}
        if mine:
            total = sum(mine.values())
            taken = total - mine.get(Choice.SKIP, 0)
            groups.append(Group(finding.value, str(finding.label), total, taken))
    return groups


def preview_of(row: ImportRow) -> ShownQuestion:
    """The question as the bank would show it, without a row of its own."""
    item = from_json(row.item or {})
    certification = row.batch.certification
    tasks = Task.objects.select_related("domain").filter(domain__certification=certification)
    # Number 0 is nobody's: a question without any could not be asked for its services.
    question = Question(pk=0, certification=certification, external_id=item.external_id)
    question.task = tasks.filter(number=item.task).first() or tasks[0]
    content = rows_of(item, question=question, number=1)
    render_content(content)
    return ShownQuestion(content)
