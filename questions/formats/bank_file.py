"""The text bank as one of the formats: a file of one domain in, a file or a zip of them out."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from questions.formats.faults import BankError
from questions.formats.hostile import check_count, decode, refused
from questions.formats.item import Item
from questions.formats.parsed import Code, Note, Parsed, ParsedItem, is_left_out
from questions.formats.rules import problems
from questions.formats.text_bank import parse_bank_text, write_bank_text

FILE = "text bank"
HEADING = re.compile(r"# \d+ \S")


def parse(data: bytes, *, file: str, encoding: str | None = None) -> Parsed:
    """Every question of the file of one domain, without its images.

    Raises FileRefusedError with the first fault: a file of the bank is read whole or not at all.
    """
    text = decode(data, file=file, encoding=encoding)
    check_count(text.count("\n## ") - 1, file=file)
    try:
        items = parse_bank_text(text, file=file)
    except BankError as error:
        first, count = error.faults[0], len(error.faults)
        more = f" (and {count - 1} more faults)" if count > 1 else ""
        message = f"{first.field}: {first.message}{more}"
        raise refused(file, Code.SYNTAX, message, line=first.line) from error
    return Parsed([ParsedItem(item, f"line {item.line}") for item in items])


def write(items: Iterable[Item], *, domains: Mapping[int, str]) -> bytes:
    """The file of a domain, or a zip of the files of several and of the images.

    `domains` are their names by number.
    """
    held = sorted((i for i in items if not is_left_out(unsupported(i))), key=_domain)
    files = {
        _name(number, domains): write_bank_text(f"{number} {domains[number]}", group).encode()
        for number, group in groupby(held, key=_domain)
        if number in domains
    }
    images = {each.name: each.content for item in held for each in item.images}
    if len(files) == 1 and not images:
        return next(iter(files.values()))
    return _zipped(files | images)


def unsupported(item: Item) -> list[Note]:
    """The text bank holds what keeps the rules of the bank, and that whole."""
    return [Note(FILE, item.external_id, code, message) for code, message in _losses(item)]


def _losses(item: Item) -> Iterator[tuple[Code, str]]:
    if broken := next(problems(item), None):
        yield Code.CANNOT_HOLD_TEXT, f"{broken.field}: {broken.message}"
        return
    try:
        write_bank_text("1 Domain", [item])
    except BankError as error:
        yield Code.CANNOT_HOLD_TEXT, error.faults[0].message


def _domain(item: Item) -> int:
    return int(item.task.partition(".")[0])


def _name(number: int, domains: Mapping[int, str]) -> str:
    words = re.findall(r"[a-z0-9]+", domains[number].lower())
    return f"{number}-{'-'.join(words)}.md"


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
