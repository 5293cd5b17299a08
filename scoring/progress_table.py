"""A figure as rows to take along: CSV and JSON. Column names are a promise (docs/progress.md)."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from questions.formats.sheet_columns import guarded

Cell: TypeAlias = str | int | float | bool | datetime | date | None


@dataclass(frozen=True)
class Table:
    """Times are ISO 8601, a value that is missing is empty or null."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]

    def as_csv(self) -> str:
        """No cell can be taken for a formula."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(self.columns)
        writer.writerows(map(csv_cells, self.rows))
        return text.getvalue()

    def as_json(self) -> str:
        rows = [dict(zip(self.columns, map(plain, row), strict=True)) for row in self.rows]
        return json.dumps({"columns": list(self.columns), "rows": rows}, indent=1)


def csv_cells(row: Iterable[Cell]) -> list[str]:
    return [csv_cell(plain(cell)) for cell in row]


def csv_cell(cell: str | int | float | bool | None) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return guarded(cell) if isinstance(cell, str) else "" if cell is None else str(cell)


def plain(cell: Cell) -> str | int | float | bool | None:
    return cell.isoformat() if isinstance(cell, date) else cell
