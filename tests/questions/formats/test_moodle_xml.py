"""Moodle XML: shapes of Moodle's own exports, old and new, and our own round trips."""

from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.item import Item, ItemImage, ItemOption
from questions.formats.moodle_xml import parse, unsupported, write
from questions.formats.parsed import Code, FileRefusedError, Note, Parsed
from tests.questions.formats.foreign import (
    choices,
    matchings,
    notes,
    only,
    options,
    orderings,
    pairs,
    skipped,
)
from tests.questions.formats.items import MATCHING, MULTIPLE, ORDERING, SINGLE
from tests.questions.formats.pictures import GIF, IMAGES, PDF, PNG, SVG


def read(questions: str) -> Parsed:
    return parse(f"<quiz>{questions}</quiz>".encode(), file="m.xml")


def text(name: str, content: str, attributes: str = 'format="html"') -> str:
    return f"<{name} {attributes}><text><![CDATA[{content}]]></text></{name}>"


def question(body: str, *, kind: str = "multichoice", stem: str = text("questiontext", "q")) -> str:
    return f'<question type="{kind}"><name><text>n</text></name>{stem}{body}</question>'


def answer(fraction: str, content: str, inside: str = "", attributes: str = "") -> str:
    return (
        f'<answer fraction="{fraction}" format="html" {attributes}>'
        f"<text><![CDATA[{content}]]></text>{inside}</answer>"
    )


def file(name: str, content: bytes, attributes: str = "") -> str:
    encoded = b64encode(content).decode()
    return f'<file name="{name}" encoding="base64" {attributes}>{encoded}</file>'


TWO = answer("100", "a") + answer("0", "b")

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<!-- question: 0 -->
  <question type="category">
    <category><text>$course$/top/Rivers/1.3</text></category>
    <info format="html"><text>All about rivers</text></info>
    <idnumber>cat-1</idnumber>
  </question>
  <question type="multichoice">
    <name><text>Longest</text></name>
    <questiontext format="html"><text><![CDATA[<p>Which is <b>longest</b>?</p>]]></text>
    </questiontext>
    <generalfeedback format="markdown"><text>Measured *today*.</text></generalfeedback>
    <defaultgrade>1.0000000</defaultgrade>
    <hidden>0</hidden>
    <idnumber>riv-1</idnumber>
    <single>true</single>
    <shuffleanswers>true</shuffleanswers>
    <correctfeedback format="html"><text>Well done.</text></correctfeedback>
    <answer fraction="0" format="plain_text"><text>Rhine * 2</text>
      <feedback format="html"><text>&lt;i&gt;No&lt;/i&gt;.</text></feedback></answer>
    <answer fraction="100.0000000" format="html"><text>
      Amazon
    </text></answer>
    <tags><tag><text>rivers</text></tag><tag><text>water</text></tag></tags>
  </question>
  <question type="truefalse">
    <name><text>Moon</text></name>
    <questiontext format="moodle_auto_format"><text>The moon is a star.
Is it?</text></questiontext>
    <answer fraction="0"><text>true</text><feedback><text>No.</text></feedback></answer>
    <answer fraction="100"><text>false</text><feedback><text>Yes.</text></feedback></answer>
  </question>
