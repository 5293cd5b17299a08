import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from questions import search
from questions.content import content_of, item_of
from questions.formats.bank_folder import read_bank
from questions.formats.faults import BankError
from questions.formats.images import MAX_IMAGE_SIZE, data_uri
from questions.formats.item import Item, ItemImage
from questions.formats.text_bank import write_bank_text
from questions.loading import LoadReport, load
from questions.management.commands.load_bank import SHIPPED
from questions.models import (
    Certification,
    Domain,
    Question,
    QuestionVersion,
    Service,
    Task,
)
from questions.publishing import UnpublishableError, publish
from tests.questions.factories import make_item, make_version
from tests.questions.formats.pictures import GIF, PNG, SVG
from tests.questions.formats.test_outline import OUTLINE

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FIRST = [make_item(kind, external_id=f"a-{kind}") for kind in ("single", "multiple", "ordering")]
SECOND = [make_item("matching", external_id="b-matching", task="2.1", services=("AWS Glue",))]


def write(folder: Path, first: list[Item], second: list[Item], outline: str = OUTLINE) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    (folder / "certification.toml").write_text(outline)
    (folder / "1-first.md").write_text(write_bank_text("1 First", first))
    (folder / "2-second.md").write_text(write_bank_text("2 Second", second))
    return folder.parent


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return write(tmp_path / "bank" / "x-1", FIRST, SECOND)


def changed(bank: Path, **changes: object) -> None:
    """Write the bank again with a change to its first question."""
    write(bank / "x-1", [replace(FIRST[0], **changes), *FIRST[1:]], SECOND)  # type: ignore[arg-type]


def report(bank: Path) -> LoadReport:
    (only,) = load(bank, now=NOW)
    return only


def faults(bank: Path) -> list[str]:
    with pytest.raises(BankError) as caught:
        load(bank, now=NOW)
    assert Question.objects.count() == 0
    return [str(fault) for fault in caught.value.faults]


def versions(external_id: str) -> list[QuestionVersion]:
    return list(QuestionVersion.objects.filter(question__external_id=external_id))


ALL = ["a-single", "a-multiple", "a-ordering", "b-matching"]
NOTHING = LoadReport("X-1", [], [], [], [], [], [])


def test_a_new_bank_is_created_and_published(bank: Path) -> None:
    assert report(bank) == replace(NOTHING, created=ALL)
    certification = Certification.objects.get()
    assert (certification.code, certification.status) == ("X-1", "retired")
    assert (certification.retired_on, certification.successors) == (date(2026, 3, 31), ["X-2"])
    assert [(d.number, d.weight) for d in Domain.objects.all()] == [(1, 40), (2, 60)]
    assert QuestionVersion.objects.published().count() == 4


def test_every_kind_is_stored_whole(bank: Path) -> None:
    load(bank, now=NOW)
    stored = [item_of(content_of(version)) for version in QuestionVersion.objects.order_by("pk")]
    assert stored == [*FIRST, *SECOND]
    keys = QuestionVersion.objects.order_by("pk").values_list("key", flat=True)
    assert list(keys) == ["B", "AC", "ABCD", "ACA"]


def test_html_is_rendered(bank: Path) -> None:
    load(bank, now=NOW)
    (version,) = versions("a-single")
    assert (
        version.stem_html == "<p>The stem of a-single. Which option is <strong>right</strong>?</p>"
    )
    assert version.options.first().html == "Option A of a-single"
    (version,) = versions("b-matching")
    assert version.prompts.first().html == "Prompt 1 of b-matching"
    assert version.published_at == NOW


def test_an_unchanged_bank_is_left_alone(bank: Path) -> None:
    load(bank, now=NOW)
    before = list(QuestionVersion.objects.values())
    assert report(bank) == replace(NOTHING, unchanged=ALL)
    assert list(QuestionVersion.objects.values()) == before


def test_changed_content_becomes_a_new_version(bank: Path) -> None:
    load(bank, now=NOW)
    changed(bank, stem="Another stem?")
    assert report(bank) == replace(NOTHING, changed=["a-single"], unchanged=ALL[1:])
    assert [(v.number, v.stem) for v in versions("a-single")] == [
        (1, FIRST[0].stem),
        (2, "Another stem?"),
    ]
    assert QuestionVersion.objects.current().get(question__external_id="a-single").number == 2


def test_changed_metadata_changes_the_question_alone(bank: Path) -> None:
    load(bank, now=NOW)
    day = date(2026, 11, 20)
    changed(bank, pool="sample", services=("AWS Glue",), angoff=70, verified=day)
    assert report(bank) == replace(NOTHING, retagged=["a-single"], unchanged=ALL[1:])
    question = Question.objects.get(external_id="a-single")
    assert (question.pool, question.angoff, question.verified_on) == ("sample", 70, day)
    assert [service.name for service in question.services.all()] == ["AWS Glue"]
    assert len(versions("a-single")) == 1


