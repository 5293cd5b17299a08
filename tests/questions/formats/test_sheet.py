"""CSV and XLSX: our columns, the bulk sheet of practice tests, and files that mean harm."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from questions.formats import sheet
from questions.formats.item import ItemImage, ItemOption
from questions.formats.parsed import FileRefusedError
from questions.formats.sheet_columns import BULK_COLUMNS, COLUMNS, guarded, unguarded
from tests.questions.formats.items import MATCHING, MULTIPLE, ORDERING, SINGLE, valid_items

KINDS = [SINGLE, MULTIPLE, ORDERING, MATCHING]
TABLES = [(sheet.write_csv, sheet.parse_csv), (sheet.write_xlsx, sheet.parse_xlsx)]


def table(header, *rows, delimiter=","):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([header, *rows])
    return out.getvalue().encode()


def ours(**cells):
    cells = {"stem": "Which?", "option_a": "One", "option_b": "Two", "correct": "B"} | cells
    return table(cells, cells.values())


def bulk(*rows):
    header = [name.replace("_", " ").title() for name in BULK_COLUMNS]
    return table(header, *(row + [""] * (17 - len(row)) for row in rows))


def only(parsed):
    assert parsed.skipped == []
    (each,) = parsed.items
    return each


def workbook(*rows):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("tables", TABLES, ids=["csv", "xlsx"])
@pytest.mark.parametrize("item", KINDS, ids=lambda item: item.kind)
def test_every_kind_comes_back_as_it_was(item, tables):
    write, parse = tables
    found = only(parse(write([item]), file="f"))
    assert (found.item, found.place, found.notes) == (item, "row 2", [])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(valid_items(), max_size=3, unique_by=lambda item: item.external_id))
def test_what_is_written_is_read_again(items):
    wanted = [replace(item, external_id=f"q-{number}") for number, item in enumerate(items)]
    assert [
        each.item for each in sheet.parse_csv(sheet.write_csv(wanted), file="f").items
    ] == wanted


@settings(max_examples=200, deadline=None)
@given(st.text("='+-@\t\n\u0020a\uff1d"))
def test_no_cell_begins_a_formula_and_none_is_changed(text):
    cell = guarded(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d"))
    assert unguarded(cell) == text


@pytest.mark.parametrize("tables", TABLES, ids=["csv", "xlsx"])
@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_the_table_holds_no_formula(start, tables):
    write, parse = tables
    evil = f'{start}|cmd|"/c calc"!A1'
    data = write([replace(SINGLE, stem=evil)])
    if write is sheet.write_csv:
        assert f"'{start}".encode() in data
    else:
        cells = [c for row in openpyxl.load_workbook(io.BytesIO(data)).active.rows for c in row]
        assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert only(parse(data, file="f")).item.stem == evil.strip()


@pytest.mark.parametrize(
    ("cells", "kind", "key"),
    [
        ({}, "single", "B"),
        ({"type": "multiple", "option_c": "Three", "correct": "A|C"}, "multiple", "AC"),
        ({"option_c": "Three", "correct": "ac"}, "multiple", "AC"),
        ({"correct": "2"}, "single", "B"),
        ({"type": "Single choice", "option_b": "", "option_c": "Two", "correct": "C"},
         "single", "B"),
        ({"prompt_a": "x", "prompt_b": "y", "correct": "B, A"}, "matching", "BA"),
    ],
)  # fmt: skip
def test_kinds_and_keys_are_read_as_people_write_them(cells, kind, key):
    item = only(sheet.parse_csv(ours(**cells), file="f")).item
    assert (item.kind, item.key) == (kind, key)


def test_an_order_is_read_by_its_numbers():
    data = ours(type="order", option_c="Three", correct="3|1|2")
    options = only(sheet.parse_csv(data, file="f")).item.options
    assert [option.text for option in options] == ["Three", "One", "Two"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"stem": ""}, "no-stem"),
        ({"type": "essay"}, "kind-unknown"),
        ({"correct": ""}, "no-key"),
        ({"correct": "C"}, "no-key"),
        ({"correct": "9"}, "no-key"),
        ({"correct": "both"}, "no-key"),
        ({"correct": "A=1"}, "syntax"),
        ({"option_a": ""}, "too-few-options"),
        ({"type": "ordering", "correct": "1|1"}, "no-key"),
        ({"type": "matching", "correct": "A"}, "too-few-options"),
        ({"stem": "x" * 200_001}, "text-too-long"),
    ],
)
def test_a_row_that_is_no_question_is_skipped_with_its_number(cells, code):
    parsed = sheet.parse_csv(ours(**cells), file="f.csv")
    assert [(n.file, n.place, n.code) for n in parsed.skipped] == [("f.csv", "row 2", code)]
    assert parsed.items == []


def test_what_a_row_says_wrongly_is_noted_and_left_out():
    data = ours(external_id="a b", difficulty="hard", verified="soon", pool="x", image="a.png")
    found = only(sheet.parse_csv(data, file="f"))
    assert [note.code for note in found.notes] == [
        "image-missing", "bad-id", "detail-dropped", "detail-dropped", "detail-dropped",
    ]  # fmt: skip
    assert (found.item.external_id, found.item.angoff, found.item.verified) == ("a-b", None, None)


def test_unknown_columns_are_named_once():
    data = table(["stem", "option_a", "option_b", "correct", "Author"], ["?", "1", "2", "A", "me"])
    (note,) = sheet.parse_csv(data, file="f").warnings
    assert "author" in note.message


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter):
    data = table(["stem", "option_a", "option_b", "correct"], ["a,b;c", "1", "2", "A"],
                 delimiter=delimiter)  # fmt: skip
    assert only(sheet.parse_csv(data, file="f")).item.stem == "a,b;c"


# --- The bulk sheet


def test_the_bulk_sheet_is_known_by_its_header():
    single = ["Which *one*?", "multiple-choice", "S3", "Slow.", "EBS", "Right.", "", "", "", "",
              "", "", "", "", "2", "EBS fits.", "Data Engineering"]  # fmt: skip
    several = ["Which <b>two</b>?", "multi-select", "a", "", "b", "", "c", "", "", "", "", "", "",
               "", "1,3", "", "1.2"]  # fmt: skip
    one, two = sheet.parse_csv(bulk(single, several), file="f").items
    assert (one.item.kind, one.item.key, one.category) == ("single", "B", "Data Engineering")
    assert one.item.stem == r"Which \*one\*?"
    assert one.item.options == (ItemOption("S3", "Slow."), ItemOption("EBS", "Right.", True))
    assert (two.item.stem, two.item.key, two.item.task) == ("Which **two**?", "AC", "1.2")


def test_the_bulk_sheet_comes_as_a_workbook_too():
    header = [name.replace("_", " ").title() for name in BULK_COLUMNS]
    row = ["Q?", "multiple-choice", 1, None, 2.0, None, *[None] * 8, 2, None, date(2026, 1, 2)]
    found = only(sheet.parse_xlsx(workbook(header, row), file="f"))
    assert [option.text for option in found.item.options] == ["1", "2"]
    assert (found.item.key, found.category) == ("B", "2026-01-02")


# --- Limits


def test_what_a_table_cannot_hold_is_told():
    image = ItemImage("images/a.png", b"x")
    assert [n.code for n in sheet.unsupported(replace(SINGLE, images=(image,)))] == ["loses-images"]
    long = replace(SINGLE, explanation="x" * 32_768)
    assert [n.code for n in sheet.unsupported(long)] == ["cannot-hold-text"]
    assert sheet.parse_csv(sheet.write_csv([long]), file="f").items == []


def refusal(parse, data, **how):
    with pytest.raises(FileRefusedError) as caught:
        parse(data, file="f", **how)
    return caught.value.note.code


def test_files_that_are_no_table_are_refused():
    assert refusal(sheet.parse_csv, b"") == "not-this-format"
    assert refusal(sheet.parse_csv, b"a,b\n1,2") == "not-this-format"
    assert refusal(sheet.parse_csv, b'stem,option_a,correct\n"open') == "malformed"
    assert refusal(sheet.parse_csv, b"stem,option_a,correct\nna\xefve,a,A") == "encoding"
    assert refusal(sheet.parse_xlsx, b"stem") == "not-this-format"
    assert refusal(sheet.parse_xlsx, zipped({"a.txt": b"x"})) == "malformed"
    broken = workbook(COLUMNS)
    assert refusal(sheet.parse_xlsx, broken[:400] + b"\0" * 50 + broken[450:]) in {
        "malformed", "not-this-format",
    }  # fmt: skip


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_windows_1252_is_read_when_it_is_said():
    data = b"stem,option_a,option_b,correct\nna\xefve,1,2,A"
    assert only(sheet.parse_csv(data, file="f", encoding="windows-1252")).item.stem == "naïve"


def test_too_much_is_refused_before_it_costs_much():
    rows = b"?,1,2,A\n" * 100_000
    assert refusal(sheet.parse_csv, b"stem,option_a,option_b,correct\n" + rows) == "too-many"
    cell = b"stem,option_a,option_b,correct\n" + b"x" * 50_000_000
    assert refusal(sheet.parse_csv, cell) == "too-big"
    assert refusal(sheet.parse_xlsx, zipped({"bomb.xml": b"\0" * 130_000_000})) == "too-big"


def parts(sheet_xml):
    """A workbook whose only sheet says `sheet_xml`."""
    with zipfile.ZipFile(io.BytesIO(workbook(COLUMNS))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return zipped(files | {"xl/worksheets/sheet1.xml": sheet_xml})


NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def test_a_row_far_away_does_not_fill_the_memory():
    row = b'<row r="900000000"><c r="A900000000" t="inlineStr"><is><t>x</t></is></c></row>'
    data = parts(b"<worksheet " + NAMESPACE + b"><sheetData>" + row + b"</sheetData></worksheet>")
    assert refusal(sheet.parse_xlsx, data) == "too-many"


def test_entities_in_a_workbook_are_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    data = parts(bomb + b"<worksheet " + NAMESPACE + b"><sheetData/></worksheet>")
    assert refusal(sheet.parse_xlsx, data) in {"malformed", "not-this-format"}
