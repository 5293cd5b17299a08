"""Readiness in words: the chance of passing a new form, or what is missing before it is told."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from exams.blueprint import quotas
from exams.models import Exam
from questions.models import Certification, Domain
from questions.models.outline import Shift
from scoring import scaling
from scoring.evidence import FirstResponses
from scoring.models import Forecast
from scoring.progress_charts import RangePicture, range_picture
from scoring.progress_record import Record
from scoring.progress_table import Table

if TYPE_CHECKING:
    from scoring.forecast import Target
    from scoring.readiness import Evidence, Readiness, Reason

COLUMNS = (
    "day", "state", "chance", "likely_low", "likely_high", "nearly_sure_low", "nearly_sure_high",
    "pass_line", "first_responses", "left_out_as_seen", "shift",
)  # fmt: skip
DAY_SECONDS = 86_400
RULE_ANSWERS = 130
PERCENT_HARDER = 15


@cache
def module(name: str) -> Any:
    """`readiness` or `forecast`, loaded by the first who asks: 20 MB and a quarter of a second."""
    return import_module(f"scoring.{name}")


@dataclass(frozen=True)
class Lack:
    domain: Domain
    count: int


@dataclass(frozen=True)
class Outlook:
    """What a candidate is told of passing a new form like `exam`."""

    certification: Certification
    domains: Sequence[Domain]
    exam: Exam
    found: "Readiness"
    evidence: "Evidence"

    @property
    def state(self) -> str:
        return str(self.found.state)

    @property
    def is_silent(self) -> bool:
        return self.found.chance is None

    @property
    def count(self) -> int:
        """First responses that count, faded ones less."""
        return round(sum(self.evidence.weights))

    @property
    def chance(self) -> str:
        """Rounded, as in "about 60%"; never 0 or 100 %."""
        chance = self.found.chance
        if chance is None:
            return ""
        if chance.bound:
            words = _("below %(n)d%%") if chance.bound == "<" else _("above %(n)d%%")
            return words % {"n": chance.percent}
        return _("about %(n)d%%") % {"n": chance.percent}

    @property
    def needed(self) -> int:
        return self.found.missing.answers if self.found.missing else 0

    @property
    def is_stale(self) -> bool:
        return bool(self.found.missing and self.found.missing.is_stale)

    @property
    def lacks(self) -> list[Lack]:
        """The domains that keep it silent."""
        if not self.is_silent or self.found.missing is None:
            return []
        counts = zip(self.domains, self.found.missing.by_domain, strict=True)
        return [Lack(domain, count) for domain, count in counts if count]

    @property
    def reasons(self) -> list[str]:
        return [self.reason(one) for one in self.found.reasons]

    def reason(self, reason: "Reason") -> str:
        return REASONS[str(reason.cause)](self, reason)

    @property
    def advice(self) -> str:
        """The lines of scoring/readiness.py; nobody can book a retired exam."""
        advice = str(self.found.advice)
        if advice == BOOK and self.is_retired:
            return _("You are ready. The real exam is retired and can no longer be booked.")
        return str(ADVICE.get(advice, ""))

    @property
    def is_ready(self) -> bool:
        return str(self.found.advice) == BOOK

    @property
    def is_retired(self) -> bool:
        return self.certification.status == Certification.Status.RETIRED

    @property
    def weakest(self) -> Domain | None:
        """Where the least can be expected; None while silent."""
        if self.found.forecast is None:
            return None
        levels = self.found.forecast.levels
        return self.domains[levels.index(min(levels))]

    @property
    def picture(self) -> RangePicture | None:
        likely, wide = self.found.likely, self.found.nearly_sure
        if likely is None or wide is None:
            return None
        return range_picture(
            (likely.low, likely.high),
            (wide.low, wide.high),
            cut_score=self.exam.cut_score,
            floor=self.exam.floor_score,
            ceiling=self.exam.ceiling_score,
        )

    @property
    def rules(self) -> "Rules":
        return rules(self)


BOOK = "Book the exam."
ADVICE = {
    BOOK: _lazy("Book the exam."),
    "Nearly there.": _lazy("Nearly there."),
    "Not yet.": _lazy("Not yet."),
}


def weakest_domain(outlook: Outlook, reason: "Reason") -> str:
    domain = outlook.domains[reason.domain or 0]
    return _("%(domain)s is the weakest domain: expect about %(n)d%% right.") % {
        "domain": domain.name,
        "n": round(100 * reason.value),
    }


def age(outlook: Outlook, reason: "Reason") -> str:
    words = _("Responses fade, by half in 30 days: %(n)d%% of their weight is gone.")
    return words % {"n": max(1, round(100 * reason.value))}


def repeats(outlook: Outlook, reason: "Reason") -> str:
    count = outlook.evidence.repeat_count
    words = ngettext(
        "%(count)d response (%(n)d%% of all) is left out because you had seen the question before.",
        "%(count)d responses (%(n)d%% of all) are left out because you had seen the questions "
        "before.",
        count,
    )
    return words % {"count": count, "n": max(1, round(100 * reason.value))}


REASONS: dict[str, Callable[[Outlook, "Reason"], str]] = {
    "weakest domain": weakest_domain,
    "age": age,
    "repeats": repeats,
}


def of_record(record: Record) -> Outlook | None:
    return outlook(record.certification, record.domains, record.exam, record.evidence, record.now)


def outlook(
    certification: Certification,
    domains: Sequence[Domain],
    exam: Exam,
    told: FirstResponses,
    now: datetime,
) -> Outlook | None:
    """None where the domains have no weights: nobody can say what a form would ask."""
    target = target_of(certification, domains, exam)
    if target is None:
        return None
    evidence = weighed(told, domains, now)
    found: Readiness = module("readiness").assess(
        evidence,
        target,
        cut_share=exam.cut_share,
        cut_score=exam.cut_score,
        floor=exam.floor_score,
        ceiling=exam.ceiling_score,
    )
    return Outlook(certification, domains, exam, found, evidence)


def target_of(
    certification: Certification, domains: Sequence[Domain], exam: Exam
) -> "Target | None":
    """A new form of `exam`: its scored questions by domain, and how much harder the real ones are.

    None where the domains have no weights.
    """
    weights = [domain.weight for domain in domains]
    if not any(weights):
        return None
    scored = quotas(weights, exam.scored_count, caps=quotas(weights, exam.question_count))
    cut = scaling.raw_cut(exam.scored_count, exam.cut_share)
    target: Target = module("forecast").Target(tuple(scored), cut, float(certification.shift))
    return target


def weighed(told: FirstResponses, domains: Sequence[Domain], now: datetime) -> "Evidence":
    model = module("readiness")
    places = {domain.pk: place for place, domain in enumerate(domains)}
    answers = (
        model.Answer(places[one.domain_id], one.is_right, age_days(one.at, now))
        for one in told.told
        if one.domain_id in places
    )
    evidence: Evidence = model.weigh(
        answers, domain_count=len(places), repeat_count=told.repeat_count
    )
    return evidence


def age_days(at: datetime, now: datetime) -> float:
    """Two clocks may differ by a little: nothing is from tomorrow."""
    return max(0.0, (now - at).total_seconds() / DAY_SECONDS)


def keep(candidate: Any, outlooks: Iterable[Outlook | None], day: date) -> None:
    """Note what is about to be shown, to be judged later: the first of a day, in one statement."""
    rows = [
        Forecast(
            candidate=candidate,
            certification=one.certification,
            day=day,
            probability=one.found.forecast.p_pass,
            state=one.state,
            evidence_count=one.evidence.answer_count,
        )
        for one in outlooks
        if one and one.found.forecast
    ]
    if rows:
        Forecast.objects.bulk_create(rows, ignore_conflicts=True)


# --- Rules of thumb


@dataclass(frozen=True)
class Odds:
    """How hard this bank may be beside the real exam, and the chances at 75 and 80 % right."""

    words: str
    at_75: int
    at_80: int


@dataclass(frozen=True)
class Rules:
    """The rules of thumb, worked through for the form; all in percent."""

    cut: float
    relative: float
    points: float
    needed_relative: float
    needed_points: float
    odds: Sequence[Odds]

    @property
    def both_fail(self) -> bool:
        return self.relative < self.cut and self.points < self.cut


def rules(outlook: Outlook) -> Rules:
    cut = float(100 * outlook.exam.cut_fraction)
    target = target_of(outlook.certification, outlook.domains, outlook.exam)
    weights = tuple(domain.weight for domain in outlook.domains)
    return Rules(
        cut=round(cut, 1),
        relative=80 * (100 - PERCENT_HARDER) / 100,
        points=80 - PERCENT_HARDER,
        needed_relative=round(100 * cut / (100 - PERCENT_HARDER), 1),
        needed_points=round(cut + PERCENT_HARDER, 1),
        odds=[
            Odds(str(words), *odds(target.quotas, target.raw_cut, float(shift), weights))
            for shift, words in Shift.CHOICES
        ]
        if target
        else [],
    )


@lru_cache(maxsize=64)
def odds(
    quotas: tuple[int, ...], raw_cut: int, shift: float, weights: tuple[int, ...]
) -> tuple[int, int]:
    """Percent chances after 130 first responses, 75 and 80 % of them right in every domain."""
    model = module("forecast")
    target = model.Target(quotas, raw_cut, shift)
    counts = [RULE_ANSWERS * weight / sum(weights) for weight in weights]

    def chance(level: float) -> int:
        right, wrong = [n * level for n in counts], [n * (1 - level) for n in counts]
        p_pass: float = model.forecast(right, wrong, target).p_pass
        return round(100 * p_pass)

    return chance(0.75), chance(0.8)


def table(record: Record) -> Table:
    one = of_record(record)
    if one is None:
        return Table(COLUMNS, [])
    likely, wide = one.found.likely, one.found.nearly_sure
    row = (
        timezone.localdate(record.now), one.state, str(one.found.chance or ""),
        likely and likely.low, likely and likely.high, wide and wide.low, wide and wide.high,
        one.exam.cut_score, one.evidence.answer_count, one.evidence.repeat_count,
        str(one.certification.shift),
    )  # fmt: skip
    return Table(COLUMNS, [row])
