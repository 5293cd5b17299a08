import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.forecast import Forecast, Prior, Target, forecast, forecast_many, score_range
from scoring.precision import Band
from tests.scoring.rows import read

REFERENCE = read("readiness_reference.csv")
QUOTAS = (10, 12, 18, 10)
TARGET = Target(QUOTAS, 38)
AWS = {"cut_share": "3/4", "cut_score": 750}


def numbers(text, kind):
    return tuple(map(kind, text.split("/")))


def case_id(row):
    return f"{row['case']}, {row['exam_quota']}, {row['setting']}"


def test_every_reference_row_is_there():
    assert len(REFERENCE) == 68


@pytest.mark.parametrize("row", REFERENCE, ids=case_id)
def test_readiness_reference(row):
    right, wrong = (numbers(row[f"{word}_by_domain"], float) for word in ("right", "wrong"))
    target = Target(numbers(row["exam_quota"], int), int(row["raw_cut"]), float(row["delta"]))
    prior = Prior(*(float(row[name]) for name in ("mu", "sigma", "sigma_d", "tau")))
    found = forecast(right, wrong, target, prior=prior)
    assert found.p_pass == pytest.approx(float(row["p_pass_fine_grid"]), abs=1e-4)
    assert found.p_pass == pytest.approx(float(row["p_pass_monte_carlo"]), abs=0.025)


def test_the_same_counts_give_the_same_figures():
    assert forecast((6, 8, 11, 6), (2, 2, 3, 2), TARGET) == forecast(
        (6, 8, 11, 6), (2, 2, 3, 2), TARGET
    )


def test_many_at_once_say_the_same_as_each_alone():
    right = np.array([[10, 12, 17, 10], [0, 0, 0, 0], [31.5, 38, 56, 31]])
    wrong = np.array([[3, 4, 6, 3], [0, 0, 0, 0], [8, 9, 14, 8.25]])
    many = forecast_many(right, wrong, TARGET)
    for row, alone in enumerate(map(forecast, right, wrong, [TARGET] * 3)):
        assert many.p_pass[row] == pytest.approx(alone.p_pass, abs=1e-9)
        assert many.raw_chances[row] == pytest.approx(alone.raw_chances, abs=1e-9)
        assert many.levels[row] == pytest.approx(alone.levels, abs=1e-9)


@pytest.mark.parametrize("quotas", [(65,), (40, 25), (5, 0, 7), (8, 8, 8, 8, 8, 8, 9), (1,)])
def test_any_number_of_domains_and_any_length(quotas):
    n = sum(quotas)
    found = forecast([4] * len(quotas), [1] * len(quotas), Target(quotas, max(1, n * 3 // 4)))
    assert len(found.raw_chances) == n + 1
    assert sum(found.raw_chances) == pytest.approx(1)
    assert len(found.levels) == len(quotas)


def test_one_question_is_passed_as_often_as_its_level_says():
    """With one scored question, no shift and no day, the chance is the level itself."""
    found = forecast([7], [3], Target((1,), 1), prior=Prior(day_spread=0))
    assert found.p_pass == pytest.approx(found.levels[0], abs=1e-9)
    assert found.raw_chances == pytest.approx((1 - found.p_pass, found.p_pass), abs=1e-9)


def test_levels_are_drawn_toward_the_whole():
    levels = forecast((13, 16, 23, 2), (0, 0, 0, 11), TARGET).levels
    assert levels[0] < 1
    assert 2 / 13 < levels[3] < 0.7
    assert levels[3] == min(levels)


def test_levels_do_not_depend_on_how_hard_the_exam_is():
    counts = (6, 8, 11, 6), (2, 2, 3, 2)
    same, harder = (forecast(*counts, Target(QUOTAS, 38, delta)) for delta in (0, 0.63))
    assert same.levels == harder.levels
    assert harder.p_pass < same.p_pass


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=4, max_size=4))
def test_one_more_right_never_lowers_the_chance(counts):
    right, wrong = zip(*counts, strict=True)
    before = forecast(right, wrong, TARGET)
    after = forecast((right[0] + 1, *right[1:]), wrong, TARGET)
    assert 0 <= before.p_pass <= after.p_pass + 1e-6
    assert after.p_pass <= 1


def test_hundreds_of_answers_give_a_narrow_forecast():
    few, many = (forecast([8 * k] * 4, [2 * k] * 4, TARGET) for k in (1, 60))
    width = [high - low for low, high in (each.raw_range(0.68) for each in (few, many))]
    assert width[1] < width[0]
    assert many.levels == pytest.approx([0.8] * 4, abs=0.002)


def test_the_middle_of_the_raw_scores():
    found = Forecast(0.5, (0.1, 0.2, 0.4, 0.2, 0.1), ())
    assert found.raw_range(0.5) == (1, 3)
    assert found.raw_range(0.3) == (2, 2)
    assert found.raw_range(0.95) == (0, 4)


def test_the_scaled_scores_to_expect():
    found = forecast((10, 13, 18, 10), (3, 3, 5, 3), Target((13, 16, 23, 13), 49))
    likely = score_range(found, 0.68, **AWS)
    nearly_sure = score_range(found, 0.95, **AWS)
    assert likely == Band(700, 846)
    assert nearly_sure.low < likely.low
    assert likely.high < nearly_sure.high
    assert score_range(found, 0.68, **AWS, ceiling=900).high < likely.high


@pytest.mark.parametrize(
    ("quotas", "raw_cut"), [((), 1), ((0, 0), 1), ((5, -1), 2), ((5, 5), 0), ((5, 5), 11)]
)
def test_no_such_form(quotas, raw_cut):
    with pytest.raises(ValueError, match=r"form|score"):
        Target(quotas, raw_cut)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [((1, 2, 3), (1, 2, 3)), ((1, 2, 3, 4), (1, 2, 3)), ((1, 2, 3, -1), (1, 2, 3, 4))],
)
def test_counts_must_fit_the_domains(right, wrong):
    with pytest.raises(ValueError, match="counts of 0 or more for 4 domains"):
        forecast(right, wrong, TARGET)
