import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams import letters
from questions.models import QuestionVersion
from scoring import keys
from scoring.keys import is_right


def test_the_kinds_are_those_of_the_bank():
    assert list(QuestionVersion.Kind.values) == [
        keys.SINGLE,
        keys.MULTIPLE,
        keys.ORDERING,
        keys.MATCHING,
    ]


@pytest.mark.parametrize(
    ("kind", "selected", "order", "key", "right"),
    [
        ("single", "A", "ABCD", "A", True),
        ("single", "A", "CADB", "C", True),
        ("single", "C", "CADB", "C", False),
        ("single", "", "ABCD", "A", False),
        ("single", "AB", "ABCD", "A", False),
        ("single", "E", "ABCD", "A", False),
        ("multiple", "AC", "ABCDE", "AC", True),
        ("multiple", "CA", "ABCDE", "AC", True),
        ("multiple", "AB", "CADBE", "AC", True),
        ("multiple", "A", "ABCDE", "AC", False),
        ("multiple", "ABC", "ABCDE", "AC", False),
        ("multiple", "AA", "ABCDE", "AC", False),
        ("multiple", "A-", "ABCDE", "AC", False),
        ("multiple", "", "ABCDE", "AC", False),
        ("ordering", "BACD", "ABCD", "BACD", True),
        ("ordering", "ABDC", "BADC", "BACD", True),
        ("ordering", "ABCD", "ABCD", "BACD", False),
        ("ordering", "BAC-", "ABCD", "BACD", False),
        ("ordering", "BAC", "ABCD", "BACD", False),
        ("matching", "AAB", "ABC", "AAB", True),
        ("matching", "BBA", "BAC", "AAB", True),
        ("matching", "ABA", "ABC", "AAB", False),
        ("matching", "AA-", "ABC", "AAB", False),
        ("matching", "", "ABC", "AAB", False),
    ],
)
def test_all_or_nothing(kind, selected, order, key, right):
    assert is_right(kind, selected, order, key) is right


def test_an_unknown_kind_is_an_error():
    with pytest.raises(ValueError, match="essay"):
        is_right("essay", "A", "AB", "A")


@given(
    kind=st.sampled_from(QuestionVersion.Kind.values),
    seed=st.integers(0, 10_000),
    said=st.text("ABCDE-", max_size=5),
    key=st.text("ABCDE", min_size=1, max_size=5),
)
def test_the_order_shown_changes_no_verdict(kind, seed, said, key):
    order = letters.shuffled(5, (), random.Random(seed))
    shown = letters.to_shown(said, order)
    assert is_right(kind, shown, order, key) == is_right(kind, said, "ABCDE", key)
