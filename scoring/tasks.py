"""What Celery may be rung for: to look into the database for what is owed. Safe to run twice."""

from celery import shared_task
from django.utils import timezone

from scoring import mailing, reminding


@shared_task
def send_summary(result_id: int) -> None:
    mailing.send(result_id)


@shared_task
def send_owed_summaries() -> None:
    mailing.send_owed()


@shared_task
def owe_reminders() -> None:
    reminding.owe_reminders(timezone.now())
