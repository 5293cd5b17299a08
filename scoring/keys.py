"""Whether a response is right: all or nothing, and a blank is wrong. Pure."""

from exams import letters

SINGLE, MULTIPLE, ORDERING, MATCHING = "single", "multiple", "ordering", "matching"


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
