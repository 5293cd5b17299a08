import pytest
from django.core.management import call_command

from questions.formats.item import POOLS
from questions.formats.text_bank import write_bank_text
from questions.management.commands.load_bank import SHIPPED
from tests.questions.formats.test_outline import OUTLINE
from tests.questions.test_bank_checks import bank


@pytest.fixture
def shelf(tmp_path):
    """A bank that keeps every rule, in files; its form has 10 questions."""
    folder = tmp_path / "x"
    folder.mkdir()
    outline = OUTLINE.replace("question_count = 65", "question_count = 10")
    (folder / "certification.toml").write_text(outline.replace("unscored_count = 15\n", ""))
    items = bank().items
    (folder / "1-first.md").write_text(write_bank_text("1 First", items[:4]))
    (folder / "2-second.md").write_text(write_bank_text("2 Second", items[4:]))
    return tmp_path


def refused(root, capsys):
    with pytest.raises(SystemExit) as end:
        call_command("check_bank", root)
    assert end.value.code == 1
    return capsys.readouterr().err.splitlines()


def swap(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_figures_of_a_sound_bank(shelf, capsys):
    call_command("check_bank", shelf)
    assert capsys.readouterr().out.splitlines() == [
        "X-1: 10 questions, 0 fault(s)",
        "  single 10",
        "  exam: 4/6 by domain, forms need 4/6",
        "  exam: Angoff 60 to 60, mean 60.0",
        "  keys of 10 four-option questions: A 30%, B 30%, C 20%, D 20%",
        "  the longest option is the key in 0 (0%)",
        "  most alike: q-0 and q-1, 5%",
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("  > Why.", "", "option A: has no rationale"),
        ("angoff: 60\n", "", "angoff: is missing"),
        ("task: 1.1\n", "", "task: is missing"),
        ("- [Amazon EBS](https://docs.aws.amazon.com/ebs/)", "", "references: there is none"),
    ],
)
def test_what_the_reader_refuses(shelf, capsys, old, new, fault):
    swap(shelf / "x" / "1-first.md", old, new)
    found = refused(shelf, capsys)
    assert any(line.startswith("x/1-first.md:") and line.endswith(fault) for line in found)


def test_every_fault_is_named_with_its_file_and_id(shelf, capsys):
    swap(shelf / "x" / "2-second.md", "EBS fits.", "Answer C fits.")
    swap(shelf / "x" / "1-first.md", "EBS fits.", "Amazon Forecast fits.")
    *found, count = refused(shelf, capsys)
    assert [line.split(": ")[1] for line in found] == ["q-0 explanation", "q-4 explanation"]
    assert [line.partition(":")[0] for line in found] == ["x/1-first.md", "x/2-second.md"]
    assert count == "2 fault(s)"


def test_a_form_that_cannot_be_drawn(shelf, capsys):
    swap(shelf / "x" / "1-first.md", f"pool: {POOLS[0]}", f"pool: {POOLS[1]}")
    assert refused(shelf, capsys) == [
        "x/certification.toml: domain 1: 3 questions in pool exam, its forms need 4",
        "1 fault(s)",
    ]


def test_the_shipped_bank_passes(capsys):
    call_command("check_bank", SHIPPED)
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "MLS-C01" in captured.out
