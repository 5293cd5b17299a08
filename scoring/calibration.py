"""Whether the forecast keeps its word in a world like its model: simulated candidates. Pure.

It shows that the arithmetic is calibrated, and what breaks it; it cannot show how this bank relates
to a real exam. Levels, domains, quotas and cut are those of the model's defaults.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scoring.forecast import PRIOR, Floats, Target, forecast_many

Flags: TypeAlias = NDArray[np.bool_]

QUOTAS = (10, 12, 18, 10)
WEIGHTS = (0.20, 0.24, 0.36, 0.20)
RAW_CUT = 38
BATCH = 25  # small enough for the processor's cache
BIN_COUNT = 10


@dataclass(frozen=True)
class World:
    """What the simulated candidates do and meet.

    `harder` is the true shift of the exam in logits, `known` what the model is told of it;
    `repeat_share` of the answers are questions seen before, `are_repeats_counted` or left out.
    `gained` is what a candidate's level rose in the 90 days of answers, in logits; `half_life` in
    days is how the model lets answers fade (None: not at all).
    """

    answer_count: int = 65
    harder: float = 0.0
    known: float = 0.0
    repeat_share: float = 0.0
    are_repeats_counted: bool = False
    gained: float = 0.0
    half_life: float | None = None


@dataclass(frozen=True)
class Bin:
    """Forecasts of one tenth: how many, their mean, and the share that passed."""

    count: int
    forecast: float
    passed: float


@dataclass(frozen=True)
class Calibration:
    """Brier score, expected calibration error, and the slope of passing on the forecast's logit."""

    brier: float
    error: float
    slope: float
    bins: tuple[Bin, ...]


def simulate(world: World, candidate_count: int, rng: np.random.Generator) -> Calibration:
    """Forecast and fate of so many candidates; about 4,000 a second."""
    theta = rng.normal(PRIOR.mean, PRIOR.spread, (candidate_count, 1))
    logits = theta + rng.normal(0, PRIOR.domain_spread, (candidate_count, len(QUOTAS)))
    right, wrong = evidence(world, logits, rng)
    day = rng.normal(0, PRIOR.day_spread, (candidate_count, 1))
    score = rng.binomial(QUOTAS, share(logits - world.harder + day)).sum(axis=1)
    target = Target(QUOTAS, RAW_CUT, world.known)
    return judge(chances_of(right, wrong, target), score >= RAW_CUT)


def chances_of(right: Floats, wrong: Floats, target: Target) -> Floats:
    """The forecasts, batch by batch; those alike go together, which spares most of the grid."""
    chances = np.zeros(len(right))
    alike = np.argsort(right.sum(axis=1) / (right + wrong).sum(axis=1))
    for start in range(0, len(alike), BATCH):
        batch = alike[start : start + BATCH]
        chances[batch] = forecast_many(right[batch], wrong[batch], target).p_pass
    return chances


def evidence(world: World, logits: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Weighted counts right and wrong, a row a candidate; the newest answers are of today."""
    right = np.zeros(logits.shape)
    wrong = np.zeros(logits.shape)
    for age, counts in answers(world):
        level = share(logits - world.gained * age / 90)
        fresh = rng.binomial(counts.astype(int), level)
        weight = 1.0 if world.half_life is None else 0.5 ** (age / world.half_life)
        right += weight * fresh
        wrong += weight * (counts.astype(int) - fresh)
    if world.are_repeats_counted:
        repeats = repeats_of(world)
        known = rng.binomial(repeats, 0.9 + 0.1 * share(logits))  # remembered nine times in ten
        right += known
        wrong += repeats - known
    return right, wrong


def answers(world: World) -> list[tuple[float, Floats]]:
    """Age in days and fresh answers by domain: at once, or in three parts when levels change."""
    fresh = round(world.answer_count * (1 - world.repeat_share))
    counts = np.round(np.array(WEIGHTS) * fresh)
    if not world.gained:
        return [(0.0, counts)]
    return [(age, np.round(counts / 3)) for age in (90.0, 45.0, 0.0)]


def repeats_of(world: World) -> NDArray[np.int_]:
    repeats = np.round(np.array(WEIGHTS) * world.answer_count * world.repeat_share)
    return np.asarray(repeats, int)


def share(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logits)))


def odds(level: float, delta: float, answer_count: int = 130) -> float:
    """The forecast for so many answers with the same share right (0 to 1) in each domain."""
    counts = np.array([WEIGHTS]) * answer_count
    target = Target(QUOTAS, RAW_CUT, delta)
    return float(forecast_many(counts * level, counts * (1 - level), target).p_pass[0])


# --- Judging forecasts


def judge(chances: Floats, passed: Flags) -> Calibration:
    """`chances` are 0 to 1, `passed` what came of them; both as long, and not empty."""
    bins = bins_of(chances, passed)
    gaps = sum(one.count * abs(one.forecast - one.passed) for one in bins)
    return Calibration(
        brier=float(np.mean((chances - passed) ** 2)),
        error=gaps / len(chances),
        slope=slope(chances, passed),
        bins=bins,
    )


def bins_of(chances: Floats, passed: Flags) -> tuple[Bin, ...]:
    """Tenths of the forecast that hold any, lowest first."""
    places = np.minimum((chances * BIN_COUNT).astype(int), BIN_COUNT - 1)
    held = [places == place for place in range(BIN_COUNT)]
    return tuple(
        Bin(int(inside.sum()), float(chances[inside].mean()), float(passed[inside].mean()))
        for inside in held
        if inside.any()
    )


def slope(chances: Floats, passed: Flags) -> float:
    """Of a logistic regression of passing on the forecast's logit, by Newton's method.

    1 is right, below 1 the forecasts are too sure, above 1 not sure enough.
    """
    clipped = np.clip(chances, 1e-6, 1 - 1e-6)
    design = np.column_stack([np.ones_like(clipped), np.log(clipped / (1 - clipped))])
    at = np.array([0.0, 1.0])
    for _ in range(25):
        level = share(design @ at)
        curve = design.T @ (design * (level * (1 - level))[:, None])
        at += np.linalg.solve(curve, design.T @ (passed - level))
    return float(at[1])


def worlds() -> Sequence[tuple[str, World]]:
    """What docs/readiness.md tells of, in its order."""
    usual = World()
    long = replace(usual, answer_count=130)
    return (
        *((f"{count} answers", replace(usual, answer_count=count)) for count in COUNTS),
        (
            "130, and 40 % are repeats that count",
            replace(long, repeat_share=0.4, are_repeats_counted=True),
        ),
        ("130, and 40 % are repeats left out", replace(long, repeat_share=0.4)),
        ("130, and the exam is 0.29 harder, unknown", replace(long, harder=0.29)),
        ("130, and the exam is 0.29 harder, known", replace(long, harder=0.29, known=0.29)),
        ("130, and 0.6 gained in 90 days, nothing fades", replace(long, gained=0.6)),
        (
            "130, and 0.6 gained in 90 days, half fades in 30",
            replace(long, gained=0.6, half_life=30.0),
        ),
    )


COUNTS = (10, 20, 40, 65, 130, 260)
