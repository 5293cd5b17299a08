"""The geometry of the score pictures, by equality."""

from fractions import Fraction

import pytest

from scoring.charts import (
    DomainBar,
    HistoryPicture,
    Point,
    Score,
    ScorePicture,
    Tick,
    domain_bar,
    history_picture,
    score_picture,
)

SCALE = {"cut_score": 750, "floor": 100, "ceiling": 1000}


def test_a_pass_across_the_pass_line():
    assert score_picture(815, 770, 860, is_pass=True, **SCALE) == ScorePicture(
        verdict="pass",
        floor=100,
        ceiling=1000,
        cut_score=750,
        scaled=815,
        low=770,
        high=860,
        cut_x=72.22,
        scaled_x=79.44,
        low_x=74.44,
        range_width=10.0,
        above_width=27.78,
    )


@pytest.mark.parametrize(("scaled", "x"), [(100, 0.0), (550, 50.0), (750, 72.22), (1000, 100.0)])
def test_the_bar_goes_from_floor_to_ceiling(scaled, x):
    picture = score_picture(scaled, scaled, scaled, is_pass=scaled >= 750, **SCALE)

    assert picture.scaled_x == x
    assert picture.range_width == 0.0
    assert picture.verdict == ("pass" if scaled >= 750 else "fail")


@pytest.mark.parametrize(
    ("right", "scored", "bar"),
    [
        (0, 10, DomainBar(0.0, 75.0, is_short=True)),
        (9, 13, DomainBar(69.23, 75.0, is_short=True)),
        (9, 12, DomainBar(75.0, 75.0, is_short=False)),
        (18, 18, DomainBar(100.0, 75.0, is_short=False)),
    ],
)
def test_domain_bar(right, scored, bar):
    assert domain_bar(right, scored, cut_share=Fraction(3, 4)) == bar


def test_history_joins_the_scores_in_order():
    picture = history_picture(
        [
            Score(600, 550, 650, is_pass=False, label="1 Nov"),
            Score(750, 700, 800, is_pass=True, label="2 Nov"),
            Score(900, 850, 950, is_pass=True, label="3 Nov"),
        ],
        **SCALE,
        text="In words.",
    )

    assert picture == HistoryPicture(
        cut_score=750,
        cut_y=39.33,
        text="In words.",
        ticks=(Tick(86.0, "400"), Tick(59.33, "600"), Tick(6.0, "1000")),
        points=(
            Point(16.0, 59.33, 66.0, 52.67, is_pass=False, label="1 Nov"),
            Point(55.0, 39.33, 46.0, 32.67, True, "2 Nov", from_x=16.0, from_y=59.33),
            Point(94.0, 19.33, 26.0, 12.67, True, "3 Nov", from_x=55.0, from_y=39.33),
        ),
    )


def test_history_of_one_score_stands_in_the_middle():
    picture = history_picture([Score(760, 702, 814, is_pass=True, label="1 Nov")], **SCALE, text="")

    assert [point.x for point in picture.points] == [55.0]


def test_history_reaches_down_to_the_floor_and_no_further():
    picture = history_picture([Score(113, 100, 150, is_pass=False, label="")], **SCALE, text="")

    assert [tick.label for tick in picture.ticks] == ["200", "400", "600", "1000"]
    assert picture.points[0].low_y == 86.0


def test_history_without_scores_still_shows_the_pass_line():
    picture = history_picture([], **SCALE, text="")

    assert (picture.cut_y, picture.points) == (56.0, ())
