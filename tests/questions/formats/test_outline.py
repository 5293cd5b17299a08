import re
from datetime import date
from pathlib import Path

import pytest

from questions.formats.faults import BankError
from questions.formats.outline import (
    KINDS,
    Outline,
    OutlineDomain,
    OutlineGuide,
    OutlineResource,
    OutlineTask,
    parse_outline,
)
from questions.models import Certification

OUTLINE = """\
code = "X-1"
name = "Example"
status = "retired"
retired_on = 2026-03-31
successors = ["X-2"]
question_count = 65
unscored_count = 15
minutes = 180
cut_score = 750

[[domains]]
number = 1
name = "First"
weight = 40
tasks = [{ number = "1.1", name = "Begin" }]

[[domains]]
number = 2
name = "Second"
weight = 60
tasks = [{ number = "2.1", name = "Go on" }, { number = "2.2", name = "End" }]
"""


def test_an_outline_is_read_whole() -> None:
    assert parse_outline(OUTLINE, file="x.toml") == Outline(
        code="X-1",
        name="Example",
        status="retired",
        retired_on=date(2026, 3, 31),
        successors=("X-2",),
        question_count=65,
        unscored_count=15,
        minutes=180,
        cut_score=750,
        domains=(
            OutlineDomain(1, "First", 40, (OutlineTask("1.1", "Begin"),)),
            OutlineDomain(
                2, "Second", 60, (OutlineTask("2.1", "Go on"), OutlineTask("2.2", "End"))
            ),
        ),
    )


GUIDE = """\
[guide]
summary = "That you can."
audience = "Whoever wants to."
kinds = ["single", "case"]
price_usd = 300
valid_years = 3
retake_rule = "Wait 14 days."
guide_url = "https://example.com/guide"
advice = "Sleep well."

[[guide.resources]]
name = "The guide"
url = "https://example.com/"
cost = "free"
minutes = 5
usefulness = 10

[[guide.resources]]
name = "A course"
cost = "20 CAD"
usefulness = 7
is_optional = true

"""


def test_the_guide_is_read_whole() -> None:
    text = OUTLINE.replace("[[domains]]", GUIDE + "[[domains]]", 1)
    assert parse_outline(text, file="x.toml").guide == OutlineGuide(
        summary="That you can.",
        audience="Whoever wants to.",
        kinds=("single", "case"),
        price_usd=300,
        valid_years=3,
        retake_rule="Wait 14 days.",
        guide_url="https://example.com/guide",
        advice="Sleep well.",
        resources=(
            OutlineResource("The guide", "https://example.com/", "free", 5, 10, is_optional=False),
            OutlineResource("A course", "", "20 CAD", None, 7, is_optional=True),
        ),
    )
    assert parse_outline(OUTLINE, file="x.toml").guide == OutlineGuide()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"case"', '"essay"', "guide.kinds: 'essay' is none of single, multiple"),
        ("= 300", '= "300"', "guide.price_usd: '300' is not a whole number from 0 to 9999"),
        ("usefulness = 7", "", "guide.resources[2].usefulness: is missing"),
        ("= true", '= "yes"', "guide.resources[2].is_optional: 'yes' is neither true nor false"),
        ("https://example.com/guide", "example", "guide: 'example' is not an http or https"),
        ("advice", "advise", "guide.advise: is no field of this table"),
    ],
)
def test_a_fault_of_the_guide_is_named(old: str, new: str, expected: str) -> None:
    assert old in GUIDE
    text = OUTLINE.replace("[[domains]]", GUIDE.replace(old, new, 1) + "[[domains]]", 1)
    with pytest.raises(BankError, match=re.escape(expected)):
        parse_outline(text, file="x.toml")


def test_kinds_are_those_of_the_model() -> None:
    assert Certification.Kind.values == list(KINDS)


def test_what_may_be_left_out() -> None:
    text = OUTLINE
    for line in ("retired_on = 2026-03-31\n", 'successors = ["X-2"]\n', "unscored_count = 15\n"):
        text = text.replace(line, "")
    outline = parse_outline(text, file="x.toml")
    assert (outline.retired_on, outline.successors, outline.unscored_count) == (None, (), 0)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('code = "X-1"\n', "", "x.toml: code: is missing"),
        ('"X-1"', "1", "x.toml: code: 1 is not a text of 1 to 20 characters"),
        ('"retired"', '"gone"', "x.toml: status: 'gone' is none of current, announced, retired"),
        ("2026-03-31", '"x"', "x.toml: retired_on: 'x' is not a day such as 2026-03-31"),
        ('["X-2"]', '"X-2"', "x.toml: successors: 'X-2' is not a list of texts"),
        ('["X-2"]', '[""]', "x.toml: successors: '' is not a code of 1 to 20 characters"),
        ("= 65", "= true", "x.toml: question_count: True is not a whole number from 1 to 500"),
        ("= 15", "= 65", "x.toml: unscored_count: leaves no scored question"),
        ("750", "75", "x.toml: cut_score: 75 is not a whole number from 100 to 1000"),
        ("minutes", "hours", "x.toml: hours: is no field of this table"),
        ("minutes", "hours", "x.toml: minutes: is missing"),
        ("weight = 60", "weight = 50", "x.toml: domains: the weights add up to 90, not 100"),
        ("weight = 60", "", "x.toml: domains[2].weight: is missing"),
        ("number = 2\n", "number = 1\n", "x.toml: domains: number 1 stands there twice"),
        ('"2.2"', '"2.1"', "x.toml: tasks: number 2.1 stands there twice"),
        ('"2.2"', '"two"', "x.toml: tasks: 'two' is not a task number such as 1.2"),
        (
            'name = "End"',
            'title = "End"',
            "x.toml: domains[2].tasks[2].title: is no field of this table",
        ),
        (
            '[{ number = "1.1", name = "Begin" }]',
            "[]",
            "x.toml: domains[1].tasks: is not a list of tables",
        ),
        ("code =", "guide = 1\ncode =", "x.toml: guide: is not a table"),
        (
            "cut_score = 750",
            "cut_score 750",
            "x.toml:9: file: Expected '=' after a key in a key/value pair",
        ),
    ],
)
def test_a_fault_is_named_with_file_and_field(old: str, new: str, expected: str) -> None:
    assert old in OUTLINE
    with pytest.raises(BankError) as caught:
        parse_outline(OUTLINE.replace(old, new, 1), file="x.toml")
    assert expected in [str(fault) for fault in caught.value.faults]


BANK = Path(__file__).parents[3] / "questions" / "bank"


@pytest.mark.parametrize("path", sorted(BANK.glob("*/certification.toml")), ids=str)
def test_the_shipped_outlines_are_sound(path: Path) -> None:
    assert parse_outline(path.read_text(), file=path.name).code.lower() == path.parent.name
