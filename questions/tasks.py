"""What Celery may be rung for: to look into the database for imports to read. Safe to run twice."""

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from questions import exchanging

SECONDS = int(exchanging.TIME.total_seconds())


@shared_task(soft_time_limit=SECONDS, time_limit=SECONDS + 20)
def parse_import(import_id: int) -> None:
    try:
        exchanging.parse_import(import_id)
    except SoftTimeLimitExceeded:  # between two lines that would have told it
        exchanging.give_up(import_id, exchanging.TOO_SLOW)


@shared_task
def parse_waiting_imports() -> None:
    """Ring again for what was not heard, and empty old files."""
    exchanging.forget_files()
    for import_id in exchanging.waiting():
        parse_import.delay(import_id)
