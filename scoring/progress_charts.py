"""The geometry of the pictures of progress, in percent of the picture. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from scoring.charts import HistoryPicture, Point

LABEL_COUNT = 8
TREND_LEFT, TREND_RIGHT = 4, 96
TREND_TOP, TREND_BOTTOM = 12, 88
COLUMNS_TOP, COLUMNS_BOTTOM = 12, 84


@dataclass(frozen=True)
class RangePicture:
    """A range of scaled scores across the pass line, without a score in it."""

    cut_score: int
    floor: int
    ceiling: int
    cut_x: float
    above_width: float
    low_x: float
    range_width: float
    wide_x: float
    wide_width: float


@dataclass(frozen=True)
class Segment:
    from_x: float
    from_y: float
    x: float
    y: float


@dataclass(frozen=True)
class Trend:
    """Shares over time, the lowest 0 and the highest 1 of the picture's height."""

    segments: tuple[Segment, ...]
    last_x: float
    last_y: float
    text: str


@dataclass(frozen=True)
class Column:
    """`y` and `height` of what was done, `goal_y` and `goal_height` of what was meant."""

    x: float
    middle: float
    width: float
    y: float
    height: float
    goal_y: float
    goal_height: float
    value: str
    label: str


@dataclass(frozen=True)
class Bar:
    """`x` is how far the bar goes, at most 100; `is_over`: it would go further."""

    x: float
    is_over: bool = False


def range_picture(
    likely: tuple[int, int], wide: tuple[int, int], *, cut_score: int, floor: int, ceiling: int
) -> RangePicture:
    def x(value: int) -> float:
        return round(100 * (value - floor) / (ceiling - floor), 2)

    return RangePicture(
        cut_score=cut_score,
        floor=floor,
        ceiling=ceiling,
        cut_x=x(cut_score),
        above_width=round(100 - x(cut_score), 2),
        low_x=x(likely[0]),
        range_width=round(x(likely[1]) - x(likely[0]), 2),
        wide_x=x(wide[0]),
        wide_width=round(x(wide[1]) - x(wide[0]), 2),
    )


def thinned(history: HistoryPicture) -> HistoryPicture:
    """The same with few dates under it, the first and the last among them, so that none touch."""
    step = -(-len(history.points) // LABEL_COUNT)
    last = len(history.points) - 1
    points = [
        point if place == 0 or (place >= step and (last - place) % step == 0) else bare(point)
        for place, point in enumerate(history.points)
    ]
    return replace(history, points=tuple(points))


def bare(point: Point) -> Point:
    return replace(point, label="")


def trend(shares: Sequence[float], text: str) -> Trend:
    """`shares` are 0 to 1, oldest first, and at least one."""

    def y(share: float) -> float:
        return round(TREND_BOTTOM - (TREND_BOTTOM - TREND_TOP) * share, 2)

    def x(place: int) -> float:
        steps = max(1, len(shares) - 1)
        return round(TREND_LEFT + (TREND_RIGHT - TREND_LEFT) * place / steps, 2)

    places = [(x(place), y(share)) for place, share in enumerate(shares)]
    segments = tuple(Segment(*before, *here) for before, here in pairwise(places))
    return Trend(segments, *places[-1], text=text)


def columns(
    values: Sequence[int], labels: Sequence[str], *, goal: int | None
) -> tuple[Column, ...]:
    """A column for each value of 0 or more, all on one scale that also holds the goal."""
    top = max([*values, goal or 0, 1])
    slot = 100 / max(1, len(values))

    def height(value: int) -> float:
        return round((COLUMNS_BOTTOM - COLUMNS_TOP) * value / top, 2)

    return tuple(
        Column(
            x=round(slot * (place + 0.2), 2),
            middle=round(slot * (place + 0.5), 2),
            width=round(slot * 0.6, 2),
            y=round(COLUMNS_BOTTOM - height(value), 2),
            height=height(value),
            goal_y=round(COLUMNS_BOTTOM - height(goal or 0), 2),
            goal_height=height(goal or 0),
            value=str(value) if value else "",
            label=label,
        )
        for place, (value, label) in enumerate(zip(values, labels, strict=True))
    )


def bar(part: float, whole: float) -> Bar:
    """`whole` is above 0."""
    share = 100 * part / whole
    return Bar(round(min(100.0, share), 2), is_over=share > 100)
