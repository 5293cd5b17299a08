"""Reads HTML token by token, in one pass, into blocks of Markdown."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from questions.formats.html_tokens import (
    BLOCKS,
    CODE,
    HEADINGS,
    KNOWN_TAGS,
    LOST_TAGS,
    SHIFTS,
    STYLES,
    TABLE,
    Token,
    tokens,
)
from questions.formats.inline_markdown import BREAK, Run, code, code_block, image, paragraph
from questions.formats.rules import is_web_address

__all__ = ["KNOWN_TAGS", "ImageNames", "read_html"]

ImageNames = Callable[[str, str], str | None]

MAX_DEPTH = 8  # of lists and quotations; what lies deeper stays at this depth
MAX_STYLES = 20

_LANGUAGE = re.compile(r"\blang(?:uage)?-([A-Za-z0-9+#-]{1,20})")

_RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


def read_html(source: str, images: ImageNames) -> tuple[str, tuple[str, ...]]:
    """Markdown, and the names of tags whose meaning is lost; see `html_text.from_html`."""
    reader = _Reader(images)
    for token in tokens(source):
        reader.take(token)
    return reader.finish(), tuple(dict.fromkeys(reader.lost))


@dataclass
class _Box:
    """What is open: the document, a quotation, a list or an item, with its finished parts."""

    name: str
    marker: str = ""
    number: int = 0
    parts: list[str] = field(default_factory=list)


@dataclass
class _Table:
    rows: list[list[str]] = field(default_factory=list)
    is_in_cell: bool = False
    depth: int = 1

    def markdown(self) -> str:
        rows = [row for row in self.rows if row]
        width = max((len(row) for row in rows), default=0)
        lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
        if not any(any(row) for row in rows):
            return ""
        return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


class _Reader:
    """Takes tokens in order and never looks back further than what is open."""

    def __init__(self, images: ImageNames) -> None:
        self.images = images
        self.lost: list[str] = []
        self.boxes = [_Box("document")]
        self.runs: list[Run] = []
        self.styles: list[tuple[str, str]] = []  # tag and style, outermost first
        self.code: list[str] | None = None
        self.pre: list[str] | None = None
        self.language = ""
        self.table: _Table | None = None

    def take(self, token: Token) -> None:
        if token.kind == "text":
            self._text(token.value)
        elif self.pre is not None and token.value != "pre":
            self._inside_pre(token)
        elif token.kind == "start":
            self._start(token.value, token.attributes)
        else:
            self._end(token.value)

    def finish(self) -> str:
        if self.pre is not None:
            self._end_pre()
        if self.table:
            self._end_table()
        self._flush()
        while len(self.boxes) > 1:
            self._close_box()
        return "\n\n".join(self.boxes[0].parts)

    def _text(self, text: str) -> None:
        if self.pre is not None:
            self.pre.append(text)
        elif self.code is not None:
            self.code.append(text)
        else:
            self._run(text)

    def _run(self, text: str) -> None:
        shift = next((style for _, style in self.styles if style in SHIFTS), None)
        self.runs.append(Run(_shifted(text, shift) if shift else text, self._kept_styles()))

    def _kept_styles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(style for _, style in self.styles if style not in SHIFTS))

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in LOST_TAGS:
            self.lost.append(name)
        elif name in TABLE:
            self._start_table(name)
        elif name == "pre":
            self._start_pre(attributes)
        elif name == "img":
            self._image(attributes)
        elif name == "br":
            self._break()
        elif name in CODE:
            self.code = self.code or []
        elif name == "a" or name in STYLES:
            self._open_style(name, attributes)
        else:
            self._start_block(name, attributes)

    def _end(self, name: str) -> None:
        if name in TABLE:
            self._end_in_table(name)
        elif name == "pre" and self.pre is not None:
            self._end_pre()
        elif name in CODE:
            self._end_code()
        elif name == "a" or name in STYLES:
            self._close_style(name)
        else:
            self._end_block(name)

    # Within a line

    def _image(self, attributes: Mapping[str, str]) -> None:
        source, alt = attributes.get("src", "").strip(), attributes.get("alt", "")
        name = self.images(source, alt)
        run = image(name, alt) if name else Run(alt)
        self.runs.append(Run(run.text, self._kept_styles(), run.kind))

    def _break(self) -> None:
        if self.table or self.code is not None:
            self._text(" ")
        elif self.runs and self.runs[-1] == BREAK:
            self._flush()
        else:
            self.runs.append(BREAK)

    def _open_style(self, name: str, attributes: Mapping[str, str]) -> None:
        style = STYLES.get(name) or _address(attributes.get("href", ""))
        if style and len(self.styles) < MAX_STYLES:
            self.styles.append((name, style))

    def _close_style(self, name: str) -> None:
        at = next((i for i, each in reversed([*enumerate(self.styles)]) if each[0] == name), None)
        if at is not None:
            del self.styles[at]

    def _end_code(self) -> None:
        if self.code is not None:
            text, self.code = "".join(self.code), None
            self.runs.append(code(text, self._kept_styles()))

    # Blocks

    def _flush(self) -> None:
        """End the paragraph; in a table there are none."""
        self._end_code()
        if self.table:
            self.runs.append(Run(" "))
            return
        runs, self.runs = self.runs, []
        if text := paragraph(runs):
            self._part(text)

    def _part(self, text: str) -> None:
        self.boxes[-1].parts.append(text)

    def _start_block(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in {"ul", "ol", "li", "blockquote"}:
            self._flush()
            self._open_box(name, attributes)
        elif name in BLOCKS:
            self._flush()
        if name in HEADINGS:
            self.styles.append((name, "strong"))

    def _end_block(self, name: str) -> None:
        if name in {"ul", "ol", "li", "blockquote"}:
            self._flush()
            self._close_boxes(name)
        elif name in BLOCKS:
            self._flush()
        if name in HEADINGS:
            self._close_style(name)

    def _open_box(self, name: str, attributes: Mapping[str, str]) -> None:
        if self.table:
            return
        if name == "li":
            self._open_item()
        elif len(self.boxes) < 2 * MAX_DEPTH:
            number = attributes.get("start", "1")
            start = int(number) if re.fullmatch(r"\d{1,6}", number) else 1
            self.boxes.append(_Box(name, number=start))

    def _open_item(self) -> None:
        while self.boxes[-1].name == "li" or (
            self.boxes[-1].name == "blockquote" and any(b.name == "li" for b in self.boxes)
        ):
            self._close_box()
        if self.boxes[-1].name not in {"ul", "ol"}:
            self.boxes.append(_Box("ul"))
        box = self.boxes[-1]
        marker = "- " if box.name == "ul" else f"{box.number}. "
        box.number += 1
        self.boxes.append(_Box("li", marker))

    def _close_boxes(self, name: str) -> None:
        """Up to the innermost one of this name, if there is any."""
        if not any(box.name == name for box in self.boxes):
            return
        while self.boxes[-1].name != name:
            self._close_box()
        self._close_box()

    def _close_box(self) -> None:
        box = self.boxes.pop()
        if box.name == "li":
            self._part(_indented(_item_text(box.parts), box.marker))
        elif box.name == "blockquote" and box.parts:
            lines = "\n\n".join(box.parts).split("\n")
            self._part("\n".join(f"> {line}".rstrip() for line in lines))
        elif box.parts:
            self._part("\n".join(box.parts))

    # Code and tables

    def _start_pre(self, attributes: Mapping[str, str]) -> None:
        if self.pre is None:
            self._flush()
            self.pre = []
            self.language = _language(attributes)

    def _inside_pre(self, token: Token) -> None:
        if self.pre is not None and token.kind == "start":
            if token.value == "br":
                self.pre.append("\n")
            self.language = self.language or _language(token.attributes)

    def _end_pre(self) -> None:
        text, self.pre = "".join(self.pre or []).strip("\n"), None
        if not text.strip():
            return
        if self.table:
            self.runs.append(code(text))
        else:
            self._part(code_block(text, self.language))

    def _start_table(self, name: str) -> None:
        if name == "table":
            if self.table:
                self.table.depth += 1
                self.runs.append(Run(" "))
            else:
                self._flush()
                self.table = _Table()
        if not self.table or self.table.depth > 1:
            return
        self._end_cell()
        if name == "tr":
            self.table.rows.append([])
        elif name in {"td", "th"}:
            self.table.is_in_cell = True

    def _end_in_table(self, name: str) -> None:
        if not self.table:
            return
        if self.table.depth > 1:
            self.runs.append(Run(" "))
            self.table.depth -= name == "table"
        elif name == "table":
            self._end_table()
        else:
            self._end_cell()

    def _end_cell(self) -> None:
        """What stands in a table outside its cells is dropped."""
        self._end_code()
        runs, self.runs = self.runs, []
        if self.table and self.table.is_in_cell:
            if not self.table.rows:
                self.table.rows.append([])
            self.table.rows[-1].append(paragraph(runs).replace("|", "\\|"))
            self.table.is_in_cell = False

    def _end_table(self) -> None:
        self._end_cell()
        table, self.table = self.table, None
        if table and (text := table.markdown()):
            self._part(text)


def _item_text(parts: list[str]) -> str:
    """The parts of an item; a list follows its paragraph at once where it may interrupt it."""
    text = ""
    for part in parts:
        is_tight = text and re.match(r"(?:-|1\.) \S", part) and not text.endswith("`")
        text += ("\n" if is_tight else "\n\n") + part if text else part
    return text


def _indented(text: str, marker: str) -> str:
    lines = (f"{' ' * len(marker)}{line}".rstrip() for line in text.split("\n"))
    return (marker + "\n".join(lines)[len(marker) :]).rstrip()


def _language(attributes: Mapping[str, str]) -> str:
    match = _LANGUAGE.search(attributes.get("class", ""))
    return match[1] if match else ""


def _address(href: str) -> str:
    href = href.strip()
    return href if is_web_address(href) else ""


def _shifted(text: str, style: str) -> str:
    """Raised or lowered characters; where there are none, x^(abc) and x_(abc)."""
    moved = text.translate(_RAISED if style == "sup" else _LOWERED)
    if not text.strip() or not set(moved) & set(text):
        return moved
    mark = "^" if style == "sup" else "_"
    bare = text.strip()
    return f"{mark}{bare}" if len(bare) == 1 else f"{mark}({bare})"
