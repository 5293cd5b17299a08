"""Exams, forms and sittings for tests, as plain functions."""

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from exams import delivery, letters
from exams.delivery import Change
from exams.models import Exam, ExamForm, FormQuestion, Response, Sitting
from exams.tokens import SittingToken
from questions.models import Certification, QuestionVersion
from tests.questions.factories import make_certification, make_question


def make_user(email: str = "ada@passline.example", **fields: Any) -> User:
    return User.objects.create_user(email, "correct horse", **fields)


def make_exam(certification: Certification | None = None, **fields: Any) -> Exam:
    """An open, timed exam without a form."""
    defaults: dict[str, Any] = {
        "certification": certification or make_certification(),
        "slug": "mock-1",
        "name": "Mock exam 1",
        "pool": "exam",
        "question_count": 4,
        "minutes": 60,
        "opened_at": timezone.now(),
    }
    return Exam.objects.create(**{**defaults, **fields})


def make_form(
    exam: Exam, versions: list[QuestionVersion] | None = None, *, unscored: int = 0
) -> ExamForm:
    """A frozen form; without `versions`, as many single-choice questions as the exam asks for.

    The last `unscored` questions are the unscored ones.
    """
    if versions is None:
        versions = [make_question(exam.certification) for _ in range(exam.question_count)]
    form = ExamForm.objects.create(
        exam=exam, number=exam.forms.count() + 1, frozen_at=timezone.now()
    )
    FormQuestion.objects.bulk_create(
        FormQuestion(
            form=form,
            position=place,
            version=version,
            is_scored=place <= len(versions) - unscored,
        )
        for place, version in enumerate(versions, start=1)
    )
    return form


def make_sitting(
    form: ExamForm,
    candidate: User | None = None,
    *,
    guest_key: UUID | None = None,
    started_ago: timedelta = timedelta(),
) -> Sitting:
    """A sitting begun `started_ago`, its deadline moved along."""
    sitting = delivery.start(
        form.exam, candidate=candidate, guest_key=guest_key, rng=random.Random(1)
    )
    sitting.refresh_from_db()
    if started_ago:
        sitting.started_at -= started_ago
        sitting.deadline = sitting.deadline and sitting.deadline - started_ago
        sitting.save(update_fields=["started_at", "deadline"])
    return sitting


def token_of(sitting: Sitting) -> SittingToken:
    return SittingToken(
        sitting.pk, sitting.candidate_id, None if sitting.candidate_id else sitting.guest_key
    )


def key_shown(response: Response) -> str:
    """The right response to a question, in the letters of its sitting."""
    version = response.form_question.version
    shown = letters.to_shown(version.key, response.option_order)
    return "".join(sorted(shown)) if version.kind in {"single", "multiple"} else shown


def wrong_shown(response: Response) -> str:
    """A complete response that is not right, in the letters of its sitting."""
    key = key_shown(response)
    if response.choose_count == 1:
        return "B" if key == "A" else "A"
    if response.form_question.version.kind == "multiple":
        return "".join(sorted(set(letters.ALPHABET[: len(response.option_order)]) - set(key)))[
            : len(key)
        ].ljust(len(key), key[0])
    return key[1:] + key[0] if key[1:] + key[0] != key else key[::-1]


def respond(sitting: Sitting, position: int, selected: str, *, is_flagged: bool = False) -> None:
    """Save one response the way the room does."""
    response = sitting.responses.get(position=position)
    change = Change(position, response.revision, selected, response.struck, is_flagged)
    assert delivery.respond(token_of(sitting), change) is not None


def respond_all(sitting: Sitting, *, right: int) -> None:
    """The first `right` questions right, the others wrong."""
    rows = sitting.responses.select_related("form_question__version").order_by("position")
    for response in rows:
        pick = key_shown if response.position <= right else wrong_shown
        Response.objects.filter(pk=response.pk).update(
            selected=pick(response), revision=1, responded_at=timezone.now()
        )


def submit(sitting: Sitting, at: datetime | None = None) -> Sitting:
    """Submit through the door; `at` moves the recorded moment afterwards."""
    assert delivery.submit(token_of(sitting))
    if at:
        Sitting.objects.filter(pk=sitting.pk).update(submitted_at=at)
    sitting.refresh_from_db()
    return sitting
