"""The arithmetic of time limits. Pure; what decides is the database's clock."""

from datetime import datetime, timedelta

GRACE_SECONDS = 30
GRACE = timedelta(seconds=GRACE_SECONDS)


def time_limit(minutes: int | None, extra_minutes: int) -> timedelta | None:
    """The candidate's whole time; None when the exam is untimed."""
    return None if minutes is None else timedelta(minutes=minutes + extra_minutes)


def seconds_left(deadline: datetime | None, now: datetime) -> int | None:
    """Whole seconds to the deadline, never negative; None when untimed."""
    return None if deadline is None else max(0, int((deadline - now).total_seconds()))


def is_over(deadline: datetime | None, now: datetime) -> bool:
    """Whether the deadline and the grace for requests under way lie behind `now`."""
    return deadline is not None and deadline + GRACE < now
