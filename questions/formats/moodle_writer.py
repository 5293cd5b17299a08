"""Our items as Moodle XML in Markdown, images inside, and what gets lost on the way.

Three things Moodle has no place for stand where it looks past them and our reader does not: the
rationales of pairs and steps in <feedback>, options that keep their place in an attribute, and the
format of the responses of a matching question.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import groupby

from lxml import etree
from lxml.etree import SubElement, _Element

from questions.formats.export import (
    category_of,
    even_share,
    loses_rationales,
    metadata_losses,
    pairs_of,
    texts_of,
)
from questions.formats.general_feedback import general_feedback
from questions.formats.hostile import CONTROL
from questions.formats.html_text import to_plain
from questions.formats.images import FOLDER
from questions.formats.item import Item
from questions.formats.parsed import Code, Note, is_left_out

FILE = "Moodle XML"
MAX_NAME = 80  # characters

_IMAGE = re.compile(rf"(?<=\]\()<?({FOLDER}/[A-Za-z0-9._-]+)>?")


def write(items: Iterable[Item], *, category: str = "") -> bytes:
    """A Moodle XML file of what it can hold, by the notes of `unsupported`; UTF-8.

    The task of a question is the last part of its category, below `category`.
    """
    quiz = etree.Element("quiz")
    held = (item for item in items if not is_left_out(unsupported(item)))
    for path, group in groupby(held, key=lambda item: category_of(item, category)):
        if path or len(quiz):
            _write_category(quiz, path)
        for item in group:
            _Writer(quiz, item).write()
    etree.indent(quiz)
    return etree.tostring(quiz, encoding="UTF-8", xml_declaration=True)


def unsupported(item: Item) -> list[Note]:
    """What Moodle XML cannot hold of an item; codes in `parsed.LEFT_OUT` leave out all of it."""
    return [Note(FILE, item.external_id, code, message) for code, message in _losses(item)]


def _losses(item: Item) -> Iterator[tuple[Code, str]]:
    if any(CONTROL.search(text) for text in texts_of(item)):
        yield Code.CANNOT_HOLD_TEXT, "control characters cannot stand in XML"
    if loses_rationales(item):
        message = f"Moodle shows no rationales of {item.kind} questions; they come back here"
        yield Code.LOSES_RATIONALES, message
    if item.kind == "matching" and any(to_plain(o.text) != o.text for o in item.options):
        yield Code.LOSES_FORMATTING, "Moodle shows the Markdown of responses as text"
    if any(option.is_fixed for option in item.options):
        message = "Moodle shuffles all options or none; fixed places come back here"
        yield Code.LOSES_FIXED_PLACES, message
    yield from metadata_losses(item)


def _write_category(quiz: _Element, path: str) -> None:
    question = SubElement(quiz, "question", type="category")
    text = f"$course$/top/{path}".rstrip("/")
    SubElement(SubElement(question, "category"), "text").text = text


class _Writer:
    """Writes one question."""

    def __init__(self, quiz: _Element, item: Item) -> None:
        kinds = {"single": "multichoice", "multiple": "multichoice"}
        self.item = item
        self.images = {image.name: image.content for image in item.images}
        self.element = SubElement(quiz, "question", type=kinds.get(item.kind, item.kind))

    def write(self) -> None:
        item = self.item
        name = item.external_id or " ".join(to_plain(item.stem).split())[:MAX_NAME]
        SubElement(SubElement(self.element, "name"), "text").text = name
        self._text(self.element, "questiontext", item.stem)
        self._text(self.element, "generalfeedback", general_feedback(item))
        self._values(defaultgrade="1", penalty="0", hidden="0", idnumber=item.external_id)
        bodies = {"ordering": self._ordering, "matching": self._matching}
        bodies.get(item.kind, self._choices)()
        if item.services:
            tags = SubElement(self.element, "tags")
            for service in item.services:
                SubElement(SubElement(tags, "tag"), "text").text = service

    def _choices(self) -> None:
        item = self.item
        is_single = item.kind == "single"
        is_shuffled = not all(option.is_fixed for option in item.options)
        self._values(
            single="true" if is_single else "false",
            shuffleanswers="true" if is_shuffled else "false",
            answernumbering="ABCD",
        )
        share, wrong = ("100", "0") if is_single else (even_share(item), "-100")
        for option in item.options:
            answer = self._text(self.element, "answer", option.text)
            answer.set("fraction", share if option.is_key else wrong)
            if option.is_fixed:
                answer.set("fixed", "1")
            self._feedback(answer, option.rationale)

    def _ordering(self) -> None:
        count = str(len(self.item.options))
        self._values(layouttype="VERTICAL", selecttype="ALL", selectcount=count)
        self._values(gradingtype="ALL_OR_NOTHING", showgrading="SHOW", numberingstyle="123")
        for place, step in enumerate(self.item.options, start=1):
            answer = self._text(self.element, "answer", step.text)
            answer.set("fraction", str(place))
            self._feedback(answer, step.rationale)

    def _matching(self) -> None:
        self._values(shuffleanswers="true")
        for pair in pairs_of(self.item):
            subquestion = self._text(self.element, "subquestion", pair.prompt)
            self._text(subquestion, "answer", pair.response)
            self._feedback(subquestion, pair.rationale)

    def _feedback(self, parent: _Element, rationale: str) -> None:
        if rationale:
            self._text(parent, "feedback", rationale)

    def _values(self, **values: str) -> None:
        for name, value in values.items():
            SubElement(self.element, name).text = value

    def _text(self, parent: _Element, name: str, text: str) -> _Element:
        """An element with a text and the images it names."""
        element = SubElement(parent, name, format="markdown")
        used: dict[str, bytes] = {}
        SubElement(element, "text").text = _IMAGE.sub(lambda m: self._source(m, used), text)
        for file_name, content in used.items():
            file = SubElement(element, "file", name=file_name, path="/", encoding="base64")
            file.text = b64encode(content).decode()
        return element

    def _source(self, match: re.Match[str], used: dict[str, bytes]) -> str:
        if match[1] not in self.images:
            return match[0]
        name = match[1].removeprefix(f"{FOLDER}/")
        used[name] = self.images[match[1]]
        return f"@@PLUGINFILE@@/{name}"
