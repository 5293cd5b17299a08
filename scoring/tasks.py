"""What Celery may be rung for: to look into the database for summaries owed. Safe to run twice."""

from celery import shared_task

from scoring import mailing


@shared_task
def send_summary(result_id: int) -> None:
    mailing.send(result_id)


@shared_task
def send_owed_summaries() -> None:
    mailing.send_owed()
