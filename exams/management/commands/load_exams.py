"""Creates the shipped exams and draws a form for each that has none."""

import random
import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from exams.assembly import BankTooSmall, draw_form
from exams.models import Exam
from questions.models import Certification

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue.toml"


class Command(BaseCommand):
    help = "Create or update the exams of exams/catalogue.toml and draw the forms they lack."

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        for entry in tomllib.loads(CATALOGUE.read_text())["exams"]:
            exam = load(entry)
            if not exam.forms.exists():
                self.draw(exam)
            self.stdout.write(f"{exam}: {exam.forms.count()} form(s)")

    def draw(self, exam: Exam) -> None:
        try:
            draw_form(exam, rng=random.SystemRandom())
        except BankTooSmall as short:
            raise CommandError(str(short)) from short


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
    return Exam.objects.get(pk=exam.pk)
