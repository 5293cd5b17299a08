"""How far a score can be trusted: the likely range, and the word for one domain. Pure."""

import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from scoring.scaling import CEILING, FLOOR, Share, exact_score, exact_share, is_pass, scaled_score

# About 2 chances in 3: one standard error to either side.
LIKELY = Fraction(1)
ROOT_DIGITS = 10**40


class Standing(StrEnum):
    """The two words of AWS for one domain; the values are what gets translated."""

    MEETS = "Meets competencies"
    NEEDS_IMPROVEMENT = "Needs improvement"


@dataclass(frozen=True)
class Band:
    """A range of scaled scores, both ends in it."""

    low: int
    high: int

    def holds(self, score: int) -> bool:
        return self.low <= score <= self.high


def wilson_interval(raw: int, n: int, z: Fraction = LIKELY) -> tuple[Fraction, Fraction]:
    """The range of true proportions (0 to 1) that `raw` right of `n` makes likely.

    Wilson's score interval: not empty at 0 and `n`, where the binomial error is zero. Exact but for
    the root, which is rounded down after 40 digits. Raises ValueError for anything out of range.
    """
    if n < 1 or not 0 <= raw <= n:
        raise ValueError(f"no proportion: {raw!r} of {n!r}")
    center = Fraction(raw) + z * z / 2
    half = z * _root(Fraction(raw * (n - raw), n) + z * z / 4)
    return (center - half) / (n + z * z), (center + half) / (n + z * z)


def score_band(
    raw: int,
    n: int,
    *,
    cut_share: Share,
    cut_score: int,
    floor: int = FLOOR,
    ceiling: int = CEILING,
    z: Fraction = LIKELY,
) -> Band:
    """The likely range (68 %) of the candidate's level, as scaled scores rounded down.

    Both ends of the interval go through the exact scale, so the scaled score lies inside.
    Raises ValueError as `scaled_score` does.
    """
    scaled_score(raw, n, cut_share=cut_share, cut_score=cut_score, floor=floor, ceiling=ceiling)
    share = exact_share(cut_share)
    low, high = wilson_interval(raw, n, z)
    return Band(
        low=math.floor(exact_score(low, share, floor, cut_score, ceiling)),
        high=math.floor(exact_score(high, share, floor, cut_score, ceiling)),
    )


def domain_standing(right: int, n: int, cut_share: Share) -> Standing:
    """Whether `right` of `n` reaches the cut share. Raises ValueError for n = 0."""
    return Standing.MEETS if is_pass(right, n, cut_share) else Standing.NEEDS_IMPROVEMENT


def _root(value: Fraction) -> Fraction:
    """Exact where the root is rational: at the ends, where a digit less would change the floor."""
    square = value.numerator * value.denominator * ROOT_DIGITS**2
    return Fraction(math.isqrt(square), value.denominator * ROOT_DIGITS)
