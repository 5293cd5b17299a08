"""Practice of one's own: a form for one candidate, rationales as one goes, a clock that stops.

It is kept apart from exam results. Who picks the questions knows more than this room: see scoring.
"""

import random
from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from accounts.models import User
from exams import clock, delivery
from exams.models import Exam, ExamForm, FormQuestion, Response, Sitting
from exams.statements import CHECK
from exams.tokens import SittingToken
from questions.models import Certification, Question, QuestionVersion

MOST_QUESTIONS = 300


class AlreadyOpen(Exception):
    """The candidate has a practice of this certification under way."""


def practiced() -> QuerySet[Certification]:
    """The certifications that have published questions."""
    published = QuestionVersion.objects.filter(
        question__certification=OuterRef("pk"), published_at__isnull=False
    )
    return Certification.objects.filter(Exists(published))


def own_exam(certification: Certification) -> Exam:
    """What holds all own practice of a certification; it is on no list."""
    exam, _ = Exam.objects.get_or_create(
        slug=f"{certification.code.lower()}-own",
        defaults={
            "certification": certification,
            "name": "Practice",
            "mode": Exam.Mode.PRACTICE,
            "pool": Question.Pool.PRACTICE,
            "question_count": MOST_QUESTIONS,
            "position": 99,
        },
    )
    return exam


def running(candidate: User, certification: Certification) -> Sitting | None:
    """The open practice of a certification; one that has run out of time is closed instead."""
    held: Sitting | None = (
        Sitting.objects.open()
        .for_candidate(candidate)
        .filter(exam__mode=Exam.Mode.PRACTICE, exam__certification=certification)
        .with_clock()
        .first()
    )
    if held and held.is_overdue(held.asked_at) and delivery.close_if_overdue(held.pk):
        return None
    return held


def end(sitting: Sitting) -> None:
    delivery.submit(SittingToken(sitting.pk, sitting.candidate_id, None))


@transaction.atomic
def start(
    candidate: User,
    certification: Certification,
    version_ids: Sequence[int],
    *,
    minutes: int | None,
    shows_rationale: bool,
    rng: random.Random,
) -> Sitting:
    """Begin a practice of these questions in this order: a fixed few statements.

    `minutes` is the time limit without extra time; None is untimed. Raises AlreadyOpen.
    """
    exam = own_exam(certification)
    if running(candidate, certification):
        raise AlreadyOpen(exam)
    extra_minutes = candidate.extra_minutes(minutes) if minutes else 0
    limit = clock.time_limit(minutes, extra_minutes)
    try:
        with transaction.atomic():
            sitting: Sitting = Sitting.objects.create(
                exam=exam,
                form=own_form(exam, candidate, version_ids),
                candidate=candidate,
                started_at=Now(),
                deadline=Now() + limit if limit else None,
                extra_minutes=extra_minutes,
                shows_rationale=shows_rationale,
            )
    except IntegrityError:
        raise AlreadyOpen(exam) from None
    delivery.lay_out(sitting, delivery.questions_shown_to(candidate, None), rng)
    return sitting


def own_form(exam: Exam, candidate: User, version_ids: Sequence[int]) -> ExamForm:
    form = ExamForm.objects.create(exam=exam, number=None, candidate=candidate, frozen_at=Now())
    FormQuestion.objects.bulk_create(
        FormQuestion(form=form, position=position, version_id=version_id)
        for position, version_id in enumerate(version_ids, start=1)
    )
    return form


def check(
    sitting: Sitting, position: int, selected: str, *, is_guessed: bool, seconds: int
) -> bool:
    """Take the one response to a question, for good, in one statement; blank is "do not know".

    False when the practice is over or paused, or the question has had its response.
    """
    values = {
        "sitting": sitting.pk,
        "candidate": sitting.candidate_id,
        "position": position,
        "selected": selected,
        "is_guessed": is_guessed,
        "seconds": seconds,
        "grace": clock.GRACE_SECONDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(CHECK, values)
        is_taken: bool = cursor.rowcount == 1
    return is_taken


def flag(sitting: Sitting, position: int, *, is_on: bool) -> None:
    Response.objects.filter(sitting=sitting, sitting__submitted_at=None, position=position).update(
        is_flagged=is_on
    )


@transaction.atomic
def pause(sitting: Sitting) -> bool:
    """Stop the clock; False when none runs, and in the exam room, which has no pause."""
    held = lock(sitting)
    left = clock.seconds_left(held.deadline, held.asked_at)
    if held.submitted_at or not held.shows_rationale or not left:
        return False
    Sitting.objects.filter(pk=held.pk).update(deadline=None, seconds_left=left)
    return True


@transaction.atomic
def resume(sitting: Sitting) -> bool:
    """Let the clock go on with what was left; False when it was not stopped."""
    held = lock(sitting)
    if held.submitted_at or held.seconds_left is None:
        return False
    deadline = Now() + timedelta(seconds=held.seconds_left)
    Sitting.objects.filter(pk=held.pk).update(deadline=deadline, seconds_left=None)
    return True


def lock(sitting: Sitting) -> Sitting:
    """The row, locked, with the database's clock read after it."""
    Sitting.objects.select_for_update().get(pk=sitting.pk)
    held: Sitting = Sitting.objects.with_clock().get(pk=sitting.pk)
    return held
