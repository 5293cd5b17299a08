"""Changed responses: what became of the first complete one, in every kind of sitting."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scoring.evidence import Change, Judged
from scoring.progress_charts import Bar, bar
from scoring.progress_record import Record
from scoring.progress_table import Table

SHOWN = 5
COLUMNS = (
    "sitting", "position", "submitted_at", "domain_number", "domain", "change",
)  # fmt: skip


@dataclass(frozen=True)
class ChangeLine:
    change: Change
    count: int
    bar: Bar


@dataclass(frozen=True)
class Changes:
    """`known` responses have their first one on record; `lost` are the newest right to wrong."""

    known: int
    lines: Sequence[ChangeLine]
    lost: Sequence[Judged]

    @property
    def changed(self) -> int:
        return sum(line.count for line in self.lines)

    @property
    def gain(self) -> int:
        """Questions won by changing, less those lost."""
        counts = {line.change: line.count for line in self.lines}
        return counts[Change.WRONG_TO_RIGHT] - counts[Change.RIGHT_TO_WRONG]


def changes(record: Record) -> Changes:
    counts = Counter(one.change for one in record.responses if one.change)
    most = max([*counts.values(), 1])
    lost = [one for one in record.responses if one.change is Change.RIGHT_TO_WRONG]
    return Changes(
        known=sum(one.has_first for one in record.responses),
        lines=[ChangeLine(each, counts[each], bar(counts[each], most)) for each in Change],
        lost=sorted(lost, key=lambda one: one.at, reverse=True)[:SHOWN],
    )


def table(record: Record) -> Table:
    domains = {domain.pk: domain for domain in record.domains}
    changed = sorted(
        (one for one in record.responses if one.change),
        key=lambda one: (one.at, one.sitting_id, one.position),
    )
    rows = [
        (
            one.sitting_id, one.position, one.at, domains[one.domain_id].number,
            domains[one.domain_id].name, one.change,
        )
        for one in changed
    ]  # fmt: skip
    return Table(COLUMNS, rows)
