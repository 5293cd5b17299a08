"""Drawing a form from the bank to the blueprint, and freezing it before anyone sits it."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from exams.blueprint import quotas
from exams.models import Exam, ExamForm, FormQuestion
from questions.models import Certification, Domain, QuestionVersion


class BankTooSmall(Exception):
    """A domain has fewer fresh questions than the blueprint asks of it."""

    def __init__(self, exam: Exam, shortages: list[tuple[Domain, int, int]]) -> None:
        self.shortages = shortages
        super().__init__(
            f"The bank is too small for {exam}: "
            + "; ".join(
                f"domain {domain} needs {needed} questions and has {found}, {needed - found} short"
                for domain, needed, found in shortages
            )
            + "."
        )


@dataclass(frozen=True)
class Drawn:
    version: QuestionVersion
    is_scored: bool


@transaction.atomic
def draw_form(exam: Exam, *, rng: random.Random) -> ExamForm:
    """Draw a form of questions that no other form of the certification has, and freeze it.

    Raises BankTooSmall, naming every domain that is short; no other domain fills in. Draws of one
    certification take turns: two exams of it must not draw the same question.
    """
    Certification.objects.select_for_update(no_key=True).get(pk=exam.certification_id)
    drawn = draw(exam, fresh_by_domain(exam), rng)
    number = (exam.forms.aggregate(last=Max("number"))["last"] or 0) + 1
    form = ExamForm.objects.create(exam=exam, number=number, frozen_at=Now())
    FormQuestion.objects.bulk_create(
        FormQuestion(form=form, position=place, version=one.version, is_scored=one.is_scored)
        for place, one in enumerate(drawn, start=1)
    )
    return form


def fresh_by_domain(exam: Exam) -> dict[int, list[QuestionVersion]]:
    """What may be drawn, by domain id: current versions of questions not yet on any form."""
    taken = FormQuestion.objects.filter(form__exam__certification=exam.certification)
    fresh = (
        QuestionVersion.objects.drawable(exam.certification, exam.pool)
        .exclude(question__in=taken.values("version__question"))
        .order_by("question__external_id")
        .select_related("question__task")
    )
    by_domain = defaultdict(list)
    for version in fresh:
        by_domain[version.question.task.domain_id].append(version)
    return by_domain


def draw(
    exam: Exam, fresh: dict[int, list[QuestionVersion]], rng: random.Random
) -> Sequence[Drawn]:
    """The questions of one form in a random order, scored and unscored to the blueprint each."""
    domains = list(exam.certification.domains.order_by("number"))
    weights = [domain.weight for domain in domains]
    whole = quotas(weights, exam.question_count)
    scored = quotas(weights, exam.scored_count, caps=whole)
    refuse_shortage(exam, domains, whole, fresh)
    drawn = [
        Drawn(version, is_scored=place < scored_count)
        for domain, count, scored_count in zip(domains, whole, scored, strict=True)
        for place, version in enumerate(rng.sample(fresh.get(domain.pk, []), count))
    ]
    rng.shuffle(drawn)
    return drawn


def refuse_shortage(
    exam: Exam,
    domains: Sequence[Domain],
    needed: Sequence[int],
    fresh: dict[int, list[QuestionVersion]],
) -> None:
    shortages = [
        (domain, count, found)
        for domain, count in zip(domains, needed, strict=True)
        if (found := len(fresh.get(domain.pk, []))) < count
    ]
    if shortages:
        raise BankTooSmall(exam, shortages)
