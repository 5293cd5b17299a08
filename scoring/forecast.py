"""The chance of passing a new form: one overall level, a level for each domain, every likely form.

Pure. The model: logit(level_d) = theta + u_d with theta ~ N(mean, spread^2) and
u_d ~ N(0, domain_spread^2); an exam shifts all of them by eps - delta, eps ~ N(0, day_spread^2). It
is summed over a grid in all three, so the same counts always give the same figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scoring.precision import Band
from scoring.scaling import CEILING, FLOOR, Share, scaled_score

Floats: TypeAlias = NDArray[np.float64]
Complexes: TypeAlias = NDArray[np.complex128]

# 31 x 7 x 5 would do for 65 answers, but is off by up to 2e-4 at 130 and 6e-3 at 300 when they are
# spread unevenly; this is within 6e-5 at 300 and 5e-4 at 600.
THETA_NODES, DOMAIN_NODES, DAY_NODES = 61, 11, 5
THETA_REACH = 5.0
# Levels less likely than this, for every candidate of a batch, are left out of the exam.
NEGLIGIBLE = 1e-12
LIKELY, NEARLY_SURE = 0.68, 0.95


@dataclass(frozen=True)
class Prior:
    """What is believed before any answer; logits, so a mean of 0.85 is a level of 70 %."""

    mean: float = 0.85
    spread: float = 0.8
    domain_spread: float = 0.35
    day_spread: float = 0.2


PRIOR = Prior()


@dataclass(frozen=True)
class Target:
    """A form to come: questions of each domain, the raw score needed, and how much harder it is.

    `delta` is in logits: 0 as hard as what was answered, 0.29 takes 80 % to 75 %, 0.63 to 68 %.
    """

    quotas: tuple[int, ...]
    raw_cut: int
    delta: float = 0.0

    def __post_init__(self) -> None:
        if not self.quotas or min(self.quotas) < 0:
            raise ValueError(f"a form needs domains with 0 or more questions, not {self.quotas}")
        if not 1 <= self.raw_cut <= self.question_count:
            raise ValueError(f"no raw score to reach: {self.raw_cut} of {self.question_count}")

    @property
    def question_count(self) -> int:
        return sum(self.quotas)


@dataclass(frozen=True)
class Forecast:
    """`p_pass` is 0 to 1; `raw_chances` holds the chance of each raw score from 0 up.

    `levels` are the shares right to expect in each domain on questions like those answered (delta
    left out), drawn toward the whole: 0 to 1.
    """

    p_pass: float
    raw_chances: tuple[float, ...]
    levels: tuple[float, ...]

    def raw_range(self, share: float) -> tuple[int, int]:
        """The middle `share` (0 to 1) of the raw scores to expect, both ends in it."""
        sums = np.cumsum(self.raw_chances)
        tail = (1 - share) / 2
        low, high = np.searchsorted(sums, [tail, 1 - tail])
        return int(low), min(int(high), len(self.raw_chances) - 1)


@dataclass(frozen=True)
class Forecasts:
    """The same for many candidates, a row for each; columns are raw scores, or domains."""

    p_pass: Floats
    raw_chances: Floats
    levels: Floats


def forecast(
    right: Sequence[float], wrong: Sequence[float], target: Target, *, prior: Prior = PRIOR
) -> Forecast:
    """From the weighted counts right and wrong of each domain, none below 0.

    Raises ValueError for counts that do not fit the target's domains.
    """
    many = forecast_many(np.array([right], float), np.array([wrong], float), target, prior=prior)
    return Forecast(
        p_pass=float(many.p_pass[0]),
        raw_chances=tuple(many.raw_chances[0].tolist()),
        levels=tuple(many.levels[0].tolist()),
    )


def forecast_many(
    right: Floats, wrong: Floats, target: Target, *, prior: Prior = PRIOR
) -> Forecasts:
    """`forecast` for a row of each candidate; some hundred rows at a time keep the memory small."""
    shape = (len(right), len(target.quotas))
    if right.shape != shape or wrong.shape != shape or min(right.min(), wrong.min()) < 0:
        raise ValueError(f"right and wrong need counts of 0 or more for {shape[1]} domains")
    grid = _grid(target, prior)
    domains, thetas = _posterior(right, wrong, grid)
    raw_chances = _raw_chances(domains, thetas, grid, target.question_count)
    levels = np.einsum("tc,dtcu,tu->cd", thetas, domains, grid.levels)
    p_pass = raw_chances[:, target.raw_cut :].sum(axis=1)
    return Forecasts(np.clip(p_pass, 0, 1), raw_chances, levels)


def score_range(
    forecast: Forecast,
    share: float,
    *,
    cut_share: Share,
    cut_score: int,
    floor: int = FLOOR,
    ceiling: int = CEILING,
) -> Band:
    """The scaled scores to expect on the form, the middle `share` (0 to 1) of them."""
    n = len(forecast.raw_chances) - 1
    low, high = (
        scaled_score(raw, n, cut_share=cut_share, cut_score=cut_score, floor=floor, ceiling=ceiling)
        for raw in forecast.raw_range(share)
    )
    return Band(low, high)


@dataclass(frozen=True)
class _Grid:
    """`levels` (theta, domain node) with the log weights of both axes; `days` are weights.

    `waves` holds for each domain the discrete Fourier transform of its binomial distribution at
    every node: (theta, domain node, day x frequency x real and imaginary part). The transform of a
    sum of domains is the product of theirs.
    """

    levels: Floats
    log_thetas: Floats
    log_nodes: Floats
    days: Floats
    waves: tuple[Floats, ...]


# A grid takes about 5 MB and 4 ms.
@lru_cache(maxsize=4)
def _grid(target: Target, prior: Prior) -> _Grid:
    reach = np.linspace(-THETA_REACH, THETA_REACH, THETA_NODES)
    nodes, node_weights = _normal_nodes(DOMAIN_NODES)
    days, day_weights = _normal_nodes(DAY_NODES)
    logits = (prior.mean + prior.spread * reach)[:, None] + prior.domain_spread * nodes
    shifts = prior.day_spread * days - target.delta
    n = target.question_count
    turns = np.exp(-2j * np.pi * np.arange((n + 1) // 2 + 1) / (n + 1))
    bases = 1 + _share(logits[:, :, None] + shifts)[..., None] * (turns - 1)
    flat = (THETA_NODES, DOMAIN_NODES, DAY_NODES * len(turns))
    waves = {q: (bases**q).reshape(flat).view(np.float64) for q in set(target.quotas)}
    return _Grid(
        levels=_share(logits),
        log_thetas=-0.5 * reach**2,
        log_nodes=np.log(node_weights),
        days=day_weights,
        waves=tuple(waves[quota] for quota in target.quotas),
    )


def _normal_nodes(count: int) -> tuple[Floats, Floats]:
    """Gauss-Hermite nodes and weights for the standard normal distribution."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return nodes, weights / weights.sum()


