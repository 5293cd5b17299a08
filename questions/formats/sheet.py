"""Tables, a row a question: CSV and XLSX in our columns, and the bulk sheet of Udemy."""

from questions.formats.parsed import Parsed
from questions.formats.sheet_reader import read_rows
from questions.formats.sheet_tables import csv_rows, xlsx_rows
from questions.formats.sheet_writer import unsupported, write_csv, write_xlsx

__all__ = ["parse_csv", "parse_xlsx", "unsupported", "write_csv", "write_xlsx"]


def parse_csv(data: bytes, *, file: str, encoding: str | None = None) -> Parsed:
    """Every question of a table divided by commas, semicolons or tabs.

    Raises FileRefusedError for bytes that are no text we read, for columns nobody knows, and for
    too many rows.
    """
    return read_rows(csv_rows(data, file=file, encoding=encoding), file=file)


def parse_xlsx(data: bytes, *, file: str, encoding: str | None = None) -> Parsed:
    """Every question of the first sheet; a workbook knows its encoding. Raises as `parse_csv`."""
    return read_rows(xlsx_rows(data, file=file), file=file)
