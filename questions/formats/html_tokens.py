"""Cuts HTML, however broken, into text and tags, and knows which tags there are."""

import html
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

STYLES = {
    "b": "strong", "strong": "strong", "i": "em", "em": "em", "cite": "em", "dfn": "em",
    "var": "em", "s": "s", "del": "s", "strike": "s", "sup": "sup", "sub": "sub",
}  # fmt: skip
SHIFTS = {"sup", "sub"}
CODE = {"code", "tt", "kbd", "samp"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = HEADINGS | {
    "p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "address",
    "center", "dl", "dt", "dd", "fieldset", "figure", "figcaption", "body", "html", "details",
    "summary", "hr", "caption",
}  # fmt: skip
TABLE = {"table", "tr", "td", "th"}
_PLAIN = {
    "a", "abbr", "acronym", "area", "base", "basefont", "bdi", "bdo", "big", "blink", "br", "col",
    "colgroup", "data", "font", "head", "img", "ins", "label", "li", "link", "map", "mark", "meta",
    "nobr", "ol", "option", "param", "pre", "q", "rp", "rt", "ruby", "small", "span", "tbody",
    "tfoot", "thead", "time", "u", "ul", "wbr", "blockquote",
}  # fmt: skip
# Neither their tags nor what stands between them can be kept.
_WITHOUT_CONTENT = {
    "script", "style", "svg", "math", "video", "audio", "object", "iframe", "select", "textarea",
    "template", "noscript", "canvas", "title", "button",
}  # fmt: skip
LOST_TAGS = _WITHOUT_CONTENT - {"style", "title"} | {"embed", "input", "form", "source", "track"}
KNOWN_TAGS = (
    {*STYLES} | CODE | BLOCKS | TABLE | _PLAIN | _WITHOUT_CONTENT | LOST_TAGS
)  # anything else between angle brackets is text, as in List<String>

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]*)"
    r"(?P<attributes>(?:[^<>\"']++|\"[^\"]*\"|'[^']*')*+)>"
    r"|<[!?][^>]*>"
    r"|(?P<text>[^<]+|<)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([A-Za-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")


class Token(NamedTuple):
    """Text, or the start or the end of an element."""

    kind: str
    value: str
    attributes: Mapping[str, str] = MappingProxyType({})


def tokens(source: str) -> Iterator[Token]:
    """Text between two tags comes in one piece; comments and what cannot be kept do not come."""
    at = 0
    texts: list[str] = []
    skipped = set(_WITHOUT_CONTENT)
    while match := _TOKEN.match(source, at):
        at = match.end()
        name = (match["name"] or "").lower()
        if match["text"] or (name and _is_text(name)):
            texts.append(match[0])
        elif name:
            if texts:
                yield Token("text", html.unescape("".join(texts)))
                texts = []
            yield Token("end" if match["end"] else "start", name, _attributes(match))
            if name in skipped and not match["end"] and not match["attributes"].endswith("/"):
                at, is_closed = _end_of(source, name, at)
                skipped -= set() if is_closed else {name}
    if texts:
        yield Token("text", html.unescape("".join(texts)))


def _is_text(name: str) -> bool:
    """Whether a tag is none: no element of HTML, nor one with a prefix or a name of its own."""
    return name not in KNOWN_TAGS and not set(name) & set(":-")


def _attributes(match: re.Match[str]) -> dict[str, str]:
    return {
        name.lower(): html.unescape(double or single or bare)
        for name, double, single, bare in _ATTRIBUTE.findall(match["attributes"])
    }


def _end_of(source: str, name: str, at: int) -> tuple[int, bool]:
    """Where to read on behind an element, and whether it ends at all.

    One that is never closed is as long as the text if it may hold a program, and else empty.
    """
    found = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(source, at)
    if found:
        return found.end(), True
    return (len(source) if name in {"script", "style"} else at), False
