"""The texts of a QTI item: XHTML with its images, formulas and feedback, to our Markdown."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

from lxml import etree
from lxml.etree import _Element

from questions.formats.hostile import MAX_TEXT
from questions.formats.html_reader import KNOWN_TAGS
from questions.formats.html_text import from_html
from questions.formats.moodle_text import TextReader, decoded_file
from questions.formats.parsed import Code, Remarks, SkippedError
from questions.formats.qti_xhtml import STRUCK
from questions.formats.rules import is_web_address

FEEDBACK = ("feedbackInline", "feedbackBlock")

_DATA = re.compile(r"data:image/[a-z0-9.+-]{1,20};base64,")
_DROPPED = {
    "stylesheet": "its style sheet is left out",
    "rubricBlock": "its instructions for candidates or raters (rubric) are left out",
    "catalogInfo": "its catalog of alternative content is left out",
    "include": "what it includes from other files is left out",
}
_BLOCKS = {"contentBody", "prompt", "itemBody", "stimulusBody", "feedbackBlock", "modalFeedback"}
_FORMULAS = {
    "mfrac": ("({0})/({1})"),
    "msup": "{0}^{1}",
    "msub": "{0}_{1}",
    "mroot": "root({0}, {1})",
}


class Found(NamedTuple):
    """A file of the package; `path` is its own name, `is_exact` whether it was named so."""

    path: str
    content: bytes
    is_exact: bool


# Asked for a reference and the path of the file it stands in.
Find = Callable[[str, str], Found | None]


def find_nothing(_reference: str, _base: str) -> Found | None:
    """For an item that came alone."""
    return None


@dataclass
class ItemTexts:
    """Turns elements of one item into Markdown and gathers the images they name.

    Elements are used up by it. `path` is that of the file they stand in.
    """

    remarks: Remarks
    path: str = ""
    find: Find = find_nothing
    told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.reader = TextReader(self.remarks)

    @property
    def images(self) -> dict[str, bytes]:
        return self.reader.images

    def markdown(self, element: _Element, *, path: str = "") -> str:
        """Raises SkippedError if the text is too long to be one of a question."""
        self._drop_foreign(element)
        for math in [*element.iter("math")]:
            self._keep_as_text(math)
        self._show_images(element, path or self.path)
        for each in element.iter(etree.Element):
            _make_html(each)
        source = _inner_html(element)
        if len(source) > MAX_TEXT:
            raise SkippedError(Code.TEXT_TOO_LONG, f"a text has more than {MAX_TEXT} characters")
        converted = from_html(source, lambda name, _alt: name)
        self.reader.lost.extend(converted.lost)
        return converted.text

    def distinct(self, elements: Iterable[_Element]) -> list[str]:
        """The texts of several elements, none of them empty or twice."""
        texts = dict.fromkeys(self.markdown(element) for element in elements)
        return [text for text in texts if text]

    def finish(self) -> None:
        self.reader.finish()

    def tell(self, code: str, message: str) -> None:
        """Add a note, if it is not there yet."""
        if message not in self.told:
            self.told.add(message)
            self.remarks.add(code, message)

    def _drop_foreign(self, element: _Element) -> None:
        for each in [*element.iter(*_DROPPED)]:
            if each is not element:
                self.tell(Code.DETAIL_DROPPED, _DROPPED[str(each.tag)])
                take_out(each)

    def _keep_as_text(self, math: _Element) -> None:
        self.tell(Code.MATH_AS_TEXT, "a formula (MathML) is read as its plain text")
        text = math.get("alttext") or _formula(math)
        for child in list(math):
            math.remove(child)
        math.tag, math.text = "span", " ".join(text.split())

    def _show_images(self, element: _Element, path: str) -> None:
        for each in [*element.iter("object")]:
            if each.get("type", "").startswith("image/"):
                alt = " ".join("".join(map(str, each.itertext())).split())
                _become(each, "img", src=each.get("data", ""), alt=alt)
        for each in [*element.iter("img")]:
            alt = each.get("alt", "")
            name = self._image(each.get("src", "").strip(), alt, path)
            if name:
                _become(each, "img", src=name, alt=alt)
            else:
                _become(each, "span")
                each.text = alt

    def _image(self, source: str, alt: str, path: str) -> str | None:
        """What Markdown writes for an image; what cannot be had is noted."""
        if is_web_address(source):
            message = f"the image {source[:200]} stays where it is, on another server"
            self.tell(Code.IMAGE_REMOTE, message)
            return source
        if embedded := _DATA.match(source):
            content = decoded_file(source[embedded.end() :])
            return self.reader.keep(f"embedded-{len(self.images) + 1}", content)
        found = self.find(source, path)
        if not found:
            shown = source[:100] or alt[:100]
            self.tell(Code.IMAGE_MISSING, f"the image {shown!r} is not in the file")
            return None
        if not found.is_exact:
            self.tell(Code.PATH_CHANGED, f"{source[:100]!r} is read from {found.path!r}")
        return self.reader.keep(PurePosixPath(found.path).name, found.content)


def take_out(element: _Element) -> None:
    """Remove an element, but not the text behind it."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "")
    else:
        parent.text = (parent.text or "") + (element.tail or "")
    element.tail = None
    parent.remove(element)


def take_feedback(element: _Element) -> list[_Element]:
    """Remove all feedback inside of an element, and give it back."""
    found = [
        each
        for each in element.iter(*FEEDBACK)
        if each is not element and not any(up.tag in FEEDBACK for up in each.iterancestors())
    ]
    for each in found:
        take_out(each)
    return found


def _make_html(element: _Element) -> None:
    name = str(element.tag)
    if name == "span" and STRUCK in element.get("class", "").split():
        element.tag = "s"
    elif name not in KNOWN_TAGS:
        element.tag = "div" if name in _BLOCKS else "span"


def _become(element: _Element, name: str, **attributes: str) -> None:
    """The same place, but empty and with no other attributes."""
    tail = element.tail
    element.clear()
    element.tag, element.tail = name, tail
    for key, value in attributes.items():
        element.set(key, value)


def _inner_html(element: _Element) -> str:
    element.tag, element.tail = "div", None
    whole: str = etree.tostring(element, encoding="unicode", method="html")
    return whole


def _formula(element: _Element) -> str:
    name, parts = (
        str(element.tag),
        [_formula(child) for child in element.iterchildren(etree.Element)],
    )
    if name == "annotation" or name == "annotation-xml":
        return ""
    if name in _FORMULAS and len(parts) == 2:
        return _FORMULAS[name].format(*(part.strip() for part in parts))
    if name == "msqrt":
        return f"sqrt({' '.join(parts).strip()})"
    return f"{(element.text or '').strip()}{' '.join(part for part in parts if part)}"
