"""Aiken: a line each, and every way in which people get it wrong."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.aiken import parse, unsupported, write
from questions.formats.html_text import from_plain
from questions.formats.item import Item, ItemOption
from questions.formats.parsed import Code, FileRefusedError, Note, Parsed, is_left_out
from questions.markdown import render
from tests.questions.formats.foreign import BARE, notes, only, options, skipped
from tests.questions.formats.items import MULTIPLE, SINGLE


def read(text: str) -> Parsed:
    return parse(text.encode(), file="a.txt")


FILE = """\
Which city lies on the Rhine?
A) Basel
B) Bern
ANSWER: A

Which is right?
It may be <html class="cool"> & images.

Think twice.
A. *One*
b) is no option
B. Two
ANSWER: B.
"""


def test_a_file_is_read_whole() -> None:
    parsed = read(FILE.replace("b) is no option\n", ""))
    first, second = (each.item for each in parsed.items)
    assert (parsed.skipped, notes(parsed)) == ([], [])
    assert first == replace(
        BARE,
        external_id="",
        task="",
        stem="Which city lies on the Rhine?",
        explanation="",
        options=(ItemOption("Basel", is_key=True), ItemOption("Bern")),
    )
    assert options(second) == [("\\*One\\*", False, ""), ("Two", True, "")]
    assert [each.place for each in parsed.items] == ["line 1", "line 6"]


def test_text_is_shown_not_obeyed() -> None:
    stem = read(FILE.replace("b) is no option\n", "")).items[1].item.stem
    assert stem == ('Which is right?\\\nIt may be <html class="cool"> & images.\n\nThink twice.')
    assert "&lt;html class=&quot;cool&quot;&gt; &amp; images." in render(stem).replace(
        '"', "&quot;"
    )


GOOD = "Good?\nA) yes\nB) no\nANSWER: A\n"


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("Few?\nA) Only\nANSWER: A", Code.TOO_FEW_OPTIONS, "1 options, at least 2"),
        ("A) No question\nB) b\nANSWER: A", Code.NO_STEM,
         "its options have no question before them"),
        ("A) No question\n\nANSWER: some", Code.SYNTAX,
         "line 3: ANSWER has no single letter: 'some'"),
        ("ANSWER: A", Code.SYNTAX, "ANSWER before any option"),
        ("Early?\nANSWER: A", Code.SYNTAX, "line 2: ANSWER before any option"),
        ("Open?\nA) a\nB) b", Code.SYNTAX, "no ANSWER line behind its options"),
        ("Open?", Code.SYNTAX, "no ANSWER line behind its options"),
        ("Tight?\nA)a\nB)b\nANSWER: B", Code.SYNTAX, "line 2: no space behind 'A)'"),
        ("Tight?\nA) a\nB)b\nANSWER: B", Code.SYNTAX, "line 3: no space behind 'B)'"),
        ("Gap?\nA) a\nC) b\nANSWER: A", Code.SYNTAX, "line 3: option C where B was expected"),
        ("Far?\nA) a\nB) b\nANSWER: C", Code.SYNTAX,
         "line 4: ANSWER: C, but there is no such option"),
        ("Two?\nA) a\nB) b\nANSWER: A, B", Code.SYNTAX,
         "line 4: ANSWER has no single letter: 'A, B'"),
        ("None?\nA) a\nB) b\nANSWER:", Code.SYNTAX, "line 4: ANSWER has no single letter: ''"),
        ("Many?\n" + "".join(f"{c}) {c}\n" for c in "ABCDEFGHI") + "ANSWER: A",
         Code.TOO_MANY_OPTIONS, "9 options, at most 8"),
        ("Long " + "x" * 100_000 + "\nA) a\nB) b\nANSWER: A", Code.TEXT_TOO_LONG,
         "a text has more than 100000 characters"),
    ],
    ids=lambda value: value[:16],
)  # fmt: skip
def test_a_broken_question_is_told_and_the_others_are_read(
    text: str, code: Code, message: str
) -> None:
    goes_on = f"\n\n{GOOD}" if "ANSWER" in text else ""
    parsed = read(text + goes_on)
    assert parsed.skipped == [Note("a.txt", "line 1", code, message)]
    assert len(parsed.items) == bool(goes_on)


def test_a_question_never_answered_ends_where_the_next_begins() -> None:
    parsed = read(f"Open?\nA) a\nB) b\n\n{GOOD}")
    assert skipped(parsed) == [("line 1", Code.SYNTAX)]
    assert only(replace(parsed, skipped=[])).stem == "Good?"


def test_a_wrapped_option_is_no_question() -> None:
    parsed = read("Wrapped?\nA) a\nB) b that\ngoes on\nC) c\nANSWER: A")
    assert parsed.items == []
    assert [note.place for note in parsed.skipped] == ["line 1", "line 4"]


@pytest.mark.parametrize(
    ("text", "stem", "line"),
    [
        ("A. Lincoln was\nA. tall\nB. small\nANSWER: A", "A. Lincoln was", 1),
        ("A. Lincoln was\nwhat?\nA. tall\nB. small\nANSWER: A", "A. Lincoln was\\\nwhat?", 1),
        ("Say:\nA. Lincoln was\nA) tall\nB) small\nANSWER: A", "Say:\\\nA. Lincoln was", 2),
        ("C. elegans is\nA) a worm\nB) small\nANSWER: A", "C. elegans is", 1),
    ],
)
def test_a_question_that_looks_like_an_option_is_noted(text: str, stem: str, line: int) -> None:
    parsed = read(text)
    item = only(parsed)
    assert (item.stem, len(item.options), item.key) == (stem, 2, "A")
    message = f"line {line} begins like an option, but is read as the question"
    assert parsed.items[0].notes == [Note("a.txt", "line 1", Code.LOOKS_LIKE_OPTION, message)]


@pytest.mark.parametrize(
    "text", ["U.S. law?\nA)  a\nB.\tb\nAnswer: b", "A?\r\nA) a\rB) b\rANSWER:B"]
)
def test_small_liberties_are_taken(text: str) -> None:
    assert only(read(text)).key == "B"


def test_many_questions_are_counted() -> None:
    assert len(read(f"{GOOD}\n" * 2_000).items) == 2_000
    with pytest.raises(FileRefusedError, match="more than 20000 questions"):
        parse(b"A?\n" * 1_100_000, file="a.txt")


def test_other_encodings_are_chosen_not_guessed() -> None:
    data = GOOD.replace("Good", "Größe").encode("windows-1252")
    with pytest.raises(FileRefusedError, match="import it as Windows-1252"):
        parse(data, file="a.txt")
    assert only(parse(data, file="a.txt", encoding="windows-1252")).stem == "Größe?"


# Writing


def test_writing_gives_plain_lines() -> None:
    assert write([SINGLE, MULTIPLE]).decode() == (
        "A team keeps records. Which storage fits best?\n"
        "A) Amazon S3\nB) Amazon EBS\nC) None of these\nANSWER: B\n"
    )


def test_what_gets_lost_is_listed() -> None:
    assert [note.code for note in unsupported(SINGLE)] == [
        Code.LOSES_FORMATTING,
        Code.LOSES_RATIONALES,
        Code.LOSES_EXPLANATION,
        Code.LOSES_FIXED_PLACES,
        Code.LOSES_ID,
        Code.LOSES_METADATA,
    ]
    assert unsupported(MULTIPLE)[0].code == Code.CANNOT_HOLD_KIND
    assert unsupported(replace(SINGLE, stem="ANSWER: what?"))[0].code == Code.CANNOT_HOLD_TEXT
    bare = replace(BARE, external_id="", task="", explanation="", stem="Good?")
    assert unsupported(replace(bare, options=only(read(GOOD)).options)) == []


_line = (
    st.text("ab XY09.,;:!?'\"()[]*_`#<>={}%|\\/~$@&-\u00e9", min_size=1, max_size=20)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)


@st.composite
def _plain_items(draw: st.DrawFn) -> Item:
    texts = draw(st.lists(_line, min_size=2, max_size=8, unique=True))
    key = draw(st.integers(0, len(texts) - 1))
    options = (ItemOption(from_plain(text), "", at == key) for at, text in enumerate(texts))
    return replace(
        BARE, external_id="", task="", explanation="", stem=from_plain(draw(_line)),
        options=tuple(options),
    )  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(_plain_items())
def test_what_is_written_reads_back(item: Item) -> None:
    parsed = parse(write([item]), file="a.txt")
    if is_left_out(unsupported(item)):
        assert parsed.items == []
    else:
        assert only(parsed) == item


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(["Q?", "A) a", "A. b", "B) c", "B)d", "ANSWER: A", "ANSWER:", ""])))
def test_any_lines_are_read(lines: list[str]) -> None:
    parsed = read("\n".join(lines))
    assert all(len(each.item.key) == 1 and each.item.stem for each in parsed.items)
    assert len(parsed.items) + len(parsed.skipped) <= len(lines)
