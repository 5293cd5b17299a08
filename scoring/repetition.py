"""When a missed question comes back: FSRS-6 with the settings of exam questions. Pure.

Steps of minutes are off: they measure memory of the screen. The interval ends at the exam.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from fsrs import Card, Scheduler, State
from fsrs import Rating as FsrsRating

RETENTION = 0.9
LONGEST_DAYS = 60  # without a date of the exam


class Rating(IntEnum):
    """How well it went; Easy is never given but by the candidate."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True)
class Memory:
    """What is kept of a card: days until recall falls to 90 %, difficulty 1 to 10, and when."""

    stability: float
    difficulty: float
    due_at: datetime
    reviewed_at: datetime


def rating_of(
    *, is_right: bool, is_guessed: bool, is_flagged: bool = False, was_changed: bool = False
) -> Rating:
    """What follows from a response; `was_changed` from a wrong one."""
    if not is_right:
        return Rating.AGAIN
    return Rating.HARD if is_guessed or is_flagged or was_changed else Rating.GOOD


def longest_days(days_to_exam: int | None) -> int:
    """The longest interval in whole days, 1 or more."""
    return LONGEST_DAYS if days_to_exam is None else max(1, days_to_exam)


def first(rating: Rating, now: datetime, *, most_days: int = LONGEST_DAYS) -> Memory:
    """The memory of a question met for the first time: a miss comes back in a day."""
    return reviewed(Card(), rating, now, most_days)


def after(
    memory: Memory, rating: Rating, now: datetime, *, most_days: int = LONGEST_DAYS
) -> Memory:
    """The memory after one more review at `now`."""
    card = Card(
        state=State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=memory.due_at.astimezone(UTC),
        last_review=memory.reviewed_at.astimezone(UTC),
    )
    return reviewed(card, rating, now, most_days)


def reviewed(card: Card, rating: Rating, now: datetime, most_days: int) -> Memory:
    card, _log = scheduler(most_days).review_card(card, FsrsRating(rating), now.astimezone(UTC))
    if card.stability is None or card.difficulty is None:
        raise AssertionError("A reviewed card has a memory.")
    # Stability may say months; what comes after the exam is of no use.
    due_at = min(card.due, now.astimezone(UTC) + timedelta(days=most_days))
    return Memory(card.stability, card.difficulty, due_at, now.astimezone(UTC))


def scheduler(most_days: int) -> Scheduler:
    return Scheduler(
        desired_retention=RETENTION,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=most_days,
        enable_fuzzing=False,
    )
