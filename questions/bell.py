"""Rings the worker for one import. What is to be read is a row: a bell not heard loses nothing."""

import structlog
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from questions.tasks import parse_import

log = structlog.get_logger()


def ring(import_id: int) -> None:
    """Beat rings again within half a minute if the broker does not hear."""
    try:
        publish(import_id)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("bell_not_heard", batch=import_id, error=str(error))


def publish(import_id: int) -> None:
    parse_import.apply_async((import_id,), retry=False)
