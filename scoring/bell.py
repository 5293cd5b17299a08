"""Rings the worker for one summary. What is owed is a row, so a bell not heard loses nothing."""

import time

import structlog
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from scoring.tasks import send_summary

log = structlog.get_logger()

# Beat rings for everything owed this often; until then a broker that did not hear is let be.
QUIET_SECONDS = 10.0
# A connection of its own, for a candidate waits behind it: with a broker that hangs, two of these
# timeouts pass before the bell gives up.
IMPATIENT = {
    "socket_timeout": 0.25,
    "socket_connect_timeout": 0.25,
    "retry_on_timeout": False,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}


class Bell:
    """Costs at most about half a second each `QUIET_SECONDS` while the broker is down."""

    def __init__(self) -> None:
        self.quiet_until = 0.0

    def ring(self, result_id: int) -> None:
        if time.monotonic() < self.quiet_until:
            return
        try:
            publish(result_id)
        except (OperationalError, RedisError, OSError) as error:
            self.quiet_until = time.monotonic() + QUIET_SECONDS
            log.warning("bell_not_heard", result=result_id, error=str(error))


def publish(result_id: int) -> None:
    app = send_summary.app
    with app.connection_for_write(transport_options=IMPATIENT) as connection:
        producer = connection.Producer()
        send_summary.apply_async((result_id,), producer=producer, retry=False)


ring = Bell().ring
