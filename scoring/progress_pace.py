"""Pace against the allowance, and where the time went: by domain, and the slowest questions.

The pace of a sitting is known from its start and end; where the time went only from sittings whose
seconds were taken question by question. Practice has its own clock and is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean
from typing import Any

from questions.models import Domain, Question
from scoring.evidence import PRACTICE, Judged
from scoring.progress_charts import Bar, bar
from scoring.progress_record import Record, Sat
from scoring.progress_table import Table

SHOWN, SLOWEST = 8, 5
COLUMNS = (
    "sitting", "exam", "submitted_at", "questions", "seconds_used", "seconds_allowed",
    "seconds_per_question", "seconds_allowed_per_question", "measured",
)  # fmt: skip
QUESTION_COLUMNS = (
    "sitting", "position", "submitted_at", "domain_number", "domain", "seconds", "right",
)  # fmt: skip


@dataclass(frozen=True)
class PaceLine:
    """One sitting with a time limit: time for a question, and what it was allowed."""

    sat: Sat
    each: timedelta
    allowed: timedelta
    bar: Bar

    @property
    def is_measured(self) -> bool:
        return self.sat.seconds > 0


@dataclass(frozen=True)
class DomainTime:
    domain: Domain
    count: int
    mean: timedelta
    total: timedelta
    bar: Bar


@dataclass(frozen=True)
class Slow:
    response: Judged
    domain: Domain
    sat: Sat
    time: timedelta


@dataclass(frozen=True)
class Pace:
    """`lines` newest first; `unmeasured` sittings do not know where their time went."""

    lines: Sequence[PaceLine]
    unmeasured: int
    domains: Sequence[DomainTime]
    slowest: Sequence[Slow]
    allowance: timedelta
    right: timedelta | None
    wrong: timedelta | None

    @property
    def is_measured(self) -> bool:
        return bool(self.slowest)


def pace(record: Record) -> Pace:
    timed = timed_mocks(record)
    taken = measured(record)
    allowance = allowance_of(record)
    return Pace(
        lines=[line(sat) for sat in reversed(timed[-SHOWN:])],
        unmeasured=sum(sat.seconds == 0 for sat in record.mocks),
        domains=domain_times(record.domains, taken, allowance),
        slowest=slowest(record, taken),
        allowance=timedelta(seconds=round(allowance)),
        right=mean([one.seconds for one in taken if one.is_right]),
        wrong=mean([one.seconds for one in taken if not one.is_right]),
    )


def allowance_of(record: Record) -> float:
    """The seconds that the real exam gives to a question."""
    certification = record.certification
    return max(1.0, certification.minutes * 60 / max(1, certification.question_count))


def timed_mocks(record: Record) -> list[Sat]:
    return [sat for sat in record.mocks if sat.limit and sat.question_count]


def line(sat: Sat) -> PaceLine:
    limit, used = times(sat)
    return PaceLine(
        sat=sat,
        each=timedelta(seconds=round(used / sat.question_count)),
        allowed=timedelta(seconds=round(limit / sat.question_count)),
        bar=bar(used, limit),
    )


def times(sat: Sat) -> tuple[float, float]:
    """Seconds allowed and used."""
    limit = sat.limit or timedelta(seconds=1)
    return limit.total_seconds(), (sat.sitting.time_used or timedelta()).total_seconds()


def measured(record: Record) -> list[Judged]:
    return [
        one
        for one in record.responses
        if one.seconds and one.mode != PRACTICE and one.pool != Question.Pool.SAMPLE
    ]


def domain_times(
    domains: Sequence[Domain], taken: Sequence[Judged], allowance: float
) -> list[DomainTime]:
    found = []
    for domain in domains:
        seconds = [one.seconds for one in taken if one.domain_id == domain.pk]
        if seconds:
            each = fmean(seconds)
            found.append(
                DomainTime(
                    domain=domain,
                    count=len(seconds),
                    mean=timedelta(seconds=round(each)),
                    total=timedelta(seconds=sum(seconds)),
                    bar=bar(each, 2 * allowance),
                )
            )
    return found


def slowest(record: Record, taken: Sequence[Judged]) -> list[Slow]:
    domains = {domain.pk: domain for domain in record.domains}
    sats = {sat.sitting.pk: sat for sat in record.sittings}
    ranked = sorted(taken, key=lambda one: (-one.seconds, one.sitting_id, one.position))
    return [
        Slow(one, domains[one.domain_id], sats[one.sitting_id], timedelta(seconds=one.seconds))
        for one in ranked[:SLOWEST]
    ]


def mean(seconds: Sequence[int]) -> timedelta | None:
    return timedelta(seconds=round(fmean(seconds))) if seconds else None


def table(record: Record) -> Table:
    return Table(COLUMNS, [row(sat) for sat in timed_mocks(record)])


def row(sat: Sat) -> tuple[Any, ...]:
    limit, used = times(sat)
    return (
        sat.sitting.pk, sat.exam.name, sat.at, sat.question_count, round(used), round(limit),
        round(used / sat.question_count, 1), round(limit / sat.question_count, 1), sat.seconds > 0,
    )  # fmt: skip


def question_table(record: Record) -> Table:
    domains = {domain.pk: domain for domain in record.domains}
    rows = [
        (
            one.sitting_id, one.position, one.at, domains[one.domain_id].number,
            domains[one.domain_id].name, one.seconds, one.is_right,
        )
        for one in sorted(measured(record), key=lambda one: (one.at, one.sitting_id, one.position))
    ]  # fmt: skip
    return Table(QUESTION_COLUMNS, rows)
