import re
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from questions.formats.html_text import from_html
from questions.formats.item import KINDS, Item, ItemImage, ItemOption, ItemPrompt
from questions.formats.parsed import Code
from questions.formats.qti import parse, unsupported, write
from questions.formats.qti_writer import Version
from questions.formats.qti_xhtml import blocks_of
from tests.questions.formats.items import MATCHING, MULTIPLE, ORDERING, SINGLE, valid_items
from tests.questions.formats.pictures import JPEG, PNG

VERSIONS: tuple[Version, ...] = ("2.1", "3.0")
RICH = (
    "A **bold** *word*, ~~not~~ `code` and [a link](https://aws.amazon.com/).\n\n"
    "- one\n- two\n\n> quoted\n\n```python\nx = 1\n```\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"
)


def bare(item: Item) -> Item:
    """Without what QTI has no place for."""
    return replace(item, pool="exam", angoff=None, verified=None)


def back(items: list[Item], version: Version) -> list[Item]:
    parsed = parse(write(items, version=version), file="a.zip")
    assert (parsed.skipped, parsed.warnings) == ([], [])
    assert [note for each in parsed.items for note in each.notes] == []
    return [each.item for each in parsed.items]


def file_in(data: bytes, path: str) -> str:
    with ZipFile(BytesIO(data)) as package:
        return package.read(path).decode()


@pytest.mark.parametrize("version", VERSIONS)
def test_every_kind_comes_back_as_it_was(version: Version) -> None:
    items = [
        replace(bare(item), external_id=item.kind)
        for item in (SINGLE, MULTIPLE, ORDERING, MATCHING)
    ]
    assert [item.kind for item in items] == list(KINDS)
    assert back(items, version) == items


@pytest.mark.parametrize("version", VERSIONS)
def test_formatted_texts_and_images_come_back(version: Version) -> None:
    item = replace(
        bare(SINGLE),
        stem=f"{RICH}\n\n![A plot](images/plot.png)",
        explanation=RICH,
        options=(ItemOption("![A](images/a.jpg)", RICH), ItemOption(RICH, "`x < 1`", is_key=True)),
        images=(ItemImage("images/plot.png", PNG), ItemImage("images/a.jpg", JPEG)),
    )
    other = replace(
        bare(MULTIPLE),
        external_id="de-002",
        stem="![B plot](images/plot.png)",
        images=(ItemImage("images/plot.png", PNG + b"other"),),
    )
    assert back([item, other], version) == [item, other]


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_missing_in_a_draft_is_missing_again(version: Version) -> None:
    options = tuple(replace(option, rationale="") for option in SINGLE.options)
    item = replace(
        bare(SINGLE), options=options, explanation="", references=(), services=(), task=""
    )
    assert back([item], version) == [item]


# However a text is written, it comes back in the one form that reading gives.


def settled(text: str) -> str:
    """Paragraphs in one line each, only those characters escaped that need it."""
    return from_html(etree.tostring(blocks_of(text), encoding="unicode", method="html")).text


def settled_item(item: Item) -> Item:
    options = (
        replace(option, text=settled(option.text), rationale=settled(option.rationale))
        for option in item.options
    )
    prompts = (
        ItemPrompt(settled(prompt.text), prompt.option, settled(prompt.rationale))
        for prompt in item.prompts
    )
    return replace(
        bare(item),
        stem=settled(item.stem),
        explanation=settled(item.explanation),
        options=tuple(options),
        prompts=tuple(prompts),
    )


def is_distinct(item: Item) -> bool:
    texts = [option.text for option in item.options]
    return len(set(texts)) == len(texts) and all([*texts, *(p.text for p in item.prompts)])


def counts_from_elsewhere(item: Item) -> bool:
    """Whether a list begins with another number than 1, which QTI 2.1 has no word for."""
    texts = [item.stem, item.explanation]
    texts += [text for each in item.options for text in (each.text, each.rationale)]
    texts += [text for each in item.prompts for text in (each.text, each.rationale)]
    return any(re.search(r"(?m)^\s*(?!1[.)])\d+[.)]", text) for text in texts)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(valid_items(), st.sampled_from(VERSIONS))
def test_round_trip(item: Item, version: Version) -> None:
    found = settled_item(item)
    assume(is_distinct(found))
    assume(version != "2.1" or not counts_from_elsewhere(found))
    assert back([item], version) == [found]
    assert back([found], version) == [found]


# What stands in the files


