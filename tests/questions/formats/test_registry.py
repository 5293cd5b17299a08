"""The table of formats: each knows its own files by their content, and reads what it writes."""

import pytest

from questions.formats.parsed import FileRefusedError, is_left_out
from questions.formats.registry import FORMATS, WRITTEN, Source, detect, read
from tests.questions.formats.items import MATCHING, MULTIPLE, ORDERING, SINGLE

SOURCE = Source("MLS-C01", {1: "Data Engineering"})
READS = {"qti21": "qti", "qti30": "qti"}
ITEMS = [SINGLE, MULTIPLE, ORDERING, MATCHING]


@pytest.mark.parametrize("key", sorted(WRITTEN))
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.kind)
def test_what_a_format_writes_it_knows_and_reads(key, item):
    written = FORMATS[key]
    if is_left_out(written.losses(item)):
        pytest.skip(f"{written.name} holds no {item.kind} question")
    data = written.write([item], SOURCE)
    assert detect(data) == READS.get(key, key)
    (found,) = read("", data, file="f").items
    assert (found.item.kind, found.item.key) == (item.kind, item.key)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", ""),
        (b"Dear all, see you on Monday.", ""),
        (b"PK\x03\x04 broken", ""),
        (b"<html></html>", ""),
        (b"\xef\xbb\xbfstem;option_a;option_b;correct\n", "csv"),
        ("stem,option_a,option_b,correct\n".encode("utf-16"), "csv"),
        (b"Question,Question Type,Answer Option 1,Explanation 1,Correct Answers\n", "csv"),
        (b"// a comment\n::q1:: Which? {=a ~b}", "gift"),
        (b"Which?\nA. one\nB. two\nANSWER: B\n", "aiken"),
        (b'<?xml version="1.0"?>\n<!-- c -->\n<quiz/>', "moodle_xml"),
        (b"# 1 Data Engineering\n", "bank"),
    ],
)
def test_a_format_is_known_by_its_content(data, key):
    assert detect(data) == key


def test_what_nobody_knows_is_refused():
    with pytest.raises(FileRefusedError, match="choose one"):
        read("", b"Dear all", file="letter.txt")


def test_a_faulty_bank_file_is_refused_with_its_first_line():
    with pytest.raises(FileRefusedError, match=r"letter.md: line 3: .*more faults"):
        read("bank", b"# 1 Domain\n\n## q-1\nkind: single\n", file="letter.md")
