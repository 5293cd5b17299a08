import pytest

from scoring.charts import Score, history_picture
from scoring.progress_charts import Bar, bar, columns, range_picture, thinned, trend


def test_a_range_across_the_pass_line():
    picture = range_picture((700, 800), (600, 900), cut_score=750, floor=100, ceiling=1000)
    assert (picture.cut_x, picture.above_width) == (72.22, 27.78)
    assert (picture.low_x, picture.range_width) == (66.67, 11.11)
    assert (picture.wide_x, picture.wide_width) == (55.56, 33.33)


@pytest.mark.parametrize(
    ("count", "labeled"),
    [(1, [0]), (8, list(range(8))), (9, [0, 2, 4, 6, 8]), (24, [0, 5, 8, 11, 14, 17, 20, 23])],
)
def test_dates_keep_apart(count, labeled):
    scores = [Score(700, 650, 750, False, f"day {place}") for place in range(count)]
    history = history_picture(scores, cut_score=750, floor=100, ceiling=1000, text="")
    points = thinned(history).points
    assert [place for place, point in enumerate(points) if point.label] == labeled


def test_a_trend_rises():
    found = trend((0.5, 1.0, 0.0), "told")
    assert [(one.from_x, one.from_y, one.x, one.y) for one in found.segments] == [
        (4, 50, 50, 12),
        (50, 12, 96, 88),
    ]
    assert (found.last_x, found.last_y, found.text) == (96, 88, "told")
    assert trend((0.5,), "").segments == ()


def test_columns_share_a_scale_with_the_goal():
    first, second = columns([30, 0], ["a", "b"], goal=60)
    assert (first.x, first.middle, first.width) == (10, 25, 30)
    assert (first.y, first.height, first.goal_y, first.goal_height) == (48, 36, 12, 72)
    assert (first.value, second.value, second.height) == ("30", "", 0)
    assert columns([0], ["a"], goal=None)[0].goal_height == 0


@pytest.mark.parametrize(
    ("part", "found"), [(0, Bar(0)), (1, Bar(50)), (2, Bar(100)), (3, Bar(100, is_over=True))]
)
def test_a_bar_ends_at_its_end(part, found):
    assert bar(part, 2) == found