def illustrated(bank: Path, content: bytes) -> None:
    """Give the first question an image."""
    name = "images/plot.png"
    (bank / "x-1" / "images").mkdir(exist_ok=True)
    (bank / "x-1" / name).write_bytes(content)
    changed(bank, stem=f"![A plot]({name})\n\nWhich?", images=(ItemImage(name, content),))


def test_a_version_holds_its_image_whole(bank: Path) -> None:
    illustrated(bank, PNG)
    load(bank, now=NOW)
    (version,) = versions("a-single")
    html = f'<img src="{data_uri(PNG)}" alt="A plot" width="2" height="259">'
    assert version.stem_html == f"<p>{html}</p>\n<p>Which?</p>"
    assert version.stem == "![A plot](images/plot.png)\n\nWhich?"
    assert report(bank) == replace(NOTHING, unchanged=ALL)


def test_a_changed_picture_becomes_a_new_version(bank: Path) -> None:
    illustrated(bank, PNG)
    load(bank, now=NOW)
    (bank / "x-1" / "images" / "plot.png").write_bytes(GIF)
    assert report(bank) == replace(NOTHING, changed=["a-single"], unchanged=ALL[1:])
    first, second = versions("a-single")
    assert first.stem == second.stem
    assert data_uri(PNG) in first.stem_html
    assert data_uri(GIF) in second.stem_html


def test_an_image_that_nobody_uploaded_keeps_a_version_a_draft(bank: Path) -> None:
    load(bank, now=NOW)
    question = Question.objects.get(external_id="a-single")
    item = replace(FIRST[0], stem="![A plot](images/plot.png)")
    draft = make_version(question, item, published=False)
    with pytest.raises(UnpublishableError, match="does not exist"):
        publish(draft, now=NOW)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (SVG, "is none of PNG, JPEG, GIF, WebP"),
        (PNG.ljust(MAX_IMAGE_SIZE + 1), "has more than 150 kB"),
        (None, "does not exist"),
    ],
    ids=["SVG", "big", "gone"],
)
def test_a_bad_image_is_a_fault(bank: Path, content: bytes | None, message: str) -> None:
    illustrated(bank, PNG)
    path = bank / "x-1" / "images" / "plot.png"
    path.write_bytes(content) if content else path.unlink()
    assert faults(bank) == [f"x-1/1-first.md:11: stem: image 'images/plot.png' {message}"]


def test_a_link_out_of_the_folder_is_no_image(bank: Path, tmp_path: Path) -> None:
    illustrated(bank, PNG)
    path = bank / "x-1" / "images" / "plot.png"
    path.rename(tmp_path / "plot.png")
    path.symlink_to(tmp_path / "plot.png")
    assert faults(bank) == ["x-1/1-first.md:11: stem: image 'images/plot.png' does not exist"]


def test_what_authors_replaced_does_not_come_back(bank: Path) -> None:
    load(bank, now=NOW)
    question = Question.objects.get(external_id="a-single")
    draft = make_version(question, replace(FIRST[0], stem="By an author?"), published=False)
    publish(draft, now=NOW + timedelta(hours=1))
    assert report(bank) == replace(NOTHING, unchanged=ALL, superseded=["a-single"])
    assert len(versions("a-single")) == 2


def test_a_draft_keeps_its_number(bank: Path) -> None:
    load(bank, now=NOW)
    question = Question.objects.get(external_id="a-single")
    make_version(question, replace(FIRST[0], stem="A draft?"), published=False)
    changed(bank, stem="Another stem?")
    assert report(bank).changed == ["a-single"]
    numbers = [(v.number, v.published_at is not None) for v in versions("a-single")]
    assert numbers == [(1, True), (2, False), (3, True)]


def test_a_question_in_no_file_is_left_alone_and_named(bank: Path) -> None:
    load(bank, now=NOW)
    write(bank / "x-1", FIRST[:2], SECOND)
    left = ["a-single", "a-multiple", "b-matching"]
    assert report(bank) == replace(NOTHING, unchanged=left, missing=["a-ordering"])
    assert len(versions("a-ordering")) == 1


def test_the_outline_may_change(bank: Path) -> None:
    load(bank, now=NOW)
    tasks = set(Task.objects.values_list("pk", flat=True))
    outline = (
        OUTLINE.replace("weight = 40", "weight = 50")
        .replace("weight = 60", "weight = 50")
        .replace('"Begin"', '"Start"')
        .replace(', { number = "2.2", name = "End" }', "")
        .replace("minutes = 180", "minutes = 170")
    )
    write(bank / "x-1", FIRST, SECOND, outline)
    assert report(bank) == replace(NOTHING, unchanged=ALL)
    assert list(Domain.objects.values_list("weight", flat=True)) == [50, 50]
    assert [str(task) for task in Task.objects.all()] == ["1.1 Start", "2.1 Go on"]
    assert set(Task.objects.values_list("pk", flat=True)) < tasks
    assert Certification.objects.get().minutes == 170


