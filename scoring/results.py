"""Writes what a sitting was worth: its result and the domain results, from the responses alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Self

from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import BigIntegerField, Func, Value
from django.db.models.functions import Now

from exams.models import Exam, Response, Sitting
from questions.models import QuestionVersion
from scoring import keys, scaling
from scoring.keys import Ruling
from scoring.models import DomainResult, Result

# A statement takes 65,535 parameters at the most.
BATCH = 2000


@dataclass(frozen=True)
class Scale:
    """What a sitting is measured on: kept with the result, so that no later setting moves it."""

    cut_share: Decimal
    cut_score: int
    floor_score: int
    ceiling_score: int

    @classmethod
    def of(cls, owner: Exam | Result) -> Self:
        return cls(owner.cut_share, owner.cut_score, owner.floor_score, owner.ceiling_score)


class Said(NamedTuple):
    """A response to a scored question, with all that judges it."""

    sitting_id: int
    version_id: int
    domain_id: int
    kind: str
    key: str
    corrected_key: str
    withdrawn_at: datetime | None
    selected: str
    option_order: str

    @property
    def ruling(self) -> Ruling:
        return Ruling(self.corrected_key or self.key, self.withdrawn_at is not None)


@dataclass
class Tally:
    """The scored questions of a sitting, and those of them that are right, by domain id."""

    scored: Counter[int] = field(default_factory=Counter)
    right: Counter[int] = field(default_factory=Counter)

    def add(self, said: Said, ruling: Ruling) -> None:
        is_credited = keys.is_credited(said.kind, said.selected, said.option_order, ruling)
        self.scored[said.domain_id] += 1
        self.right[said.domain_id] += is_credited


def score(sitting: Sitting) -> Result:
    """Measure a sitting just submitted: three statements, its exam already at hand.

    To be called in the transaction that submits, so that a submitted sitting has its result.
    A form without a scored question gives a result without a score, and no e-mail.
    """
    return record(sitting, email_due_at=email_due_at(sitting, release_at(sitting)))


def record(sitting: Sitting, *, email_due_at: datetime | None) -> Result:
    tally = count(sitting)
    scale = Scale.of(sitting.exam)
    result: Result = Result.objects.create(
        sitting=sitting,
        scored_at=Now(),
        release_at=release_at(sitting),
        email_due_at=email_due_at if tally.scored else None,
        **vars(scale),
        **measures(tally, scale),
    )
    DomainResult.objects.bulk_create(domain_results(result, tally))
    return result


@transaction.atomic
def rescore(sitting: Sitting) -> Result:
    """Measure a submitted sitting again, on the scale it was first measured on; locks its result.

    The e-mail's columns stay as they are. A result that was missing is made without owing an
    e-mail: it may have been sent before the row was lost.
    """
    result = Result.objects.select_for_update().filter(pk=sitting.pk).first()
    if result is None:
        return record(sitting, email_due_at=None)
    tally = count(sitting)
    Result.objects.filter(pk=result.pk).update(**measures(tally, Scale.of(result)))
    replace_domain_results(result, tally)
    result.refresh_from_db()
    return result


def count(sitting: Sitting) -> Tally:
    """One statement."""
    return tallies([sitting.pk])[sitting.pk]


def tallies(
    sitting_ids: Sequence[int], rulings: Mapping[int, Ruling] | None = None
) -> Mapping[int, Tally]:
    """Count sittings anew, in one statement; empty for one that has no scored question.

    `rulings` by version id stand in for what the bank says: what would be if.
    """
    supposed = rulings or {}
    found: dict[int, Tally] = defaultdict(Tally)
    for row in scored_responses(sitting_ids):
        said = Said(*row)
        found[said.sitting_id].add(said, supposed.get(said.version_id, said.ruling))
    return found


def scored_responses(sitting_ids: Sequence[int]) -> Iterable[tuple[Any, ...]]:
    """The columns of `Said`."""
    version = "form_question__version"
    return (
        Response.objects.filter(sitting__in=any_of(sitting_ids), form_question__is_scored=True)
        .order_by()
        .values_list(
            "sitting_id",
            "form_question__version_id",
            f"{version}__question__task__domain_id",
            f"{version}__kind",
            f"{version}__key",
            f"{version}__corrected_key",
            f"{version}__withdrawn_at",
            "selected",
            "option_order",
        )
    )


def any_of(ids: Sequence[int]) -> Func:
    """For `__in`: one parameter, however many ids."""
    return Func(
        Value(list(ids), ArrayField(BigIntegerField())), template="SELECT unnest(%(expressions)s)"
    )


def ruling_of(version: QuestionVersion) -> Ruling:
    return Ruling(version.scoring_key, version.withdrawn_at is not None)


def measures(tally: Tally, scale: Scale) -> dict[str, Any]:
    raw, n = tally.right.total(), tally.scored.total()
    return {
        "raw_score": raw,
        "scored_count": n,
        "has_passed": scaling.is_pass(raw, n, scale.cut_share) if n else None,
        "scaled_score": scaled_score(raw, n, scale) if n else None,
    }


def scaled_score(raw: int, n: int, scale: Scale) -> int:
    return scaling.scaled_score(
        raw,
        n,
        cut_share=scale.cut_share,
        cut_score=scale.cut_score,
        floor=scale.floor_score,
        ceiling=scale.ceiling_score,
    )


def domain_results(result: Result, tally: Tally) -> list[DomainResult]:
    return [
        DomainResult(
            result=result,
            domain_id=domain_id,
            right_count=tally.right[domain_id],
            scored_count=scored_count,
        )
        for domain_id, scored_count in tally.scored.items()
    ]


def replace_domain_results(result: Result, tally: Tally) -> None:
    result.domain_results.exclude(domain__in=tally.scored).delete()
    put_domain_results(domain_results(result, tally))


def put_domain_results(rows: Sequence[DomainResult]) -> None:
    DomainResult.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["result", "domain"],
        update_fields=["right_count", "scored_count"],
    )


def release_at(sitting: Sitting) -> datetime | None:
    """When its candidate may see the result; None while a survey or staff stand before it."""
    exam = sitting.exam
    if exam.results_mode == Exam.ResultsMode.NOW:
        return sitting.submitted_at
    return exam.release_at if exam.results_mode == Exam.ResultsMode.LATER else None


def email_due_at(sitting: Sitting, released_at: datetime | None) -> datetime | None:
    """When the summary falls due: not before the release; none for a guest or for practice."""
    is_practice = sitting.exam.mode == Exam.Mode.PRACTICE
    if sitting.candidate_id is None or sitting.submitted_at is None or is_practice:
        return None
    return released_at and max(sitting.submitted_at + sitting.exam.email_delay, released_at)
