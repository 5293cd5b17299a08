from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.scaling import is_pass, raw_cut, scaled_score
from tests.scoring.rows import read

REFERENCE = read("scaled_score_reference.csv")
RAW_CUTS = read("raw_cut_table.csv")
AWS = {"cut_share": "3/4", "cut_score": 750}


def test_every_reference_row_is_there():
    assert (len(REFERENCE), len(RAW_CUTS)) == (79, 288)


@pytest.mark.parametrize("row", REFERENCE, ids=lambda row: f"{row['raw']}-of-{row['n']}")
def test_scaled_score_reference(row):
    raw, n, share = int(row["raw"]), int(row["n"]), row["cut_share"]
    scaled = scaled_score(raw, n, cut_share=share, cut_score=int(row["scaled_cut"]))
    assert scaled == int(row["scaled"])
    assert is_pass(raw, n, share) == bool(int(row["passed"]))
    assert raw_cut(n, share) == int(row["raw_cut"])


@pytest.mark.parametrize("row", RAW_CUTS, ids=lambda row: f"{row['cut_proportion']}-of-{row['n']}")
def test_raw_cut_table(row):
    n, share, cut = int(row["n"]), row["cut_proportion"], int(row["raw_cut_kstar"])
    cut_score = int(Decimal(share) * 1000)
    assert raw_cut(n, share) == cut
    shown = [scaled_score(raw, n, cut_share=share, cut_score=cut_score) for raw in (cut, cut - 1)]
    assert shown == [int(row["scaled_at_kstar"]), int(row["scaled_at_kstar_minus_1"])]


@pytest.mark.parametrize(
    ("raw", "n", "share", "cut_score", "scaled", "passed"),
    [
        (48, 64, "3/4", 750, 750, True),
        (30, 40, "3/4", 750, 750, True),
        (750, 1000, "3/4", 750, 750, True),
        (2999, 3000, "3/4", 750, 999, True),
        (Fraction(341, 7), 65, "3/4", 750, 749, False),
        (46, 65, "0.70", 700, 707, True),
        (36, 50, "0.72", 720, 720, True),
        (47, 65, "0.7231", 750, 749, False),
        (59, 82, "0.72", 720, 719, False),
        (60, 83, "0.723", 750, 749, False),
        (326, 435, "0.75", 750, 749, False),
        (69, 100, "0.75", 750, 698, False),
    ],
)
def test_where_rounding_or_floats_go_wrong(raw, n, share, cut_score, scaled, passed):
    assert scaled_score(raw, n, cut_share=share, cut_score=cut_score) == scaled
    assert is_pass(raw, n, share) == passed


def test_float_ceiling_would_be_one_too_many():
    assert raw_cut(75, "0.68") == 51


@pytest.mark.parametrize("share", ["3/4", "0.75", "0.7500", Decimal("0.75"), Fraction(3, 4)])
def test_a_share_may_be_written_in_each_exact_way(share):
    assert scaled_score(49, 65, cut_share=share, cut_score=750) == 753


def test_another_scale():
    scores = [
        scaled_score(raw, 10, cut_share="1/2", cut_score=300, floor=200, ceiling=800)
        for raw in (0, 4, 5, 10)
    ]
    assert scores == [200, 280, 300, 800]


@pytest.mark.parametrize("share", [0, 1, 0.75, "0", "1", "-1/4", "5/4", "", "three", "1/0", None])
def test_no_such_share(share):
    with pytest.raises(ValueError, match="share"):
        scaled_score(1, 2, cut_share=share, cut_score=750)


@pytest.mark.parametrize("share", [Decimal("NaN"), Decimal("Infinity"), "nan"])
def test_a_share_is_a_number(share):
    with pytest.raises(ValueError, match="is no share"):
        raw_cut(65, share)


@pytest.mark.parametrize(("raw", "n"), [(0, 0), (-1, 65), (66, 65), (0, -1), (1.0, 65), (1, 65.0)])
def test_no_such_raw_score(raw, n):
    with pytest.raises(ValueError, match="score"):
        scaled_score(raw, n, **AWS)
    with pytest.raises(ValueError, match="score"):
        is_pass(raw, n, "3/4")


@pytest.mark.parametrize(
    "scale",
    [{"cut_score": 100}, {"cut_score": 1000}, {"cut_score": 500, "floor": 600}],
)
def test_the_scale_must_ascend(scale):
    with pytest.raises(ValueError, match="ascend"):
        scaled_score(1, 2, cut_share="3/4", **scale)


@st.composite
def scores(draw):
    n = draw(st.integers(1, 400))
    share = draw(st.fractions(min_value="1/100", max_value="99/100", max_denominator=10_000))
    raw = draw(st.integers(0, n) | st.fractions(min_value=0, max_value=n, max_denominator=60))
    return raw, n, share, draw(st.integers(101, 999))


@given(scores())
def test_the_pass_line_is_reached_if_and_only_if_passed(score):
    raw, n, share, cut_score = score
    scaled = scaled_score(raw, n, cut_share=share, cut_score=cut_score)
    assert (scaled >= cut_score) == is_pass(raw, n, share)
    assert (scaled == 1000) == (raw == n)
    assert 100 <= scaled <= 1000
    if raw == int(raw):
        assert is_pass(raw, n, share) == (raw >= raw_cut(n, share))


@given(scores(), st.fractions(min_value=0, max_value=1))
def test_one_more_right_never_lowers_the_score(score, part):
    raw, n, share, cut_score = score
    less = scaled_score(Fraction(raw) * part, n, cut_share=share, cut_score=cut_score)
    assert less <= scaled_score(raw, n, cut_share=share, cut_score=cut_score)


@given(scores())
def test_integers_alone_say_the_same(score):
    raw, n, share, cut_score = score
    raw, a, b = int(raw), share.numerator, share.denominator
    expected = (
        cut_score + (1000 - cut_score) * (raw * b - a * n) // (n * (b - a))
        if raw * b >= a * n
        else 100 + (cut_score - 100) * raw * b // (n * a)
    )
    assert scaled_score(raw, n, cut_share=share, cut_score=cut_score) == expected
