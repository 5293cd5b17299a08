"""How many questions of each domain the shipped exams take, pool by pool. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from exams.blueprint import quotas


def needs(
    entries: Iterable[Mapping[str, Any]],
    *,
    code: str,
    weights: Sequence[int],
    question_count: int,
) -> dict[str, list[int]]:
    """What the forms of `entries` (tables of exams/catalogue.toml) take, unscored questions too.

    No question stands on two forms, so forms of one pool add up. A certification that no entry
    names needs one form of `question_count`.
    """
    ours = [(entry["pool"], entry["question_count"]) for entry in entries if is_of(entry, code)]
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * len(weights))
    for pool, count in ours or [("exam", question_count)]:
        share = quotas(weights, count)
        sums[pool] = [a + b for a, b in zip(sums[pool], share, strict=True)]
    return dict(sums)


def is_of(entry: Mapping[str, Any], code: str) -> bool:
    return bool(entry["certification"] == code)
