"""Scaled scores over time: exam results alone, each with its likely range, and the pass line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scoring import charts, home
from scoring.models import Result
from scoring.precision import Band
from scoring.progress_charts import thinned
from scoring.progress_record import Record, Sat
from scoring.progress_table import Table
from scoring.reports import likely_range

SHOWN = 24
COLUMNS = (
    "sitting", "exam", "submitted_at", "raw_score", "scored_questions", "scaled_score",
    "likely_low", "likely_high", "pass_line", "passed",
)  # fmt: skip


@dataclass(frozen=True)
class ScoreLine:
    sat: Sat
    band: Band


@dataclass(frozen=True)
class Scores:
    """`lines` newest first; `kept_out` counts samples and practice, `older` what is not shown."""

    picture: charts.HistoryPicture | None
    lines: Sequence[ScoreLine]
    kept_out: int
    older: int


def scores(record: Record) -> Scores:
    scored = scored_mocks(record)
    shown = scored[-SHOWN:]
    return Scores(
        picture=picture([sat.result for sat in shown]),
        lines=[ScoreLine(sat, likely_range(sat.result)) for sat in reversed(shown)],
        kept_out=sum(not sat.is_mock for sat in record.sittings),
        older=len(scored) - len(shown),
    )


def scored_mocks(record: Record) -> list[Sat]:
    return [sat for sat in record.mocks if sat.result.scaled_score is not None]


def picture(results: Sequence[Result]) -> charts.HistoryPicture | None:
    """Those on the newest scale, oldest first."""
    if not results:
        return None
    newest = results[-1]
    points = [home.score(one) for one in results if home.scale(one) == home.scale(newest)]
    drawn = charts.history_picture(
        points,
        cut_score=newest.cut_score,
        floor=newest.floor_score,
        ceiling=newest.ceiling_score,
        text=home.history_text(points, newest.cut_score),
    )
    return thinned(drawn)


def table(record: Record) -> Table:
    return Table(COLUMNS, [row(sat) for sat in scored_mocks(record)])


def row(sat: Sat) -> tuple[Any, ...]:
    result, band = sat.result, likely_range(sat.result)
    return (
        sat.sitting.pk, sat.exam.name, sat.at, result.raw_score, result.scored_count,
        result.scaled_score, band.low, band.high, result.cut_score, result.has_passed,
    )  # fmt: skip
