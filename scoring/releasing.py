"""Shows results to their candidates: after a survey, at a set time, or by staff.

A result is released once `release_at` has passed by the database's clock. Whoever sets it holds
the row's lock and writes by a conditional UPDATE; the review cards, the code that a pass brings
and the summary that is owed go with it, in one transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from exams.models import Exam, Sitting
from scoring import bell, benefits, results, studying
from scoring.models import Result, ReviewCard, Survey

log = structlog.get_logger()
BATCH = 200


def asks_survey(sitting: Sitting) -> bool:
    """Whether the survey is what stands before the result."""
    return (
        sitting.exam.results_mode == Exam.ResultsMode.SURVEY and sitting.result.release_at is None
    )


# --- Releasing


@transaction.atomic
def after_survey(sitting: Sitting, said: dict[str, Any]) -> bool:
    """Keep the survey and release its result; False when that was done before.

    `said` holds the survey's columns.
    """
    for held in locked([sitting.pk]):
        if asks_survey(held.sitting):
            Survey.objects.update_or_create(sitting=sitting, defaults=said)
            return open_up(held)
    return False


@transaction.atomic
def by_staff(result_ids: Sequence[int]) -> list[Result]:
    """Release those not released yet; which they were."""
    return [result for result in locked(result_ids) if open_up(result)]


def locked(result_ids: Sequence[int]) -> list[Result]:
    """Those withheld, locked in the order of their keys, each with the database's clock."""
    chosen = Result.objects.withheld().filter(pk__in=results.any_of(result_ids)).with_clock()
    joined = chosen.select_related("sitting__exam", "sitting__candidate").order_by("pk")
    return list(joined.select_for_update(of=("self",)))


def open_up(result: Result) -> bool:
    """Release a locked result now, with all that goes with it."""
    now, sitting, was_set = result.asked_at, result.sitting, result.release_at is not None
    due_at = summary_due_at(result, now)
    row = Result.objects.withheld().filter(pk=result.pk)
    if not row.update(release_at=now, email_due_at=due_at):
        return False
    result.release_at, result.email_due_at = now, due_at
    if was_set:
        drop_cards_to_come(sitting)
    studying.cards_of(sitting, at=now)
    benefits.reward(sitting, result)
    if due_at and due_at <= now:
        transaction.on_commit(partial(bell.ring, result.pk))
    log.info("result_released", result=result.pk)
    return True


def drop_cards_to_come(sitting: Sitting) -> None:
    """The cards that were made for a set moment, which is another now."""
    ReviewCard.objects.filter(response__sitting=sitting, created_at__gt=Now()).delete()


def summary_due_at(result: Result, released_at: datetime | None) -> datetime | None:
    """None also for a result without a score."""
    return results.email_due_at(result.sitting, released_at) if result.scored_count else None


# --- Staff change how an exam shows its results


def withheld_of(exam: Exam) -> QuerySet[Result]:
    return Result.objects.withheld().filter(sitting__exam=exam)


def release_exam(exam: Exam) -> list[Result]:
    """Release all that wait, in batches of a transaction each."""
    waiting = list(withheld_of(exam).order_by("pk").values_list("pk", flat=True))
    batches = [waiting[start : start + BATCH] for start in range(0, len(waiting), BATCH)]
    return [result for batch in batches for result in by_staff(batch)]


@transaction.atomic
def follow(exam: Exam) -> int:
    """Let results not yet released keep to the exam's rule as it is now; how many."""
    waiting = locked(list(withheld_of(exam).values_list("pk", flat=True)))
    if exam.results_mode == Exam.ResultsMode.NOW:
        return sum(open_up(result) for result in waiting)
    is_later = exam.results_mode == Exam.ResultsMode.LATER
    for result in waiting:
        move(result, exam.release_at if is_later else None)
    return len(waiting)


def move(result: Result, released_at: datetime | None) -> None:
    """Set another moment; a set moment that is past releases."""
    if released_at and released_at <= result.asked_at:
        open_up(result)
        return
    due_at = summary_due_at(result, released_at)
    Result.objects.filter(pk=result.pk).update(release_at=released_at, email_due_at=due_at)
    drop_cards_to_come(result.sitting)
    if released_at:
        studying.cards_of(result.sitting, at=released_at)
