"""Our items as GIFT in Markdown, and what gets lost on the way."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from questions.formats.export import (
    category_of,
    even_share,
    loses_rationales,
    metadata_losses,
    pairs_of,
)
from questions.formats.general_feedback import general_feedback
from questions.formats.html_text import to_plain
from questions.formats.item import Item
from questions.formats.parsed import Code, Note, is_left_out

FILE = "GIFT"
ORDERING = "ALL VERTICAL ALL_OR_NOTHING SHOW 123"

_RESERVED = re.compile(r"[\\:#={}~]")
_BREAKS_STEPS = re.compile(r"[\n{}]|####|\A//")


def write(items: Iterable[Item], *, category: str = "") -> bytes:
    """A GIFT file of what it can hold, by the notes of `unsupported`; UTF-8.

    The task of a question is the last part of its category, below `category`.
    """
    held = (item for item in items if not is_left_out(unsupported(item)))
    parts: list[str] = []
    for path, group in groupby(held, key=lambda item: category_of(item, category)):
        if path or parts:
            parts.append(f"$CATEGORY: $course$/top/{_escaped(path)}\n")
        parts.extend(_written(item) for item in group)
    return "\n".join(parts).encode()


def unsupported(item: Item) -> list[Note]:
    """What GIFT cannot hold of an item; codes in `parsed.LEFT_OUT` leave out all of it."""
    return [Note(FILE, item.external_id, code, message) for code, message in _losses(item)]


def _losses(item: Item) -> Iterator[tuple[Code, str]]:
    if item.kind == "ordering" and any(_BREAKS_STEPS.search(o.text) for o in item.options):
        message = "a step with braces, '####' or more than one line cannot be written"
        yield Code.CANNOT_HOLD_TEXT, message
    if any("->" in prompt.text for prompt in item.prompts):
        yield Code.CANNOT_HOLD_TEXT, "a prompt with '->' cannot be written"
    if loses_rationales(item):
        yield Code.LOSES_RATIONALES, f"the rationales of {item.kind} questions are left out"
    if item.kind in {"ordering", "matching"} and any(
        to_plain(o.text) != o.text for o in item.options
    ):
        yield Code.LOSES_FORMATTING, "Moodle shows the Markdown of responses and steps as text"
    if item.images:
        yield Code.LOSES_IMAGES, f"{len(item.images)} images are left out"
    if any(option.is_fixed for option in item.options):
        yield Code.LOSES_FIXED_PLACES, "options that keep their place are shuffled with the others"
    yield from metadata_losses(item)


def _written(item: Item) -> str:
    name = f"::{_escaped(item.external_id)}::" if item.external_id else ""
    show = f">{len(item.options)} {ORDERING}" if item.kind == "ordering" else ""
    lines = [*_BODIES[item.kind](item)]
    if feedback := general_feedback(item):
        lines.append(f"####{_text(feedback)}")
    body = "".join(f"\t{line}\n" for line in lines)
    return f"{_comment(item)}{name}[markdown]{_escaped(item.stem)}{{{show}\n{body}}}\n"


def _comment(item: Item) -> str:
    marks = [f"[id:{_in_brackets(item.external_id)}]"] if item.external_id else []
    marks.extend(f"[tag:{_in_brackets(name)}]" for name in item.services)
    return f"// {' '.join(marks)}\n" if marks else ""


def _single(item: Item) -> Iterator[str]:
    for option in item.options:
        mark = "=" if option.is_key else "~"
        yield mark + _text(option.text) + _feedback(option.rationale)


def _multiple(item: Item) -> Iterator[str]:
    share = even_share(item)
    for option in item.options:
        weight = share if option.is_key else "-100"
        yield f"~%{weight}%{_text(option.text)}{_feedback(option.rationale)}"


def _ordering(item: Item) -> Iterator[str]:
    # Moodle undoes no escape in steps but that of the backslash.
    return (option.text.replace("\\", "\\\\") for option in item.options)


def _matching(item: Item) -> Iterator[str]:
    for prompt, response, _ in pairs_of(item):
        yield f"={_text(prompt)} -> {_escaped(response)}"


_BODIES = {
    "single": _single,
    "multiple": _multiple,
    "ordering": _ordering,
    "matching": _matching,
}


def _feedback(rationale: str) -> str:
    return f"#{_text(rationale)}" if rationale else ""


def _text(text: str) -> str:
    """A text of its own; the name of its format keeps what looks like one, or like a weight."""
    return ("[markdown]" if text.startswith(("[", "%")) else "") + _escaped(text)


def _escaped(text: str) -> str:
    return _RESERVED.sub(r"\\\g<0>", text).replace("\n", r"\n")


def _in_brackets(text: str) -> str:
    return text.replace("]", r"\]")
