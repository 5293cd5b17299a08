import csv
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest
from fsrs import Card, Scheduler
from fsrs import Rating as FsrsRating

from scoring.repetition import Rating, after, first, longest_days, rating_of

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = timedelta(days=1)
DATA = Path(__file__).parent / "data"
VECTORS = list(csv.DictReader((DATA / "fsrs_vectors.csv").read_text().splitlines()))
SEQUENCES = {
    key: list(rows)
    for key, rows in groupby(VECTORS, lambda row: (row["sequence"], row["learning_steps"]))
}


def days_of(*ratings):
    """Days to the next review after each of these, every one given when it is due."""
    memory, now, days = None, NOW, []
    for rating in ratings:
        memory = first(rating, now) if memory is None else after(memory, rating, now)
        days.append((memory.due_at - now).days)
        now = memory.due_at
    return days


@pytest.mark.parametrize("name", SEQUENCES, ids=" ".join)
def test_the_pinned_version_gives_the_reference_rows(name):
    steps = {} if name[1] == "default" else {"learning_steps": (), "relearning_steps": ()}
    scheduler, card = Scheduler(enable_fuzzing=False, **steps), Card()
    for row in SEQUENCES[name]:
        at = datetime.fromisoformat(row["review_time_utc"]).replace(tzinfo=UTC)
        card, _ = scheduler.review_card(card, FsrsRating(int(row["rating"])), at)
        assert card.state.name == row["state_after"]
        assert card.stability == pytest.approx(float(row["stability"]), rel=1e-6)
        assert card.difficulty == pytest.approx(float(row["difficulty"]), rel=1e-6)
        assert card.due == datetime.fromisoformat(row["due_utc"])


def test_missed_then_right_four_times():
    good = Rating.GOOD
    assert days_of(Rating.AGAIN, good, good, good, good) == [1, 2, 6, 17, 44]


def test_a_guess_that_was_right_comes_back_sooner_than_a_right_response():
    assert first(Rating.HARD, NOW).due_at < first(Rating.GOOD, NOW).due_at


def test_nothing_comes_back_after_the_exam():
    memory = first(Rating.AGAIN, NOW)
    for _ in range(4):
        memory = after(memory, Rating.GOOD, memory.due_at, most_days=5)
    assert memory.due_at - memory.reviewed_at == 5 * DAY


@pytest.mark.parametrize(("days", "longest"), [(None, 60), (30, 30), (1, 1), (0, 1), (-3, 1)])
def test_the_longest_interval_ends_at_the_exam(days, longest):
    assert longest_days(days) == longest


@pytest.mark.parametrize(
    ("said", "rating"),
    [
        ({"is_right": False, "is_guessed": False}, Rating.AGAIN),
        ({"is_right": False, "is_guessed": True}, Rating.AGAIN),
        ({"is_right": True, "is_guessed": False}, Rating.GOOD),
        ({"is_right": True, "is_guessed": True}, Rating.HARD),
        ({"is_right": True, "is_guessed": False, "is_flagged": True}, Rating.HARD),
        ({"is_right": True, "is_guessed": False, "was_changed": True}, Rating.HARD),
    ],
)
def test_the_rating_follows_from_the_response(said, rating):
    assert rating_of(**said) == rating


def test_a_review_at_another_zone_s_time_is_the_same_review():
    zone = NOW.astimezone().tzinfo
    assert first(Rating.AGAIN, NOW.astimezone(zone)) == first(Rating.AGAIN, NOW)
