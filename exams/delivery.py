"""The one-way doors of a sitting: start, respond, submit, run out of time, move to an account.

Every writer takes the sitting's row first and reads the database's clock after it, so that a save
and a submit serialize and nothing lands behind the score.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import IntegrityError, connection, transaction
from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Now

from accounts.models import User
from exams import clock, letters
from exams.models import Exam, ExamForm, FormQuestion, LateResponse, Response, Sitting
from exams.signals import sitting_submitted
from exams.statements import NOTE_SECONDS, RESPOND, RUN_OUT, SUBMIT, TAKE_UNSAVED
from exams.tokens import SittingToken

log = structlog.get_logger()


class NoForm(Exception):
    """The exam has no frozen form to sit."""


class Stale(Exception):
    """What a submit brought along was made on top of something else than its rows say by now."""

    def __init__(self, responses: Sequence[Response]) -> None:
        super().__init__(f"{len(responses)} responses have changed meanwhile.")
        self.responses = responses


@dataclass(frozen=True)
class Change:
    """What the browser says of one question, on top of the `revision` it last saw."""

    position: int
    revision: int
    selected: str
    struck: str
    is_flagged: bool
    is_guessed: bool = False
    seconds: int = 0

    def is_said(self, response: Response) -> bool:
        """Whether the row says it already: a repeated request. The seconds say nothing."""
        return (self.selected, self.struck, self.is_flagged, self.is_guessed) == (
            response.selected,
            response.struck,
            response.is_flagged,
            response.is_guessed,
        )


@dataclass(frozen=True)
class Saved:
    revision: int
    saved_at: datetime
    seconds_left: int | None


@dataclass(frozen=True)
class Adopted:
    """What an account took over from a guest, and which of it had to be handed in for that."""

    count: int
    handed_in: Sequence[Sitting]


# --- Starting


def start(
    exam: Exam, *, candidate: User | None, guest_key: UUID | None, rng: random.Random
) -> Sitting:
    """The candidate's open sitting of the exam, begun now unless there is one.

    Raises NoForm. Of several starts at once one begins the sitting, the others return it: the
    database allows one open sitting a holder and exam.
    """
    holder: dict[str, Any] = {"candidate": candidate} if candidate else {"guest_key": guest_key}
    try:
        return begin(exam, candidate=candidate, guest_key=guest_key, rng=rng)
    except IntegrityError:
        held: Sitting | None = Sitting.objects.open().filter(exam=exam, **holder).first()
    if held is None or close_if_overdue(held.pk):  # closed since, or now
        return begin(exam, candidate=candidate, guest_key=guest_key, rng=rng)
    return held


@transaction.atomic
def begin(
    exam: Exam, *, candidate: User | None, guest_key: UUID | None, rng: random.Random
) -> Sitting:
    """Write the sitting and its rows; raises IntegrityError when one is open already."""
    extra_minutes = candidate.extra_minutes(exam.minutes) if candidate and exam.minutes else 0
    limit = clock.time_limit(exam.minutes, extra_minutes)
    sitting: Sitting = Sitting.objects.create(
        exam=exam,
        form=freshest_form(exam, candidate, guest_key),
        candidate=candidate,
        guest_key=None if candidate else guest_key,
        started_at=Now(),
        deadline=Now() + limit if limit else None,
        extra_minutes=extra_minutes,
    )
    lay_out(sitting, questions_shown_to(candidate, guest_key), rng)
    return sitting


def lay_out(sitting: Sitting, shown: QuerySet[Response, Any], rng: random.Random) -> None:
    """Write a response for each question; `shown` are the ids of questions seen before."""
    Response.objects.bulk_create(
        Response(
            sitting=sitting,
            form_question_id=question["pk"],
            position=question["position"],
            option_order=letters.shuffled(question["option_count"], question["fixed"], rng),
            choose_count=len(question["version__key"]),
            was_seen=question["was_seen"],
        )
        for question in questions_of(sitting.form_id, shown)
    )


def freshest_form(exam: Exam, candidate: User | None, guest_key: UUID | None) -> ExamForm:
    """The frozen form with the fewest questions this holder has seen; then the least recent."""
    held = Sitting.objects.filter(of_holder(candidate, guest_key), form=OuterRef("pk"))
    shown = Q(form_questions__version__question__in=questions_shown_to(candidate, guest_key))
    form = (
        exam.forms.filter(frozen_at__isnull=False, candidate=None)
        .annotate(seen_count=Count("form_questions", filter=shown))
        .annotate(last_at=Subquery(held.order_by("-started_at").values("started_at")[:1]))
        .order_by("seen_count", F("last_at").asc(nulls_first=True), "number")
        .first()
    )
    if form is None:
        raise NoForm(f"{exam} has no form yet.")
    return form


def questions_shown_to(candidate: User | None, guest_key: UUID | None) -> QuerySet[Response, Any]:
    """The ids of the questions of all sittings of this holder."""
    sittings = Sitting.objects.filter(of_holder(candidate, guest_key)).order_by()
    shown = Response.objects.filter(sitting__in=sittings.values("pk")).order_by()
    return shown.values("form_question__version__question")


def of_holder(candidate: User | None, guest_key: UUID | None) -> Q:
    return Q(candidate=candidate) if candidate else Q(guest_key=guest_key)


def questions_of(form_id: int, shown: QuerySet[Response, Any]) -> Any:
    """What a new sitting needs of each form question, as dictionaries in form order.

    `shown` are the ids of questions the candidate has seen before.
    """
    fixed_places = ArrayAgg(
        "version__options__position", filter=Q(version__options__is_fixed=True), default=[]
    )
    return (
        FormQuestion.objects.filter(form=form_id)
        .annotate(
            option_count=Count("version__options"),
            fixed=fixed_places,
            was_seen=ExpressionWrapper(Q(version__question__in=shown), output_field=BooleanField()),
        )
        .order_by("position")
        .values("pk", "position", "version__key", "option_count", "fixed", "was_seen")
    )


# --- Responding


def respond(token: SittingToken, change: Change) -> Saved | None:
    """Save one response in one statement; None when the guard refuses and nothing was written.

    The guard: the holder and that the candidate is active, the sitting open, the deadline and its
    grace by the database's clock, the revision last seen, and letters that the question has.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            RESPOND,
            {
                "sitting": token.sitting_id,
                "candidate": token.candidate_id,
                "guest_key": token.guest_key,
                "position": change.position,
                "revision": change.revision,
                "selected": change.selected,
                "struck": change.struck,
                "is_flagged": change.is_flagged,
                "is_guessed": change.is_guessed,
                "seconds": change.seconds,
                "grace": clock.GRACE_SECONDS,
            },
        )
        row = cursor.fetchone()
    if row is None:
        return None
    revision, saved_at, deadline = row
    return Saved(revision, saved_at, clock.seconds_left(deadline, saved_at))


