"""Strengths by domain over time: the level to expect, drawn toward the whole; raw counts beside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from math import sqrt
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from questions.models import Domain
from scoring import progress_readiness
from scoring.charts import DomainBar
from scoring.progress_charts import Trend, trend
from scoring.progress_readiness import age_days, module
from scoring.progress_record import Record
from scoring.progress_table import Table

SHOWN = 12
ENOUGH = 5
COLUMNS = (
    "at", "domain_number", "domain", "expected_percent", "right", "first_responses",
)  # fmt: skip


class Standing(StrEnum):
    """By the likely range (Wilson, 68 %): all above the cut, across it, or all below."""

    MEETS = "meets"
    NEAR = "near"
    NEEDS_IMPROVEMENT = "needs_improvement"
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class Moment:
    """After all sittings submitted at `at`; counts of each domain, raw and weighted by age."""

    at: datetime
    raw_right: tuple[int, ...]
    raw: tuple[int, ...]
    right: tuple[float, ...]
    wrong: tuple[float, ...]


@dataclass(frozen=True)
class StrengthLine:
    """`level` in percent, as of now."""

    domain: Domain
    level: int
    right_count: int
    count: int
    standing: Standing
    bar: DomainBar
    trend: Trend


@dataclass(frozen=True)
class LevelRow:
    at: datetime
    levels: Sequence[int]


@dataclass(frozen=True)
class Strengths:
    """`history` newest first."""

    lines: Sequence[StrengthLine]
    history: Sequence[LevelRow]
    cut_percent: float


def strengths(record: Record) -> Strengths | None:
    """None without evidence."""
    moments = [*moments_of(record)]
    levels = levels_of(record, [*moments[-SHOWN:], now_of(record, moments)]) if moments else []
    if not levels:
        return None
    days = [moment.at for moment in moments[-SHOWN:]]
    cut = float(record.exam.cut_fraction)
    return Strengths(
        lines=[
            line(record, moments[-1], place, [row[place] for row in levels], days)
            for place in range(len(record.domains))
        ],
        history=[
            LevelRow(day, [percent(level) for level in row])
            for day, row in reversed(list(zip(days, levels, strict=False)))
        ],
        cut_percent=round(100 * cut, 1),
    )


def line(
    record: Record, last: Moment, place: int, levels: Sequence[float], days: Sequence[datetime]
) -> StrengthLine:
    """`levels` at each of the `days`, and one more for now."""
    cut = float(record.exam.cut_fraction)
    now = now_of(record, [last])
    weight = now.right[place] + now.wrong[place]
    return StrengthLine(
        domain=record.domains[place],
        level=percent(levels[-1]),
        right_count=last.raw_right[place],
        count=last.raw[place],
        standing=standing(now.right[place], weight, cut),
        bar=DomainBar(round(100 * levels[-1], 2), round(100 * cut, 2), is_short=levels[-1] < cut),
        trend=trend(levels[:-1], told(levels[:-1], days)),
    )


def standing(right: float, n: float, cut: float) -> Standing:
    """From weighted counts; `cut` is 0 to 1."""
    if n < ENOUGH:
        return Standing.TOO_FEW
    # Wilson's interval holds just those shares that a test of z = 1 would not reject.
    gap = right / n - cut
    if abs(gap) <= sqrt(cut * (1 - cut) / n):
        return Standing.NEAR
    return Standing.MEETS if gap > 0 else Standing.NEEDS_IMPROVEMENT


def told(levels: Sequence[float], days: Sequence[datetime]) -> str:
    return ", ".join(
        _("%(n)d%% on %(day)s")
        % {"n": percent(level), "day": date_format(timezone.localtime(day), _("M j"))}
        for level, day in zip(levels, days, strict=True)
    )


def percent(share: float) -> int:
    return round(100 * share)


# --- Counting


def moments_of(record: Record) -> Iterator[Moment]:
    """One for each moment of submission with evidence, oldest first."""
    places = {domain.pk: place for place, domain in enumerate(record.domains)}
    raw_right, raw = [0] * len(places), [0] * len(places)
    moment: Moment | None = None
    for at, batch in groupby(record.evidence.told, key=lambda one: one.at):
        right, wrong = faded(moment, at) if moment else ([0.0] * len(places), [0.0] * len(places))
        for one in batch:
            place = places[one.domain_id]
            raw[place] += 1
            raw_right[place] += one.is_right
            (right if one.is_right else wrong)[place] += 1
        moment = Moment(at, tuple(raw_right), tuple(raw), tuple(right), tuple(wrong))
        yield moment


def faded(moment: Moment, at: datetime) -> tuple[list[float], list[float]]:
    """What the counts right and wrong still weigh at a later time."""
    left: float = module("readiness").weight(age_days(moment.at, at))
    return [left * one for one in moment.right], [left * one for one in moment.wrong]


def now_of(record: Record, moments: Sequence[Moment]) -> Moment:
    last = moments[-1]
    right, wrong = faded(last, record.now)
    return Moment(record.now, last.raw_right, last.raw, tuple(right), tuple(wrong))


def levels_of(record: Record, moments: Sequence[Moment]) -> list[list[float]]:
    """The share to expect (0 to 1) at each moment, by domain; none without a target."""
    target = progress_readiness.target_of(record.certification, record.domains, record.exam)
    if target is None:
        return []
    model = module("forecast")
    right = model.np.array([one.right for one in moments])
    wrong = model.np.array([one.wrong for one in moments])
    found: list[list[float]] = model.forecast_many(right, wrong, target).levels.tolist()
    return found


def table(record: Record) -> Table:
    moments = list(moments_of(record))
    levels = levels_of(record, moments) if moments else []
    return Table(COLUMNS, list(rows(record, moments, levels)))


def rows(
    record: Record, moments: Sequence[Moment], levels: Sequence[Sequence[float]]
) -> Iterator[tuple[Any, ...]]:
    for moment, shares in zip(moments, levels, strict=False):
        for place, domain in enumerate(record.domains):
            yield (
                moment.at, domain.number, domain.name, round(100 * shares[place], 1),
                moment.raw_right[place], moment.raw[place],
            )  # fmt: skip