def test_a_task_with_questions_does_not_go(bank: Path) -> None:
    load(bank, now=NOW)
    outline = OUTLINE.replace('"2.1"', '"2.9"')
    write(bank / "x-1", FIRST, [], outline)
    with pytest.raises(BankError) as caught:
        load(bank, now=NOW)
    assert str(caught.value) == (
        "x-1/certification.toml: tasks: a task that is gone still has questions: b-matching"
    )
    assert Task.objects.filter(number="2.9").count() == 0


def test_one_bad_file_of_two_certifications_loads_nothing(bank: Path) -> None:
    write(bank / "x-2", FIRST, SECOND, OUTLINE.replace("X-1", "X-2"))
    path = bank / "x-2" / "2-second.md"
    path.write_text(path.read_text().replace("angoff: 60", "angoff: 0"))
    assert faults(bank) == ["x-2/2-second.md:8: angoff: 0 is not between 1 and 99"]


FIRST_IS_NOT_2 = "x-1/1-first.md:1: heading: '2 First' is no domain of X-1"
NO_MINUTES = "not a whole number from 1 to 1440"


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "1-first.md",
            b"task: 1.1",
            b"task: 2.1",
            "x-1/1-first.md:3: task: a-single: 2.1 is no task of domain 1",
        ),
        ("1-first.md", b"# 1 F", b"# 2 F", FIRST_IS_NOT_2),
        (
            "2-second.md",
            b"b-matching",
            b"a-single",
            "x-1/2-second.md:3: external_id: 'a-single' stands in x-1/1-first.md:3 already",
        ),
        ("1-first.md", b"Option A", b"Option \xff", "x-1/1-first.md:15: file: is not UTF-8"),
        (
            "certification.toml",
            b"= 180",
            b"= 0",
            f"x-1/certification.toml: minutes: 0 is {NO_MINUTES}",
        ),
    ],
    ids=["stranger task", "stranger domain", "shared id", "encoding", "outline"],
)
def test_faults_between_files(bank: Path, file: str, old: bytes, new: bytes, expected: str) -> None:
    path = bank / "x-1" / file
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    assert expected in faults(bank)


def test_two_folders_of_one_certification_are_a_fault(bank: Path) -> None:
    shutil.copytree(bank / "x-1", bank / "x-1-again")
    assert faults(bank) == [f"{bank}: code: X-1 has two folders"]


def test_the_folder_of_one_certification_can_be_loaded(bank: Path) -> None:
    assert report(bank / "x-1").created == ALL


def test_a_dry_run_tells_and_loads_nothing(bank: Path) -> None:
    (told,) = load(bank, now=NOW, is_dry_run=True)
    assert told.created == ALL
    assert Certification.objects.count() == 0


def test_what_is_loaded_is_found(bank: Path) -> None:
    load(bank, now=NOW)
    changed(bank, stem="A stem about watermarks?")
    load(bank, now=NOW)
    found = search.matching(QuestionVersion.objects.all(), "watermark")
    assert [(each.question.external_id, each.number) for each in found] == [("a-single", 2)]
    assert not QuestionVersion.objects.filter(search=None).exists()


def test_statements_do_not_grow_with_the_bank(
    bank: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    load(bank, now=NOW)
    with django_assert_num_queries(UNCHANGED):
        load(bank, now=NOW)
    more = [make_item(task="2.1", services=("AWS Glue", f"New {n}")) for n in range(20)]
    write(bank / "x-1", FIRST, [*SECOND, *more])
    with django_assert_num_queries(CREATING):
        load(bank, now=NOW)
    with django_assert_num_queries(UNCHANGED):
        load(bank, now=NOW)


UNCHANGED = 16
CREATING = 22


def test_the_command_loads_the_shipped_bank(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_bank")
    call_command("load_bank")
    lines = capsys.readouterr().out.splitlines()
    sizes = {folder.outline.code: len(folder.items) for folder in read_bank(SHIPPED)}
    assert lines == [
        *(f"{code}: {n} created, 0 changed, 0 retagged, 0 unchanged" for code, n in sizes.items()),
        *(f"{code}: 0 created, 0 changed, 0 retagged, {n} unchanged" for code, n in sizes.items()),
    ]


def test_the_command_names_what_is_missing(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(bank, now=NOW)
    write(bank / "x-1", FIRST[2:], SECOND)
    call_command("load_bank", bank, "--dry-run")
    assert capsys.readouterr().out == (
        "X-1: 0 created, 0 changed, 0 retagged, 2 unchanged, 2 missing (a-multiple, a-single)\n"
    )


def test_the_command_prints_faults_and_fails(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = bank / "x-1" / "1-first.md"
    path.write_text(path.read_text().replace("angoff: 60", "angoff: 0", 2))
    with pytest.raises(SystemExit) as caught:
        call_command("load_bank", bank)
    assert caught.value.code == 1
    assert capsys.readouterr().err.splitlines() == [
        "x-1/1-first.md:8: angoff: 0 is not between 1 and 99",
        "x-1/1-first.md:37: angoff: 0 is not between 1 and 99",
    ]
    assert Service.objects.count() == 0