</quiz>
"""


def test_a_file_is_read_whole() -> None:
    parsed = parse(FILE.encode(), file="m.xml")
    first, second = parsed.items
    assert (parsed.skipped, notes(parsed)) == ([], [])
    assert [(e.place, e.name, e.category) for e in parsed.items] == [
        ("line 9 (riv-1)", "Longest", "Rivers/1.3"),
        ("line 27 (Moon)", "Moon", "Rivers/1.3"),
    ]
    assert first.item == Item(
        "riv-1", "single", "1.3", "exam", "Which is **longest**?",
        (ItemOption("Rhine \\* 2", "*No*."), ItemOption("Amazon", is_key=True)),
        explanation="Measured *today*.",
        services=("rivers", "water"),
    )  # fmt: skip
    assert second.item.stem == "The moon is a star.\\\nIs it?"
    assert options(second.item) == [("True", False, "No."), ("False", True, "Yes.")]
    assert [note.code for note in parsed.warnings] == [Code.DETAIL_DROPPED]
    assert parsed.warnings[0].message.endswith("(questions: 1)")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("numerical", Code.KIND_NUMERIC),
        ("calculatedmulti", Code.KIND_NUMERIC),
        ("shortanswer", Code.KIND_SHORT_ANSWER),
        ("essay", Code.KIND_ESSAY),
        ("description", Code.KIND_DESCRIPTION),
        ("cloze", Code.KIND_CLOZE),
        ("multianswer", Code.KIND_CLOZE),
        ("gapselect", Code.KIND_MISSING_WORD),
        ("ddmarker", Code.KIND_UNKNOWN),
        ("", Code.KIND_UNKNOWN),
    ],
)
def test_other_kinds_are_skipped_and_counted(kind: str, code: Code) -> None:
    parsed = read(question(TWO) + "\n" + question("", kind=kind) + question(TWO))
    assert skipped(parsed) == [("line 2 (n)", code)]
    assert len(parsed.items) == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", Code.TOO_FEW_OPTIONS),
        (answer("100", "a") + answer("0", ""), Code.TOO_FEW_OPTIONS),
        (answer("0", "a") + answer("0", "b"), Code.NO_KEY),
        (answer("x", "a") + answer("0", "b"), Code.BAD_WEIGHT),
        (answer("NaN", "a") + answer("0", "b"), Code.BAD_WEIGHT),
        (answer("1e9", "a") + answer("0", "b"), Code.BAD_WEIGHT),
        ("".join(answer("100", str(n)) for n in range(9)), Code.TOO_MANY_OPTIONS),
        (answer("100", "a") * 1_000, Code.TOO_MANY_OPTIONS),
        (answer("100", "x" * 100_001) + answer("0", "b"), Code.TEXT_TOO_LONG),
    ],
)
def test_what_is_no_question_is_skipped(body: str, code: Code) -> None:
    assert skipped(read(question(body))) == [("line 1 (n)", code)]


def test_a_name_stands_in_for_a_text() -> None:
    parsed = read(question(TWO, stem=""))
    assert (only(parsed).stem, notes(parsed)) == ("n", [("line 1 (n)", Code.NAME_AS_STEM)])
    assert skipped(read(f'<question type="multichoice">{TWO}</question>')) == [
        ("line 1", Code.NO_STEM)
    ]


@pytest.mark.parametrize(
    ("fractions", "single", "keys", "kind", "codes"),
    [
        ("100 0 0", "true", "A", "single", []),
        ("100 0 0", "1", "A", "single", []),
        ("100 0 0", "", "A", "single", []),
        ("100 50 0", "true", "A", "single", ["partial-credit"]),
        ("50 25 0", "true", "A", "single", ["partial-credit"]),
        ("100 100 0", "true", "AB", "multiple", ["several-keys"]),
        ("50 50 0", "false", "AB", "multiple", []),
        ("50 50 -100", "0", "AB", "multiple", []),
        ("33.33333 33.33333 33.33333", "false", "ABC", "multiple", ["all-keys"]),
        ("75 25 0", "false", "AB", "multiple", ["partial-credit"]),
        ("100 100 0", "false", "AB", "multiple", ["partial-credit"]),
        ("100 0 0", "false", "A", "multiple", ["one-key"]),
    ],
)
def test_fractions_become_keys(
    fractions: str, single: str, keys: str, kind: str, codes: list[str]
) -> None:
    answers = "".join(answer(f, name) for f, name in zip(fractions.split(), "abc", strict=True))
    parsed = read(question(f"<single>{single}</single>{answers}"))
    item = only(parsed)
    assert (item.key, item.kind, [code for _, code in notes(parsed)]) == (keys, kind, codes)


@pytest.mark.parametrize(("shuffle", "is_fixed"), [("false", True), ("0", True), ("1", False)])
def test_options_that_are_not_shuffled_keep_their_place(shuffle: str, is_fixed: bool) -> None:
    item = only(read(question(f"<shuffleanswers>{shuffle}</shuffleanswers>{TWO}")))
    assert [option.is_fixed for option in item.options] == [is_fixed, is_fixed]


def subquestion(prompt: str, response: str, inside: str = "") -> str:
    return (
        f'<subquestion format="html"><text><![CDATA[{prompt}]]></text>'
        f"<answer><text><![CDATA[{response}]]></text></answer>{inside}</subquestion>"
    )


def test_pairs_have_distractors_and_plain_responses() -> None:
    body = (
        subquestion("<b>a</b>", "x*<b>")
        + subquestion("", "y")
        + subquestion("c", "x*<b>")
        + subquestion("", "")
    )
    parsed = read(question(body, kind="matching"))
    assert pairs(only(parsed)) == [("**a**", "x\\*<b>"), ("c", "x\\*<b>")]
    assert [option.text for option in only(parsed).options] == ["x\\*<b>", "y"]
    assert notes(parsed) == []


@pytest.mark.parametrize(
    ("fractions", "order", "codes"),
    [
        ("1 2 3", "abc", []),
        ("2.0000000 3 1", "cab", []),
        ("100 0 0", "abc", ["bad-position"]),
        ("1 1 2", "abc", ["bad-position"]),
        ("x 2 3", "abc", ["bad-position"]),
    ],
)
def test_steps_stand_by_position(fractions: str, order: str, codes: list[str]) -> None:
    steps = "".join(
        answer(f, name, text("feedback", f"{name}!"))
        for f, name in zip(fractions.split(), "abc", strict=True)
    )
    body = f"<gradingtype>ALL_OR_NOTHING</gradingtype>{steps}"
    parsed = read(question(body, kind="ordering"))
    item = only(parsed)
    assert item.kind == "ordering"
    assert options(item) == [(name, False, f"{name}\\!"[:1] + "!") for name in order]
    assert [code for _, code in notes(parsed)] == codes


def test_credit_by_steps_and_subsets_are_noted() -> None:
    body = (
        "<selecttype>RANDOM</selecttype><selectcount>2</selectcount>"
        "<gradingtype>RELATIVE</gradingtype>"
    ) + "".join(answer(str(n), f"step {n}") for n in (1, 2, 3))
    parsed = read(question(body, kind="ordering"))
    assert [code for _, code in notes(parsed)] == [Code.PARTIAL_CREDIT, Code.DETAIL_DROPPED]


def test_details_that_get_lost_are_noted() -> None:
    body = f"<hidden>1</hidden>{TWO}{text('hint', 'Think.')}"
    assert [note.message for each in read(question(body)).items for note in each.notes] == [
        "its hints are left out",
        "was hidden; it is a draft like the others now",
    ]


def test_ids_and_tags_are_kept_as_far_as_we_can() -> None:
    tags = "<tags><tag><text>a,b</text></tag><tag><text>c</text></tag></tags>"
    named = question(f"<idnumber>x &lt;1&gt;</idnumber>{tags}{TWO}")
    parsed = read(named + "\n" + named)
    assert [(e.item.external_id, e.item.services) for e in parsed.items] == [("x-1", ("c",))] * 2
    assert [code for _, code in notes(parsed)] == [
        Code.BAD_ID,
        Code.BAD_TAG,
        Code.BAD_ID,
        Code.BAD_TAG,
        Code.DUPLICATE_ID,
    ]


# Images


def test_images_come_inside_the_file() -> None:
    stem = (
        '<questiontext format="html"><text><![CDATA[<p>See <img src="@@PLUGINFILE@@/my%20plot.png"'
        ' alt="Plot"></p>]]></text>' + file("my plot.png", PNG, "path='/'") + "</questiontext>"
    )
    one = (
        '<answer fraction="100" format="markdown"><text>![b](@@PLUGINFILE@@/sub/a.gif)</text>'
        + file("a.gif", GIF, 'path="/sub/"')
        + "</answer>"
    )
    parsed = read(question(one + answer("0", "b"), stem=stem))
    item = only(parsed)
    assert notes(parsed) == []
    assert item.stem == "See ![Plot](images/my-plot.png)"
    assert item.options[0].text == "![b](images/a.gif)"
    assert item.images == (
        ItemImage("images/my-plot.png", PNG),
        ItemImage("images/a.gif", GIF),
    )


def test_files_of_one_name_are_told_apart() -> None:
    content = "![x](@@PLUGINFILE@@/a.png)"
    stem = (
        f'<questiontext format="markdown"><text>{content}</text>{file("a.png", PNG)}</questiontext>'
    )
    answers = "".join(
        f'<answer fraction="{fraction}" format="markdown"><text>{n} {content}</text>'
        f"{file('a.png', image)}</answer>"
        for n, fraction, image in ((1, 100, PNG), (2, 0, PNG + b"2"))
    )
    item = only(read(question(answers, stem=stem)))
    assert [image.name for image in item.images] == ["images/a.png", "images/a-2.png"]
    assert item.options[1].text == "2 ![x](images/a-2.png)"


@pytest.mark.parametrize(
    ("html", "files", "stem", "codes"),
    [
        ('<img src="@@PLUGINFILE@@/a.svg" alt="A">', file("a.svg", SVG), "A", ["image-refused"]),
        ('<img src="@@PLUGINFILE@@/a.png" alt="A">', file("a.png", PDF), "A", ["image-refused"]),
        ('<img src="@@PLUGINFILE@@/a.png" alt="A">', file("a.png", PNG + bytes(5_000_000)), "A",
         ["image-refused"]),
        ('<img src="@@PLUGINFILE@@/a.png" alt="A">', '<file name="a.png">!A</file>', "A",
         ["image-refused"]),
        ('<img src="@@PLUGINFILE@@/a.png" alt="A">', "", "A", ["image-missing"]),
        ('<img src="file:///etc/passwd" alt="A">', "", "A", ["image-missing"]),
        ('<img src="https://e.com/a.png" alt="A">', "", "![A](https://e.com/a.png)",
         ["image-remote"]),
        ('<a href="@@PLUGINFILE@@/a.mp3">Listen</a>', file("a.mp3", b"ID3"), "Listen",
         ["file-dropped"]),
        ("none", file("a.png", PNG), "none", ["file-dropped"]),
        ("x <svg onload=alert(1)><path/></svg><iframe src='//e.com'></iframe>", "", "x",
         ["html-dropped"]),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_other_files_are_left_out_and_noted(
    html: str, files: str, stem: str, codes: list[str]
) -> None:
    body = f'<questiontext format="html"><text><![CDATA[{html}]]></text>{files}</questiontext>'
    parsed = read(question(TWO, stem=body))
    item = only(parsed)
    assert (item.stem, item.images) == (stem, ())
    assert [code for _, code in notes(parsed)] == codes


def test_moodle_1_9_kept_its_image_beside_the_text() -> None:
    encoded = b64encode(PNG).decode()
    old = f"<image>pics/my plot.png</image><image_base64>\n{encoded}\n</image_base64>{TWO}"
    item = only(read(question(old, stem="<questiontext><text>Old\nq</text></questiontext>")))
    assert item.stem == "Old\\\nq\n\n![](images/my-plot.png)"
    assert item.images == (ItemImage("images/my-plot.png", PNG),)
    remote = read(question(f"<image>https://e.com/a.png</image>{TWO}"))
    assert only(remote).stem == "q\n\n![](https://e.com/a.png)"
    assert only(read(question(f"<image>lost.png</image>{TWO}"))).stem == "q"


# Hostile and other files


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<assessmentItem/>", Code.NOT_THIS_FORMAT),
        (b"<quiz>", Code.MALFORMED),
        (b'<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>', Code.DOCTYPE),
        (b"<quiz>" + b"<a>" * 300 + b"</a>" * 300 + b"</quiz>", Code.TOO_BIG),
        (b"<quiz>" + b"<question/>" * 20_001 + b"</quiz>", Code.TOO_MANY),
        ("<quiz>Größe</quiz>".encode("windows-1252"), Code.ENCODING),
    ],
    ids=lambda value: str(value)[:20],
)
def test_other_files_are_refused(data: bytes, code: Code) -> None:
    with pytest.raises(FileRefusedError) as caught:
        parse(data, file="m.xml")
    assert caught.value.note.code == code


def test_many_questions_are_counted() -> None:
    assert len(read(question(TWO) * 1_000).items) == 1_000


def test_an_empty_file_holds_nothing() -> None:
    assert read("<!-- nothing --><other/>") == Parsed()


# Writing


@pytest.mark.parametrize("item", [SINGLE, MULTIPLE, ORDERING, MATCHING], ids=lambda i: i.kind)
def test_each_kind_comes_back(item: Item) -> None:
    parsed = parse(write([item], category="MLS-C01"), file="m.xml")
    assert only(parsed) == replace(item, angoff=None, verified=None)
    assert (notes(parsed), parsed.warnings) == ([], [])
    assert parsed.items[0].category == "MLS-C01/1.2"


def test_images_come_back() -> None:
    names = [f"images/plot.{suffix}" for suffix in IMAGES]
    images = tuple(
        ItemImage(name, content) for name, content in zip(names, IMAGES.values(), strict=True)
    )
    stem = " ".join(f"![a [b]]({name})" for name in names)
    item = replace(
        SINGLE, stem=stem, explanation=f"Again ![c]({names[0]}) and `{names[1]}`", images=images
    )
    data = write([item])
    assert only(parse(data, file="m.xml")) == replace(item, angoff=None, verified=None)
    assert data.count(b"<file ") == len(images) + 1


def test_moodle_gets_what_it_asks_for() -> None:
    data = write([MULTIPLE, replace(ORDERING, external_id="")]).decode()
    assert '<answer format="markdown" fraction="50">' in data
    assert '<answer format="markdown" fraction="-100">' in data
    assert "<single>false</single>" in data
    assert "<text>A team keeps records. Which storage fits best?</text>" in data
    assert "<gradingtype>ALL_OR_NOTHING</gradingtype>" in data


@pytest.mark.parametrize(
    ("item", "codes"),
    [
        (SINGLE, [Code.LOSES_FIXED_PLACES, Code.LOSES_METADATA]),
        (MULTIPLE, [Code.LOSES_METADATA]),
        (ORDERING, [Code.LOSES_RATIONALES, Code.LOSES_METADATA]),
        (replace(MATCHING, options=(ItemOption("`a`"), *MATCHING.options[1:])),
         [Code.LOSES_RATIONALES, Code.LOSES_FORMATTING, Code.LOSES_METADATA]),
        (replace(MULTIPLE, angoff=None, verified=None), []),
        (replace(MULTIPLE, stem="a\x0bb"), [Code.CANNOT_HOLD_TEXT, Code.LOSES_METADATA]),
    ],
)  # fmt: skip
def test_what_gets_lost_is_listed(item: Item, codes: list[Code]) -> None:
    assert [note.code for note in unsupported(item)] == codes


def test_what_cannot_be_held_is_left_out() -> None:
    item = replace(MULTIPLE, stem="a\x0bb")
    assert unsupported(item)[0] == Note(
        "Moodle XML", "de-001", Code.CANNOT_HOLD_TEXT, "control characters cannot stand in XML"
    )
    assert len(parse(write([item, SINGLE]), file="m.xml").items) == 1


@settings(deadline=None, max_examples=60)
@given(choices("single") | choices("multiple") | orderings() | matchings())
def test_what_is_written_reads_back(item: Item) -> None:
    assert only(parse(write([item]), file="m.xml")) == item


_names = st.sampled_from(["question", "answer", "text", "questiontext", "file", "subquestion"])
_kinds = st.sampled_from(["multichoice", "truefalse", "matching", "ordering", "category"])


@st.composite
def _soup(draw: st.DrawFn, depth: int = 0) -> str:
    name = draw(_names)
    attributes = f'type="{draw(_kinds)}" fraction="{draw(st.sampled_from(["100", "1", "", "-5"]))}"'
    inner = draw(st.lists(_soup(depth + 1), max_size=3)) if depth < 3 else []
    content = draw(st.sampled_from(["", "a", "true", "&lt;p&gt;b", "@@PLUGINFILE@@/a"]))
    return f"<{name} {attributes}>{content}{''.join(inner)}</{name}>"


@settings(deadline=None, max_examples=60)
@given(st.lists(_soup(), max_size=4), _kinds)
def test_any_elements_are_read(soup: list[str], kind: str) -> None:
    parsed = read("".join(soup) + question("".join(soup), kind=kind))
    for each in parsed.items:
        assert 2 <= len(each.item.options) <= 8
        assert each.item.stem