def test_the_shape_of_an_item() -> None:
    item = replace(bare(SINGLE), stem="Which?", explanation="EBS fits.", references=())
    feedback = '<feedbackInline outcomeIdentifier="FEEDBACK" identifier="{}" showHide="show">{}'
    written = file_in(write([item]), "items/item-00001/item.xml")
    assert 'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="de-001"' in written
    assert "<correctResponse><value>B</value></correctResponse>" in written
    assert '<simpleChoice identifier="C" fixed="true">None of these' in written
    assert feedback.format("B", "Fits.</feedbackInline></simpleChoice>") in written
    assert '<setOutcomeValue identifier="FEEDBACK"><variable identifier="RESPONSE"/>' in written
    assert 'identifier="shown" showHide="show">EBS fits.</modalFeedback>' in written


def test_the_same_tree_in_the_names_of_3() -> None:
    prompts = (ItemPrompt("P", 0, "a\n\nb"),) * 2
    item = replace(bare(MATCHING), explanation="So it is.", references=(), prompts=prompts)
    written = file_in(write([item], version="3.0"), "items/item-00001/item.xml")
    assert 'xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="de-001"' in written
    assert 'cardinality="multiple" base-type="directedPair"><qti-correct-response>' in written
    assert '<qti-match-interaction shuffle="true" response-identifier="RESPONSE"' in written
    assert '<qti-simple-associable-choice identifier="P1" match-max="1">P' in written
    assert 'show-hide="show"><qti-content-body><p>a</p>' in written
    assert "<qti-content-body>So it is.</qti-content-body></qti-modal-feedback>" in written
    assert re.findall(r"</?(?!qti-)[a-z]*[A-Z]\w*", written) == []


@pytest.mark.parametrize(
    ("version", "template"),
    [
        ("2.1", "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"),
        ("3.0", "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"),
    ],
)
def test_without_feedback_the_template_scores(version: Version, template: str) -> None:
    item = replace(SINGLE, options=(ItemOption("a", is_key=True), ItemOption("b")))
    item = replace(item, explanation="", references=())
    assert f'template="{template}"/>' in file_in(
        write([item], version=version), "items/item-00001/item.xml"
    )


def test_numbered_lists_keep_their_start_in_3_alone() -> None:
    item = replace(bare(SINGLE), stem="3. three\n4. four")
    assert back([item], "3.0") == [item]
    assert back([item], "2.1") == [replace(item, stem="1. three\n2. four")]
    (note,) = unsupported(item, version="2.1")
    assert note.message == "numbered lists lose the number they start with and begin with 1"
    assert unsupported(item, version="3.0") == []


def test_the_manifest_lists_every_file() -> None:
    item = replace(SINGLE, stem="![A](images/a.png)", images=(ItemImage("images/a.png", PNG),))
    data = write([item, MULTIPLE])
    with ZipFile(BytesIO(data)) as package:
        names = sorted(package.namelist())
    listed = re.findall(r'<file href="([^"]+)"', file_in(data, "imsmanifest.xml"))
    assert sorted([*listed, "imsmanifest.xml"]) == names
    assert "<string>Amazon EBS</string>" in file_in(data, "imsmanifest.xml").replace("lom:", "")


def test_equal_items_make_equal_files() -> None:
    assert write([SINGLE]) == write([SINGLE])


def codes(item: Item) -> list[str]:
    return [note.code for note in unsupported(item)]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (bare(SINGLE), []),
        (SINGLE, [Code.LOSES_METADATA]),
        (bare(replace(SINGLE, external_id="")), [Code.LOSES_ID]),
        (bare(replace(SINGLE, stem="a\x01")), [Code.CANNOT_HOLD_TEXT]),
        (bare(replace(SINGLE, kind="essay")), [Code.CANNOT_HOLD_KIND]),
        (bare(replace(SINGLE, options=(ItemOption("a"),))), [Code.CANNOT_HOLD_KIND]),
        (bare(replace(MATCHING, prompts=(ItemPrompt("a", -1),))), [Code.CANNOT_HOLD_KIND]),
        (bare(replace(SINGLE, stem="a\n\n7. b")), [Code.LOSES_FORMATTING]),
        (bare(replace(SINGLE, stem="- a\n  1. b\n- c\n\n  0. d")), [Code.LOSES_FORMATTING]),
        (bare(replace(SINGLE, stem="a\n\n1. b\n\n```\n7. c\n```")), []),
        (bare(replace(SINGLE, stem="| a |\n|--:|\n| 1 |")), [Code.LOSES_FORMATTING]),
        (bare(replace(SINGLE, stem="| a | b |\n|---|---|\n| 1:2 | 3 |")), []),
    ],
)
def test_what_qti_cannot_hold_is_told(item: Item, expected: list[str]) -> None:
    assert codes(item) == expected


def test_what_cannot_be_held_is_left_out() -> None:
    draft = replace(SINGLE, options=(ItemOption("a"), ItemOption("b")))
    assert back([draft, bare(SINGLE)], "2.1") == [bare(SINGLE)]
