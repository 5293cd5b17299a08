"""Whether a response is right: all or nothing, and a blank is wrong. Pure."""

from typing import NamedTuple

from exams import letters

SINGLE, MULTIPLE, ORDERING, MATCHING = "single", "multiple", "ordering", "matching"


class Ruling(NamedTuple):
    """What decides about a question by now: its key, unless it was withdrawn."""

    key: str
    is_withdrawn: bool = False


def is_credited(kind: str, selected: str, option_order: str, ruling: Ruling) -> bool:
    """Whether the response counts as right: a withdrawn question is credited to all."""
    return ruling.is_withdrawn or is_right(kind, selected, option_order, ruling.key)


def is_right(kind: str, selected: str, option_order: str, key: str) -> bool:
    """Judge `selected`, in the letters shown, by `key`, in the author's letters.

    A multiple response is a set; an order and a matching are right place by place. Raises
    ValueError for an unknown kind, never for what a candidate may have sent.
    """
    said = letters.to_author(selected, option_order)
    if kind == MULTIPLE:
        return sorted(said) == sorted(key)
    if kind in (SINGLE, ORDERING, MATCHING):
        return said == key
    raise ValueError(f"unknown kind of question: {kind!r}")
