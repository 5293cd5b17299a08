"""Letters: the author's order of options, the order one sitting shows, and the way between.

An order such as "CADB" lists author letters as they are shown: the first shown option, which the
candidate knows as A, is the author's C.
"""

import random
from collections.abc import Collection

ALPHABET = "ABCDEFGH"
EMPTY_PLACE = "-"


def shuffled(count: int, fixed: Collection[int], rng: random.Random) -> str:
    """An order of `count` options in which those at the `fixed` places (from 0) stay put."""
    loose = [place for place in range(count) if place not in fixed]
    dealt = iter(rng.sample(loose, len(loose)))
    return "".join(ALPHABET[place if place in fixed else next(dealt)] for place in range(count))


def to_author(shown: str, order: str) -> str:
    """Shown letters in the author's; empty places stay."""
    return shown.translate(str.maketrans(ALPHABET[: len(order)], order))


def to_shown(letters: str, order: str) -> str:
    """The author's letters as this sitting shows them; empty places stay."""
    return letters.translate(str.maketrans(order, ALPHABET[: len(order)]))
