"""Runs of styled text to one paragraph of Markdown that shows exactly these characters."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

MAX_PASSES = 5  # in search of emphasis that cannot be written, then all of it goes
DELIMITERS = {"em": "*", "strong": "**", "s": "~~"}

# A NUL stands for whatever is beside the text in its line.
_SPECIAL = re.compile(
    r"[`*]"
    r"|\\(?=[!-/:-@\[-`{-~\0]|$)"
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|\](?=[(\[:\0])"
    r"|(?<=[~\0])~|~(?=[~\0])"
    r"|!(?=\0)|&(?=#?\w+;)|<(?=[^\s<>]*[:@])",
)
_SPECIAL_BY_LINKS = re.compile(rf"[\[\]]|{_SPECIAL.pattern}")
_NOT_IN_TARGET = re.compile(r"[\s\\<>\"^`{|}()]|&(?=#?\w+;)")
_LINE_START = re.compile(
    r"(?P<digits>\d{1,9})(?=[.)](?:\s|$))|(?=#{1,6}(?:\s|$)|[-+*](?:\s|$)|>|~~~|[-=|: \t]+$)"
)


class Run(NamedTuple):
    """Characters with the styles around them, outermost first.

    A style is a key of DELIMITERS or an address to link to. The kind is "text", "code", or "raw"
    for what is Markdown already, such as an image.
    """

    text: str
    styles: tuple[str, ...] = ()
    kind: str = "text"

    @property
    def source(self) -> str:
        return code_span(self.text) if self.kind == "code" else self.text


BREAK = Run("\n", kind="raw")


def paragraph(runs: Sequence[Run]) -> str:
    """Markdown of the runs; white space is collapsed, BREAK is a hard line break.

    A style that Markdown cannot hold at its place, such as bold half a word that ends in a
    bracket, is dropped.
    """
    merged = _without_bad_styles(_merged(_spaced(runs)))
    lines = _written(merged).split("\n")
    return "\\\n".join(_line(line) for line in lines)


def _escaped(text: str, is_beside: tuple[bool, bool], *, has_links: bool) -> str:
    """A run of plain text, and whether anything stands before and behind it in its line."""
    text = text.replace("\0", "").join("\0" if beside else "" for beside in is_beside)
    special = _SPECIAL_BY_LINKS if has_links else _SPECIAL
    return special.sub(r"\\\g<0>", text).replace("\0", "")


def plain_lines(text: str) -> str:
    """Markdown that shows a plain text as it is: blank lines divide it, other lines break."""
    blocks = (block.split("\n") for block in re.split(r"\n[ \t]*\n\s*", text.strip()))
    paragraphs = (paragraph([run for line in block for run in (Run(line), BREAK)])
                  for block in blocks)  # fmt: skip
    return "\n\n".join(part for part in paragraphs if part)


def _line(line: str) -> str:
    line = line.strip()
    match = _LINE_START.match(line)
    return f"{match['digits'] or ''}\\{line[match.end() :]}" if match and line else line


# White space


def _spaced(runs: Sequence[Run]) -> list[Run]:
    """Every space a run of its own, none beside another, a break or the ends."""
    out: list[Run] = []
    for run in runs:
        if run == BREAK:
            _strip(out)
        for piece in re.split(r"(\s+)", run.text) if run.kind == "text" else [run.text]:
            if piece.isspace() and run.kind == "text":
                if not _is_gap(out):
                    out.append(run._replace(text=" "))
            elif piece:
                out.append(run._replace(text=piece))
    _strip(out)
    while out and out[-1] == BREAK:
        out.pop()
        _strip(out)
    first = next((at for at, run in enumerate(out) if run != BREAK), 0)
    return out[first:]


def _is_gap(out: Sequence[Run]) -> bool:
    return not out or out[-1] == BREAK or out[-1].text == " "


def _strip(out: list[Run]) -> None:
    while out and out[-1].text == " ":
        out.pop()


def _merged(runs: Sequence[Run]) -> list[Run]:
    """Neighbors of one style joined; a space has the styles that both sides share."""
    styled = [
        run._replace(styles=_shared(runs[at - 1].styles, runs[at + 1].styles))
        if run.text == " " and 0 < at < len(runs) - 1
        else run
        for at, run in enumerate(runs)
    ]
    out: list[Run] = []
    for run in styled:
        last = out[-1] if out else BREAK
        if last.styles == run.styles and last.kind == run.kind != "raw":
            out[-1] = run._replace(text=last.text + run.text)
        else:
            out.append(run)
    return out


def _shared(left: Sequence[str], right: Sequence[str]) -> tuple[str, ...]:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return tuple(left[:count])


# Styles


def _without_bad_styles(runs: list[Run]) -> list[Run]:
    """To drop one style may spoil another, seldom more than once."""
    for _ in range(MAX_PASSES):
        bad = [(start, *span) for start in range(len(runs)) if (span := _bad_span(runs, start))]
        if not bad:
            return runs
        for start, end, style in bad:
            runs[start:end] = [_without(run, {style}) for run in runs[start:end]]
        runs = _merged(runs)
    return _merged([_without(run, set(DELIMITERS)) for run in runs])


def _without(run: Run, styles: set[str]) -> Run:
    return run._replace(styles=tuple(style for style in run.styles if style not in styles))


def _bad_span(runs: Sequence[Run], start: int) -> tuple[int, str] | None:
    """The end and the style of a span that begins at `start` and would not be read back."""
    styles, before = runs[start].styles, runs[start - 1].styles if start else ()
    for depth in range(len(_shared(before, styles)), len(styles)):
        if styles[depth] in DELIMITERS:
            end = _end(runs, start, depth)
            if not _holds(runs, start, end, depth):
                return end, styles[depth]
    return None


def _end(runs: Sequence[Run], start: int, depth: int) -> int:
    styles = runs[start].styles[: depth + 1]
    end = start + 1
    while end < len(runs) and runs[end].styles[: depth + 1] == styles:
        end += 1
    return end


def _holds(runs: Sequence[Run], start: int, end: int, depth: int) -> bool:
    """Whether the delimiters at both ends will flank the text, by the rules of CommonMark."""
    before = runs[start - 1] if start else Run(" ")
    after = runs[end] if end < len(runs) else Run(" ")
    first, last = _edge(runs[start], depth, 0), _edge(runs[end - 1], depth, -1)
    shared = len(_shared(before.styles, runs[start].styles))
    return (
        (_is_word(first) or not _is_word_or_symbol(before.source[-1]))
        and (_is_word(last) or not _is_word_or_symbol(after.source[0]))
        and not set(before.styles[shared:]) & set(DELIMITERS)
        and _is_clear_of_outer(runs, start, end, depth)
    )


def _is_clear_of_outer(runs: Sequence[Run], start: int, end: int, depth: int) -> bool:
    """Emphasis in emphasis is read back if it fills it, or if space stands around it."""
    styles = runs[start].styles
    outer = next((at for at in range(depth) if styles[at] in DELIMITERS), None)
    if outer is None:
        return True
    before = runs[start - 1] if start else Run(" ")
    after = runs[end] if end < len(runs) else Run(" ")
    shares = [each.styles[: outer + 1] == styles[: outer + 1] for each in (before, after)]
    is_apart = before.source[-1].isspace() and after.source[0].isspace()
    return not any(shares) or (all(shares) and is_apart)


def _edge(run: Run, depth: int, at: int) -> str:
    """The character that stands beside the delimiter of the style at `depth`."""
    own = DELIMITERS[run.styles[depth]][0]
    inner = (DELIMITERS.get(style, "[")[0] for style in run.styles[depth + 1 :])
    return next((mark for mark in inner if mark != own), run.source[at])


def _is_word(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char)[0] not in "PS"


def _is_word_or_symbol(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char)[0] != "P"


# Writing


def _written(runs: Sequence[Run]) -> str:
    has_links = any(style not in DELIMITERS for run in runs for style in run.styles)
    parts: list[str] = []
    opened: tuple[str, ...] = ()
    for before, run, after in zip(
        [BREAK, *runs], [*runs, BREAK], [*runs, BREAK, BREAK][1:], strict=True
    ):
        kept = _shared(opened, run.styles)
        parts.extend(_closing(style) for style in reversed(opened[len(kept) :]))
        parts.extend(DELIMITERS.get(style, "[") for style in run.styles[len(kept) :])
        if run.kind == "text":
            is_beside = (before != BREAK or bool(run.styles), after != BREAK or bool(run.styles))
            parts.append(_escaped(run.text, is_beside, has_links=has_links))
        else:
            parts.append(run.source)
        opened = run.styles
    return "".join(parts[:-1])


def _closing(style: str) -> str:
    return DELIMITERS.get(style) or f"]({link_target(style)})"


def link_target(address: str) -> str:
    """An address as Markdown takes it between parentheses."""
    return _NOT_IN_TARGET.sub(lambda match: quote(match[0], safe=""), address)


def image(name: str, alt: str) -> Run:
    """An image as a run."""
    text = _escaped(re.sub(r"\s+", " ", alt).strip(), (True, True), has_links=True)
    return Run(f"![{text}]({link_target(name)})", kind="raw")


def code(text: str, styles: tuple[str, ...] = ()) -> Run:
    """Code within a line; white space in it is collapsed."""
    return Run(re.sub(r"\s+", " ", text).strip(), styles, "code")


def code_span(text: str) -> str:
    """The same in Markdown."""
    fence = "`" * (longest_run(text, "`") + 1)
    gap = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{gap}{text}{gap}{fence}"


def code_block(text: str, language: str = "") -> str:
    """Lines of code, fenced."""
    fence = "`" * max(3, longest_run(text, "`") + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def longest_run(text: str, char: str) -> int:
    """The length of the longest row of `char`."""
    return max((len(match) for match in re.findall(f"{re.escape(char)}+", text)), default=0)
