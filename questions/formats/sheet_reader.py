"""Rows of a table as items: our columns hold Markdown, the bulk sheet plain text or HTML."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from questions.formats.choices import (
    Answers,
    Choice,
    choice_answers,
    clean_id,
    clean_tags,
    note_repeated_ids,
    ordering_answers,
    task_of,
)
from questions.formats.hostile import MAX_TEXT, refused
from questions.formats.html_text import from_html, from_plain, has_tags
from questions.formats.item import LETTERS, POOLS, Item, ItemOption, ItemPrompt
from questions.formats.parsed import Code, Note, Parsed, ParsedItem, Remarks, SkippedError
from questions.formats.sheet_columns import (
    BULK_COLUMNS,
    BULK_NEEDED,
    BULK_OPTIONS,
    BULK_RATIONALES,
    COLUMNS,
    NEEDED,
    OPTIONS,
    PROMPT_RATIONALES,
    PROMPTS,
    RATIONALES,
    names_of,
    unguarded,
)
from questions.formats.sheet_tables import Row

KINDS = {
    "single": "single", "singlechoice": "single", "multiple": "multiple",
    "multipleresponse": "multiple", "multiselect": "multiple", "ordering": "ordering",
    "order": "ordering", "matching": "matching", "match": "matching",
    "multiplechoice": "", "": "",
}  # fmt: skip
_CORRECT = re.compile(r"\s*(?:(?:[A-Za-z]|\d{1,2})\s*[|,;/]?\s*)*")
_PLACE = re.compile(r"[A-Za-z]|\d{1,2}")

Cells = dict[str, str]


@dataclass(frozen=True)
class _Layout:
    """A kind of table: the columns it knows and how to read a row of it."""

    columns: list[str]
    read: Callable[[Cells, Remarks], ParsedItem]


def read_rows(rows: Iterator[Row], *, file: str) -> Parsed:
    """Every row below the header. Raises FileRefusedError for columns nobody knows."""
    header = next(rows, None)
    names = names_of(header.cells) if header else []
    layout = _layout(names, file)
    parsed = Parsed(warnings=list(_strange_columns(names, layout, file)))
    found: list[tuple[Item, Remarks]] = []
    for row in rows:
        remarks = Remarks(file, f"row {row.number}")
        try:
            each = layout.read(_cells(names, row), remarks)
        except SkippedError as error:
            parsed.skipped.append(Note(file, remarks.place, error.code, error.message))
            continue
        parsed.items.append(each)
        found.append((each.item, remarks))
    note_repeated_ids(found)
    return parsed


def is_header(names: list[str]) -> bool:
    """Whether these are the columns of a table that can be read."""
    return set(names) >= NEEDED or set(names) >= BULK_NEEDED


def _layout(names: list[str], file: str) -> _Layout:
    if set(names) >= NEEDED:
        return _Layout(COLUMNS, _ours)
    if set(names) >= BULK_NEEDED:
        return _Layout(BULK_COLUMNS, _bulk)
    message = "has no header with the columns stem, option_a, option_b ... and correct"
    raise refused(file, Code.NOT_THIS_FORMAT, message, line=1)


def _strange_columns(names: list[str], layout: _Layout, file: str) -> Iterator[Note]:
    strange = [name[:40] for name in names if name and name not in layout.columns]
    if strange:
        message = f"columns that are not read: {', '.join(strange[:20])}"
        yield Note(file, "row 1", Code.DETAIL_DROPPED, message)


def _cells(names: list[str], row: Row) -> Cells:
    """The texts by column; of two columns of one name the first counts."""
    if any(len(cell) > MAX_TEXT for cell in row.cells):
        message = f"a cell has more than {MAX_TEXT:,} characters"
        return {"too_long": message}
    pairs = list(zip(names, row.cells, strict=False))
    return {name: text.strip() for name, text in reversed(pairs)}


def _check_stem(cells: Cells, stem: str) -> None:
    if message := cells.get("too_long"):
        raise SkippedError(Code.TEXT_TOO_LONG, message)
    if not stem:
        raise SkippedError(Code.NO_STEM, "the question is empty")


# --- Our columns


def _ours(cells: Cells, remarks: Remarks) -> ParsedItem:
    cells = {name: unguarded(text).strip() for name, text in cells.items()}
    _check_stem(cells, cells.get("stem", ""))
    if cells.get("image"):
        message = f"the image {cells['image'][:100]!r} is not in the file; add it to the draft"
        remarks.add(Code.IMAGE_MISSING, message)
    category = cells.get("category", "")
    answers = _answers(cells, remarks)
    item = Item(
        external_id=clean_id(cells.get("external_id", ""), remarks),
        kind=answers.kind,
        task=task_of(category),
        pool=_pool(cells, remarks),
        stem=cells["stem"],
        options=answers.options,
        prompts=answers.prompts,
        explanation=cells.get("explanation", ""),
        references=tuple(_references(cells.get("references", ""))),
        services=clean_tags(re.split(r"[,;|]", cells.get("tags", "")), remarks),
        angoff=_angoff(cells, remarks),
        verified=_verified(cells, remarks),
    )
    return ParsedItem(item, remarks.place, remarks.notes, category=category)


def _answers(cells: Cells, remarks: Remarks) -> Answers:
    texts = [cells.get(name, "") for name in OPTIONS]
    rationales = [cells.get(name, "") for name in RATIONALES]
    correct = _places(cells.get("correct", ""))
    _check_places(correct, texts)
    kind = _kind(cells.get("type", ""))
    if not kind and any(cells.get(name) for name in PROMPTS):
        kind = "matching"
    if kind == "ordering":
        return _ordering(texts, rationales, correct, remarks)
    if kind == "matching":
        return _matching(cells, texts, rationales, correct)
    fixed = set(_places(cells.get("fixed", "")))
    return _choices(kind, texts, rationales, correct, fixed, remarks)


def _choices(
    kind: str, texts: list[str], rationales: list[str], correct: list[int], fixed: set[int],
    remarks: Remarks,
) -> Answers:  # fmt: skip
    keys = set(correct)
    share = Decimal(100) / max(1, len(keys))
    choices = [
        Choice(text, rationale, share if place in keys else Decimal(0), place in fixed)
        for place, (text, rationale) in enumerate(zip(texts, rationales, strict=True))
    ]
    is_single = len(keys) == 1 and kind != "multiple"
    if kind == "single" and len(keys) > 1:
        message = f"{len(keys)} options are right; all of them are asked for now"
        remarks.add(Code.SEVERAL_KEYS, message)
    return choice_answers(choices, is_single=is_single, remarks=remarks)


def _ordering(
    texts: list[str], rationales: list[str], correct: list[int], remarks: Remarks
) -> Answers:
    filled = [place for place, text in enumerate(texts) if text]
    order = correct or filled
    if sorted(order) != filled:
        raise SkippedError(Code.NO_KEY, "the order does not name every step once")
    return ordering_answers([(texts[place], rationales[place]) for place in order], remarks=remarks)


def _matching(cells: Cells, texts: list[str], rationales: list[str], correct: list[int]) -> Answers:
    prompts = [(cells.get(a, ""), cells.get(b, "")) for a, b in zip(
        PROMPTS, PROMPT_RATIONALES, strict=True)]  # fmt: skip
    prompts = [prompt for prompt in prompts if prompt[0]]
    filled = [place for place, text in enumerate(texts) if text]
    if len(prompts) < 2 or len(filled) < 2:
        raise SkippedError(Code.TOO_FEW_OPTIONS, "fewer than 2 prompts or 2 responses")
    if len(correct) != len(prompts):
        message = f"{len(correct)} letters for {len(prompts)} prompts"
        raise SkippedError(Code.NO_KEY, message)
    paired = set(correct)
    options = [ItemOption(texts[p], "" if p in paired else rationales[p]) for p in filled]
    return Answers(
        "matching",
        tuple(options),
        tuple(
            ItemPrompt(text, filled.index(place), rationale)
            for (text, rationale), place in zip(prompts, correct, strict=True)
        ),
    )


def _kind(text: str) -> str:
    """Empty where the number of keys has to say it."""
    name = re.sub(r"[\s_-]", "", text.casefold())
    if name not in KINDS:
        raise SkippedError(Code.KIND_UNKNOWN, f"the type {text[:40]!r} is not read")
    return KINDS[name]


def _places(text: str) -> list[int]:
    """Places from 0 for letters or numbers from 1: "A|C", "AC", "3|1|2"."""
    if not _CORRECT.fullmatch(text):
        message = f"{text[:40]!r} is neither letters such as A|C nor numbers such as 3|1|2"
        raise SkippedError(Code.SYNTAX, message)
    found = _PLACE.findall(text)
    return [int(each) - 1 if each.isdigit() else ord(each.upper()) - ord("A") for each in found]


def _check_places(places: list[int], texts: list[str]) -> None:
    for place in places:
        if not 0 <= place < len(texts) or not texts[place]:
            name = LETTERS[place] if 0 <= place < len(LETTERS) else str(place + 1)
            raise SkippedError(Code.NO_KEY, f"option {name} is called right and is empty")


def _pool(cells: Cells, remarks: Remarks) -> str:
    pool = cells.get("pool", "").casefold() or POOLS[0]
    if pool in POOLS:
        return pool
    remarks.add(Code.DETAIL_DROPPED, f"the pool {pool[:40]!r} is none of {', '.join(POOLS)}")
    return POOLS[0]


def _angoff(cells: Cells, remarks: Remarks) -> int | None:
    text = cells.get("difficulty", "")
    if not text:
        return None
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 99:
        return int(text)
    message = f"the difficulty {text[:40]!r} is no whole number from 1 to 99 and is left out"
    remarks.add(Code.DETAIL_DROPPED, message)
    return None


def _verified(cells: Cells, remarks: Remarks) -> date | None:
    text = cells.get("verified", "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        message = f"the date {text[:40]!r} is not like 2026-11-24 and is left out"
        remarks.add(Code.DETAIL_DROPPED, message)
        return None


def _references(text: str) -> Iterator[tuple[str, str]]:
    """A line each, its last word is the address."""
    for line in filter(None, map(str.strip, text.split("\n"))):
        title, _, url = line.rpartition(" ")
        yield title.strip(), url


# --- The bulk sheet of Udemy's practice tests


def _bulk(cells: Cells, remarks: Remarks) -> ParsedItem:
    _check_stem(cells, cells.get("question", ""))
    texts = [_markdown(cells.get(name, ""), remarks) for name in BULK_OPTIONS]
    rationales = [_markdown(cells.get(name, ""), remarks) for name in BULK_RATIONALES]
    correct = _places(cells.get("correct_answers", ""))
    _check_places(correct, texts)
    kind = _kind(cells.get("question_type", ""))
    if kind in {"ordering", "matching"}:
        raise SkippedError(Code.KIND_UNKNOWN, f"the bulk sheet holds no {kind} questions")
    answers = _choices(kind, texts, rationales, correct, set(), remarks)
    domain = cells.get("domain", "")
    item = Item(
        external_id="",
        kind=answers.kind,
        task=task_of(domain),
        pool=POOLS[0],
        stem=_markdown(cells["question"], remarks),
        options=answers.options,
        explanation=_markdown(cells.get("overall_explanation", ""), remarks),
    )
    return ParsedItem(item, remarks.place, remarks.notes, category=domain)


def _markdown(text: str, remarks: Remarks) -> str:
    if not has_tags(text):
        return from_plain(text)
    converted = from_html(text)
    if converted.lost:
        remarks.add(Code.HTML_DROPPED, f"left out: {', '.join(converted.lost)}")
    return converted.text
