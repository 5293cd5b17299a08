"""Durations and shares as people read them."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from scoring.templatetags.measures import in_clock, in_words, percent


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(hours=2, minutes=41, seconds=59), "2 h 41 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(minutes=12, seconds=30), "12 min"),
        (timedelta(seconds=35), "35 s"),
        (timedelta(0), "0 s"),
        (timedelta(seconds=-5), "0 s"),
        (timedelta(days=1, hours=2), "26 h"),
        (None, ""),
    ],
)
def test_a_duration_in_words(duration, words):
    assert in_words(duration) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Decimal("0.7500"), "75%"),
        (Decimal("0.7231"), "72.31%"),
        (Decimal("0.1000"), "10%"),
        (Fraction(2, 3), "66.67%"),
        (Fraction(1), "100%"),
        (Fraction(0), "0%"),
        (None, ""),
    ],
)
def test_a_share_in_percent(share, words):
    assert percent(share) == words


@pytest.mark.parametrize(
    ("seconds", "clock"), [(0, "0:00"), (59, "0:59"), (166, "2:46"), (3600, "60:00"), (-1, "0:00")]
)
def test_minutes_and_seconds(seconds, clock):
    assert in_clock(timedelta(seconds=seconds)) == clock
    assert in_clock(None) == ""
