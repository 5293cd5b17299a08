"""A form laid open: its questions, how it stands to the blueprint, what could replace a question.

A form keeps three limits beside the blueprint: its share of each kind, every task that the bank has
questions of, and a mean difficulty near that of the bank. A swap may not take it further from any.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

from django.utils.translation import gettext as _

from exams.assembly import (
    TOLERANCE,
    bank_question,
    domains_of,
    enemies_of,
    expected_difficulty,
    kind_bounds,
    quotas_of,
)
from exams.coverage import forms_by_question, sittings_by_form
from exams.limits import BankQuestion
from exams.models import ExamForm
from questions.models import Question, QuestionVersion

Kind = QuestionVersion.Kind

COLUMNS = (
    "number",
    "kind",
    "key",
    "corrected_key",
    "question__external_id",
    "question__angoff",
    "question__pool",
    "question__certification_id",
    "question__retired_at",
    "question__task__number",
    "question__task__name",
    "question__task__domain__number",
    "question__task__domain__name",
)


@dataclass(frozen=True)
class Place:
    """A question on the form; `shown_count` sittings showed it, on whatever form."""

    position: int
    version: QuestionVersion
    is_scored: bool
    shown_count: int

    @property
    def question(self) -> Question:
        return self.version.question

    @cached_property
    def known(self) -> BankQuestion:
        return bank_question(self.version)


@dataclass(frozen=True)
class Share:
    """How many questions of a domain are on the form, and how many should be."""

    domain: str
    found: int
    needed: int
    scored_found: int
    scored_needed: int

    @property
    def is_kept(self) -> bool:
        return (self.found, self.scored_found) == (self.needed, self.scored_needed)


@dataclass(frozen=True)
class KindShare:
    kind: Kind
    found: int
    fewest: int
    most: int

    @property
    def is_kept(self) -> bool:
        return self.fewest <= self.found <= self.most


class FormSheet:
    """A form as it stands: six statements, however long it is, with its exam read before."""

    def __init__(self, form: ExamForm) -> None:
        self.form, self.exam = form, form.exam
        certification = self.exam.certification
        drawable = QuestionVersion.objects.drawable(certification, self.exam.pool)
        self.bank = list(
            drawable.select_related("question__task__domain")
            .only(*COLUMNS)
            .order_by("question__external_id")
        )
        self.forms = forms_by_question(certification)
        self.sittings = sittings_by_form(certification)
        self.enemies = enemies_of(self.exam)
        self.whole, self.scored = quotas_of(self.exam, domains_of(self.exam))
        self.places = self.read_places()

    def read_places(self) -> list[Place]:
        rows = (
            self.form.form_questions.select_related("version__question__task__domain")
            .only("position", "is_scored", "form_id", *(f"version__{each}" for each in COLUMNS))
            .order_by("position")
        )
        return [
            Place(row.position, row.version, row.is_scored, self.shown_count(row.version))
            for row in rows
        ]

    def shown_count(self, version: QuestionVersion) -> int:
        return sum(self.sittings[form] for form in self.forms[version.question_id])

    # --- Figures

    @cached_property
    def known_bank(self) -> list[BankQuestion]:
        return [bank_question(version) for version in self.bank]

    @cached_property
    def target(self) -> float | None:
        """The mean Angoff estimate that forms of this pool have on average."""
        rated = [
            known
            for version, known in zip(self.bank, self.known_bank, strict=True)
            if version.question.angoff is not None
        ]
        return expected_difficulty(rated, self.whole) if rated else None

    @property
    def angoff(self) -> float | None:
        return mean_angoff(place.version for place in self.places)

    @property
    def scored_angoff(self) -> float | None:
        return mean_angoff(place.version for place in self.places if place.is_scored)

    @property
    def shares(self) -> list[Share]:
        found = Counter(place.known.domain for place in self.places)
        scored = Counter(place.known.domain for place in self.places if place.is_scored)
        return [
            Share(domain, found[domain], needed, scored[domain], self.scored[domain])
            for domain, needed in self.whole.items()
        ]

    @cached_property
    def kind_bounds(self) -> dict[str, tuple[int, int]]:
        return kind_bounds(self.known_bank, self.exam.question_count)

    @property
    def kinds(self) -> list[KindShare]:
        found = Counter(place.version.kind for place in self.places)
        return [
            KindShare(kind, found[kind], *self.kind_bounds.get(kind, (0, 0)))
            for kind in Kind
            if found[kind] or kind in self.kind_bounds
        ]

    @property
    def key_places(self) -> dict[str, int]:
        """How often each letter is the key of a single choice, as its author wrote it."""
        keys = Counter(
            place.version.scoring_key for place in self.places if place.version.kind == Kind.SINGLE
        )
        return dict(sorted(keys.items()))

    @cached_property
    def expected_tasks(self) -> set[tuple[str, str]]:
        """Domain and task of what a form has room for and the bank has questions of."""
        by_domain = defaultdict(set)
        for known in self.known_bank:
            by_domain[known.domain].add(known.task)
        return {
            (domain, task)
            for domain, tasks in by_domain.items()
            for task in tasks
            if len(tasks) <= self.whole.get(domain, 0)
        }

    @property
    def missing_tasks(self) -> list[str]:
        found = {(place.known.domain, place.known.task) for place in self.places}
        return sorted(task for _domain, task in self.expected_tasks - found)

    # --- What stands against freezing it

    @property
    def faults(self) -> list[str]:
        """Every way in which the form breaks its blueprint, in a sentence each."""
        return [*self.share_faults(), *self.question_faults(), *self.company_faults()]

    def share_faults(self) -> list[str]:
        words = _(
            "Domain %(domain)s has %(found)d questions, %(scored_found)d of them scored; it needs"
            " %(needed)d and %(scored_needed)d."
        )
        faults = [words % vars(share) for share in self.shares if not share.is_kept]
        if [place.position for place in self.places] != list(range(1, len(self.places) + 1)):
            faults.append(_("The places do not count up from 1 without a gap."))
        return faults

    def question_faults(self) -> list[str]:
        current = {version.pk: version for version in self.bank}
        newest = {version.question_id: version for version in self.bank}
        return [
            fault_of(place, newest.get(place.version.question_id))
            for place in self.places
            if place.version.pk not in current
        ]

    def company_faults(self) -> list[str]:
        """What two questions of the form, or two forms, may not have in common."""
        names = {place.version.question_id: str(place.question) for place in self.places}
        twice = Counter(place.version.question_id for place in self.places)
        both = [pair for pair in sorted(self.enemies) if names.keys() >= set(pair)]
        elsewhere = [one for one in names if set(self.forms[one]) - {self.form.pk}]
        return [
            *(
                _("%(one)s and %(other)s are never to be on one form.")
                % {"one": names[one], "other": names[other]}
                for one, other in both
            ),
            *(_("%s is on the form twice.") % names[one] for one in names if twice[one] > 1),
            *(_("%s is on another form as well.") % names[one] for one in elsewhere),
        ]

    # --- What could replace a question

    def place(self, position: int) -> Place | None:
        return next((place for place in self.places if place.position == position), None)

    def candidates(self, place: Place) -> list[QuestionVersion]:
        """What may stand there instead, what is most like it first."""
        others = [one for one in self.places if one is not place]
        hostile = self.hostile_to(others)
        fitting = [
            version
            for version, known in zip(self.bank, self.known_bank, strict=True)
            if known.domain == place.known.domain
            and version.question_id not in hostile
            and self.is_free(version, place)
            and self.keeps_limits(place, version, known)
        ]
        angoff = place.question.angoff or 0
        return sorted(
            fitting,
            key=lambda one: (
                one.question.task_id != place.question.task_id,
                abs((one.question.angoff or 0) - angoff),
                one.question.external_id,
            ),
        )

    def hostile_to(self, places: Sequence[Place]) -> set[int]:
        there = {place.version.question_id for place in places}
        pairs = [*self.enemies, *((other, one) for one, other in self.enemies)]
        return {other for one, other in pairs if one in there}

    def is_free(self, version: QuestionVersion, place: Place) -> bool:
        """On no form yet, or a newer version of the question that stands there."""
        if version.question_id == place.version.question_id:
            is_elsewhere = set(self.forms[version.question_id]) - {self.form.pk}
            return version.pk != place.version.pk and not is_elsewhere
        return not self.forms[version.question_id]

    def keeps_limits(self, place: Place, version: QuestionVersion, known: BankQuestion) -> bool:
        return (
            self.keeps_kinds(place.version.kind, version.kind)
            and self.keeps_tasks(place, known)
            and self.keeps_difficulty(place.question.angoff, version.question.angoff)
        )

    def keeps_kinds(self, leaving: str, coming: str) -> bool:
        if leaving == coming:
            return True
        shares = {share.kind: share for share in self.kinds}
        one, other = shares[Kind(leaving)], shares[Kind(coming)]
        return one.found - 1 >= one.fewest and other.found + 1 <= other.most

    def keeps_tasks(self, place: Place, known: BankQuestion) -> bool:
        """Whether no task is lost that the form is expected to have."""
        leaving = place.known.domain, place.known.task
        count = sum((one.known.domain, one.known.task) == leaving for one in self.places)
        is_last = count == 1 and leaving in self.expected_tasks
        return known.task == place.known.task or not is_last

    def keeps_difficulty(self, leaving: int | None, coming: int | None) -> bool:
        """Within the tolerance after the swap, or no further from the target than before."""
        if self.target is None or self.angoff is None or leaving is None:
            return True
        if coming is None:
            return False
        rated = sum(place.question.angoff is not None for place in self.places)
        after = self.angoff + (coming - leaving) / rated
        before = abs(self.angoff - self.target)
        return abs(after - self.target) <= max(TOLERANCE, before)


def mean_angoff(versions: Iterable[QuestionVersion]) -> float | None:
    rated = [one.question.angoff for one in versions if one.question.angoff is not None]
    return fmean(rated) if rated else None


def fault_of(place: Place, newest: QuestionVersion | None) -> str:
    """Why a version that the bank would not draw now is out of place."""
    words = {"question": str(place.question), "place": place.position}
    if place.question.retired_at:
        return _("%(question)s at place %(place)d is retired.") % words
    if newest is not None:
        return _("%(question)s at place %(place)d has a newer version.") % words
    return _("%(question)s at place %(place)d is not in the pool of this exam.") % words