def _share(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logits)))


def _posterior(right: Floats, wrong: Floats, grid: _Grid) -> tuple[Floats, Floats]:
    """The weights of the domain nodes at each theta (d, t, c, u) and of the thetas (t, c)."""
    s, f = (counts.T[:, None, :, None] for counts in (right, wrong))
    logs = s * np.log(grid.levels)[:, None, :] + f * np.log1p(-grid.levels)[:, None, :]
    domains, log_evidence = _normalized(logs + grid.log_nodes, axis=3)
    thetas, _ = _normalized(log_evidence[..., 0].sum(axis=0) + grid.log_thetas[:, None], axis=0)
    return domains, thetas


def _normalized(logs: Floats, *, axis: int) -> tuple[Floats, Floats]:
    """Weights that add up to 1 along `axis`, and the logarithm of what they added up to."""
    top = logs.max(axis=axis, keepdims=True)
    weights = np.exp(logs - top)
    sums = weights.sum(axis=axis, keepdims=True)
    return weights / sums, top + np.log(sums)


def _raw_chances(domains: Floats, thetas: Floats, grid: _Grid, n: int) -> Floats:
    told = np.flatnonzero(thetas.max(axis=1) > NEGLIGIBLE)
    near = slice(told[0], told[-1] + 1)
    thetas = thetas[near]
    product = _waves(domains[0, near], grid.waves[0][near])
    for weights, waves in zip(domains[1:], grid.waves[1:], strict=True):
        product *= _waves(weights[near], waves[near])
    by_day = product.reshape(*thetas.shape, len(grid.days), -1)
    waves = np.einsum("tc,e,tcef->cf", thetas, grid.days, by_day, optimize=True)
    return np.clip(np.fft.irfft(waves, n + 1), 0, 1)


def _waves(weights: Floats, waves: Floats) -> Complexes:
    return (weights @ waves).view(np.complex128)
