from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.bank_folder import read_images
from questions.formats.faults import BankError
from questions.formats.item import Item, ItemImage, ItemOption, ItemPrompt
from questions.formats.text_bank import parse_bank_text, read_bank_text, write_bank_text
from tests.questions.formats.items import MATCHING, MULTIPLE, ORDERING, SINGLE, valid_items
from tests.questions.formats.pictures import GIF, PNG

HEADING = "1 Data Engineering"

QUESTION = """\
# 1 Data Engineering

## de-001
kind: single
task: 1.2
pool: exam
services: Amazon EBS, Amazon S3
angoff: 60
verified: 2026-11-24

A team keeps records.

Which storage fits **best**?

### Options

- [ ] Amazon S3
  > Too slow.
- [x] Amazon EBS
  > Fits.
- [ ] (fixed) None of these
  > One fits.

### Explanation

EBS fits.

### References

- [Amazon EBS](https://docs.aws.amazon.com/ebs/)
"""


def faults(text: str) -> list[str]:
    with pytest.raises(BankError) as caught:
        parse_bank_text(text, file="1.md")
    return [str(fault) for fault in caught.value.faults]


def test_a_question_is_read_whole() -> None:
    assert parse_bank_text(QUESTION, file="1.md") == [SINGLE]
    assert parse_bank_text(QUESTION, file="1.md")[0].line == 3


def test_the_heading_names_the_domain() -> None:
    bank = read_bank_text(QUESTION, file="1.md")
    assert (bank.domain_number, bank.domain_name) == (1, "Data Engineering")


def test_writing_gives_the_documented_text() -> None:
    assert write_bank_text(HEADING, [SINGLE]) == QUESTION


@pytest.mark.parametrize("item", [SINGLE, MULTIPLE, ORDERING, MATCHING], ids=lambda i: i.kind)
def test_each_kind_comes_back(item: Item) -> None:
    assert parse_bank_text(write_bank_text(HEADING, [item]), file="") == [item]


@settings(deadline=None, max_examples=60)
@given(st.lists(valid_items(), max_size=3, unique_by=lambda item: item.external_id))
def test_what_is_written_reads_back(items: list[Item]) -> None:
    assert parse_bank_text(write_bank_text(HEADING, items), file="") == items


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "  \n"),
        lambda text: text.replace("  > ", "\t> "),
        lambda text: text.replace("  > ", "      > "),
        lambda text: text.replace("\n- [", "\n\n- ["),
        lambda text: text.replace("[x]", "[X]"),
        lambda text: text.replace("kind: ", "kind:\t"),
        lambda text: text.replace("Amazon EBS, ", "Amazon EBS ,, "),
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("\n## de-001\n", "\n\n## de-001\n\n"),
    ],
)  # fmt: skip
def test_harmless_differences_of_editors_change_nothing(change: object) -> None:
    assert callable(change)
    assert parse_bank_text(change(QUESTION), file="") == [SINGLE]


def test_headings_and_markers_inside_code_belong_to_the_code() -> None:
    code = "```text\n## de-002\n### Options\n- [x] no\n> no\n```"
    item = replace(
        SINGLE,
        stem=f"{code}\n\nWhich?",
        options=(
            ItemOption(f"First\n{code}", f"See:\n\n{code}"),
            ItemOption(code, "Code alone.", is_key=True),
            ItemOption("~~~\n# not a heading\n~~~", "Why."),
        ),
    )
    text = write_bank_text(HEADING, [item])
    assert "\n  ### Options\n" in text
    assert parse_bank_text(text, file="") == [item]


def test_tabs_inside_code_stay() -> None:
    item = replace(SINGLE, stem="```make\nrun:\n\tpython\n```")
    assert parse_bank_text(write_bank_text(HEADING, [item]), file="") == [item]


def test_a_response_that_serves_two_prompts_is_one_option() -> None:
    text = QUESTION.replace("kind: single", "kind: matching").replace("### Options", "### Pairs")
    start, end = text.index("- [ ] Amazon S3"), text.index("\n### Explanation")
    pairs = "- a => x\n  > 1\n- => y\n  > 2\n- b\n  c => x\n  > 3\n"
    (item,) = parse_bank_text(text[:start] + pairs + text[end:], file="")
    assert item.options == (ItemOption("x"), ItemOption("y", "2"))
    assert item.prompts == (ItemPrompt("a", 0, "1"), ItemPrompt("b\nc", 0, "3"))
    assert item.key == "AA"


def test_services_may_be_left_out() -> None:
    text = QUESTION.replace("services: Amazon EBS, Amazon S3\n", "")
    assert parse_bank_text(text, file="") == [replace(SINGLE, services=())]


SECTIONS = "Options, Order, Pairs, Explanation, References"

