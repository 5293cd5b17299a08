"""The geometry of the score pictures: places in percent, so that every width shows the same.

Pure: numbers in, numbers out. The templates `_score_picture.html`, `_domain_bar.html` and
`_history_picture.html` draw what is computed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

HISTORY_TOP, HISTORY_BOTTOM = 6, 86
HISTORY_LEFT, HISTORY_RIGHT = 16, 94
TICK = 200
TICK_DISTANCE = 8


@dataclass(frozen=True)
class ScorePicture:
    """One scaled score across the pass line; `*_x` and `*_width` in percent of the bar."""

    verdict: str
    floor: int
    ceiling: int
    cut_score: int
    scaled: int
    low: int
    high: int
    cut_x: float
    scaled_x: float
    low_x: float
    range_width: float
    above_width: float


@dataclass(frozen=True)
class DomainBar:
    """The share right of one domain; `*_x` in percent of the bar."""

    share_x: float
    cut_x: float
    is_short: bool


@dataclass(frozen=True)
class Score:
    """One past score, as the history shows it: the scaled score with its likely range."""

    scaled: int
    low: int
    high: int
    is_pass: bool
    label: str


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    low_y: float
    high_y: float
    is_pass: bool
    label: str
    from_x: float | None = None
    from_y: float | None = None


@dataclass(frozen=True)
class Tick:
    y: float
    label: str


@dataclass(frozen=True)
class HistoryPicture:
    cut_score: int
    cut_y: float
    text: str
    ticks: tuple[Tick, ...]
    points: tuple[Point, ...]


def score_picture(
    scaled: int, low: int, high: int, *, is_pass: bool, cut_score: int, floor: int, ceiling: int
) -> ScorePicture:
    """`low` and `high` are the ends of the likely range, in scaled points."""

    def x(value: int) -> float:
        return _percent(value - floor, ceiling - floor)

    return ScorePicture(
        verdict="pass" if is_pass else "fail",
        floor=floor,
        ceiling=ceiling,
        cut_score=cut_score,
        scaled=scaled,
        low=low,
        high=high,
        cut_x=x(cut_score),
        scaled_x=x(scaled),
        low_x=x(low),
        range_width=_percent(high - low, ceiling - floor),
        above_width=_percent(ceiling - cut_score, ceiling - floor),
    )


def domain_bar(right: int, scored: int, *, cut_share: Fraction) -> DomainBar:
    """`scored` is 1 or more."""
    return DomainBar(
        share_x=_percent(right, scored),
        cut_x=_percent(cut_share, 1),
        is_short=Fraction(right, scored) < cut_share,
    )


def history_picture(
    scores: Sequence[Score], *, cut_score: int, floor: int, ceiling: int, text: str
) -> HistoryPicture:
    """The scores in the order they were earned, oldest first; `text` says the same in words."""
    bottom = _history_floor(scores, cut_score, floor)

    def y(value: int) -> float:
        height = HISTORY_BOTTOM - HISTORY_TOP
        return round(HISTORY_BOTTOM - height * (value - bottom) / (ceiling - bottom), 2)

    def x(place: int) -> float:
        width = HISTORY_RIGHT - HISTORY_LEFT
        steps = len(scores) - 1
        return round(HISTORY_LEFT + width * (place / steps if steps else 0.5), 2)

    points = [
        Point(x(place), y(score.scaled), y(score.low), y(score.high), score.is_pass, score.label)
        for place, score in enumerate(scores)
    ]
    first_tick = -(-bottom // TICK) * TICK
    ticks = [Tick(y(at), str(at)) for at in range(first_tick, ceiling + 1, TICK)]
    return HistoryPicture(
        cut_score=cut_score,
        cut_y=y(cut_score),
        text=text,
        # One that would touch the pass line's label gives way to it.
        ticks=tuple(tick for tick in ticks if abs(tick.y - y(cut_score)) >= TICK_DISTANCE),
        points=tuple(_joined(points)),
    )


def _history_floor(scores: Sequence[Score], cut_score: int, floor: int) -> int:
    """A tick with some air below the lowest range, but no lower than the scale goes."""
    lowest = min([cut_score, *(score.low for score in scores)])
    return max(floor, (lowest - 1) // TICK * TICK)


def _joined(points: Sequence[Point]) -> list[Point]:
    """The same points, each but the first knowing where the line to it comes from."""
    return [
        *points[:1],
        *(replace(here, from_x=before.x, from_y=before.y) for before, here in pairwise(points)),
    ]


def _percent(part: int | Fraction, whole: int) -> float:
    return round(float(100 * Fraction(part) / whole), 2)
