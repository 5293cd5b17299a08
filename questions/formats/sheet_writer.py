"""Items as tables in our columns; no cell can be taken for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator

import openpyxl  # type: ignore[import-untyped]

from questions.formats.hostile import CONTROL
from questions.formats.item import LETTERS, Item
from questions.formats.parsed import Code, Note, is_left_out
from questions.formats.sheet_columns import (
    COLUMNS,
    OPTIONS,
    PROMPT_RATIONALES,
    PROMPTS,
    RATIONALES,
    guarded,
)

FILE = "table"
MAX_CELL = 32_767  # characters that a cell of a workbook holds


def write_csv(items: Iterable[Item]) -> bytes:
    """UTF-8 with a byte order mark, by which spreadsheets know it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(_row(item) for item in items if not is_left_out(unsupported(item)))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def write_xlsx(items: Iterable[Item]) -> bytes:
    """A workbook of one sheet, written a row at a time."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("questions")
    sheet.freeze_panes = "A2"
    sheet.append(COLUMNS)
    for item in items:
        if not is_left_out(unsupported(item)):
            sheet.append(_row(item))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def unsupported(item: Item) -> list[Note]:
    """What a table cannot hold of an item; codes in `parsed.LEFT_OUT` leave out all of it."""
    return [Note(FILE, item.external_id, code, message) for code, message in _losses(item)]


def _losses(item: Item) -> Iterator[tuple[Code, str]]:
    if any(len(cell) > MAX_CELL for cell in _row(item)):
        yield Code.CANNOT_HOLD_TEXT, f"a text has more than {MAX_CELL:,} characters"
    if item.images:
        yield Code.LOSES_IMAGES, f"{len(item.images)} images are left out"


def _row(item: Item) -> list[str]:
    cells = {
        "external_id": item.external_id,
        "type": item.kind,
        "stem": item.stem,
        "correct": _correct(item),
        "explanation": item.explanation,
        "category": item.task,
        "tags": ", ".join(item.services),
        "difficulty": str(item.angoff or ""),
        "image": ", ".join(image.name for image in item.images),
        "fixed": "|".join(
            letter for letter, o in zip(LETTERS, item.options, strict=False) if o.is_fixed
        ),
        "references": "\n".join(f"{' '.join(title.split())} {url}" for title, url in
                                item.references),
        "pool": item.pool,
        "verified": item.verified.isoformat() if item.verified else "",
    }  # fmt: skip
    for name, rationale, option in zip(OPTIONS, RATIONALES, item.options, strict=False):
        cells |= {name: option.text, rationale: option.rationale}
    for name, rationale, prompt in zip(PROMPTS, PROMPT_RATIONALES, item.prompts, strict=False):
        cells |= {name: prompt.text, rationale: prompt.rationale}
    return [guarded(CONTROL.sub("", cells.get(name, ""))) for name in COLUMNS]


def _correct(item: Item) -> str:
    """Letters, or for an order the numbers of the steps."""
    if item.kind == "ordering":
        return "|".join(str(number) for number in range(1, len(item.options) + 1))
    return "|".join(item.key)
