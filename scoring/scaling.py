"""The scale: a raw score becomes a scaled score and a verdict. Pure and exact, never a float.

The verdict is decided on the raw score; the scaled score shows it. The floor of the exact value is
the only rounding that needs no special case: `cut_score` or more if and only if passed, `ceiling`
if and only if all are right.
"""

import math
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

Share: TypeAlias = Fraction | Decimal | str
Raw: TypeAlias = int | Fraction

FLOOR = 100
CEILING = 1000


def exact_share(cut_share: Share) -> Fraction:
    """Raise ValueError unless `cut_share` is exact and lies between 0 and 1, both left out."""
    if not isinstance(cut_share, Fraction | Decimal | str):
        raise ValueError(f"a cut share is a Fraction, Decimal or text, not {cut_share!r}")
    try:
        share = Fraction(cut_share)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise ValueError(f"{cut_share!r} is no share") from error
    if not 0 < share < 1:
        raise ValueError(f"a cut share lies between 0 and 1, not {share}")
    return share


def scaled_score(
    raw: Raw,
    n: int,
    *,
    cut_share: Share,
    cut_score: int,
    floor: int = FLOOR,
    ceiling: int = CEILING,
) -> int:
    """The scaled score of `raw` points out of `n`: `floor` to `ceiling`, rounded down.

    Straight from `floor` to `cut_score` below the cut and from there to `ceiling` above it.
    Raises ValueError for anything out of range, also for n = 0: nothing scored is no score.
    """
    _check(raw, n)
    if not floor < cut_score < ceiling:
        raise ValueError(f"the scale must ascend: {floor} < {cut_score} < {ceiling}")
    exact = exact_score(Fraction(raw, n), exact_share(cut_share), floor, cut_score, ceiling)
    return math.floor(exact)


def is_pass(raw: Raw, n: int, cut_share: Share) -> bool:
    """Raises ValueError as `scaled_score` does."""
    _check(raw, n)
    return raw >= exact_share(cut_share) * n


def raw_cut(n: int, cut_share: Share) -> int:
    """The smallest whole raw score that passes, 1 to `n`. Raises ValueError for n < 1."""
    _check(0, n)
    return math.ceil(exact_share(cut_share) * n)


def exact_score(
    proportion: Fraction, share: Fraction, floor: int, cut_score: int, ceiling: int
) -> Fraction:
    """The scale before rounding, for a proportion right of 0 to 1; it rises all the way."""
    if proportion < share:
        return floor + (cut_score - floor) * proportion / share
    return cut_score + (ceiling - cut_score) * (proportion - share) / (1 - share)


def _check(raw: Raw, n: int) -> None:
    if not isinstance(n, int) or n < 1:
        raise ValueError(f"a score needs at least one scored question, not {n!r}")
    if not isinstance(raw, int | Fraction) or not 0 <= raw <= n:
        raise ValueError(f"a raw score lies between 0 and {n}, not {raw!r}")
