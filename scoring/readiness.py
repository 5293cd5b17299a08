"""Whether there is enough evidence to speak of passing, what is said then, and why. Pure.

Only the first answer to a question is evidence: questions seen before are left out and counted.
Domains are places from 0, in the order of the target's quotas.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scoring.forecast import LIKELY, NEARLY_SURE, PRIOR, Forecast, Prior, Target, score_range
from scoring.forecast import forecast as forecast_of
from scoring.precision import Band
from scoring.scaling import CEILING, FLOOR, Share, exact_share

HALF_LIFE_DAYS = 30
ENOUGH, ENOUGH_IN_DOMAIN = 40, 5
ENOUGH_TO_BE_FIRM, FRESH_DAYS = 130, 30
LEAST, MOST = 5, 95


class State(StrEnum):
    SILENT = "silent"
    EARLY = "early"
    FIRM = "firm"


STEPS = {State.EARLY: 10, State.FIRM: 5}


class Advice(StrEnum):
    """The values are what gets translated."""

    BOOK = "Book the exam."
    NEARLY = "Nearly there."
    NOT_YET = "Not yet."


class Cause(StrEnum):
    WEAKEST_DOMAIN = "weakest domain"
    AGE = "age"
    REPEATS = "repeats"


@dataclass(frozen=True)
class Answer:
    """The first response to a question, `age_days` ago (0 or more)."""

    domain: int
    is_right: bool
    age_days: float


@dataclass(frozen=True)
class Evidence:
    """Weighted counts of each domain; `answer_count` is unweighted, `repeat_count` was left out."""

    right: tuple[float, ...]
    wrong: tuple[float, ...]
    answer_count: int = 0
    repeat_count: int = 0
    last_age_days: float | None = None

    @property
    def weights(self) -> tuple[float, ...]:
        return tuple(map(sum, zip(self.right, self.wrong, strict=True)))


@dataclass(frozen=True)
class Missing:
    """What the next state needs: answers in all, of these at least so many in each domain.

    `is_stale`: the last answer is too long ago to be firm, whatever the counts.
    """

    answers: int
    by_domain: tuple[int, ...]
    is_stale: bool = False


@dataclass(frozen=True)
class Chance:
    """A rounded chance in percent, 5 to 95; `bound` is "<" or ">" at the ends, else empty."""

    percent: int
    bound: str = ""

    def __str__(self) -> str:
        return f"{self.bound}{self.percent}%"


@dataclass(frozen=True)
class Reason:
    """What moves the forecast most; `size` (0 to 1) ranks it.

    `value` is 0 to 1: the level to expect in `domain`, the share of weight lost with age, or the
    share of responses left out as repeats.
    """

    cause: Cause
    value: float
    size: float
    domain: int | None = None


@dataclass(frozen=True)
class Readiness:
    """All but `state` and `missing` is None or empty while silent; firm misses nothing."""

    state: State
    missing: Missing | None
    forecast: Forecast | None = None
    chance: Chance | None = None
    likely: Band | None = None
    nearly_sure: Band | None = None
    advice: Advice | None = None
    reasons: tuple[Reason, ...] = ()


def weight(age_days: float) -> float:
    """What an answer still counts: 1 today, half after 30 days. Raises ValueError below 0."""
    if age_days < 0:
        raise ValueError(f"no answer is {age_days} days old")
    return float(0.5 ** (age_days / HALF_LIFE_DAYS))


def weigh(answers: Iterable[Answer], *, domain_count: int, repeat_count: int = 0) -> Evidence:
    """The evidence of first answers; an answer outside the domains raises IndexError."""
    counts = {True: [0.0] * domain_count, False: [0.0] * domain_count}
    ages: list[float] = []
    for answer in answers:
        counts[answer.is_right][answer.domain] += weight(answer.age_days)
        ages.append(answer.age_days)
    return Evidence(
        right=tuple(counts[True]),
        wrong=tuple(counts[False]),
        answer_count=len(ages),
        repeat_count=repeat_count,
        last_age_days=min(ages, default=None),
    )


def assess(
    evidence: Evidence,
    target: Target,
    *,
    cut_share: Share,
    cut_score: int,
    floor: int = FLOOR,
    ceiling: int = CEILING,
    prior: Prior = PRIOR,
) -> Readiness:
    """All that is said of passing the target, or what is missing before anything is.

    The bands are of scaled scores, 68 % and 95 %, on the target's form with its difficulty.
    """
    state = state_of(evidence)
    missing = missing_of(evidence, state)
    if state is State.SILENT:
        return Readiness(state, missing)
    found = forecast_of(evidence.right, evidence.wrong, target, prior=prior)
    likely, nearly_sure = (
        score_range(
            found, share, cut_share=cut_share, cut_score=cut_score, floor=floor, ceiling=ceiling
        )
        for share in (LIKELY, NEARLY_SURE)
    )
    return Readiness(
        state=state,
        missing=missing,
        forecast=found,
        chance=rounded(found.p_pass, state),
        likely=likely,
        nearly_sure=nearly_sure,
        advice=advice_of(found.p_pass, state, is_short=bool(short_domains(evidence, cut_share))),
        reasons=reasons_of(evidence, found.levels, target.quotas),
    )


def state_of(evidence: Evidence) -> State:
    """Weighted counts decide, rounded to whole answers."""
    weights = evidence.weights
    if round(sum(weights)) < ENOUGH or round(min(weights)) < ENOUGH_IN_DOMAIN:
        return State.SILENT
    if round(sum(weights)) < ENOUGH_TO_BE_FIRM or _is_stale(evidence):
        return State.EARLY
    return State.FIRM


def missing_of(evidence: Evidence, state: State) -> Missing | None:
    count = round(sum(evidence.weights))
    by_domain = tuple(max(0, ENOUGH_IN_DOMAIN - round(each)) for each in evidence.weights)
    if state is State.SILENT:
        return Missing(max(ENOUGH - count, sum(by_domain)), by_domain)
    if state is State.EARLY:
        return Missing(max(0, ENOUGH_TO_BE_FIRM - count), by_domain, _is_stale(evidence))
    return None


def rounded(p_pass: float, state: State) -> Chance:
    """To 10 % while early, 5 % when firm; never 0 or 100 %. `state` is not silent."""
    percent = 100 * p_pass
    if percent < LEAST:
        return Chance(LEAST, "<")
    if percent > MOST:
        return Chance(MOST, ">")
    step = STEPS[state]
    return Chance(min(MOST, step * math.floor(percent / step + 0.5)))


def advice_of(p_pass: float, state: State, *, is_short: bool) -> Advice:
    """`is_short`: some domain needs improvement."""
    if p_pass >= 0.8 and state is State.FIRM and not is_short:
        return Advice.BOOK
    return Advice.NEARLY if p_pass >= 0.6 else Advice.NOT_YET


def short_domains(evidence: Evidence, cut_share: Share) -> tuple[int, ...]:
    """The domains that need improvement: the whole likely range (Wilson, 68 %) is below the cut.

    Fewer than 5 weighted answers are too few to say.
    """
    cut = float(exact_share(cut_share))
    counts = zip(evidence.right, evidence.weights, strict=True)
    return tuple(place for place, (right, n) in enumerate(counts) if _is_short(right, n, cut))


def reasons_of(
    evidence: Evidence, levels: Sequence[float], quotas: Sequence[int]
) -> tuple[Reason, ...]:
    """The biggest first; what plays no part is left out."""
    weakest = min(range(len(levels)), key=levels.__getitem__)
    mean = sum(map(math.prod, zip(levels, quotas, strict=True))) / sum(quotas)
    level = levels[weakest]
    faded = 1 - sum(evidence.weights) / max(1, evidence.answer_count)
    seen = evidence.repeat_count / max(1, evidence.repeat_count + evidence.answer_count)
    reasons = [
        Reason(Cause.WEAKEST_DOMAIN, level, mean - level, weakest),
        Reason(Cause.AGE, faded, faded),
        Reason(Cause.REPEATS, seen, seen),
    ]
    told = [reason for reason in reasons if reason.size >= 0.005]
    return tuple(sorted(told, key=lambda reason: -reason.size))


def _is_stale(evidence: Evidence) -> bool:
    return evidence.last_age_days is None or evidence.last_age_days > FRESH_DAYS


def _is_short(right: float, n: float, cut: float) -> bool:
    # Wilson's interval holds just those shares that a test of z = 1 would not reject.
    return n >= ENOUGH_IN_DOMAIN and cut - right / n > math.sqrt(cut * (1 - cut) / n)
