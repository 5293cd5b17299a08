"""Drawing forms from the bank to the blueprint, frozen before anyone sits them.

Stratified drawing is the rule. Forms that must be alike in difficulty too, or that chance does not
find, are put together by exams/parallel.py.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import inf
from statistics import fmean

from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Now

from exams.blueprint import quotas
from exams.limits import BankQuestion, Limits, NoParallelForms
from exams.models import Exam, ExamForm, FormQuestion
from exams.parallel import parallel_forms
from questions.models import Certification, Domain, Question, QuestionVersion

TOLERANCE = 1.0  # points of Angoff: so the means of two parallel forms are within two
TRIES = 20  # stratified draws before the solver is asked to keep enemies apart
SECONDS = 10.0

Enemies = Collection[tuple[int, int]]


class NotDrawn(Exception):
    """There is no form to the blueprint; the message says why."""


class BankTooSmall(NotDrawn):
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


class LimitsClash(NotDrawn):
    """The bank cannot keep all limits at once; `cause.reasons` are those in the way."""

    def __init__(
        self, exam: Exam, count: int, cause: NoParallelForms, *, unrated_count: int = 0
    ) -> None:
        self.reasons = cause.reasons
        wanted = "form" if count == 1 else f"{count} parallel forms"
        left_out = (
            f" Left out, having no Angoff estimate: {unrated_count}." if unrated_count else ""
        )
        super().__init__(f"No {wanted} can be drawn for {exam}: {cause}.{left_out}")


@dataclass(frozen=True)
class Drawn:
    version: QuestionVersion
    is_scored: bool


@transaction.atomic
def draw_form(exam: Exam, *, rng: random.Random, is_frozen: bool = True) -> ExamForm:
    """Draw a form of questions that no other form of the certification has; frozen, or a draft.

    Raises NotDrawn, naming every domain that is short; no other domain fills in. Draws of one
    certification take turns: two exams of it must not draw the same question.
    """
    take_turns(exam)
    drawn = draw(exam, fresh_by_domain(exam), enemies_of(exam), rng)
    return write_forms([exam], [drawn], is_frozen=is_frozen)[0]


@transaction.atomic
def draw_parallel_forms(
    exams: Sequence[Exam],
    *,
    rng: random.Random,
    tolerance: float = TOLERANCE,
    seconds: float = SECONDS,
    is_frozen: bool = True,
) -> list[ExamForm]:
    """Draw a form of each exam, all alike: one named k times gets k forms.

    They share no question, keep enemies apart, have every task and about as many questions of a
    kind, and each has a mean Angoff estimate within `tolerance` points of what the fresh part of
    the bank has by the blueprint. Questions without an estimate are left out. The exams are of one
    certification, pool and length. Raises LimitsClash with the reasons.
    """
    exam = exams[0]
    if len({blueprint_of(one) for one in exams}) > 1:
        raise ValueError("Parallel forms need exams of one certification, pool and length.")
    take_turns(exam)
    fresh = list(chain.from_iterable(fresh_by_domain(exam).values()))
    rng.shuffle(fresh)
    drawn = draw_parallel(exam, fresh, len(exams), rng, tolerance=tolerance, seconds=seconds)
    return write_forms(exams, drawn, is_frozen=is_frozen)


def blueprint_of(exam: Exam) -> tuple[int, str, int, int]:
    """What exams must have in common for their forms to be parallel."""
    return exam.certification_id, exam.pool, exam.question_count, exam.unscored_count


def take_turns(exam: Exam) -> None:
    Certification.objects.select_for_update(no_key=True).get(pk=exam.certification_id)


def write_forms(
    exams: Sequence[Exam], drawn: Sequence[Sequence[Drawn]], *, is_frozen: bool
) -> list[ExamForm]:
    """A form of each exam with its questions in the order given."""
    rows = Exam.objects.filter(pk__in={exam.pk for exam in exams})
    last = dict(rows.annotate(last=Max("forms__number")).values_list("pk", "last"))
    forms = []
    for exam in exams:
        last[exam.pk] = (last[exam.pk] or 0) + 1
        frozen_at = Now() if is_frozen else None
        forms.append(ExamForm(exam=exam, number=last[exam.pk], frozen_at=frozen_at))
    ExamForm.objects.bulk_create(forms)
    FormQuestion.objects.bulk_create(
        FormQuestion(form=form, position=place, version=one.version, is_scored=one.is_scored)
        for form, questions in zip(forms, drawn, strict=True)
        for place, one in enumerate(questions, start=1)
    )
    return forms


# --- What there is to draw from


def fresh_by_domain(exam: Exam) -> dict[int, list[QuestionVersion]]:
    """What may be drawn, by domain id: current versions of questions not yet on any form."""
    taken = FormQuestion.objects.filter(form__exam__certification=exam.certification)
    fresh = (
        QuestionVersion.objects.drawable(exam.certification, exam.pool)
        .exclude(question__in=taken.values("version__question"))
        .order_by("question__external_id")
        .select_related("question__task__domain")
    )
    by_domain = defaultdict(list)
    for version in fresh:
        by_domain[version.question.task.domain_id].append(version)
    return by_domain


def enemies_of(exam: Exam) -> set[tuple[int, int]]:
    """Pairs of questions that are never on one form, the smaller id first."""
    pairs = Question.enemies.through.objects.filter(
        from_question__certification=exam.certification_id,
        from_question__lt=F("to_question"),
    )
    return set(pairs.values_list("from_question", "to_question"))


def domains_of(exam: Exam) -> list[Domain]:
    return list(exam.certification.domains.order_by("number"))


def quotas_of(exam: Exam, domains: Sequence[Domain]) -> tuple[dict[str, int], dict[str, int]]:
    """How many questions of each domain are on a form, and how many of them are scored."""
    weights = [domain.weight for domain in domains]
    whole = quotas(weights, exam.question_count)
    scored = quotas(weights, exam.scored_count, caps=whole)
    names = [str(domain) for domain in domains]
    return dict(zip(names, whole, strict=True)), dict(zip(names, scored, strict=True))


# --- Stratified drawing


def draw(
    exam: Exam, fresh: dict[int, list[QuestionVersion]], enemies: Enemies, rng: random.Random
) -> Sequence[Drawn]:
    """The questions of one form in a random order, scored and unscored to the blueprint each."""
    domains = domains_of(exam)
    whole, scored = (list(counts.values()) for counts in quotas_of(exam, domains))
    refuse_shortage(exam, domains, whole, fresh)
    strata = [fresh.get(domain.pk, []) for domain in domains]
    picked = pick_peaceful(exam, strata, whole, enemies, rng)
    drawn = [
        Drawn(version, is_scored=place < scored_count)
        for versions, scored_count in zip(picked, scored, strict=True)
        for place, version in enumerate(versions)
    ]
    rng.shuffle(drawn)
    return drawn


def pick_peaceful(
    exam: Exam,
    strata: Sequence[Sequence[QuestionVersion]],
    counts: Sequence[int],
    enemies: Enemies,
    rng: random.Random,
) -> list[list[QuestionVersion]]:
    """So many of each stratum, no two of them enemies; by chance first, then by the solver."""
    hostile = defaultdict[int, set[int]](set)
    for one, other in enemies:
        hostile[one].add(other)
        hostile[other].add(one)
    for _ in range(TRIES):
        picked = pick(strata, counts, hostile, rng)
        if [len(versions) for versions in picked] == list(counts):
            return picked
    return pick_solved(exam, strata, counts, enemies, rng)


def pick(
    strata: Sequence[Sequence[QuestionVersion]],
    counts: Sequence[int],
    hostile: Mapping[int, set[int]],
    rng: random.Random,
) -> list[list[QuestionVersion]]:
    """Up to so many of each stratum at random, passing by the enemies of those picked before."""
    barred: set[int] = set()
    picked = []
    for versions, count in zip(strata, counts, strict=True):
        chosen: list[QuestionVersion] = []
        for version in rng.sample(versions, len(versions)):
            if len(chosen) < count and version.question_id not in barred:
                chosen.append(version)
                barred |= hostile.get(version.question_id, set())
        picked.append(chosen)
    return picked


def pick_solved(
    exam: Exam,
    strata: Sequence[Sequence[QuestionVersion]],
    counts: Sequence[int],
    enemies: Enemies,
    rng: random.Random,
) -> list[list[QuestionVersion]]:
    """The same by the solver, which finds what chance has missed or says what is in the way."""
    shuffled = [rng.sample(versions, len(versions)) for versions in strata]
    bank = [bank_question(version) for versions in shuffled for version in versions]
    whole = quotas_of(exam, domains_of(exam))[0]
    limits = Limits(quotas=whole, target=0, tolerance=inf, enemies=enemies, covers_tasks=False)
    try:
        chosen = set(parallel_forms(bank, limits, count=1, seconds=SECONDS)[0])
    except NoParallelForms as error:
        raise LimitsClash(exam, 1, error) from error
    return [[one for one in versions if one.question_id in chosen] for versions in shuffled]


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


# --- Parallel forms


def draw_parallel(
    exam: Exam,
    fresh: Sequence[QuestionVersion],
    count: int,
    rng: random.Random,
    *,
    tolerance: float,
    seconds: float,
) -> list[list[Drawn]]:
    """The questions of each form in a random order; raises LimitsClash."""
    versions = {one.question_id: one for one in fresh if one.question.angoff is not None}
    bank = [bank_question(version) for version in versions.values()]
    whole, scored = quotas_of(exam, domains_of(exam))
    limits = Limits(
        quotas=whole,
        target=expected_difficulty(bank, whole),
        tolerance=tolerance,
        kinds=kind_bounds(bank, exam.question_count),
        enemies=enemies_of(exam),
    )
    try:
        forms = parallel_forms(bank, limits, count=count, seconds=seconds)
    except NoParallelForms as error:
        unrated_count = len(fresh) - len(versions)
        raise LimitsClash(exam, count, error, unrated_count=unrated_count) from error
    drawn = []
    for ids in forms:
        on_form = [one for one in bank if one.id in set(ids)]
        counted = scored_ids(on_form, scored, limits.target)
        questions = [Drawn(versions[each], is_scored=each in counted) for each in ids]
        drawn.append(rng.sample(questions, len(questions)))
    return drawn


def bank_question(version: QuestionVersion) -> BankQuestion:
    question = version.question
    return BankQuestion(
        id=question.pk,
        name=question.external_id,
        domain=str(question.task.domain),
        task=str(question.task),
        kind=version.kind,
        difficulty=question.angoff or 0,
    )


def expected_difficulty(bank: Iterable[BankQuestion], whole: Mapping[str, int]) -> float:
    """The mean Angoff estimate that stratified draws from this bank have on average."""
    by_domain = defaultdict(list)
    for one in bank:
        by_domain[one.domain].append(one.difficulty)
    known = {domain: count for domain, count in whole.items() if by_domain[domain]}
    total = sum(count * fmean(by_domain[domain]) for domain, count in known.items())
    return total / sum(known.values()) if any(known.values()) else 0.0


def kind_bounds(bank: Sequence[BankQuestion], length: int) -> dict[str, tuple[int, int]]:
    """A form's fair share of each kind in the bank, rounded down and up."""
    counts = Counter(one.kind for one in bank)
    return {
        kind: (count * length // len(bank), -(-count * length // len(bank)))
        for kind, count in counts.items()
    }


def scored_ids(form: Sequence[BankQuestion], scored: Mapping[str, int], target: float) -> set[int]:
    """Which questions of the form are scored: to the blueprint, and as hard as the target."""
    limits = Limits(quotas=scored, target=target, covers_tasks=False)
    return set(parallel_forms(form, limits, count=1, seconds=SECONDS)[0])