# A change of the question above, and what is said of it.
FAULTS = [
    ("# 1 Data", "Data", "1.md:1: heading: expected '# ', the domain's number and name"),
    ("\n## ", "\nNotes\n## ", "1.md:3: heading: text before the first question"),
    (
        "## de-001",
        "## de 1",
        "1.md:3: external_id: 'de 1' is not up to 60 letters, digits and . _ -",
    ),
    ("## de-001", "##", "1.md:3: external_id: '' is not up to 60 letters, digits and . _ -"),
    ("kind: single\n", "", "1.md:3: kind: is missing"),
    ("pool: exam\n", "pool:\n", "1.md:6: pool: is missing"),
    ("verified: 2026-11-24\n", "", "1.md:3: verified: is missing"),
    ("single", "essay", "1.md:4: kind: 'essay' is none of single, multiple, ordering, matching"),
    ("1.2", "one", "1.md:5: task: 'one' is not a task number such as 1.2"),
    ("pool: exam", "pool: x", "1.md:6: pool: 'x' is none of exam, sample, practice"),
    ("EBS, Amazon S3", "S3, Amazon S3", "1.md:7: services: 'Amazon S3' is named twice"),
    ("60", "0", "1.md:8: angoff: 0 is not between 1 and 99"),
    ("60", "100", "1.md:8: angoff: 100 is not between 1 and 99"),
    ("60", "62.5", "1.md:8: angoff: '62.5' is not a whole number from 1 to 99"),
    ("2026-11-24", "2026-11-31", "1.md:9: verified: '2026-11-31' is not a day such as 2026-11-24"),
    ("2026-11-24", "20261124", "1.md:9: verified: '20261124' is not a day such as 2026-11-24"),
    (
        "angoff:",
        "points: 1\nangoff:",
        "1.md:8: points: is no field; there are kind, task, pool, services, angoff, verified",
    ),
    ("angoff:", "pool: exam\nangoff:", "1.md:8: pool: stands there twice"),
    (
        "\n\nA team",
        "\nA team",
        "1.md:10: fields: expected 'name: value', or a blank line, then the stem",
    ),
    ("A team keeps records.\n\nWhich storage fits **best**?\n", "", "1.md:3: stem: is empty"),
    ("[x]", "[ ]", "1.md:15: options: 0 keys, the single kind has exactly 1"),
    ("[ ] A", "[x] A", "1.md:15: options: 2 keys, the single kind has exactly 1"),
    ("single", "multiple", "1.md:15: options: 1 keys, the multiple kind has at least 2"),
    ("  > Too slow.\n", "", "1.md:17: option A: has no rationale"),
    ("] Amazon EBS", "]", "1.md:19: option B: has no text"),
    ("] Amazon EBS", "] Amazon S3", "1.md:15: options: 'Amazon S3' stands there twice"),
    (
        "- [x] A",
        "- [x]A",
        "1.md:19: options: expected '- [ ] …'; further lines are indented by 2 spaces",
    ),
    (
        "  > Fits.",
        "> Fits.",
        "1.md:20: options: expected '- [ ] …'; further lines are indented by 2 spaces",
    ),
    (
        "> Fits.",
        "> Fits.\n  and more",
        "1.md:21: options: text behind the rationale; its lines begin with '> '",
    ),
    (
        "### Options",
        "### Choices",
        f"1.md:15: choices: '### Choices' is no section; there are {SECTIONS}",
    ),
    ("### Options", "### Order", "1.md:15: order: the single kind has '### Options' instead"),
    ("### References", "### Explanation", "1.md:28: explanation: stands there twice"),
    ("EBS fits.\n", "", "1.md:24: explanation: is empty"),
    ("### Explanation\n\nEBS fits.\n", "", "1.md:3: explanation: is empty"),
    (
        "- [Amazon EBS](https://docs.aws.amazon.com/ebs/)\n",
        "",
        "1.md:28: references: there is none",
    ),
    (
        "https://docs",
        "ftp://docs",
        "1.md:30: reference 1: 'ftp://docs.aws.amazon.com/ebs/' is not an http(s) address",
    ),
    (
        "https://docs.aws.amazon.com/ebs/",
        "//docs",
        "1.md:30: reference 1: '//docs' is not an http(s) address",
    ),
    (
        "[Amazon EBS](",
        "Amazon EBS (",
        "1.md:30: references: expected '- [title](address)' on one line",
    ),
    ("A team", "# A team", "1.md:11: file: a second '# ' heading; fence it if it is code"),
    ("A team", "```\nA team", "1.md:11: file: the fenced code that begins here is never closed"),
    ("A team", "A\x00team", "1.md:11: file: the control character '\\x00'"),
]


@pytest.mark.parametrize(("old", "new", "expected"), FAULTS)
def test_a_fault_is_named_with_file_line_and_field(old: str, new: str, expected: str) -> None:
    assert old in QUESTION
    assert expected in faults(QUESTION.replace(old, new, 1))


def test_all_faults_of_a_file_are_reported_at_once() -> None:
    second = QUESTION.partition("\n\n")[2].replace("exam", "x").replace("60", "0")
    assert faults(QUESTION.replace("[x]", "[ ]") + "\n" + second) == [
        "1.md:15: options: 0 keys, the single kind has exactly 1",
        "1.md:32: external_id: 'de-001' stands on line 3 already",
        "1.md:35: pool: 'x' is none of exam, sample, practice",
        "1.md:37: angoff: 0 is not between 1 and 99",
    ]


