"""Moodle XML: choices, true or false, matching and ordering, with the images inside the file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

from lxml.etree import _Element

from questions.formats.choices import (
    Answers,
    Choice,
    Pair,
    check_count,
    choice_answers,
    clean_category,
    clean_id,
    clean_tags,
    matching_answers,
    note_repeated_ids,
    ordering_answers,
    task_of,
)
from questions.formats.general_feedback import split_feedback
from questions.formats.hostile import check_count as check_questions
from questions.formats.hostile import parse_xml, refused
from questions.formats.html_text import from_plain
from questions.formats.inline_markdown import image
from questions.formats.item import Item
from questions.formats.item_images import with_images
from questions.formats.moodle_text import FORMATS, PLUGIN_FILE, TextReader, decoded_file
from questions.formats.parsed import Code, Note, Parsed, ParsedItem, Remarks, SkippedError
from questions.formats.rules import is_web_address

MAX_PLACE = 80  # characters of an id or a name in a place
COMBINED = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
_OTHER_KINDS = {
    "numerical": Code.KIND_NUMERIC,
    "calculated": Code.KIND_NUMERIC,
    "calculatedsimple": Code.KIND_NUMERIC,
    "calculatedmulti": Code.KIND_NUMERIC,
    "shortanswer": Code.KIND_SHORT_ANSWER,
    "essay": Code.KIND_ESSAY,
    "description": Code.KIND_DESCRIPTION,
    "cloze": Code.KIND_CLOZE,
    "multianswer": Code.KIND_CLOZE,
    "gapselect": Code.KIND_MISSING_WORD,
    "ddwtos": Code.KIND_MISSING_WORD,
}


def parse(data: bytes, *, file: str, encoding: str | None = None) -> Parsed:
    """Every question of a Moodle XML file.

    Raises FileRefusedError for what is no XML we read, or the XML of something else.
    """
    root = parse_xml(data, file=file, encoding=encoding)
    if root.tag != "quiz":
        message = f"is no Moodle XML: it begins with <{root.tag}>, not with <quiz>"
        raise refused(file, Code.NOT_THIS_FORMAT, message)
    elements = root.findall("question")
    check_questions(len(elements), file=file)
    reader = _Reader(file)
    for element in elements:
        reader.take(element)
    return reader.finish()


@dataclass
class _Reader:
    """Keeps the category, which holds until the next one."""

    file: str
    category: str = ""
    parsed: Parsed = field(default_factory=Parsed)
    found: list[tuple[Item, Remarks]] = field(default_factory=list)
    combined_count: int = 0

    def take(self, element: _Element) -> None:
        if element.get("type") == "category":
            self.category = clean_category(element.findtext("category/text") or "")
            return
        question = _Question(element, Remarks(self.file, _place(element)), self.category)
        remarks = question.remarks
        try:
            item = question.read()
        except SkippedError as error:
            note = Note(self.file, remarks.place, error.code, error.message)
            self.parsed.skipped.append(note)
            return
        self.combined_count += any(_has_text(element, name) for name in COMBINED)
        self.found.append((item, remarks))
        name = _short(element, "name/text")
        self.parsed.items.append(
            ParsedItem(item, remarks.place, remarks.notes, name, self.category)
        )

    def finish(self) -> Parsed:
        note_repeated_ids(self.found)
        if self.combined_count:
            message = (
                "the feedback for a right, partly right or wrong response as a whole is left out"
                f" (questions: {self.combined_count})"
            )
            self.parsed.warnings.append(Note(self.file, "", Code.DETAIL_DROPPED, message))
        return self.parsed


@dataclass
class _Question:
    """Reads one <question>."""

    element: _Element
    remarks: Remarks
    category: str

    def __post_init__(self) -> None:
        self.texts = TextReader(self.remarks)
        stem = self.element.find("questiontext")
        self.format = FORMATS.get(stem.get("format", "") if stem is not None else "", "moodle")

    def read(self) -> Item:
        """Raises SkippedError."""
        read_answers = self._reader_of_kind()
        stem = self._stem()
        answers = read_answers()
        explanation, references = split_feedback(self._text(self.element.find("generalfeedback")))
        self._note_details()
        item = Item(
            external_id=clean_id(self.element.findtext("idnumber") or "", self.remarks),
            kind=answers.kind,
            task=task_of(self.category),
            pool="exam",
            stem=stem,
            options=answers.options,
            prompts=answers.prompts,
            explanation=explanation,
            references=references,
            services=clean_tags([t.text or "" for t in self._all("tags/tag/text")], self.remarks),
            line=_line(self.element),
        )
        return with_images(item, self.texts.images)

    def _reader_of_kind(self) -> Callable[[], Answers]:
        kind = self.element.get("type", "")
        readers = {
            "multichoice": self._choices,
            "truefalse": self._true_false,
            "matching": self._matching,
            "ordering": self._ordering,
        }
        if kind not in readers:
            code = _OTHER_KINDS.get(kind, Code.KIND_UNKNOWN)
            raise SkippedError(code, f"questions of the type {kind[:40]!r} are not read")
        return readers[kind]

    def _stem(self) -> str:
        parts = [self._text(self.element.find("questiontext")), self._old_image()]
        stem = "\n\n".join(part for part in parts if part)
        name = (self.element.findtext("name/text") or "").strip()
        if not stem and name:
            self.remarks.add(Code.NAME_AS_STEM, "has no text of its own; its name stands there now")
            return from_plain(name)
        if not stem:
            raise SkippedError(Code.NO_STEM, "has no text")
        return stem

    def _old_image(self) -> str:
        """The image that Moodle 1.9 kept beside the text."""
        name = (self.element.findtext("image") or "").strip()
        content = decoded_file(self.element.findtext("image_base64") or "")
        if not name or not (content or is_web_address(name)):
            return ""
        if not content:
            return self.texts.markdown(image(name, "").text, "markdown")
        name = name.rpartition("/")[2]
        return self.texts.markdown(f"![]({PLUGIN_FILE}{quote(name)})", "markdown", {name: content})

    def _choices(self) -> Answers:
        is_single = _is_yes(self.element.findtext("single"))
        is_fixed = not _is_yes(self.element.findtext("shuffleanswers"))
        choices = [
            Choice(
                self._text(answer),
                self._text(answer.find("feedback")),
                _weight(answer),
                is_fixed or answer.get("fixed") == "1",
            )
            for answer in self._answer_elements()
        ]
        return choice_answers(choices, is_single=is_single, remarks=self.remarks)

    def _true_false(self) -> Answers:
        choices = [
            Choice(
                (answer.findtext("text") or "").strip().capitalize(),
                self._text(answer.find("feedback")),
                _weight(answer),
            )
            for answer in self._answer_elements()
        ]
        return choice_answers(choices, is_single=True, remarks=self.remarks)

    def _matching(self) -> Answers:
        elements = self._all("subquestion")
        check_count(len(elements))
        pairs = [
            Pair(
                self._text(element),
                self._text(element.find("answer"), "plain"),
                self._text(element.find("feedback")),
            )
            for element in elements
        ]
        return matching_answers(pairs, remarks=self.remarks)

    def _ordering(self) -> Answers:
        elements = self._in_order(self._answer_elements())
        steps = [(self._text(e), self._text(e.find("feedback"))) for e in elements]
        if (self.element.findtext("gradingtype") or "").strip() != "ALL_OR_NOTHING":
            self.remarks.add(Code.PARTIAL_CREDIT, "gives credit by steps; all or nothing now")
        shown = (self.element.findtext("selectcount") or "").strip()
        is_whole = (self.element.findtext("selecttype") or "").strip() == "ALL"
        if not is_whole and shown.isdecimal() and int(shown[:4]) < len(steps):
            self.remarks.add(Code.DETAIL_DROPPED, "showed some of its steps; it shows all now")
        return ordering_answers(steps, remarks=self.remarks)

    def _in_order(self, elements: list[_Element]) -> list[_Element]:
        """By position, if the fractions are positions; else as they stand, which is noted."""
        places = [_decimal(element.get("fraction", "")) for element in elements]
        if sorted(places) != [Decimal(place) for place in range(1, len(places) + 1)]:
            message = "its fractions are no positions; the steps stand as in the file"
            self.remarks.add(Code.BAD_POSITION, message)
            return elements
        return [elements[places.index(Decimal(n))] for n in range(1, len(places) + 1)]

    def _answer_elements(self) -> list[_Element]:
        elements = self._all("answer")
        check_count(len(elements))
        return elements

    def _note_details(self) -> None:
        self.texts.finish()
        if any(_has_text(hint) for hint in self._all("hint")):
            self.remarks.add(Code.DETAIL_DROPPED, "its hints are left out")
        if _is_yes(self.element.findtext("hidden"), default=False):
            self.remarks.add(Code.DETAIL_DROPPED, "was hidden; it is a draft like the others now")

    def _text(self, element: _Element | None, default: str = "") -> str:
        """Our Markdown of an element with <text> and files; nothing for none."""
        if element is None:
            return ""
        format_name = FORMATS.get(element.get("format", ""), default or self.format)
        return self.texts.markdown(element.findtext("text") or "", format_name, _files(element))

    def _all(self, path: str) -> list[_Element]:
        return self.element.findall(path)


def _files(element: _Element) -> dict[str, bytes]:
    """The files of a text by their path, as `@@PLUGINFILE@@/path` names them."""
    return {
        f"{file.get('path', '').strip('/')}/{file.get('name', '')}".lstrip("/"): decoded_file(
            file.text or ""
        )
        for file in element.findall("file")
    }


def _weight(answer: _Element) -> Decimal:
    weight = _decimal(answer.get("fraction", "0"))
    if not weight.is_finite():
        message = f"the fraction {answer.get('fraction', '')[:40]!r} is no number"
        raise SkippedError(Code.BAD_WEIGHT, message)
    return weight


def _decimal(text: str) -> Decimal:
    """The number; infinity for what is none."""
    try:
        number = Decimal(text.strip()[:40])
    except InvalidOperation:
        return Decimal("Infinity")
    return number if number.is_finite() else Decimal("Infinity")


def _is_yes(text: str | None, *, default: bool = True) -> bool:
    return default if text is None or not text.strip() else text.strip().lower() in {"1", "true"}


def _has_text(element: _Element, name: str = "") -> bool:
    path = f"{name}/text" if name else "text"
    return bool((element.findtext(path) or "").strip())


def _short(element: _Element, path: str) -> str:
    return " ".join((element.findtext(path) or "").split())


def _line(element: _Element) -> int:
    line: object = element.sourceline
    return line if isinstance(line, int) else 0


def _place(element: _Element) -> str:
    name = _short(element, "idnumber") or _short(element, "name/text")
    return f"line {_line(element)}" + (f" ({name[:MAX_PLACE]})" if name else "")
