"""Explanation and references as one text, for formats that have a single place for both."""

import re

from questions.formats.item import Item
from questions.formats.rules import is_web_address

HEADING = "References:"

_TAIL = re.compile(rf"(?:\A|\n\n){HEADING}\n\n(?P<list>(?:- \[[^\n]+\]\([^\s]+\)(?:\n|\Z))+)\Z")
_REFERENCE = re.compile(r"- \[(.+)\]\((\S+)\)")


def general_feedback(item: Item) -> str:
    """The explanation, and below it the references as a list of links."""
    if not item.references:
        return item.explanation
    links = "\n".join(f"- [{title}]({url})" for title, url in item.references)
    return "\n\n".join(part for part in (item.explanation, HEADING, links) if part)


def split_feedback(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The explanation and the references, as `general_feedback` joins them."""
    start = text.rfind(f"{HEADING}\n\n- [")
    match = _TAIL.search(text, max(0, start - 2)) if start >= 0 else None
    if not match:
        return text, ()
    references = tuple(_REFERENCE.findall(match["list"]))
    if not all(is_web_address(url) for _, url in references):
        return text, ()
    return text[: match.start()], references
