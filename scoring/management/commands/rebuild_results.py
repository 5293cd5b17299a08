"""Measures submitted sittings again from their responses and keys."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from exams.models import Sitting
from scoring import results


class Command(BaseCommand):
    help = "Rebuild the results of submitted sittings; the state of their e-mails stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sitting", nargs="*", type=int, help="only these; all when left out")

    def handle(self, **options: Any) -> None:
        sittings = Sitting.objects.submitted().select_related("exam").order_by("pk")
        if options["sitting"]:
            sittings = sittings.filter(pk__in=options["sitting"])
        count = 0
        for sitting in sittings.iterator(chunk_size=500):
            results.rescore(sitting)
            count += 1
        self.stdout.write(f"{count} result(s) rebuilt")
