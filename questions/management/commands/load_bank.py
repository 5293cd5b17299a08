"""Load the text bank into the database."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from questions.formats.faults import BankError
from questions.loading import load

SHIPPED = Path(__file__).resolve().parents[2] / "bank"


class Command(BaseCommand):
    help = "Load the text bank: all of it, or nothing if a file has a fault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "bank",
            nargs="?",
            type=Path,
            default=SHIPPED,
            metavar="DIR",
            help="a folder of certifications, or the folder of one (default: the shipped bank)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be loaded, and load nothing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            reports = load(options["bank"], now=timezone.now(), is_dry_run=options["dry_run"])
        except BankError as error:
            for fault in error.faults:
                self.stderr.write(str(fault))
            sys.exit(1)
        for report in reports:
            self.stdout.write(str(report))
