"""Reading the text bank, whose format docs/bank-format.md describes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from questions.formats.faults import FaultLog
from questions.formats.images import NO_IMAGES
from questions.formats.item import Item, ItemOption, ItemPrompt
from questions.formats.item_images import image_problems, with_images
from questions.formats.rules import place, problems
from questions.formats.text_lines import (
    Block,
    Line,
    join_lines,
    outdent,
    read_lines,
    split_blocks,
)

FIELDS = ("kind", "task", "pool", "services", "angoff", "verified")
OPTIONAL_FIELDS = {"services"}
BODIES = {"single": "Options", "multiple": "Options", "ordering": "Order", "matching": "Pairs"}
SECTIONS = (*dict.fromkeys(BODIES.values()), "Explanation", "References")

_HEADING = re.compile(r"# +(\d+) +(\S.*)$")
_FIELD = re.compile(r"([A-Za-z_]+)[ \t]*:(?:[ \t]+(.*))?$")
_OPTION = re.compile(r"- \[([ xX])\](?: +\((fixed)\)(?= |$))?(?: +(.*))?$")
_STEP = re.compile(r"(\d+)\.(?: +(.*))?$")
_PAIR = re.compile(r"-(?: +(.*))?$")
_ARROW = re.compile(r"(?:^|\s)=>(?:\s|$)")
_RATIONALE = re.compile(r"\s*> ?")
_REFERENCE = re.compile(r"- \[(.+)\]\((\S+)\)$")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class BankText:
    """One file: the domain its heading names and its questions in order."""

    domain_number: int
    domain_name: str
    items: list[Item]


def parse_bank_text(text: str, *, file: str, images: Mapping[str, bytes] = NO_IMAGES) -> list[Item]:
    """The questions of one file; raises BankError with every fault found in it."""
    return read_bank_text(text, file=file, images=images).items


def read_bank_text(text: str, *, file: str, images: Mapping[str, bytes] = NO_IMAGES) -> BankText:
    """The heading and the questions of one file; `images` are those it may name.

    Raises BankError with every fault found in it.
    """
    log = FaultLog(file)
    lines, open_fence = read_lines(text)
    if open_fence:
        log.add(open_fence, "file", "the fenced code that begins here is never closed")
    _check_characters(lines, log)
    preamble, blocks = split_blocks(lines, 2)
    number, name = _read_heading(preamble, log)
    items = [_Question(block, log, images).read() for block in blocks]
    _check_ids(items, log)
    log.raise_any()
    return BankText(number, name, items)


class _Entry(NamedTuple):
    """One line of a list with what is indented below it."""

    match: re.Match[str]
    line: int
    text: str
    rationale: str


def _check_characters(lines: Iterable[Line], log: FaultLog) -> None:
    for line in lines:
        if found := _CONTROL.search(line.text):
            log.add(line.number, "file", f"the control character {found[0]!r}")
        if not line.is_code and line.number > 1 and line.text.startswith("# "):
            log.add(line.number, "file", "a second '# ' heading; fence it if it is code")


def _read_heading(preamble: list[Line], log: FaultLog) -> tuple[int, str]:
    texts = [line for line in preamble if not line.is_blank]
    match = _HEADING.match(texts[0].text) if texts else None
    if not match:
        first = texts[0].number if texts else 1
        log.add(first, "heading", "expected '# ', the domain's number and name")
        return 0, ""
    for line in texts[1:]:
        log.add(line.number, "heading", "text before the first question")
    return int(match[1]), match[2]


def _check_ids(items: Iterable[Item], log: FaultLog) -> None:
    first: dict[str, int] = {}
    for item in items:
        if item.external_id in first:
            message = f"{item.external_id!r} stands on line {first[item.external_id]} already"
            log.add(item.line, "external_id", message)
        first.setdefault(item.external_id, item.line)


@dataclass
class _Question:
    """Reads one question and remembers on which line each part of it stands."""

    block: Block
    log: FaultLog
    images: Mapping[str, bytes]
    lines: dict[str, int] = field(default_factory=dict)

    def read(self) -> Item:
        head, sections = split_blocks(self.block.body, 3)
        fields, stem = self._fields(head)
        bodies = self._sections(sections)
        options, prompts = self._answers(fields.get("kind", ""), bodies)
        item = Item(
            external_id=self.block.title,
            kind=fields.get("kind", ""),
            task=fields.get("task", ""),
            pool=fields.get("pool", ""),
            services=tuple(_names(fields.get("services", ""))),
            angoff=self._whole_number("angoff", fields),
            verified=self._day("verified", fields),
            stem=stem,
            options=tuple(options),
            prompts=tuple(prompts),
            explanation=join_lines(bodies["Explanation"].body) if "Explanation" in bodies else "",
            references=tuple(self._references(bodies.get("References"))),
            line=self.block.line,
        )
        self._check(item)
        return with_images(item, self.images)

    def _fields(self, head: list[Line]) -> tuple[dict[str, str], str]:
        start = next((i for i, line in enumerate(head) if not line.is_blank), len(head))
        end = next((i for i in range(start, len(head)) if head[i].is_blank), len(head))
        fields: dict[str, str] = {}
        for line in head[start:end]:
            self._field(line, fields)
        for name in FIELDS:
            if not fields.get(name) and name not in OPTIONAL_FIELDS:
                self.log.add(self.lines.get(name, self.block.line), name, "is missing")
        stem = [line for line in head[end:] if not line.is_blank]
        self.lines["stem"] = stem[0].number if stem else self.block.line
        return fields, join_lines(head[end:])

    def _field(self, line: Line, fields: dict[str, str]) -> None:
        match = _FIELD.match(line.text)
        if not match:
            self.log.add(
                line.number, "fields", "expected 'name: value', or a blank line, then the stem"
            )
        elif match[1] not in FIELDS:
            self.log.add(line.number, match[1], f"is no field; there are {', '.join(FIELDS)}")
        elif match[1] in fields:
            self.log.add(line.number, match[1], "stands there twice")
        else:
            fields[match[1]] = (match[2] or "").strip()
            self.lines[match[1]] = line.number

    def _whole_number(self, name: str, fields: dict[str, str]) -> int | None:
        text = fields.get(name)
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,3}", text):
            self.log.add(self.lines[name], name, f"{text!r} is not a whole number from 1 to 99")
            return None
        return int(text)

    def _day(self, name: str, fields: dict[str, str]) -> date | None:
        text = fields.get(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text if len(text) == 10 else "")
        except ValueError:
            self.log.add(self.lines[name], name, f"{text!r} is not a day such as 2026-11-24")
            return None

    def _sections(self, sections: Iterable[Block]) -> dict[str, Block]:
        bodies: dict[str, Block] = {}
        for block in sections:
            name = block.title.lower() or "section"
            if block.title not in SECTIONS:
                message = f"'### {block.title}' is no section; there are {', '.join(SECTIONS)}"
                self.log.add(block.line, name, message)
            elif block.title in bodies:
                self.log.add(block.line, name, "stands there twice")
            else:
                bodies[block.title] = block
                self.lines[name] = block.line
        return bodies

    def _answers(
        self, kind: str, bodies: dict[str, Block]
    ) -> tuple[list[ItemOption], list[ItemPrompt]]:
        if kind not in BODIES:
            return [], []
        wanted = BODIES[kind]
        for title in dict.fromkeys(BODIES.values()):
            if title in bodies and title != wanted:
                message = f"the {kind} kind has '### {wanted}' instead"
                self.log.add(bodies[title].line, title.lower(), message)
        if wanted not in bodies:
            return [], []
        self.lines["options"] = bodies[wanted].line
        readers = {"Options": self._options, "Order": self._order, "Pairs": self._pairs}
        return readers[wanted](bodies[wanted], kind)

    def _options(self, block: Block, kind: str) -> tuple[list[ItemOption], list[ItemPrompt]]:
        options = []
        for index, entry in enumerate(self._entries(block, _OPTION, "- [ ] ", 2)):
            self.lines[place(kind, index)] = entry.line
            is_key, is_fixed = entry.match[1] in "xX", bool(entry.match[2])
            options.append(ItemOption(entry.text, entry.rationale, is_key, is_fixed))
        return options, []

    def _order(self, block: Block, kind: str) -> tuple[list[ItemOption], list[ItemPrompt]]:
        options = []
        for index, entry in enumerate(self._entries(block, _STEP, "1. ", 3)):
            self.lines[place(kind, index)] = entry.line
            if int(entry.match[1]) != index + 1:
                self.log.add(entry.line, place(kind, index), f"is numbered {entry.match[1]}")
            options.append(ItemOption(entry.text, entry.rationale))
        return options, []

    def _pairs(self, block: Block, kind: str) -> tuple[list[ItemOption], list[ItemPrompt]]:
        options: dict[str, ItemOption] = {}
        prompts: list[ItemPrompt] = []
        for entry in self._entries(block, _PAIR, "- ", 2):
            prompt, arrow, response = _split_pair(entry.text)
            if not arrow or not response:
                self.log.add(
                    entry.line, "pairs", "expected 'prompt => response' or '=> distractor'"
                )
                continue
            if not prompt and response in options:
                self.log.add(entry.line, "pairs", f"the distractor {response!r} stands there twice")
            if response not in options:
                self.lines[place(kind, len(options))] = entry.line
                options[response] = ItemOption(response, "" if prompt else entry.rationale)
            if prompt:
                self.lines[f"pair {len(prompts) + 1}"] = entry.line
                index = list(options).index(response)
                prompts.append(ItemPrompt(prompt, index, entry.rationale))
        return list(options.values()), prompts

    def _entries(
        self, block: Block, marker: re.Pattern[str], example: str, width: int
    ) -> Iterator[_Entry]:
        found: list[tuple[re.Match[str], int, list[Line]]] = []
        for line in block.body:
            match = None if line.is_code else marker.match(line.text)
            if match:
                first = line._replace(text=match[match.re.groups] or "")
                found.append((match, line.number, [first]))
            elif found and (line.is_blank or line.text.startswith(("  ", "\t"))):
                found[-1][2].extend(outdent([line], width))
            elif not line.is_blank:
                message = f"expected '{example}…'; further lines are indented by {width} spaces"
                self.log.add(line.number, block.title.lower(), message)
        for match, number, lines in found:
            yield _Entry(match, number, *self._text_and_rationale(lines, block))

    def _text_and_rationale(self, lines: list[Line], block: Block) -> tuple[str, str]:
        quotes = (
            i for i, line in enumerate(lines) if not line.is_code and _RATIONALE.match(line.text)
        )
        start = next(quotes, len(lines))
        rationale = []
        for line in lines[start:]:
            match = _RATIONALE.match(line.text)
            if not match and not line.is_blank:
                message = "text behind the rationale; its lines begin with '> '"
                self.log.add(line.number, block.title.lower(), message)
            rationale.append(line._replace(text=line.text[match.end() :] if match else ""))
        return join_lines(lines[:start]), join_lines(rationale)

    def _references(self, block: Block | None) -> Iterator[tuple[str, str]]:
        number = 0
        for line in block.body if block else []:
            match = _REFERENCE.match(line.text)
            if match:
                number += 1
                self.lines[f"reference {number}"] = line.number
                yield match[1], match[2]
            elif not line.is_blank:
                self.log.add(line.number, "references", "expected '- [title](address)' on one line")

    def _check(self, item: Item) -> None:
        for problem in [*problems(item), *image_problems(item, self.images)]:
            name = problem.field
            # A field that is missing has been reported as such.
            if name in FIELDS and getattr(item, name) == "":
                continue
            self.log.add(self.lines.get(name, self.block.line), name, problem.message)


def _names(text: str) -> list[str]:
    return [name for name in (part.strip() for part in text.split(",")) if name]


def _split_pair(text: str) -> tuple[str, bool, str]:
    match = _ARROW.search(text)
    if not match:
        return text, False, ""
    return text[: match.start()].strip(), True, text[match.end() :].strip()
