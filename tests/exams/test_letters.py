import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams import letters

counts = st.integers(0, 8)
seeds = st.integers(0, 2**32)


@st.composite
def orders(draw):
    count = draw(st.integers(1, 8))
    return "".join(draw(st.permutations(letters.ALPHABET[:count])))


@given(count=counts, seed=seeds)
def test_an_order_has_every_letter_once(count, seed):
    order = letters.shuffled(count, (), random.Random(seed))
    assert sorted(order) == list(letters.ALPHABET[:count])


@given(count=counts, seed=seeds, fixed=st.sets(st.integers(0, 7)))
def test_fixed_options_keep_their_places(count, seed, fixed):
    order = letters.shuffled(count, fixed, random.Random(seed))
    assert sorted(order) == list(letters.ALPHABET[:count])
    kept = {place for place in fixed if place < count}
    assert {place: order[place] for place in kept} == {
        place: letters.ALPHABET[place] for place in kept
    }


def test_the_loose_options_take_every_order_around_a_fixed_one():
    seen = {letters.shuffled(4, {3}, random.Random(seed)) for seed in range(200)}
    assert seen == {"ABCD", "ACBD", "BACD", "BCAD", "CABD", "CBAD"}


def test_the_same_seed_gives_the_same_order():
    first, second = (letters.shuffled(5, (), random.Random(7)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("shown", "order", "author"),
    [
        ("", "CADB", ""),
        ("A", "CADB", "C"),
        ("B", "CADB", "A"),
        ("AC", "CADB", "CD"),
        ("ABCD", "CADB", "CADB"),
        ("A-A", "CADB", "C-C"),
        ("---", "CADB", "---"),
    ],
)
def test_shown_letters_and_the_authors(shown, order, author):
    assert letters.to_author(shown, order) == author
    assert letters.to_shown(author, order) == shown


@given(order=orders(), data=st.data())
def test_there_and_back_is_where_one_was(order, data):
    alphabet = letters.ALPHABET[: len(order)] + letters.EMPTY_PLACE
    said = data.draw(st.text(alphabet, max_size=8))
    assert letters.to_shown(letters.to_author(said, order), order) == said
    assert letters.to_author(letters.to_shown(said, order), order) == said
