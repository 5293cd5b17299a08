"""Lines of a text bank: numbered, and knowing whether a fenced code block holds them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

# A fence may open behind a list marker, a check box or "(fixed)".
_OPENING = re.compile(
    r"(?:\s|[-*+]\s|\d+[.)]\s|\[[ xX]\]\s|\(fixed\)\s)*(?:(`{3,})[^`]*|(~{3,}).*)$"
)


class Line(NamedTuple):
    """`is_code` is true behind an opening fence, up to and with the closing one."""

    number: int
    text: str
    is_code: bool

    @property
    def is_blank(self) -> bool:
        return not self.text


@dataclass
class Block:
    """A heading and the lines below it."""

    title: str
    line: int
    body: list[Line]


def read_lines(text: str) -> tuple[list[Line], int]:
    """The lines without trailing space, and the number of a fence never closed (0: none)."""
    lines: list[Line] = []
    fence, opened = "", 0
    for number, raw in enumerate(_plain(text).split("\n"), start=1):
        line = raw.rstrip()
        lines.append(Line(number, line, bool(fence)))
        if fence:
            fence = "" if _closes(line, fence) else fence
        elif fence := _opened(line):
            opened = number
    return lines, opened if fence else 0


def split_blocks(lines: Iterable[Line], level: int) -> tuple[list[Line], list[Block]]:
    """The lines before the first heading of this level, and a block for each heading."""
    heading = re.compile(rf"{'#' * level}(?!#)(.*)$")
    before: list[Line] = []
    blocks: list[Block] = []
    for line in lines:
        match = None if line.is_code else heading.match(line.text)
        if match:
            blocks.append(Block(match[1].strip(), line.number, []))
        else:
            (blocks[-1].body if blocks else before).append(line)
    return before, blocks


def join_lines(lines: Iterable[Line]) -> str:
    """The text of the lines without blank ones around it."""
    return "\n".join(line.text for line in lines).strip("\n")


def outdent(lines: Iterable[Line], width: int) -> Iterator[Line]:
    """The lines without their first tab or `width` spaces, or as many of them as there are."""
    indent = re.compile(rf"\t| {{0,{width}}}")
    for line in lines:
        yield line._replace(text=indent.sub("", line.text, count=1))


def _plain(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _opened(line: str) -> str:
    match = _OPENING.match(line)
    return (match[1] or match[2]) if match else ""


def _closes(line: str, fence: str) -> bool:
    text = line.strip()
    return len(text) >= len(fence) and set(text) == {fence[0]}
