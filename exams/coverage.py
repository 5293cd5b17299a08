"""How well the bank covers a certification: what there is, what forms need, what was shown."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from django.db.models import Count, Exists, OuterRef

from exams.blueprint import quotas
from exams.models import Exam, FormQuestion, Sitting
from questions.models import Certification, Domain, Question, QuestionVersion, Task

Pool = Question.Pool


class State(StrEnum):
    """Where a question stands; an open draft of a published one changes nothing."""

    PUBLISHED = "published"
    IN_REVIEW = "in_review"
    DRAFT = "draft"
    RETIRED = "retired"


@dataclass(frozen=True)
class Held:
    """A question of the bank; `form_count` forms have it, `shown_count` sittings showed it."""

    task_id: int
    pool: str
    state: State
    angoff: int | None
    form_count: int
    shown_count: int


@dataclass(frozen=True)
class Line:
    """Questions of a task, a domain or a whole pool; `needed` is None where no exam asks."""

    counts: Mapping[State, int]
    fresh_count: int
    angoff: float | None
    shown: tuple[int, float, int] | None
    needed: int | None = None

    @property
    def published(self) -> int:
        return self.counts[State.PUBLISHED]

    @property
    def in_review(self) -> int:
        return self.counts[State.IN_REVIEW]

    @property
    def drafts(self) -> int:
        return self.counts[State.DRAFT]

    @property
    def retired(self) -> int:
        return self.counts[State.RETIRED]

    @property
    def shortage(self) -> int:
        """How many published questions are missing for what is needed."""
        return max(0, (self.needed or 0) - self.published)


@dataclass(frozen=True)
class DomainCoverage:
    domain: Domain
    line: Line
    tasks: Sequence[tuple[Task, Line]]


@dataclass(frozen=True)
class PoolCoverage:
    """One pool; `exam` is the one that needs are counted for, if it draws from this pool."""

    pool: Pool
    exam: Exam | None
    line: Line
    domains: Sequence[DomainCoverage]


def coverage(certification: Certification, *, exam: Exam | None, count: int) -> list[PoolCoverage]:
    """Pool by pool, that of `exam` first; what `count` of its forms need without overlap.

    Pools without a question are left out unless the exam draws from them. Five statements.
    """
    domains = list(certification.domains.order_by("number"))
    tasks = defaultdict(list)
    for task in Task.objects.filter(domain__in=domains).order_by("number"):
        tasks[task.domain_id].append(task)
    by_pool = defaultdict(list)
    for one in held(certification):
        by_pool[one.pool].append(one)
    first = exam.pool if exam else ""
    return [
        pool_coverage(pool, by_pool[pool], domains, tasks, exam=exam, count=count)
        for pool in sorted(Pool, key=lambda pool: pool != first)
        if by_pool[pool] or pool == first
    ]


def pool_coverage(
    pool: Pool,
    questions: Sequence[Held],
    domains: Sequence[Domain],
    tasks: Mapping[int, Sequence[Task]],
    *,
    exam: Exam | None,
    count: int,
) -> PoolCoverage:
    exam = exam if exam and exam.pool == pool else None
    by_task = defaultdict(list)
    for one in questions:
        by_task[one.task_id].append(one)
    weights = [domain.weight for domain in domains]
    shares: Sequence[int | None] = [None] * len(domains)
    if exam and domains:
        shares = quotas(weights, exam.question_count)
    covered = [
        domain_coverage(domain, tasks.get(domain.pk, []), by_task, share, count)
        for domain, share in zip(domains, shares, strict=True)
    ]
    needed = exam.question_count * count if exam else None
    return PoolCoverage(pool, exam, line(questions, needed), covered)


def domain_coverage(
    domain: Domain,
    tasks: Sequence[Task],
    by_task: Mapping[int, Sequence[Held]],
    share: int | None,
    count: int,
) -> DomainCoverage:
    """A task is needed once a form, where the domain's share of a form has room for them all."""
    every = [one for task in tasks for one in by_task.get(task.pk, [])]
    has_room = share is not None and share >= len(tasks)
    of_task = count if has_room else None
    return DomainCoverage(
        domain,
        line(every, None if share is None else share * count),
        [(task, line(by_task.get(task.pk, []), of_task)) for task in tasks],
    )


def line(questions: Sequence[Held], needed: int | None) -> Line:
    published = [one for one in questions if one.state is State.PUBLISHED]
    ratings = [one.angoff for one in published if one.angoff is not None]
    shown = [one.shown_count for one in published]
    return Line(
        counts=Counter(one.state for one in questions),
        fresh_count=sum(not one.form_count for one in published),
        angoff=fmean(ratings) if ratings else None,
        shown=(min(shown), fmean(shown), max(shown)) if shown else None,
        needed=needed,
    )


# --- What is read


def held(certification: Certification) -> list[Held]:
    """Every question of the certification. Three statements."""
    forms = forms_by_question(certification)
    sittings = sittings_by_form(certification)
    versions = QuestionVersion.objects.filter(question=OuterRef("pk"))
    rows = Question.objects.filter(certification=certification).annotate(
        is_published=Exists(versions.published()), is_in_review=Exists(versions.in_review())
    )
    return [
        Held(
            task_id=task_id,
            pool=pool,
            state=state_of(retired_at is not None, is_published, is_in_review),
            angoff=angoff,
            form_count=len(forms[pk]),
            shown_count=sum(sittings[form] for form in forms[pk]),
        )
        for pk, task_id, pool, angoff, retired_at, is_published, is_in_review in rows.values_list(
            "pk", "task_id", "pool", "angoff", "retired_at", "is_published", "is_in_review"
        )
    ]


def state_of(is_retired: bool, is_published: bool, is_in_review: bool) -> State:
    if is_retired:
        return State.RETIRED
    if is_published:
        return State.PUBLISHED
    return State.IN_REVIEW if is_in_review else State.DRAFT


def forms_by_question(certification: Certification) -> defaultdict[int, list[int]]:
    """The ids of the forms that have a question, drafts of forms too."""
    forms = defaultdict(list)
    rows = FormQuestion.objects.filter(form__exam__certification=certification)
    for question_id, form_id in rows.values_list("version__question", "form"):
        forms[question_id].append(form_id)
    return forms


def sittings_by_form(certification: Certification) -> Counter[int]:
    rows = Sitting.objects.filter(form__exam__certification=certification).order_by()
    counts: Iterable[tuple[int, int]] = rows.values_list("form").annotate(count=Count("pk"))
    return Counter(dict(counts))
