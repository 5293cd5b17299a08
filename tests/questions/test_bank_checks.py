from dataclasses import replace
from pathlib import Path

import pytest

from questions.bank_checks import check, files_by_id, is_key_longest
from questions.formats.bank_folder import BankFolder
from questions.formats.item import ItemOption
from questions.formats.outline import parse_outline
from questions.formats.text_bank import write_bank_text
from tests.questions.formats.items import MATCHING, MULTIPLE, SINGLE
from tests.questions.formats.test_outline import OUTLINE

TASKS = ("1.1", "1.1", "1.1", "1.1", "2.1", "2.1", "2.1", "2.2", "2.2", "2.2")
NEEDS = {"exam": [4, 6]}
SUBJECTS = ("snow", "wheat", "jazz", "chess", "glass", "coral", "steel", "paper", "honey", "maps")
OUTLINE_FILE = "x/certification.toml"


def question(number, *, key, long="", **fields):
    """A sound four-option question; `long` names the position of the longest option."""
    options = tuple(
        ItemOption(f"{SUBJECTS[number]} {at}{' and more' * (at == long)}", "Why.", at == key)
        for at in "WXYZ"
    )
    stem = " ".join(f"{SUBJECTS[number]}{n}" for n in range(9)) + " - which one?"
    sound = {"external_id": f"q-{number}", "stem": stem, "options": options, "line": 3}
    return replace(SINGLE, **{**sound, **fields})


def bank(*, changes=None, keys="WXYZWXYZWX", longest="", count=10):
    changes = changes or {}
    items = [
        question(n, key=keys[n], long=(longest or " " * 10)[n], task=TASKS[n], **changes.get(n, {}))
        for n in range(count)
    ]
    return BankFolder(OUTLINE_FILE, parse_outline(OUTLINE, file="x.toml"), tuple(items))


def replace_task(folder, place, task):
    items = list(folder.items)
    items[place] = replace(items[place], task=task)
    return replace(folder, items=tuple(items))


def faults(folder, needs=NEEDS):
    files = {item.external_id: "x/1-first.md" for item in folder.items}
    return [str(fault) for fault in check(folder, needs=needs, files=files).faults]


def test_a_sound_bank():
    checked = check(bank(), needs=NEEDS, files={})
    assert checked.faults == ()
    figures = checked.figures
    assert (figures.pools, figures.kinds) == ({"exam": (4, 6)}, {"single": 10})
    assert figures.positions == {"A": 3, "B": 3, "C": 2, "D": 2}
    assert (figures.longest, figures.singles) == (0, 10)
    assert figures.angoff == {"exam": (60, 60, 60)}


def test_an_outline_without_questions():
    checked = check(bank(count=0), needs={}, files={})
    assert (checked.faults, checked.figures.closest) == ((), None)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"references": ()}, "q-3 references: there is none"),
        ({"explanation": ""}, "q-3 explanation: is empty"),
        ({"angoff": None}, "q-3 angoff: is missing"),
        ({"angoff": 100}, "q-3 angoff: 100 is not between 1 and 99"),
        ({"explanation": "Option B fits."}, "q-3 explanation: names a letter, 'Option B'"),
        ({"services": ("AWS Cloud9",)}, "q-3 services: 'AWS Cloud9' is closed or gone"),
        ({"stem": "Which is NOT one?"}, "q-3 stem: 'NOT' turns the question around"),
    ],
)
def test_a_fault_of_one_question_names_file_and_id(change, fault):
    [found] = faults(bank(changes={3: change}))
    assert found.startswith(f"x/1-first.md:3: {fault}")


def test_a_missing_rationale_is_named_with_its_option():
    folder = bank()
    options = (ItemOption("Snow", "", True), *folder.items[0].options[1:])
    folder = replace(folder, items=(replace(folder.items[0], options=options), *folder.items[1:]))
    assert faults(folder) == ["x/1-first.md:3: q-0 option A: has no rationale"]


def test_a_missing_task():
    found = faults(replace_task(bank(), 0, ""))
    assert found[0] == "x/1-first.md:3: q-0 task: '' is not a task number such as 1.2"


def test_keys_that_gather_in_one_place():
    assert faults(bank(keys="WWWWXXYYZZ")) == [
        f"{OUTLINE_FILE}: keys at A: 4 of 10 (40%), not 15% to 35%"
    ]
    assert faults(bank(keys="WWWXXXYYYZ")) == [
        f"{OUTLINE_FILE}: keys at D: 1 of 10 (10%), not 15% to 35%"
    ]


def test_keys_that_are_the_longest_option():
    assert faults(bank(longest="WXYWWXYZWX")) == [
        f"{OUTLINE_FILE}: longest option: is the key in 9 of 10 (90%), more than 35%"
    ]
    assert faults(bank(longest="WXYXXYZWXY")) == []


def test_a_few_questions_cannot_be_even():
    folder = replace_task(bank(keys="WWWWWWW", longest="WWWWWWW", count=7), 6, "2.2")
    assert faults(folder, needs={}) == []


def test_a_key_as_long_as_a_distractor_does_not_give_itself_away():
    item = replace(SINGLE, options=(ItemOption("abc", "", True), ItemOption("abd", "")))
    assert not is_key_longest(item)
    assert is_key_longest(replace(item, options=(ItemOption("abcd", "", True), item.options[1])))


def test_near_duplicates_name_both():
    folder = bank()
    copy = replace(folder.items[7], stem=folder.items[2].stem.replace("jazz8", "jazz9"))
    items = (*folder.items[:7], copy, *folder.items[8:])
    [found] = faults(replace(folder, items=items))
    assert found.startswith("x/1-first.md:3: q-2 stem: is ")
    assert "like q-7 in x/1-first.md (limit 40%)" in found


def test_a_blueprint_that_forms_cannot_be_drawn_from():
    assert faults(replace_task(bank(), 0, "2.1")) == [
        f"{OUTLINE_FILE}: domain 1: 3 questions in pool exam, its forms need 4"
    ]
    assert faults(bank(), needs={**NEEDS, "sample": [1, 0]}) == [
        f"{OUTLINE_FILE}: domain 1: 0 questions in pool sample, its forms need 1"
    ]
    folder = bank()
    for place in (7, 8, 9):
        folder = replace_task(folder, place, "2.1")
    assert faults(folder) == [f"{OUTLINE_FILE}: task 2.2: has no question in pool exam"]


def test_other_kinds_count_in_the_blueprint_but_have_no_positions():
    folder = bank()
    others = tuple(
        replace(kind, external_id=f"o-{n}", stem=stem, task="2.2")
        for n, (kind, stem) in enumerate([(MULTIPLE, "Red? (Choose two.)"), (MATCHING, "Blue!")])
    )
    checked = check(replace(folder, items=(*folder.items, *others)), needs=NEEDS, files={})
    assert checked.faults == ()
    assert checked.figures.pools == {"exam": (4, 8)}
    assert checked.figures.singles == 10


def test_the_file_of_each_id(tmp_path: Path):
    folder = bank()
    (tmp_path / "x").mkdir()
    for name, items in (("1-first", folder.items[:4]), ("2-second", folder.items[4:])):
        (tmp_path / "x" / f"{name}.md").write_text(write_bank_text("1 First", items))
    files = files_by_id(tmp_path, folder)
    assert (files["q-0"], files["q-9"]) == ("x/1-first.md", "x/2-second.md")
