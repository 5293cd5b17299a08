"""Waiting for something outside of the test, never longer than a deadline."""

import time
from collections.abc import Callable


def wait_until(is_so: Callable[[], bool], seconds: float = 5.0) -> None:
    """Return as soon as it is so. Raises TimeoutError after so many seconds."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s")
        time.sleep(0.02)