def standing(token: SittingToken, position: int) -> Response:
    """The response as it stands, its sitting and `asked_at`, the database's clock, with it.

    Raises Response.DoesNotExist unless the token's holder is the sitting's.
    """
    standing_row: Response = (
        Response.objects.with_clock()
        .select_related("sitting")
        .get(
            Q(sitting__candidate=token.candidate_id, sitting__candidate__isnull=False)
            | Q(sitting__guest_key=token.guest_key, sitting__guest_key__isnull=False),
            Q(sitting__candidate=None) | Q(sitting__candidate__is_active=True),
            sitting=token.sitting_id,
            position=position,
        )
    )
    return standing_row


def keep_late(sitting_id: int, changes: Sequence[Change]) -> None:
    """Remember what arrived after the sitting was closed: shown to the candidate, never counted.

    Of each question the first other response; a flag, a guess or a strike-out alone is none.
    """
    LateResponse.objects.bulk_create(
        (
            LateResponse(sitting_id=sitting_id, position=one.position, selected=one.selected)
            for one, row in unsaid(sitting_id, changes)
            if one.selected != row.selected
        ),
        ignore_conflicts=True,
    )


# --- Submitting


@transaction.atomic
def submit(
    token: SittingToken, *, unsaved: Sequence[Change] = (), seconds: Sequence[int] = ()
) -> bool:
    """Close the sitting and have it scored, in one transaction; False when it was not open.

    `unsaved` are responses the browser could not save before. They count up to the deadline and
    its grace; after that they are kept as late. Raises Stale, and leaves the sitting open, when a
    row has a later revision and says something else. `seconds` were spent on each question, in
    order: noted where they are more than is known.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            SUBMIT,
            {
                "sitting": token.sitting_id,
                "candidate": token.candidate_id,
                "guest_key": token.guest_key,
                "grace": clock.GRACE_SECONDS,
            },
        )
        row = cursor.fetchone()
    if row is None:
        return False
    if unsaved and row[0]:
        take_unsaved(token.sitting_id, unsaved)
    elif unsaved:
        keep_late(token.sitting_id, unsaved)
    if seconds:
        note_seconds(token.sitting_id, seconds)
    announce(token.sitting_id)
    return True


def take_unsaved(sitting_id: int, unsaved: Sequence[Change]) -> None:
    """Write what the submit brought along; raises Stale."""
    rows = [row for one, row in unsaid(sitting_id, unsaved) if one.revision != row.revision]
    if rows:
        raise Stale(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE_UNSAVED,
            {
                "sitting": sitting_id,
                "positions": [one.position for one in unsaved],
                "revisions": [one.revision for one in unsaved],
                "selected": [one.selected for one in unsaved],
                "struck": [one.struck for one in unsaved],
                "flags": [one.is_flagged for one in unsaved],
                "guesses": [one.is_guessed for one in unsaved],
                "seconds": [one.seconds for one in unsaved],
            },
        )


def note_seconds(sitting_id: int, seconds: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NOTE_SECONDS, {"sitting": sitting_id, "seconds": list(seconds)})


def unsaid(sitting_id: int, changes: Sequence[Change]) -> list[tuple[Change, Response]]:
    """Those of the changes that their rows do not say already, each with its row."""
    places = [one.position for one in changes]
    rows = Response.objects.filter(sitting=sitting_id, position__in=places)
    by_place = {row.position: row for row in rows}
    known = [(one, by_place[one.position]) for one in changes if one.position in by_place]
    return [(one, row) for one, row in known if not one.is_said(row)]


def announce(sitting_id: int) -> None:
    """Tell who listens, inside the transaction, that this sitting was just closed."""
    sitting = Sitting.objects.select_related("exam").get(pk=sitting_id)
    sitting_submitted.send(sender=Sitting, sitting=sitting)


# --- Running out of time


@transaction.atomic
def close_if_overdue(sitting_id: int) -> bool:
    """Record an open sitting as submitted at its deadline once the grace is over, and score it."""
    with connection.cursor() as cursor:
        cursor.execute(RUN_OUT, {"sitting": sitting_id, "grace": clock.GRACE_SECONDS})
        is_closed: bool = cursor.rowcount == 1
    if is_closed:
        announce(sitting_id)
    return is_closed


def close_overdue(limit: int = 200) -> int:
    """Close up to `limit` overdue sittings, oldest deadline first; how many this call closed.

    Each in a transaction of its own: one that fails is logged and stops no other.
    """
    overdue = Sitting.objects.overdue().order_by("deadline").values_list("pk", flat=True)
    return sum(close_or_log(sitting_id) for sitting_id in overdue[:limit])


def close_or_log(sitting_id: int) -> bool:
    try:
        return close_if_overdue(sitting_id)
    except Exception:
        log.exception("overdue_sitting_not_closed", sitting=sitting_id)
        return False


# --- Moving to an account


def adopt(guest_key: UUID, candidate: User) -> Adopted:
    """Give a guest's sittings to the account.

    An open one is submitted first when the account has an open sitting of the same exam.
    """
    try:
        return take_over(guest_key, candidate)
    except IntegrityError:  # the account began one meanwhile: now it is seen
        return take_over(guest_key, candidate)


@transaction.atomic
def take_over(guest_key: UUID, candidate: User) -> Adopted:
    """Submit what cannot stay open, then move all.

    Raises IntegrityError when the account began a sitting in between.
    """
    running = Sitting.objects.open().for_candidate(candidate).values("exam")
    held = Sitting.objects.filter(guest_key=guest_key, candidate=None)
    second = held.open().filter(exam__in=running).select_related("exam")
    handed_in = [one for one in second if submit(SittingToken(one.pk, None, guest_key))]
    return Adopted(held.update(candidate=candidate), handed_in)
