"""Results for tests, made the way they come about: by submitting a sitting."""

from typing import Any

from accounts.models import User
from exams.models import Exam, Response, Sitting
from scoring.models import Result
from tests.exams.factories import (
    make_exam,
    make_form,
    make_sitting,
    make_user,
    respond_all,
    submit,
)
from tests.questions.factories import make_bank, make_certification


def make_mock(question_count: int = 4, *, unscored: int = 0, **fields: Any) -> Exam:
    """An exam with one form, its questions spread over the four domains."""
    certification = make_certification()
    exam = make_exam(
        certification, question_count=question_count, unscored_count=unscored, **fields
    )
    counts = [len(range(place, question_count, 4)) for place in range(4)]
    make_form(exam, make_bank(certification, counts), unscored=unscored)
    return exam


def make_open_sitting(exam: Exam, candidate: User | None, *, right: int, **fields: Any) -> Sitting:
    """A sitting with the first `right` questions right and the others wrong, not yet submitted."""
    sitting = make_sitting(exam.forms.get(), candidate, **fields)
    respond_all(sitting, right=right)
    return sitting


def make_result(
    candidate: User | None = None,
    *,
    right: int = 3,
    exam: Exam | None = None,
    email: dict[str, Any] | None = None,
) -> Result:
    """A scored sitting whose summary is owed; `email` sets the e-mail's columns, without prefix."""
    sitting = make_open_sitting(exam or make_mock(), candidate or make_user(), right=right)
    submit(sitting)
    return set_email(sitting.result, **email or {})


def set_email(result: Result, **columns: Any) -> Result:
    names = {"sent_at": "emailed_at"}
    values = {names.get(name, f"email_{name}"): value for name, value in columns.items()}
    if values:
        Result.objects.filter(pk=result.pk).update(**values)
    result.refresh_from_db()
    return result


def blank(sitting: Sitting, *positions: int) -> None:
    Response.objects.filter(sitting=sitting, position__in=positions).update(selected="")
