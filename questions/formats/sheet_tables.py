"""Rows of text out of CSV and XLSX, a row at a time and never without a limit."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

import openpyxl  # type: ignore[import-untyped]

from questions.formats.hostile import (
    CONTROL,
    MAX_FILE_SIZE,
    MAX_QUESTIONS,
    check_count,
    check_size,
    decode,
    refused,
)
from questions.formats.parsed import Code, FileRefusedError

MAX_COLUMNS = 80
MAX_BLANK_ROWS = 100_000  # a sheet may claim a million of them in a few bytes
MAX_UNPACKED = 120_000_000  # bytes of all parts of a workbook
MAX_PARTS = 500

# What openpyxl, expat and zlib make of broken parts; an interruption is none of it.
BROKEN = (
    ValueError, LookupError, TypeError, AttributeError, OSError, SyntaxError, EOFError,
    ArithmeticError, NotImplementedError, AssertionError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip

csv.field_size_limit(MAX_FILE_SIZE)


class Row(NamedTuple):
    """`number` is what a spreadsheet calls the row: the first one is 1."""

    number: int
    cells: list[str]


def csv_rows(data: bytes, *, file: str, encoding: str | None = None) -> Iterator[Row]:
    """The rows that hold anything. Raises FileRefusedError."""
    text = decode(data, file=file, encoding=encoding)
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=_delimiter(text), strict=True)
    try:
        yield from _filled(reader, file)
    except csv.Error as error:
        message = f"has quotation marks that do not fit: {error}"
        raise refused(file, Code.MALFORMED, message, line=reader.line_num) from error


def xlsx_rows(data: bytes, *, file: str) -> Iterator[Row]:
    """The rows of the first sheet that hold anything; formulas count as their last values.

    Raises FileRefusedError.
    """
    check_size(data, file=file)
    _check_parts(data, file)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size is not to be believed
        rows = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
        yield from _filled(([_text(value) for value in row] for row in rows), file)
    except (FileRefusedError, MemoryError, RecursionError):
        raise
    except BROKEN as error:
        message = "is no workbook that can be read; save it anew as .xlsx, or as CSV"
        raise refused(file, Code.MALFORMED, message) from error


def _filled(rows: Iterator[list[str]], file: str) -> Iterator[Row]:
    count = 0
    for number, cells in enumerate(rows, start=1):
        if any(cell.strip() for cell in cells[:MAX_COLUMNS]):
            count += 1
            check_count(count - 1, file=file)  # the header is no question
            yield Row(number, cells[:MAX_COLUMNS])
        elif number - count > MAX_BLANK_ROWS + MAX_QUESTIONS:
            message = "has more than 100,000 empty rows; delete them"
            raise refused(file, Code.TOO_MANY, message)


def _delimiter(text: str) -> str:
    header = text.lstrip("\n")[:5000].partition("\n")[0]
    return max(",;\t", key=header.count)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime) and not (value.hour or value.minute):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return CONTROL.sub("", text.replace("_x000D_", ""))


def _check_parts(data: bytes, file: str) -> None:
    """A workbook is a zip: how much it would unpack to is known before any of it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise refused(file, Code.NOT_THIS_FORMAT, "is no XLSX workbook") from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        message = "unpacks to far more than its size; divide it into several files"
        raise refused(file, Code.TOO_BIG, message)
    if any(part.flag_bits & 1 for part in parts):
        raise refused(file, Code.MALFORMED, "is locked by a password")
