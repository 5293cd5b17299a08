"""What the home page and the list of results read: what can be sat, what runs, what was earned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Length, Now
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exams import clock
from exams.models import Exam, Sitting
from questions.models import Certification, Question
from scoring import charts, plans
from scoring.models import Result
from scoring.plans import Plan
from scoring.progress_next import Step
from scoring.progress_readiness import Outlook
from scoring.reports import likely_range, veiled, with_results

Status = Certification.Status
LATEST_COUNT = 5
HISTORY_COUNT = 12
RECENT_COUNT = 60


@dataclass(frozen=True)
class Running:
    sitting: Sitting
    complete_count: int
    question_count: int
    seconds_left: int | None

    @property
    def time_left(self) -> timedelta | None:
        return None if self.seconds_left is None else timedelta(seconds=self.seconds_left)


@dataclass(frozen=True)
class ExamLine:
    exam: Exam
    may_start: bool
    is_locked: bool
    running: Sitting | None
    best_score: int | None
    has_passed: bool
    sitting_count: int


@dataclass(frozen=True)
class Shelf:
    """One certification, what of it can be sat, and how the candidate has done."""

    certification: Certification
    exams: Sequence[ExamLine]
    history: charts.HistoryPicture | None
    latest: Sequence[Sitting]
    plan: Plan | None = None
    outlook: Outlook | None = None
    step: Step | None = None


def running(held: Any) -> list[Sitting]:
    """Open sittings with how many questions they have and how many are answered in full."""
    is_complete = Q(responses__choose_count=Length("responses__selected")) & ~Q(
        responses__selected__contains="-"
    )
    sittings = held.open().select_related("exam__certification")
    return list(
        sittings.annotate(
            question_count=Count("responses"),
            complete_count=Count("responses", filter=is_complete),
        ).order_by("-started_at")
    )


def running_lines(sittings: Iterable[Any], now: datetime) -> list[Running]:
    return [
        Running(
            sitting=sitting,
            complete_count=sitting.complete_count,
            question_count=sitting.question_count,
            seconds_left=clock.seconds_left(sitting.deadline, now),
        )
        for sitting in sittings
    ]


def shelves(user: Any, held: Any, open_sittings: Iterable[Sitting]) -> list[Shelf]:
    """Every certification with an opened exam; three statements, one for a guest without sittings.

    Retired certifications come last.
    """
    exams = Exam.objects.opened().sat_as_exams().with_access(user)
    exams = exams.select_related("certification")
    ordered = exams.order_by("certification__code", "position", "name")
    best = best_by_exam(held)
    opened = {sitting.exam_id: sitting for sitting in open_sittings}
    recent = veiled(earned(held)[:RECENT_COUNT])
    lines = [exam_line(exam, user, best.get(exam.pk, {}), opened.get(exam.pk)) for exam in ordered]
    grouped = groupby(lines, lambda line: line.exam.certification_id)
    found = [shelf(list(group), recent) for _id, group in grouped]
    return sorted(found, key=lambda one: one.certification.status == Status.RETIRED)


def planned(shelves: Iterable[Shelf], user: Any, now: datetime) -> list[Shelf]:
    """The shelves with the candidate's study plans; as many statements as the plans take."""
    found = list(shelves)
    by_id = plans.of_candidate(user, [shelf.certification for shelf in found], now)
    return [replace(shelf, plan=by_id.get(shelf.certification.pk)) for shelf in found]


def earned(held: Any) -> QuerySet[Any]:
    """Submitted exam sittings with their results, newest first; to be `veiled` when shown."""
    submitted = held.submitted().filter(result__isnull=False, exam__mode=Exam.Mode.EXAM)
    return with_results(submitted).order_by("-submitted_at", "-pk")


def best_by_exam(held: Any) -> dict[int, dict[str, Any]]:
    """Of the results that are released; `sitting_count` counts all."""
    is_released = Q(result__release_at__lte=Now())
    rows = (
        held.submitted()
        .order_by()
        .values("exam_id")
        .annotate(
            best_score=Max("result__scaled_score", filter=is_released),
            passed_count=Count("pk", filter=is_released & Q(result__has_passed=True)),
            sitting_count=Count("pk"),
        )
    )
    return {row["exam_id"]: row for row in rows}


def exam_line(
    exam: Exam, user: Any, best: dict[str, Any], open_sitting: Sitting | None
) -> ExamLine:
    return ExamLine(
        exam=exam,
        may_start=exam.is_open_to(user),
        is_locked=exam.is_locked,
        running=open_sitting,
        best_score=best.get("best_score"),
        has_passed=bool(best.get("passed_count")),
        sitting_count=best.get("sitting_count", 0),
    )


def shelf(exams: list[ExamLine], recent: list[Sitting]) -> Shelf:
    certification = exams[0].exam.certification
    own = [sitting for sitting in recent if sitting.exam.certification_id == certification.pk]
    scored = [sitting for sitting in own if sitting.exam.pool != Question.Pool.SAMPLE]
    return Shelf(certification, exams, history(scored), own[:LATEST_COUNT])


def history(sittings: Sequence[Sitting]) -> charts.HistoryPicture | None:
    """The latest scores on the newest scale, oldest first; `sittings` are newest first."""
    results = [sitting.result for sitting in sittings if sitting.result.scaled_score is not None]
    if not results:
        return None
    newest = results[0]
    alike = [result for result in results if scale(result) == scale(newest)][:HISTORY_COUNT]
    scores = [score(result) for result in reversed(alike)]
    return charts.history_picture(
        scores,
        cut_score=newest.cut_score,
        floor=newest.floor_score,
        ceiling=newest.ceiling_score,
        text=history_text(scores, newest.cut_score),
    )


def scale(result: Result) -> tuple[int, int, int]:
    return result.floor_score, result.cut_score, result.ceiling_score


def score(result: Result) -> charts.Score:
    band = likely_range(result)
    day = timezone.localtime(result.sitting.submitted_at)
    return charts.Score(
        scaled=result.scaled_score or 0,
        low=band.low,
        high=band.high,
        is_pass=bool(result.has_passed),
        label=date_format(day, _("M j")),
    )


def history_text(scores: Sequence[charts.Score], cut_score: int) -> str:
    """The picture in a sentence, oldest score first."""
    listed = ", ".join(
        (
            _("%(score)d on %(day)s, passed")
            if one.is_pass
            else _("%(score)d on %(day)s, not passed")
        )
        % {"score": one.scaled, "day": one.label}
        for one in scores
    )
    told = ngettext("%(count)d scaled score", "%(count)d scaled scores", len(scores))
    return _("%(told)s, pass line %(cut)d: %(listed)s.") % {
        "told": told % {"count": len(scores)},
        "cut": cut_score,
        "listed": listed,
    }


def first_open_to_guests(shelves: Iterable[Shelf]) -> Exam | None:
    exams = (line.exam for shelf in shelves for line in shelf.exams)
    return next((exam for exam in exams if exam.is_open_to_guests), None)


def has_begun(running: Sequence[Sitting], shelves: Iterable[Shelf]) -> bool:
    return bool(running) or any(shelf.latest for shelf in shelves)
