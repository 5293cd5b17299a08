"""The one table of formats: what each is called, how it is known, read and written."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from questions.formats import aiken, bank_file, gift, moodle_xml, qti, sheet
from questions.formats.hostile import refused
from questions.formats.item import Item
from questions.formats.parsed import Code, Note, Parsed
from questions.formats.sheet_columns import names_of
from questions.formats.sheet_reader import is_header

PEEK = 100_000  # bytes that are enough to know a text by


class Source(NamedTuple):
    """What is exported: the code of its certification, and the names of its domains."""

    code: str
    domains: dict[int, str]


class Reader(Protocol):
    """Raises FileRefusedError."""

    def __call__(self, data: bytes, *, file: str, encoding: str | None = None) -> Parsed: ...


Writer = Callable[[Sequence[Item], Source], bytes]
Losses = Callable[[Item], list[Note]]


@dataclass(frozen=True)
class Format:
    """`key` is what rows and addresses say; a format without `write` is only read, or the reverse.

    `unsupported` says what is lost of an item before it is written.
    """

    key: str
    name: str
    suffixes: tuple[str, ...]
    media_type: str
    parse: Reader | None = None
    write: Writer | None = None
    unsupported: Losses | None = None

    def losses(self, item: Item) -> list[Note]:
        return self.unsupported(item) if self.unsupported else []


FORMATS = {
    each.key: each
    for each in (
        Format(
            "csv", "CSV", (".csv", ".tsv"), "text/csv; charset=utf-8", sheet.parse_csv,
            lambda items, source: sheet.write_csv(items), sheet.unsupported,
        ),
        Format(
            "xlsx", "XLSX", (".xlsx",),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", sheet.parse_xlsx,
            lambda items, source: sheet.write_xlsx(items), sheet.unsupported,
        ),
        Format(
            "gift", "GIFT", (".gift", ".txt"), "text/plain; charset=utf-8", gift.parse,
            lambda items, source: gift.write(items, category=source.code), gift.unsupported,
        ),
        Format(
            "aiken", "Aiken", (".txt",), "text/plain; charset=utf-8", aiken.parse,
            lambda items, source: aiken.write(items), aiken.unsupported,
        ),
        Format(
            "moodle_xml", "Moodle XML", (".xml",), "application/xml", moodle_xml.parse,
            lambda items, source: moodle_xml.write(items, category=source.code),
            moodle_xml.unsupported,
        ),
        Format("qti", "QTI", (".zip", ".xml"), "application/zip", qti.parse),
        Format(
            "qti21", "QTI 2.1", (".zip",), "application/zip", None,
            lambda items, source: qti.write(items, version="2.1"), qti.unsupported,
        ),
        Format(
            "qti30", "QTI 3.0", (".zip",), "application/zip", None,
            lambda items, source: qti.write(items, version="3.0"),
            lambda item: qti.unsupported(item, version="3.0"),
        ),
        Format(
            "bank", "Text bank", (".md",), "text/markdown; charset=utf-8", bank_file.parse,
            lambda items, source: bank_file.write(items, domains=source.domains),
            bank_file.unsupported,
        ),
    )
}  # fmt: skip
READ = {key: each for key, each in FORMATS.items() if each.parse}
WRITTEN = {key: each for key, each in FORMATS.items() if each.write}


def read(key: str, data: bytes, *, file: str, encoding: str | None = None) -> Parsed:
    """What `data` holds as the format `key`, or as the one it is found to be if `key` is empty.

    Raises FileRefusedError.
    """
    found = READ.get(key or detect(data))
    if found is None or found.parse is None:
        message = "is of no format that is known by its content; choose one"
        raise refused(file, Code.NOT_THIS_FORMAT, message)
    return found.parse(data, file=file, encoding=encoding)


def detect(data: bytes) -> str:
    """The key of the format by content, never by the name of the file; empty if it is none."""
    if data.startswith(b"PK"):
        return _packed(data)
    text = _peek(data)
    if text.startswith("<"):
        return _marked_up(text)
    return next((key for key, is_it in _TEXTS if is_it(text)), "")


def _peek(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = data[:PEEK].decode(encoding, errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip()


def _packed(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name.lower() for name in archive.namelist()[:10_000]]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return ""
    if "xl/workbook.xml" in names:
        return "xlsx"
    return "qti" if any(name.endswith("imsmanifest.xml") for name in names) else ""


def _marked_up(text: str) -> str:
    root = re.search(r"<(?:[\w.-]+:)?([A-Za-z][\w-]*)", text)
    name = root[1] if root else ""
    if name == "quiz":
        return "moodle_xml"
    return "qti" if name in {"assessmentItem", "qti-assessment-item"} else ""


def _is_table(text: str) -> bool:
    header = text.partition("\n")[0][:5000]
    return any(
        is_header(names_of(row))
        for mark in ",;\t"
        for row in csv.reader(io.StringIO(header), delimiter=mark)
    )


def _is_aiken(text: str) -> bool:
    return bool(re.search(r"^[A-Z][.)] .*\n\s*ANSWER: ?[A-Z]", text, re.MULTILINE))


def _is_gift(text: str) -> bool:
    return bool(re.search(r"^\$CATEGORY:|^::.*?::|\{[^}]*[=~>#TF]", text, re.MULTILINE))


_TEXTS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("csv", _is_table),
    ("bank", lambda text: bool(bank_file.HEADING.match(text))),
    ("aiken", _is_aiken),
    ("gift", _is_gift),
)
