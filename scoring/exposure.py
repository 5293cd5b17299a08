"""What a candidate has seen, missed and flagged, and what a practice may be drawn from."""

import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from accounts.models import User
from exams import delivery
from exams.models import Exam, Response, Sitting
from questions.models import Certification, Question, QuestionVersion
from scoring import keys


class Source(StrEnum):
    UNSEEN = "unseen"
    MISSED = "missed"
    FLAGGED = "flagged"
    RANDOM = "random"


@dataclass(frozen=True)
class Choice:
    """What to practice; without domains and tasks all of the certification.

    `last` is how many sittings missed looks back at.
    """

    certification: Certification
    source: Source = Source.RANDOM
    domain_ids: Collection[int] = field(default_factory=tuple)
    task_ids: Collection[int] = field(default_factory=tuple)
    last: int = 3


def pool(candidate: User, choice: Choice) -> QuerySet[QuestionVersion]:
    """The versions to choose from: current ones, whatever exam they stand in.

    Practice shows keys: nothing of an exam that still waits for its end or its result.
    """
    versions = (
        QuestionVersion.objects.current()
        .filter(question__certification=choice.certification)
        .exclude(question__in=under_wraps(candidate))
    )
    if choice.domain_ids or choice.task_ids:
        versions = versions.filter(
            Q(question__task__domain__in=choice.domain_ids) | Q(question__task__in=choice.task_ids)
        )
    match choice.source:
        case Source.UNSEEN:
            return versions.exclude(question__in=delivery.questions_shown_to(candidate, None))
        case Source.MISSED:
            return versions.filter(question__in=missed_in(candidate, choice))
        case Source.FLAGGED:
            return versions.filter(question__in=flagged_by(candidate))
        case _:
            return versions


def missed_in(candidate: User, choice: Choice) -> set[int]:
    """The ids of questions missed or left blank in the last sittings whose result is out."""
    sittings = submitted(candidate).filter(exam__certification=choice.certification)
    latest = sittings.order_by("-submitted_at", "-pk").values("pk")[: choice.last]
    return missed_of(Response.objects.filter(sitting__in=latest))


def missed_of(responses: QuerySet[Response]) -> set[int]:
    """One statement."""
    version = "form_question__version"
    columns = ("question_id", "kind", "key", "corrected_key")
    said = responses.filter(**{f"{version}__withdrawn_at": None}).order_by()
    rows = said.values_list(
        "selected", "option_order", *[f"{version}__{column}" for column in columns]
    )
    return {
        question_id
        for selected, option_order, question_id, kind, key, corrected_key in rows
        if not keys.is_right(kind, selected, option_order, corrected_key or key)
    }


def flagged_by(candidate: User) -> QuerySet[Response, Any]:
    """The ids of questions flagged in any submitted sitting."""
    flagged = Response.objects.filter(sitting__in=submitted(candidate), is_flagged=True)
    return flagged.order_by().values("form_question__version__question")


def submitted(candidate: User) -> QuerySet[Sitting]:
    sittings: QuerySet[Sitting] = Sitting.objects.submitted().for_candidate(candidate)
    return sittings.filter(result__release_at__lte=Now())


def under_wraps(candidate: User) -> QuerySet[Response, Any]:
    """The ids of questions in exams that run, or whose result is not out yet."""
    exams = Sitting.objects.for_candidate(candidate).filter(exam__mode=Exam.Mode.EXAM)
    waiting = exams.exclude(result__release_at__lte=Now()).order_by().values("pk")
    hidden = Response.objects.filter(sitting__in=waiting).order_by()
    return hidden.values("form_question__version__question")


def draw(candidate: User, choice: Choice, count: int, rng: random.Random) -> list[int]:
    """Up to `count` version ids: never seen first, then the longest ago; enemies never together.

    Two statements, one more for what was missed. In random order.
    """
    seen = (
        Response.objects.filter(
            sitting__candidate=candidate, form_question__version__question=OuterRef("question")
        )
        .order_by("-sitting__started_at")
        .values("sitting__started_at")[:1]
    )
    rows = list(
        pool(candidate, choice)
        .annotate(last_at=Subquery(seen))
        .order_by(F("last_at").asc(nulls_first=True), "?")
        .values_list("pk", "question_id")
    )
    drawn = at_peace(rows, enemies_of([question for _, question in rows]), count)
    rng.shuffle(drawn)
    return drawn


def enemies_of(question_ids: Sequence[int]) -> dict[int, set[int]]:
    links = Question.enemies.through.objects.filter(from_question__in=question_ids)
    found: dict[int, set[int]] = defaultdict(set)
    for one, other in links.values_list("from_question_id", "to_question_id"):
        found[one].add(other)
    return found


def at_peace(
    rows: Sequence[tuple[int, int]], enemies: dict[int, set[int]], count: int
) -> list[int]:
    """The first `count` version ids that have no enemy among those before them."""
    taken: dict[int, int] = {}
    for version_id, question_id in rows:
        if len(taken) == count:
            break
        if not enemies.get(question_id, set()) & taken.keys():
            taken[question_id] = version_id
    return list(taken.values())


def current_of(candidate: User, question_ids: Collection[int]) -> list[int]:
    """What these questions are now, as version ids; without those withdrawn, retired or hidden."""
    current = QuestionVersion.objects.current().filter(question__in=question_ids)
    shown = current.exclude(question__in=under_wraps(candidate))
    return list(shown.order_by("question_id").values_list("pk", flat=True))
