"""Closes sittings whose time ran out. Needs the database and nothing else."""

import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from exams import delivery

log = structlog.get_logger()


class Command(BaseCommand):
    help = "Close sittings whose time ran out, once or every few seconds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=float, metavar="SECONDS", help="go on until stopped")

    def handle(self, *, every: float | None, **options: Any) -> None:
        if every is None:
            self.stdout.write(f"Sittings closed: {delivery.close_overdue()}")
            return
        stopped = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        while not stopped.wait(every):
            sweep_or_log()


def sweep_or_log() -> None:
    """One pass; a database that is away is logged and tried again at the next."""
    try:
        if count := delivery.close_overdue():
            log.info("sittings_closed_by_clock", count=count)
    except DatabaseError:
        log.exception("sweep_failed")
    finally:
        close_old_connections()
