from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.precision import Band, Standing, domain_standing, score_band, wilson_interval
from scoring.scaling import scaled_score
from tests.scoring.rows import read

BANDS = read("scaled_score_bands.csv")
SECTIONS = read("section_classification.csv")
AWS = {"cut_share": "3/4", "cut_score": 750}
Z95 = Fraction("1.959963984540054")
WORDS = {"meets": Standing.MEETS, "needs_improvement": Standing.NEEDS_IMPROVEMENT}


def test_every_reference_row_is_there():
    assert (len(BANDS), len(SECTIONS)) == (138, 155)


@pytest.mark.parametrize("row", BANDS, ids=lambda row: f"{row['raw']}-of-{row['n']}")
def test_scaled_score_bands(row):
    raw, n = int(row["raw"]), int(row["n"])
    assert score_band(raw, n, **AWS) == Band(int(row["band68_lo"]), int(row["band68_hi"]))
    assert score_band(raw, n, **AWS, z=Z95) == Band(int(row["band95_lo"]), int(row["band95_hi"]))
    for z, name in ((Fraction(1), "wilson68"), (Z95, "wilson95")):
        interval = [f"{float(end):.8f}" for end in wilson_interval(raw, n, z)]
        assert interval == [row[f"{name}_lo"], row[f"{name}_hi"]]


@pytest.mark.parametrize("row", SECTIONS, ids=lambda row: f"{row['raw']}-of-{row['n_section']}")
def test_section_classification(row):
    standing = domain_standing(int(row["raw"]), int(row["n_section"]), "3/4")
    assert standing == WORDS[row["two_way_point_AWS_style"]]


def test_the_words_are_those_of_the_report():
    assert list(Standing) == ["Meets competencies", "Needs improvement"]


@pytest.mark.parametrize(("raw", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_no_such_proportion(raw, n):
    with pytest.raises(ValueError, match="score"):
        score_band(raw, n, **AWS)
    with pytest.raises(ValueError, match="proportion"):
        wilson_interval(raw, n)
    with pytest.raises(ValueError, match="score"):
        domain_standing(raw, n, "3/4")


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_score_lies_in_its_range_and_the_range_on_the_scale(score):
    raw, n = score
    band = score_band(raw, n, **AWS)
    assert band.holds(scaled_score(raw, n, **AWS))
    assert 100 <= band.low < band.high <= 1000


@given(st.integers(1, 400))
def test_the_ends_are_exact(n):
    assert wilson_interval(0, n) == (0, Fraction(1, n + 1))
    assert wilson_interval(n, n) == (Fraction(n, n + 1), 1)
