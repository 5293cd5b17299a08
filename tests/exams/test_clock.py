from datetime import UTC, datetime, timedelta

import pytest

from exams import clock

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("minutes", "extra_minutes", "limit"),
    [
        (None, 0, None),
        (None, 30, None),
        (180, 0, timedelta(hours=3)),
        (180, 45, timedelta(minutes=225)),
        (1, 0, timedelta(minutes=1)),
    ],
)
def test_time_limit(minutes, extra_minutes, limit):
    assert clock.time_limit(minutes, extra_minutes) == limit


@pytest.mark.parametrize(
    ("ahead", "seconds"),
    [
        (timedelta(hours=3), 10800),
        (timedelta(seconds=2) - MICROSECOND, 1),
        (timedelta(seconds=1), 1),
        (timedelta(seconds=1) - MICROSECOND, 0),
        (timedelta(), 0),
        (-MICROSECOND, 0),
        (-timedelta(days=1), 0),
    ],
)
def test_seconds_left_are_whole_and_never_negative(ahead, seconds):
    assert clock.seconds_left(NOON + ahead, NOON) == seconds


def test_an_untimed_sitting_has_no_seconds_left():
    assert clock.seconds_left(None, NOON) is None


@pytest.mark.parametrize(
    ("since_deadline", "is_over"),
    [
        (-timedelta(seconds=1), False),
        (timedelta(), False),
        (timedelta(seconds=30), False),
        (timedelta(seconds=30) + MICROSECOND, True),
        (timedelta(days=3), True),
    ],
)
def test_the_grace_of_half_a_minute_is_still_in_time(since_deadline, is_over):
    assert clock.is_over(NOON, NOON + since_deadline) is is_over


def test_an_untimed_sitting_is_never_over():
    assert clock.is_over(None, NOON) is False


@pytest.mark.parametrize("moment", [NOON, NOON - timedelta(hours=13)])
def test_the_zone_of_either_moment_changes_nothing(moment):
    elsewhere = moment.astimezone(tz=None)
    assert clock.seconds_left(elsewhere, NOON) == clock.seconds_left(moment, NOON)
    assert clock.is_over(elsewhere, NOON) == clock.is_over(moment, NOON)
