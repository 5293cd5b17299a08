"""GIFT, as Moodle reads it: questions divided by blank lines, answers between braces."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

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
from questions.formats.hostile import decode
from questions.formats.html_text import from_plain
from questions.formats.item import Item
from questions.formats.item_images import with_images
from questions.formats.moodle_text import TextReader
from questions.formats.parsed import Code, Note, Parsed, ParsedItem, Remarks, SkippedError

MAX_COMMENT = 20_000  # characters in which ids and tags are looked for

_ESCAPE = re.compile(r"\\[\\:#={}~n]")
_ID = re.compile(r"\[id:((?:\\\]|[^\]]){1,200})\]")
_TAG = re.compile(r"\[tag:((?:\\\]|[^\]]){1,200})\]")
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]")
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d*)?)%")
_CLOZE = re.compile(r"\d*:(?:MULTI|MC|MR|SHORT|SA|MW|NUM|NM)[A-Z_]*:")
_TRUE_FALSE = re.compile(r"(?:T|TRUE|F|FALSE)", re.IGNORECASE)
_ORDERING = re.compile(
    r">\s*(?P<count>\d*)[ \t]*(?P<words>(?:[A-Z_a-z0-9]+[ \t]*)*)(?=\n|$)(?P<steps>.*)", re.DOTALL
)
_SUBSET = re.compile(r"\b(?:RANDOM|REL|CONTIGUOUS|CONTIG)\b")


class _Block(NamedTuple):
    """The lines of a question without its comments; these become blank."""

    line: int
    text: str
    comments: str

    def begun(self) -> "_Block":
        """The block without blank lines before its text."""
        text = self.text.lstrip()
        blank = self.text.count("\n", 0, len(self.text) - len(text))
        return self._replace(line=self.line + blank, text=text.rstrip())


class _Piece(NamedTuple):
    """A part of a block, and where it begins there; the mask has NULs for escaped characters."""

    text: str
    mask: str
    at: int = 0

    @classmethod
    def of(cls, text: str) -> "_Piece":
        return cls(text, _ESCAPE.sub("\0\0", text))

    def cut(self, start: int, end: int | None = None) -> "_Piece":
        return _Piece(self.text[start:end], self.mask[start:end], self.at + start)

    def stripped(self) -> "_Piece":
        start = len(self.text) - len(self.text.lstrip())
        return self.cut(start, max(start, len(self.text.rstrip())))

    def divided(self, mark: str, *, last: bool = False) -> tuple["_Piece", "_Piece | None"]:
        """What stands before an unescaped mark and behind it."""
        at = self.mask.rfind(mark) if last else self.mask.find(mark)
        if at < 0:
            return self, None
        return self.cut(0, at), self.cut(at + len(mark))

    @property
    def plain(self) -> str:
        """The text without escapes."""
        return _ESCAPE.sub(_unescaped, self.text).strip()


def parse(data: bytes, *, file: str, encoding: str | None = None) -> Parsed:
    """Every question of a GIFT file. Raises FileRefusedError for bytes that are no text we read."""
    blocks = list(_blocks(decode(data, file=file, encoding=encoding)))
    check_questions(len(blocks), file=file)
    reader = _Reader(file)
    for block in blocks:
        reader.take(block)
    note_repeated_ids(reader.found)
    return reader.parsed


@dataclass
class _Reader:
    """Keeps the category, which holds until the next one."""

    file: str
    category: str = ""
    parsed: Parsed = field(default_factory=Parsed)
    found: list[tuple[Item, Remarks]] = field(default_factory=list)

    def take(self, block: _Block) -> None:
        if block.text.startswith("$CATEGORY:"):
            line, _, rest = block.text.partition("\n")
            self.category = clean_category(_Piece.of(line.partition(":")[2]).plain)
            self.take(_Block(block.line + 1, rest, block.comments).begun())
        elif block.text:
            self._take_question(block)

    def _take_question(self, block: _Block) -> None:
        remarks = Remarks(self.file, f"line {block.line}")
        question = _Question(block, remarks, self.category)
        try:
            item = question.read()
        except SkippedError as error:
            note = Note(self.file, remarks.place, error.code, error.message)
            self.parsed.skipped.append(note)
            return
        self.found.append((item, remarks))
        self.parsed.items.append(
            ParsedItem(item, remarks.place, remarks.notes, question.name, self.category)
        )


def _blocks(text: str) -> Iterator[_Block]:
    lines: list[str] = []
    comments: list[str] = []
    start = 1
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        bare = line.strip()
        if bare:
            is_comment = bare.startswith("//")
            lines.append("" if is_comment else line)
            comments.extend([bare] if is_comment else [])
            continue
        if lines:
            yield _Block(start, "\n".join(lines), "\n".join(comments)[:MAX_COMMENT]).begun()
            lines, comments = [], []
        start = number + 1


@dataclass
class _Question:
    """Reads one block; the place and the name are known even if it is skipped."""

    block: _Block
    remarks: Remarks
    category: str
    name: str = ""
    format: str = "moodle"

    def read(self) -> Item:
        self.texts = TextReader(self.remarks)
        stem, body, tail = self._parts(self._named(_Piece.of(self.block.text).stripped()))
        stem, self.format = self._with_format(stem, self.format)
        body, feedback = body.divided("####", last=True)
        answers = self._answers(body.stripped(), tail)
        explanation, references = split_feedback(self._text(feedback) if feedback else "")
        item = Item(
            external_id=self._id(),
            kind=answers.kind,
            task=task_of(self.category),
            pool="exam",
            stem=self._stem(stem),
            options=answers.options,
            prompts=answers.prompts,
            explanation=explanation,
            references=references,
            services=clean_tags(_bracketed(_TAG, self.block.comments), self.remarks),
            line=self.block.line,
        )
        self.texts.finish()
        return with_images(item, self.texts.images)

    def _id(self) -> str:
        ids = _bracketed(_ID, self.block.comments)
        return clean_id(ids[0], self.remarks) if ids else ""

    def _named(self, piece: _Piece) -> _Piece:
        if not piece.mask.startswith("::"):
            return piece
        name, rest = piece.cut(2).divided("::")
        if rest is None:
            raise SkippedError(Code.SYNTAX, "the name has no '::' behind it")
        self.name = name.plain
        return rest.stripped()

    def _parts(self, piece: _Piece) -> tuple[_Piece, _Piece, _Piece]:
        start, end = piece.mask.find("{"), piece.mask.find("}")
        if start < 0 and end < 0:
            raise SkippedError(Code.KIND_DESCRIPTION, "a description, not a question")
        if end < start or start < 0:
            where = self._line(piece.cut(max(start, end)))
            message = f"no pair of braces around the answers, line {where}; mind blank lines there"
            raise SkippedError(Code.SYNTAX, message)
        return piece.cut(0, start), piece.cut(start + 1, end), piece.cut(end + 1).stripped()

    def _stem(self, piece: _Piece) -> str:
        stem = self.texts.markdown(piece.plain, self.format)
        if not stem and self.name:
            self.remarks.add(Code.NAME_AS_STEM, "has no text of its own; its name stands there now")
            return from_plain(self.name)
        if not stem:
            raise SkippedError(Code.NO_STEM, "has no text before its answers")
        return stem

    def _answers(self, body: _Piece, tail: _Piece) -> Answers:
        ordering = _ORDERING.match(body.mask)
        if not body.text:
            raise SkippedError(Code.KIND_ESSAY, "an essay has no options")
        if ordering and not tail.text:
            return self._ordering(body, ordering)
        if body.text.startswith("#"):
            raise SkippedError(Code.KIND_NUMERIC, "a numeric question has no options")
        if _CLOZE.match(body.text):
            raise SkippedError(Code.KIND_CLOZE, "an embedded-answers question")
        verdict, _ = body.divided("#")
        is_true_false = bool(_TRUE_FALSE.fullmatch(verdict.plain))
        if tail.text and (not is_true_false or re.search(r"\w", tail.text)):
            raise SkippedError(Code.KIND_MISSING_WORD, "a missing-word question")
        if tail.text:
            self.remarks.add(
                Code.DETAIL_DROPPED, f"left out behind its answers: {tail.text[:40]!r}"
            )
        if "~" in body.mask:
            return self._choices(body)
        if "=" in body.mask and "->" in body.mask:
            return self._matching(body)
        if is_true_false:
            return self._true_false(body)
        raise SkippedError(Code.KIND_SHORT_ANSWER, "a short-answer question has no options")

    def _choices(self, body: _Piece) -> Answers:
        pieces = _split(body, "~=")
        self._check_equals(pieces)
        choices = [self._choice(piece) for piece in pieces]
        return choice_answers(choices, is_single="=" in body.mask, remarks=self.remarks)

    def _choice(self, piece: _Piece) -> Choice:
        is_key, piece = piece.text.startswith("="), piece.cut(1).stripped()
        weight = Decimal(100 if is_key else 0)
        if match := _WEIGHT.match(piece.text):
            weight, piece = Decimal(match[1]), piece.cut(match.end())
        text, feedback = piece.divided("#")
        return Choice(self._text(text), self._text(feedback) if feedback else "", weight)

    def _check_equals(self, pieces: list[_Piece]) -> None:
        """Raises SkippedError where '=' was probably meant as a sign within the feedback."""
        keys = [at for at, piece in enumerate(pieces) if piece.text.startswith("=")]
        has_weights = any(_WEIGHT.match(piece.cut(1).text.lstrip()) for piece in pieces)
        for at in keys if len(keys) > 1 or has_weights else []:
            _, feedback = pieces[at - 1].divided("#") if at else (None, None)
            if feedback and "\n" not in feedback.text:
                line = self._line(pieces[at])
                message = f"line {line}: '=' in feedback begins another answer; write '\\='"
                raise SkippedError(Code.STRAY_EQUALS, message)

    def _matching(self, body: _Piece) -> Answers:
        pieces = _split(body, "=")
        pairs: list[Pair] = []
        for piece in pieces:
            prompt, response = piece.cut(1).divided("->")
            if response is None:
                message = f"line {self._line(piece)}: a pair without '->'"
                raise SkippedError(Code.SYNTAX, message)
            pairs.append(Pair(self._text(prompt), self._bare_text(response)))
        return matching_answers(pairs, remarks=self.remarks)

    def _true_false(self, body: _Piece) -> Answers:
        verdict, rest = body.divided("#")
        wrong, right = rest.divided("#") if rest else (None, None)
        is_true = verdict.plain[0] in "Tt"
        choices = [
            Choice(
                text,
                self._text(feedback) if feedback else "",
                Decimal(100 if is_key else 0),
            )
            for text, is_key in (("True", is_true), ("False", not is_true))
            for feedback in [right if is_key else wrong]
        ]
        return choice_answers(choices, is_single=True, remarks=self.remarks)

    def _ordering(self, body: _Piece, match: re.Match[str]) -> Answers:
        """Moodle's own kind: the steps in order, a line each, below how they are shown."""
        start, end = match.span("steps")
        lines = body.cut(start, end).stripped()
        check_count(lines.text.count("\n"))
        steps = [(self._bare_text(line), "") for line in _split_lines(lines)]
        if "ALL_OR_NOTHING" not in match["words"]:
            self.remarks.add(Code.PARTIAL_CREDIT, "gives credit by steps; all or nothing now")
        if _SUBSET.search(match["words"]) and int(match["count"] or 0) < len(steps):
            self.remarks.add(Code.DETAIL_DROPPED, "showed some of its steps; it shows all now")
        return ordering_answers(steps, remarks=self.remarks)

    def _text(self, piece: _Piece) -> str:
        piece, format_name = self._with_format(piece, self.format)
        return self.texts.markdown(piece.plain, format_name)

    def _bare_text(self, piece: _Piece) -> str:
        """What Moodle shows as plain text; Markdown only beside a stem in Markdown."""
        return self.texts.markdown(
            piece.plain, "markdown" if self.format == "markdown" else "plain"
        )

    def _with_format(self, piece: _Piece, default: str) -> tuple[_Piece, str]:
        piece = piece.stripped()
        match = _FORMAT.match(piece.text)
        return (piece.cut(match.end()), match[1]) if match else (piece, default)

    def _line(self, piece: _Piece) -> int:
        return self.block.line + self.block.text.count("\n", 0, piece.at)


def _split(body: _Piece, marks: str) -> list[_Piece]:
    """The pieces that begin with one of the marks; raises SkippedError for text before them."""
    starts = [match.start() for match in re.finditer(f"[{marks}]", body.mask)]
    check_count(len(starts))
    if body.text[: starts[0]].strip():
        raise SkippedError(Code.SYNTAX, "text stands before the first answer")
    return [body.cut(start, end) for start, end in zip(starts, [*starts[1:], None], strict=True)]


def _split_lines(piece: _Piece) -> Iterator[_Piece]:
    start = 0
    for line in piece.text.split("\n"):
        yield piece.cut(start, start + len(line))
        start += len(line) + 1


def _bracketed(pattern: re.Pattern[str], comments: str) -> list[str]:
    return [text.replace("\\]", "]").strip() for text in pattern.findall(comments)]


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[0] == r"\n" else match[0][1]
