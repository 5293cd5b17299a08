"""Aiken: a question, its options and the letter of the right one, a line each."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from string import ascii_uppercase
from typing import NamedTuple

from questions.formats.choices import Choice, check_count, choice_answers
from questions.formats.export import metadata_losses
from questions.formats.hostile import MAX_TEXT, decode
from questions.formats.hostile import check_count as check_questions
from questions.formats.html_text import from_plain, to_plain
from questions.formats.item import LETTERS, Item
from questions.formats.parsed import (
    Code,
    Note,
    Parsed,
    ParsedItem,
    Remarks,
    SkippedError,
    is_left_out,
)

FILE = "Aiken"
MAX_LINES = 50  # a question, on average
LETTERS_OF_FILE = ascii_uppercase

_OPTION = re.compile(r"([A-Z])[.)][ \t]+(.*)$")
_UNSPACED = re.compile(r"([A-Z])[.)](?=\S)")
_ANSWER = re.compile(r"ANSWER:\s*(.*)$", re.IGNORECASE)
_LETTER = re.compile(r"[A-Za-z]\.?")


class _Line(NamedTuple):
    number: int
    text: str


@dataclass
class _Question:
    """One question as far as it was read; `fault` is the first thing wrong, with its line."""

    stem: list[_Line] = field(default_factory=list)
    options: list[_Line] = field(default_factory=list)
    first: list[_Line] = field(default_factory=list)  # the first option, with its letter
    key: int = -1
    answer: int = 0
    fault: tuple[int, str] | None = None
    odd_line: int = 0

    @property
    def is_begun(self) -> bool:
        return bool(self.stem or self.options)

    @property
    def line(self) -> int:
        return next((line.number for line in [*self.stem, *self.options]), self.answer)

    @property
    def expected(self) -> str:
        """The letter of the next option; none behind Z."""
        return LETTERS_OF_FILE[len(self.options) : len(self.options) + 1]

    def unread_option(self) -> None:
        """Make the only option so far a line of the question, which it was."""
        self.stem.extend(self.first)
        self.odd_line = self.first[0].number
        self.options, self.first = [], []

    def blame(self, line: int, message: str) -> None:
        self.fault = self.fault or (line, message)


def parse(data: bytes, *, file: str, encoding: str | None = None) -> Parsed:
    """Every question of an Aiken file; its text is plain, so `<b>` is shown as it is.

    Raises FileRefusedError for bytes that are no text we read.
    """
    lines = decode(data, file=file, encoding=encoding).split("\n")
    check_questions(len(lines) // MAX_LINES, file=file)
    reader = _Reader(file)
    for number, line in enumerate(lines, start=1):
        reader.take(_Line(number, line.strip()))
    reader.finish()
    return reader.parsed


@dataclass
class _Reader:
    file: str
    parsed: Parsed = field(default_factory=Parsed)
    question: _Question = field(default_factory=_Question)
    is_after_blank: bool = True

    def take(self, line: _Line) -> None:
        if line.text:
            self._take(line)
        self.is_after_blank = not line.text

    def finish(self) -> None:
        """End the last question, which has no ANSWER line if it is still open."""
        question = self.question
        if question.is_begun:
            question.blame(question.line, "no ANSWER line behind its options")
            self._end()

    def _take(self, line: _Line) -> None:
        question = self.question
        answer, option = _ANSWER.match(line.text), _OPTION.match(line.text)
        unspaced = _UNSPACED.match(line.text)
        if answer and (line.text.startswith("ANSWER") or _LETTER.fullmatch(answer[1])):
            self._answer(line, answer[1])
        elif option and (option[1] == question.expected or question.options):
            self._option(line, option[1], option[2])
        elif unspaced and unspaced[1] == question.expected and question.stem:
            question.blame(line.number, f"no space behind {line.text[:2]!r}")
            question.options.append(line._replace(text=line.text[2:]))
        else:
            self._stem(line, is_odd=bool(option))

    def _stem(self, line: _Line, *, is_odd: bool) -> None:
        options = self.question.options
        if len(options) == 1 and not self.question.stem and not self.is_after_blank:
            self.question.unread_option()
        elif options:
            self.finish()
        if self.is_after_blank and self.question.stem:
            self.question.stem.append(_Line(line.number, ""))
        self.question.stem.append(line)
        self.question.odd_line = self.question.odd_line or (line.number if is_odd else 0)

    def _option(self, line: _Line, letter: str, text: str) -> None:
        question = self.question
        if letter == "A" and len(question.options) == 1:
            question.unread_option()
        if letter != question.expected:
            message = f"option {letter} where {question.expected or 'no other'} was expected"
            question.blame(line.number, message)
        if not question.options:
            question.first = [line]
        question.options.append(line._replace(text=text))

    def _answer(self, line: _Line, letter: str) -> None:
        question = self.question
        index = LETTERS_OF_FILE.find(letter[:1].upper()) if _LETTER.fullmatch(letter) else -1
        if not question.options:
            question.blame(line.number, "ANSWER before any option")
        elif index < 0:
            question.blame(line.number, f"ANSWER has no single letter: {letter[:40]!r}")
        elif index >= len(question.options):
            question.blame(line.number, f"ANSWER: {letter[0]}, but there is no such option")
        question.key = index
        question.answer = line.number
        self._end()

    def _end(self) -> None:
        question, self.question = self.question, _Question()
        remarks = Remarks(self.file, f"line {question.line}")
        try:
            item = _item(question, remarks)
            self.parsed.items.append(ParsedItem(item, remarks.place, remarks.notes))
        except SkippedError as error:
            note = Note(self.file, remarks.place, error.code, error.message)
            self.parsed.skipped.append(note)
        check_questions(len(self.parsed.items) + len(self.parsed.skipped), file=self.file)


def _item(question: _Question, remarks: Remarks) -> Item:
    """Raises SkippedError for the first fault."""
    if question.fault:
        line, message = question.fault
        where = "" if line == question.line else f"line {line}: "
        raise SkippedError(Code.SYNTAX, where + message)
    if not question.stem:
        raise SkippedError(Code.NO_STEM, "its options have no question before them")
    check_count(len(question.options))
    stem = "\n".join(line.text for line in question.stem)
    if max(len(text) for text in (stem, *(o.text for o in question.options))) > MAX_TEXT:
        raise SkippedError(Code.TEXT_TOO_LONG, f"a text has more than {MAX_TEXT} characters")
    if question.odd_line:
        message = f"line {question.odd_line} begins like an option, but is read as the question"
        remarks.add(Code.LOOKS_LIKE_OPTION, message)
    choices = [
        Choice(from_plain(option.text), "", Decimal(100 if index == question.key else 0))
        for index, option in enumerate(question.options)
    ]
    answers = choice_answers(choices, is_single=True, remarks=remarks)
    return Item("", "single", "", "exam", from_plain(stem), answers.options, line=question.line)


# Writing


def write(items: Iterable[Item]) -> bytes:
    """An Aiken file of what it can hold, by the notes of `unsupported`; UTF-8."""
    held = (item for item in items if not is_left_out(unsupported(item)))
    return "\n".join(_written(item) for item in held).encode()


def unsupported(item: Item) -> list[Note]:
    """What Aiken cannot hold of an item; codes in `parsed.LEFT_OUT` leave out all of it."""
    return [Note(FILE, item.external_id, code, message) for code, message in _losses(item)]


def _losses(item: Item) -> Iterator[tuple[Code, str]]:
    if item.kind != "single" or len(item.key) != 1:
        yield Code.CANNOT_HOLD_KIND, "Aiken has only questions with one right option"
    elif _begins_like_syntax(_line_of(item.stem)):
        yield Code.CANNOT_HOLD_TEXT, "its question begins like an option or an ANSWER line"
    texts = [item.stem, *(option.text for option in item.options)]
    if any(_line_of(text) != text for text in texts):
        yield Code.LOSES_FORMATTING, "texts become plain lines, without paragraphs and emphasis"
    if any(option.rationale for option in item.options):
        yield Code.LOSES_RATIONALES, "its rationales are left out"
    if item.explanation or item.references:
        yield Code.LOSES_EXPLANATION, "its explanation and references are left out"
    if item.images:
        yield Code.LOSES_IMAGES, f"{len(item.images)} images are left out"
    if any(option.is_fixed for option in item.options):
        yield Code.LOSES_FIXED_PLACES, "options that keep their place are shuffled with the others"
    if item.external_id or item.services or item.task:
        yield (
            Code.LOSES_ID,
            "its id, task and services are left out; it comes back as a new question",
        )
    yield from metadata_losses(item)


def _begins_like_syntax(line: str) -> bool:
    return any(pattern.match(line) for pattern in (_OPTION, _UNSPACED, _ANSWER))


def _line_of(text: str) -> str:
    return " ".join(to_plain(text).split())


def _written(item: Item) -> str:
    options = (
        f"{letter}) {_line_of(option.text)}"
        for letter, option in zip(LETTERS, item.options, strict=False)
    )
    return "\n".join([_line_of(item.stem), *options, f"ANSWER: {item.key}\n"])
