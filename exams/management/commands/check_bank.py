"""Checks the quality of the text bank: figures for each certification, and every fault."""

import sys
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from exams.management.commands.load_exams import CATALOGUE
from exams.needs import needs
from questions.bank_checks import Checked, Figures, check, files_by_id
from questions.formats.bank_folder import BankFolder, read_bank
from questions.formats.faults import BankError, Fault
from questions.management.commands.load_bank import SHIPPED


class Command(BaseCommand):
    help = "Print the figures of the text bank and fail on every fault. Needs no database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "bank",
            nargs="?",
            type=Path,
            default=SHIPPED,
            metavar="DIR",
            help="a folder of certifications, or the folder of one (default: the shipped bank)",
        )

    def handle(self, *, bank: Path, **_options: Any) -> None:
        try:
            folders = read_bank(bank)
        except BankError as error:
            self.fail(error.faults)
        checked = [checked_folder(bank, folder) for folder in folders]
        for each in checked:
            for line in lines(each):
                self.stdout.write(line)
        if faults := tuple(fault for each in checked for fault in each.faults):
            self.fail(faults)

    def fail(self, faults: tuple[Fault, ...]) -> None:
        for fault in faults:
            self.stderr.write(str(fault))
        self.stderr.write(f"{len(faults)} fault(s)")
        sys.exit(1)


def checked_folder(root: Path, folder: BankFolder) -> Checked:
    outline = folder.outline
    forms = needs(
        tomllib.loads(CATALOGUE.read_text())["exams"],
        code=outline.code,
        weights=[domain.weight for domain in outline.domains],
        question_count=outline.question_count,
    )
    # A certification without questions is an outline that is only shown.
    return check(folder, needs=forms if folder.items else {}, files=files_by_id(root, folder))


def lines(checked: Checked) -> Iterator[str]:
    """The figures, a line each."""
    figures = checked.figures
    yield f"{checked.code}: {sum(figures.kinds.values())} questions, {len(checked.faults)} fault(s)"
    if figures.kinds:
        yield from indented(figures, checked)


def indented(figures: Figures, checked: Checked) -> Iterator[str]:
    yield "  " + ", ".join(f"{kind} {count}" for kind, count in figures.kinds.items())
    for pool, counts in figures.pools.items():
        needed = "/".join(map(str, checked.needs.get(pool, ()))) or "nothing"
        yield f"  {pool}: {'/'.join(map(str, counts))} by domain, forms need {needed}"
    for pool, (least, mean, most) in figures.angoff.items():
        yield f"  {pool}: Angoff {least} to {most}, mean {mean:.1f}"
    if figures.singles:
        shares = (f"{at} {n / figures.singles:.0%}" for at, n in figures.positions.items())
        yield f"  keys of {figures.singles} four-option questions: {', '.join(shares)}"
        share = f"{figures.longest} ({figures.longest / figures.singles:.0%})"
        yield f"  the longest option is the key in {share}"
    if pair := figures.closest:
        yield f"  most alike: {pair.first} and {pair.second}, {pair.likeness:.0%}"
