"""Results that wait, a pass with all that follows it, and an exam that a code opens."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from exams import access
from exams.models import Exam
from questions.models import Certification, QuestionVersion
from scoring import certificates
from scoring.models import Result
from tests.exams.factories import make_form, make_sitting, make_user, respond_all, submit


def make_after() -> dict[str, str]:
    """Somebody has sat exams that show their results later, after a survey, and at once."""
    sitter = User.objects.create_user("sitter@passline.example", "sitter-passline")
    final = make_small("final", name="Final exam", is_restricted=True, position=90)
    code = access.make(final, 1)[0].code
    later = sat(make_small("later", results_mode="later"), sitter, right=7)
    survey = sat(make_small("survey", results_mode="survey"), sitter, right=7)
    rewarded = sat(make_small("rewarded", reward=final), sitter, right=9)
    nameless = sat(make_small("nameless"), sitter, right=8)
    Exam.objects.filter(slug__in=("later", "survey", "rewarded", "nameless")).update(opened_at=None)
    return {
        "waiting": str(later.pk),
        "surveyed": str(survey.pk),
        "rewarded": str(rewarded.pk),
        "nameless": str(nameless.pk),
        "code": code,
        "certificate": str(certificates.issue(rewarded, name="Ada Lovelace").token),
        "withdrawn": make_withdrawn(rewarded.exam),
    }


def make_small(slug: str, **fields: Any) -> Exam:
    """An open exam of ten questions, with a form."""
    exam = Exam.objects.create(
        certification=Certification.objects.get(code="MLS-C01"),
        slug=slug,
        pool="exam",
        question_count=10,
        minutes=30,
        opened_at=timezone.now(),
        **{"name": "Short mock exam", "position": 91, **fields},
    )
    shown = QuestionVersion.objects.filter(form_questions__form__exam__slug="mls-c01-mock-4")
    make_form(exam, list(shown.order_by("form_questions__position")[:10]))
    return exam


def sat(exam: Exam, candidate: User, *, right: int) -> Any:
    sitting = make_sitting(exam.forms.get(), candidate, started_ago=timedelta(hours=5))
    respond_all(sitting, right=right)
    return submit(sitting, at=sitting.started_at + timedelta(minutes=21))


def make_withdrawn(exam: Exam) -> str:
    """A certificate whose pass was taken away."""
    sitting = sat(exam, make_user("holder@passline.example"), right=8)
    token = certificates.issue(sitting, name="Grace Hopper").token
    Result.objects.filter(pk=sitting.pk).update(has_passed=False)
    return str(token)
