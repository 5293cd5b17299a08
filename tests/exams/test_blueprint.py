import csv
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.blueprint import quotas

REFERENCE = Path(__file__).parent / "data" / "quota_reference.csv"

weight_lists = st.lists(st.integers(0, 100), min_size=1, max_size=8).filter(any)


def whole_numbers(text):
    return [int(number) for number in text.split("/")]


def reference_rows():
    with REFERENCE.open(newline="") as file:
        for row in csv.DictReader(file):
            yield pytest.param(
                whole_numbers(row["weights"]),
                int(row["n"]),
                whole_numbers(row["quotas"]),
                id=f"{row['blueprint']} {row['n']}",
            )


@pytest.mark.parametrize(("weights", "total", "expected"), list(reference_rows()))
def test_quotas_match_the_reference(weights, total, expected):
    assert quotas(weights, total) == expected


@pytest.mark.parametrize(
    ("weights", "length", "scored_length", "whole", "scored"),
    [
        ((20, 24, 36, 20), 65, 50, [13, 16, 23, 13], [10, 12, 18, 10]),
        ((20, 24, 36, 20), 10, 10, [2, 2, 4, 2], [2, 2, 4, 2]),
        ((31, 26, 20, 12, 11), 75, 65, [23, 20, 15, 9, 8], [20, 17, 13, 8, 7]),
        ((31, 26, 20, 12, 11), 60, 59, [19, 16, 12, 7, 6], [18, 16, 12, 7, 6]),
        ((24, 30, 34, 12), 65, 50, [16, 19, 22, 8], [12, 15, 17, 6]),
    ],
)
def test_the_scored_part_fits_into_the_whole(weights, length, scored_length, whole, scored):
    assert quotas(weights, length) == whole
    assert quotas(weights, scored_length, caps=whole) == scored


def test_a_capped_domain_passes_its_question_on():
    assert quotas([31, 26, 20, 12, 11], 59) == [18, 15, 12, 7, 7]
    assert quotas([31, 26, 20, 12, 11], 59, caps=[19, 16, 12, 7, 6]) == [18, 16, 12, 7, 6]


def test_ties_go_to_the_larger_weight_then_to_the_earlier_domain():
    assert quotas([1, 3], 2) == [0, 2]
    assert quotas([10, 10, 10], 1) == [1, 0, 0]


@given(weights=weight_lists, total=st.integers(0, 400))
def test_quotas_add_up_and_stay_within_one_of_the_exact_share(weights, total):
    shared = quotas(weights, total)
    assert sum(shared) == total
    for weight, count in zip(weights, shared, strict=True):
        assert abs(count - Fraction(total * weight, sum(weights))) < 1
        assert weight or count == 0


@given(weights=weight_lists, factor=st.integers(1, 50), total=st.integers(0, 400))
def test_only_the_proportions_count(weights, factor, total):
    assert quotas([weight * factor for weight in weights], total) == quotas(weights, total)


@given(weights=weight_lists, total=st.integers(0, 300), data=st.data())
def test_the_scored_part_always_fits_into_the_whole(weights, total, data):
    whole = quotas(weights, total)
    scored_total = data.draw(st.integers(0, total))
    scored = quotas(weights, scored_total, caps=whole)
    assert sum(scored) == scored_total
    assert all(part <= cap for part, cap in zip(scored, whole, strict=True))


@given(weights=weight_lists, total=st.integers(0, 60), data=st.data())
def test_no_domain_gets_more_than_its_cap(weights, total, data):
    size = len(weights)
    caps = data.draw(st.lists(st.integers(0, 60), min_size=size, max_size=size))
    try:
        shared = quotas(weights, total, caps=caps)
    except ValueError:
        return
    assert sum(shared) == total
    assert all(count <= cap for count, cap in zip(shared, caps, strict=True))


@pytest.mark.parametrize(
    ("weights", "total", "caps"),
    [
        ([], 5, None),
        ([0, 0], 5, None),
        ([3, -1], 5, None),
        ([1, 1], -1, None),
        ([1, 1], 5, [2, 2]),
        ([1, 1], 4, [1, 9]),
    ],
    ids=["no domain", "no weight", "negative weight", "negative total", "full", "share over cap"],
)
def test_what_cannot_be_shared_out_is_refused(weights, total, caps):
    with pytest.raises(ValueError, match=r"Quotas need|The caps leave"):
        quotas(weights, total, caps)
