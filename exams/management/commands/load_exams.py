"""Creates the shipped exams, draws a form for each that has none, and prepares own practice."""

import random
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from exams.assembly import LimitsClash, NotDrawn, blueprint_of, draw_form, draw_parallel_forms
from exams.models import Exam
from exams.practice import own_exam, practiced
from questions.models import Certification

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue.toml"


class Command(BaseCommand):
    help = "Create or update the exams of exams/catalogue.toml and draw the forms they lack."

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        exams = [load(entry) for entry in tomllib.loads(CATALOGUE.read_text())["exams"]]
        lacking = defaultdict(list)
        for exam in exams:
            if not exam.forms.exists():
                lacking[blueprint_of(exam)].append(exam)
        for alike in lacking.values():
            self.draw(alike)
        for certification in practiced():
            own_exam(certification)
        for exam in exams:
            self.stdout.write(f"{exam}: {exam.forms.count()} form(s)")

    def draw(self, exams: Sequence[Exam]) -> None:
        """Exams alike get parallel forms if the bank has them, else each a form by chance.

        One bank gives the same forms everywhere, so that people can speak of "mock exam 2".
        """
        rng = random.Random(" ".join(exam.slug for exam in exams))  # noqa: S311
        if len(exams) > 1:
            try:
                draw_parallel_forms(exams, rng=rng)
            except LimitsClash as clash:
                self.stderr.write(f"{clash} Each form is drawn by chance.")
            else:
                return
        for exam in exams:
            try:
                draw_form(exam, rng=rng)
            except NotDrawn as refusal:
                raise CommandError(str(refusal)) from refusal


def load(entry: dict[str, Any]) -> Exam:
    """The exam of one catalogue entry, created open or brought up to date."""
    code, slug = entry.pop("certification"), entry.pop("slug")
    try:
        certification = Certification.objects.get(code=code)
    except Certification.DoesNotExist:
        raise CommandError(f"{slug}: the bank has no certification {code}.") from None
    exam, _ = Exam.objects.update_or_create(
        slug=slug,
        defaults={"certification": certification, **entry},
        create_defaults={"certification": certification, "opened_at": timezone.now(), **entry},
    )
    return Exam.objects.select_related("certification").get(pk=exam.pk)
