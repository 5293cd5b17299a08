"""The next step toward a pass: one thing to do, and where."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from exams.models import Exam
from questions.models import Question
from scoring.progress_readiness import Outlook

Pool = Question.Pool


@dataclass(frozen=True)
class Step:
    """`text` says why, `label` stands on the button."""

    text: str
    label: str
    url: str


def next_step(
    outlook: Outlook, exams: Sequence[Exam], sat: Collection[int], *, has_begun: bool
) -> Step | None:
    """`exams` are on offer, `sat` the ids of those sat at least once; None if nothing is left."""
    if not has_begun:
        return first(exams)
    if outlook.state == "firm" and outlook.is_ready:
        return celebrate(outlook)
    return fresh(outlook, exams, sat) or practice(outlook)


def first(exams: Sequence[Exam]) -> Step | None:
    """The sample questions, or whatever comes first."""
    exam = next((one for one in exams if one.pool == Pool.SAMPLE), next(iter(exams), None))
    if exam is None:
        return None
    return Step(_("Begin without a clock."), exam.name, reverse("exam_detail", args=[exam.slug]))


def fresh(outlook: Outlook, exams: Sequence[Exam], sat: Collection[int]) -> Step | None:
    """The first mock exam never sat, while there is too little evidence to be firm."""
    if outlook.state == "firm":
        return None
    for exam in exams:
        if is_full(exam) and exam.pk not in sat:
            text = _("Fresh questions say most about your level.")
            url = reverse("exam_detail", args=[exam.slug])
            return Step(text, _("Sit %(exam)s") % {"exam": exam.name}, url)
    return None


def is_full(exam: Exam) -> bool:
    return exam.mode == Exam.Mode.EXAM and exam.pool == Pool.EXAM and not exam.is_restricted


def practice(outlook: Outlook) -> Step | None:
    """Questions never seen."""
    asked = urlencode({"certification": outlook.certification.code, "source": "unseen"})
    try:
        url = f"{reverse('practice')}?{asked}"
    except NoReverseMatch:
        return None
    if outlook.weakest is None:
        return Step(_("Questions never seen say most."), _("Practice unseen questions"), url)
    text = _("%(domain)s has most to gain.") % {"domain": outlook.weakest.name}
    return Step(text, _("Practice unseen questions"), url)


def celebrate(outlook: Outlook) -> Step:
    url = reverse("guide", args=[outlook.certification.code])
    return Step(outlook.advice, _("Read the exam guide once more"), url)
