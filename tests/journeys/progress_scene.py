"""Somebody on the way to a pass: firm in MLS-C01, early in CLF-C02."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from exams.models import Exam, Response
from questions.models import Certification, QuestionVersion
from scoring.models import ReviewCard, ReviewEntry, StudyPlan
from tests.exams.factories import key_shown, make_sitting, submit, wrong_shown

# Exam, days ago, minutes, and of each ten questions the places that are missed.
SITTINGS = (
    ("mls-c01-sample", 58, 15, (2, 5, 7, 9)),
    ("mls-c01-mock-1", 44, 176, (1, 4, 7)),
    ("mls-c01-mock-2", 30, 168, (0, 5)),
    ("mls-c01-mock-3", 12, 151, (3, 8)),
    ("mls-c01-mock-4", 2, 144, (6,)),
    ("mls-c01-mock-2", 1, 120, (5,)),
    ("clf-c02-sample", 6, 12, (1, 8)),
    ("clf-c02-mock-1", 4, 71, (0, 4, 9)),
)


def make_progress(person: User) -> None:
    for slug, days, minutes, missed in SITTINGS:
        sit(Exam.objects.get(slug=slug), person, days=days, minutes=minutes, missed=missed)
    study(person)


def sit(exam: Exam, person: User, *, days: int, minutes: int, missed: tuple[int, ...]) -> None:
    """The first quarter of the mock exams did not take the time question by question."""
    sitting = make_sitting(
        exam.forms.order_by("number")[0], person, started_ago=timedelta(days=days, minutes=minutes)
    )
    rows = list(sitting.responses.select_related("form_question__version").order_by("position"))
    each = 60 * minutes // len(rows)
    for row in rows:
        is_missed = row.position % 10 in missed
        row.selected = wrong_shown(row) if is_missed else key_shown(row)
        row.first_selected = row.selected
        if row.position % 13 == 6:
            row.first_selected = wrong_shown(row)
        elif row.position % 29 == 7 and is_missed:
            row.first_selected = key_shown(row)
        row.seconds = each * (40 + row.position * 37 % 120) // 100 if days < 40 else 0
        row.revision = 1
        row.responded_at = timezone.now()
    fields = ["selected", "first_selected", "seconds", "revision", "responded_at"]
    Response.objects.bulk_update(rows, fields)
    submit(sitting, at=sitting.started_at + timedelta(minutes=minutes))


def study(person: User) -> None:
    """A weekly goal, and a few minutes of reviews on most days."""
    certification = Certification.objects.get(code="MLS-C01")
    StudyPlan.objects.create(candidate=person, certification=certification, weekly_minutes=150)
    version = QuestionVersion.objects.filter(question__certification=certification)[0]
    card, _ = ReviewCard.objects.get_or_create(
        candidate=person,
        question=version.question,
        defaults={
            "version": version,
            "reason": ReviewCard.Reason.MISSED,
            "stability": 2.0,
            "difficulty": 5.0,
            "due_at": timezone.now(),
        },
    )
    ReviewEntry.objects.bulk_create(
        ReviewEntry(
            card=card,
            version=version,
            option_order="ABCD",
            selected="A",
            is_right=True,
            rating=3,
            responded_at=timezone.now() - timedelta(days=days),
            seconds=60 * (8 + days * 7 % 23),
        )
        for days in range(50)
        if days % 3
    )
