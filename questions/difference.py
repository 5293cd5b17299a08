"""The difference of two texts side by side: by line, and by word inside a line that changed."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TypeVar

Row = TypeVar("Row")

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
# Comparing grows with the square of a line; past this a changed line is shown changed as a whole.
MAX_WORDS = 2000
# Two lines that share less than this are two lines, not one that changed.
KINSHIP = 0.3


@dataclass(frozen=True)
class Piece:
    text: str
    is_changed: bool


@dataclass(frozen=True)
class Line:
    """One row of the two columns; None where a side has no such line."""

    old: tuple[Piece, ...] | None
    new: tuple[Piece, ...] | None

    @property
    def state(self) -> str:
        """`same`, `added`, `removed` or `changed`."""
        if self.old is None:
            return "added"
        if self.new is None:
            return "removed"
        return "same" if self.old == self.new else "changed"


def lines(old: str, new: str) -> list[Line]:
    """The rows for two texts; none for two empty ones."""
    pairs = aligned(old.splitlines(), new.splitlines(), same=str)
    return [line for pair in pairs for line in _rows(*pair)]


def aligned(
    old: Sequence[Row], new: Sequence[Row], *, same: Callable[[Row], str]
) -> Iterator[tuple[Row | None, Row | None]]:
    """Pair the rows of two lists in order: equal ones by `same`, then what changed between them."""
    matcher = SequenceMatcher(None, [same(row) for row in old], [same(row) for row in new], False)
    for _, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        yield from zip_longest(old[old_from:old_to], new[new_from:new_to])


def _rows(old: str | None, new: str | None) -> list[Line]:
    if old is None or new is None:
        return [Line(_whole(old), _whole(new))]
    if old == new:
        return [Line((Piece(old, False),), (Piece(new, False),))]
    before, after = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, before, after, False)
    if max(len(before), len(after)) > MAX_WORDS or _kinship(before, after) < KINSHIP:
        return [Line(_whole(old), None), Line(None, _whole(new))]
    codes = matcher.get_opcodes()
    return [
        Line(
            _pieces(before, [(tag, start, end) for tag, start, end, _, _ in codes]),
            _pieces(after, [(tag, start, end) for tag, _, _, start, end in codes]),
        )
    ]


def _kinship(old: list[str], new: list[str]) -> float:
    """The share of words, 0 to 1, that two lines have in common in this order."""
    before, after = ([word for word in line if not word.isspace()] for line in (old, new))
    return SequenceMatcher(None, before, after, False).ratio()


def _whole(text: str | None) -> tuple[Piece, ...] | None:
    return None if text is None else (Piece(text, True),)


def _pieces(words: list[str], codes: list[tuple[str, int, int]]) -> tuple[Piece, ...]:
    return tuple(
        Piece("".join(words[start:end]), tag != "equal") for tag, start, end in codes if start < end
    )
