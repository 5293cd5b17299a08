"""Readiness and the next step on the shelves of home."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from questions.models import Domain
from scoring import evidence, progress_readiness
from scoring.evidence import Judged
from scoring.home import Shelf
from scoring.progress_next import next_step
from scoring.progress_readiness import Outlook
from scoring.progress_record import model_exam


def forecast(shelves: Sequence[Shelf], user: Any, now: datetime) -> list[Shelf]:
    """The shelves with what is to be told of readiness: two statements, none for a guest.

    A certification of which nothing was said yet is told of nothing.
    """
    if not user.is_authenticated or not shelves:
        return list(shelves)
    ids = [shelf.certification.pk for shelf in shelves]
    said = defaultdict[int, list[Judged]](list)
    for one in evidence.responses(user, ids):
        said[one.certification_id].append(one)
    domains = defaultdict[int, list[Domain]](list)
    for domain in Domain.objects.filter(certification__in=ids).order_by("number"):
        domains[domain.certification_id].append(domain)
    return [told(shelf, domains[pk], said[pk], now) for shelf, pk in zip(shelves, ids, strict=True)]


def told(shelf: Shelf, domains: Sequence[Domain], said: Sequence[Judged], now: datetime) -> Shelf:
    outlook = outlook_of(shelf, domains, said, now) if said else None
    if outlook is None:
        return shelf
    exams = [line.exam for line in shelf.exams]
    sat = {line.exam.pk for line in shelf.exams if line.sitting_count}
    step = next_step(outlook, exams, sat, has_begun=True)
    return replace(shelf, outlook=outlook, step=step)


def outlook_of(
    shelf: Shelf, domains: Sequence[Domain], said: Sequence[Judged], now: datetime
) -> Outlook | None:
    certification = shelf.certification
    exam = model_exam(certification, [line.exam for line in shelf.exams])
    return progress_readiness.outlook(certification, domains, exam, evidence.evidence(said), now)
