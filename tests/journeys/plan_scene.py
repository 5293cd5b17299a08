"""A study plan and its reminder, and the addresses that stop reminders."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from questions.models import Certification
from scoring import mailing, unsubscribing
from scoring.models import Reminder, StudyPlan
from tests.exams.factories import make_user

PLANNER = "planner@passline.example"


def make_plans(candidate: User) -> dict[str, str]:
    """The candidate's plan toward Cloud Practitioner, and a letter about it."""
    cloud = Certification.objects.get(code="CLF-C02")
    today = timezone.localdate()
    StudyPlan.objects.create(
        candidate=candidate,
        certification=cloud,
        exam_on=today + timedelta(days=7),
        weekly_minutes=180,
    )
    row = Reminder.objects.create(
        candidate=candidate,
        kind=Reminder.Kind.EXAM,
        certification=cloud,
        day=today,
        email_due_at=timezone.now(),
    )
    mailing.send(row.pk, Reminder)
    return make_addresses()


def make_addresses() -> dict[str, str]:
    planner = make_user(PLANNER, wants_review_reminders=True, wants_exam_reminders=False)
    return {
        f"stop_{kind}": unsubscribing.address(planner, kind).removeprefix(settings.SITE_URL)
        for kind in Reminder.Kind.values
    }