# Items that break a rule of their kind.
BROKEN = [
    (
        replace(MULTIPLE, options=MULTIPLE.options[::2]),
        "options: no distractor, the multiple kind has at least 1",
    ),
    (replace(ORDERING, options=ORDERING.options[:2]), "options: 2 steps, at least 3"),
    (
        replace(ORDERING, options=tuple(ItemOption(str(n), "r") for n in range(9))),
        "options: 9 options, at most 8",
    ),
    (
        replace(ORDERING, options=(*ORDERING.options[:2], ItemOption("x"))),
        "step 3: has no rationale",
    ),
    (
        replace(MATCHING, prompts=(*MATCHING.prompts[:2], ItemPrompt("x", 0))),
        "pair 3: has no rationale",
    ),
    (replace(MATCHING, prompts=MATCHING.prompts[:1]), "options: 1 prompts, from 2 to 8"),
    (
        replace(MATCHING, prompts=MATCHING.prompts[:1] * 2),
        "options: the prompt 'Missed fraud' stands there twice",
    ),
    (
        replace(MATCHING, options=(*MATCHING.options, ItemOption("x"))),
        "response D: has no rationale",
    ),
    (
        replace(SINGLE, stem="A\n### Stem"),
        "stem: '### Stem' is no section; there are Options, Order, Pairs, Explanation, References",
    ),
    (
        replace(SINGLE, stem="Trailing \n space"),
        "file: de-001 holds text that this format cannot hold",
    ),
    (replace(SINGLE, angoff=None), "angoff: is missing"),
    (
        replace(SINGLE, kind="essay"),
        "kind: 'essay' is none of single, multiple, ordering, matching",
    ),
]


@pytest.mark.parametrize(("item", "expected"), BROKEN)
def test_an_item_that_breaks_a_rule_is_not_written(item: Item, expected: str) -> None:
    with pytest.raises(BankError) as caught:
        write_bank_text(HEADING, [item])
    assert expected in [f"{fault.field}: {fault.message}" for fault in caught.value.faults]


def test_steps_are_numbered_in_order() -> None:
    text = write_bank_text(HEADING, [ORDERING]).replace("\n2. ", "\n3. ")
    assert faults(text) == ["1.md:19: step 2: is numbered 3"]


@pytest.mark.parametrize(
    ("item", "key"),
    [(SINGLE, "B"), (MULTIPLE, "AC"), (ORDERING, "ABC"), (MATCHING, "ACA")],
    ids=lambda value: str(getattr(value, "kind", value)),
)
def test_the_key_is_in_author_letters(item: Item, key: str) -> None:
    assert item.key == key


def test_only_content_changes_the_hash() -> None:
    metadata = replace(
        SINGLE, task="1.1", pool="sample", services=(), angoff=1, verified=date(2020, 1, 1), line=9
    )
    assert metadata.content_hash == SINGLE.content_hash
    assert SINGLE.content_hash == (
        "ad2b015de44cbc680f5d96b1e8846620c31d1cffdcbb8b778df7ad3cb644f2cf"
    )
    changed = {replace(SINGLE, stem="x"), replace(SINGLE, explanation="x"), MULTIPLE, MATCHING}
    assert len({item.content_hash for item in changed} | {SINGLE.content_hash}) == 5


PLOT = "![A plot](images/a.png)"


def test_images_are_read_and_come_back() -> None:
    item = replace(SINGLE, stem=PLOT, images=(ItemImage("images/a.png", PNG),))
    text = write_bank_text(HEADING, [item])
    assert PLOT in text
    assert parse_bank_text(text, file="", images={"images/a.png": PNG}) == [item]
    other = replace(MULTIPLE, external_id="de-002", images=(ItemImage("images/a.png", GIF),))
    with pytest.raises(BankError):
        write_bank_text(HEADING, [item, replace(other, stem=PLOT)])


def test_an_image_that_is_not_there_is_a_fault_of_its_line() -> None:
    text = QUESTION.replace("A team", f"{PLOT} A team").replace("EBS fits.", "![](images/b.png)")
    assert faults(text) == [
        "1.md:11: stem: image 'images/a.png' does not exist",
        "1.md:24: explanation: image 'images/b.png' does not exist",
        "1.md:24: explanation: image 'images/b.png' has no alt text",
    ]


BANK = Path(__file__).parents[3] / "questions" / "bank"


@pytest.mark.parametrize("path", sorted(BANK.glob("*/*.md")), ids=lambda path: path.name)
def test_the_shipped_bank_comes_back_as_it_is(path: Path) -> None:
    images = read_images(path.parent)
    bank = read_bank_text(path.read_text(), file=path.name, images=images)
    text = write_bank_text(f"{bank.domain_number} {bank.domain_name}", bank.items)
    assert parse_bank_text(text, file="", images=images) == bank.items
