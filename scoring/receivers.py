"""Scores a sitting in the transaction that submits it, with the cards and the code that follow.

Afterwards it rings for the summary.
"""

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from exams.models import Sitting
from exams.signals import sitting_submitted
from scoring import bell, benefits, results, studying


@receiver(sitting_submitted)
def score_sitting(sitting: Sitting, **kwargs: Any) -> None:
    result = results.score(sitting)
    studying.cards_of(sitting)
    if sitting.submitted_at and result.is_released(sitting.submitted_at):
        benefits.reward(sitting, result)
    if result.email_due_at and result.email_due_at == sitting.submitted_at:
        transaction.on_commit(partial(bell.ring, result.pk))
