"""The page of progress: every figure of a candidate in one certification, and its table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from questions.models import Certification
from scoring import (
    progress_changes,
    progress_pace,
    progress_readiness,
    progress_scores,
    progress_strengths,
    progress_study,
)
from scoring.progress_changes import Changes
from scoring.progress_next import Step, next_step
from scoring.progress_pace import Pace
from scoring.progress_readiness import Outlook
from scoring.progress_record import Record
from scoring.progress_scores import Scores
from scoring.progress_strengths import Strengths
from scoring.progress_study import Study
from scoring.progress_table import Table


class Figure(StrEnum):
    """What can be taken along; the values stand in addresses."""

    READINESS = "readiness"
    SCORES = "scores"
    STRENGTHS = "strengths"
    PACE = "pace"
    QUESTIONS = "questions"
    CHANGES = "changes"
    STUDY = "study"


TABLES: Mapping[Figure, Callable[[Record], Table]] = {
    Figure.READINESS: progress_readiness.table,
    Figure.SCORES: progress_scores.table,
    Figure.STRENGTHS: progress_strengths.table,
    Figure.PACE: progress_pace.table,
    Figure.QUESTIONS: progress_pace.question_table,
    Figure.CHANGES: progress_changes.table,
    Figure.STUDY: progress_study.table,
}


@dataclass(frozen=True)
class Progress:
    """`outlook` is None where the certification has no weighted domains."""

    record: Record
    outlook: Outlook | None
    step: Step | None
    scores: Scores
    strengths: Strengths | None
    pace: Pace
    changes: Changes
    study: Study


def progress_of(record: Record) -> Progress:
    outlook = progress_readiness.of_record(record)
    return Progress(
        record=record,
        outlook=outlook,
        step=step_of(record, outlook),
        scores=progress_scores.scores(record),
        strengths=progress_strengths.strengths(record),
        pace=progress_pace.pace(record),
        changes=progress_changes.changes(record),
        study=progress_study.study(record),
    )


def step_of(record: Record, outlook: Outlook | None) -> Step | None:
    if outlook is None:
        return None
    sat = {one.exam.pk for one in record.sittings}
    return next_step(outlook, record.exams, sat, has_begun=bool(record.sittings))


def certification_of(candidate: Any) -> Certification | None:
    """That of the candidate's most recent sitting."""
    return (
        Certification.objects.filter(exams__sittings__candidate=candidate)
        .order_by("-exams__sittings__started_at")
        .first()
    )
