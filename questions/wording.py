"""What the words of a question must not do: lean on places, hide a NOT, or repeat another. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, pairwise
from typing import NamedTuple

from questions.formats.item import Item
from questions.formats.rules import Problem, place
from questions.service_names import stale_names

# Of the pairs of different questions in the shipped bank the most alike share 26 % (two matching
# questions of one pattern), half of them less than 1 %. A stem with each tenth word replaced by
# chance shares 68 % with the old one, with each fifth 47 %, with each fourth 39 %. So 40 % finds a
# copy with other numbers and names, and leaves a common pattern alone.
ALIKE = 0.4

_CODE = re.compile(r"(```|~~~).*?\1|`[^`\n]*`", re.DOTALL)
_BOLD = re.compile(r"(\*\*|__)(?=\S).+?(?<=\S)\1", re.DOTALL)
_TABLE = re.compile(r"^\s*\|.*$", re.MULTILINE)
_SENTENCE = re.compile(r"[^.?!]*\?")
_ABOVE = re.compile(
    r"\b(?:all|any|both|each|either|neither|none) of (?:the )?"
    r"(?:above|below|these|those|options|other options|preceding|answers|choices)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(
    r"\b(?i:options?|answers?|responses?|choices?|distractors?|keys?|prompts?)"
    r" [(\"']?[A-H](?![\w'/+-]|\.\w)"
    r"|(?:\A|(?<=[.;:!?] ))[A-H](?:,? (?:and|or) [A-H])? (?:is|are) (?:the )?"
    r"(?:also )?(?:right|wrong|correct|incorrect|true|false|key|keys|best)\b"
)
_SHOUTED = re.compile(r"\b(?:NOT|EXCEPT|LEAST)\b")
_QUIET = re.compile(
    r"\bwhich\b(?: [\w-]+){0,6}? (?:is|are|was|were|do|does|did|can|could|will|would|should|must)"
    r"(?:n't| not)\b|\bwhich\b(?: [\w-]+){0,4}? cannot\b|\bexcept\b|(?<!at )\bleast\b",
    re.IGNORECASE,
)


class Pair(NamedTuple):
    """Two ids, and the share of word pairs (0 to 1) that their stems have in common."""

    first: str
    second: str
    likeness: float


def wording_problems(item: Item) -> Iterator[Problem]:
    """Every fault of the words of one question."""
    for where, text in _choices(item):
        if above := _ABOVE.search(text):
            yield Problem(where, f"says {above[0]!r}; options are shuffled")
    for where, text in _explanations(item):
        if letter := _LETTER.search(_prose(text)):
            yield Problem(where, f"names a letter, {letter[0]!r}; options are shuffled")
    if word := unstressed(item.stem):
        yield Problem("stem", f"{word!r} turns the question around and is not in bold")
    for where, text in (*_texts(item), *(("services", name) for name in item.services)):
        for name, reason in stale_names(_prose(text)):
            yield Problem(where, f"{name!r} {reason}")


def unstressed(stem: str) -> str | None:
    """The word of a stem that turns it around without being bold: NOT, EXCEPT, LEAST."""
    plain = _BOLD.sub(" ", _TABLE.sub(" ", _CODE.sub(" ", stem)))
    if found := _SHOUTED.search(plain):
        return found[0]
    questions = (" ".join(each.split()) for each in _SENTENCE.findall(plain))
    return next((found[0] for each in questions if (found := _QUIET.search(each))), None)


def pairs(stems: Mapping[str, str]) -> list[Pair]:
    """Every two of the stems, the most alike first."""
    held = {name: _word_pairs(stem) for name, stem in stems.items()}
    found = (Pair(a, b, _likeness(held[a], held[b])) for a, b in combinations(held, 2))
    return sorted(found, key=lambda pair: -pair.likeness)


def near_duplicates(found: Iterable[Pair]) -> list[Pair]:
    return [pair for pair in found if pair.likeness >= ALIKE]


def _word_pairs(stem: str) -> frozenset[tuple[str, str]]:
    words = re.findall(r"[^\W_]+", stem.lower())
    return frozenset(pairwise(words))


def _likeness(a: frozenset[tuple[str, str]], b: frozenset[tuple[str, str]]) -> float:
    shared = len(a & b)
    whole = len(a) + len(b) - shared
    return shared / whole if whole else 0.0


def _prose(text: str) -> str:
    """The text without its code, on one line."""
    return " ".join(_CODE.sub(" ", text).split())


def _choices(item: Item) -> Iterator[tuple[str, str]]:
    yield from ((place(item.kind, n), option.text) for n, option in enumerate(item.options))
    yield from ((f"pair {n}", prompt.text) for n, prompt in enumerate(item.prompts, start=1))


def _explanations(item: Item) -> Iterator[tuple[str, str]]:
    yield "explanation", item.explanation
    yield from ((place(item.kind, n), option.rationale) for n, option in enumerate(item.options))
    yield from ((f"pair {n}", prompt.rationale) for n, prompt in enumerate(item.prompts, start=1))


def _texts(item: Item) -> Iterator[tuple[str, str]]:
    yield "stem", item.stem
    yield from _choices(item)
    yield from _explanations(item)
