"""Imports from file to drafts: findings, choices, one-way doors, and files that mean harm."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from questions import exchanging, tasks
from questions.content import content_of, draft_item
from questions.exchanging import choose_all, confirm, parse_import, start_import
from questions.formats import moodle_xml, sheet
from questions.formats.item import ItemImage
from questions.models import Import, ImportRow, Question, QuestionVersion, Task, TrailEntry
from tests.accounts.factories import make_user
from tests.questions.factories import make_certification, make_item, make_question
from tests.questions.test_imaging import drawn

pytestmark = pytest.mark.django_db

Finding = ImportRow.Finding
Choice = ImportRow.Choice
KINDS = ["single", "multiple", "ordering", "matching"]


@pytest.fixture
def actor():
    return make_user()


@pytest.fixture
def certification():
    return make_certification("X-1")


@pytest.fixture
def task(certification):
    return Task.objects.get(domain__certification=certification, number="2.1")


def upload(task, data, *, actor=None, **fields):
    """An import as the page makes it; items become a CSV."""
    if not isinstance(data, bytes):
        data = sheet.write_csv(data)
    values = {"file_name": "bank.csv", "format_key": "", "encoding": "", "actor": actor} | fields
    return start_import(task.domain.certification, task=task, content=data, **values)


def parsed(task, data, **fields):
    batch = upload(task, data, **fields)
    assert parse_import(batch.pk)
    batch.refresh_from_db()
    return batch


def findings(batch):
    return list(batch.rows.order_by("number").values_list("finding", "choice"))


def failure(task, data, **fields):
    batch = parsed(task, data, **fields)
    assert (batch.parsed_at, batch.content, batch.rows.count()) == (None, None, 0)
    return batch.failure


# --- What is found


def test_questions_of_every_kind_are_found_new(task):
    batch = parsed(task, [make_item(kind) for kind in KINDS])
    assert findings(batch) == [(Finding.NEW, Choice.TAKE)] * 4
    assert (batch.done_count, batch.total_count, batch.failure, batch.format) == (4, 4, "", "csv")
    assert batch.parsed_at


def test_what_stands_in_the_bank_is_the_same_by_id_or_by_content(task, certification):
    item = make_item(external_id="a-1")
    version = make_question(certification, external_id="a-1")
    rows = parsed(task, [item, replace(item, external_id="")]).rows.order_by("number")
    assert [row.finding for row in rows] == [Finding.SAME, Finding.DOUBLE]
    (row,) = parsed(task, [replace(item, external_id="other")]).rows.all()
    assert (row.finding, row.question, row.choice) == (Finding.SAME, version.question, Choice.SKIP)


def test_other_words_under_the_same_id_are_a_conflict(task, certification):
    version = make_question(certification, external_id="a-1")
    (row,) = parsed(task, [make_item(external_id="a-1", stem="Another?")]).rows.all()
    assert (row.finding, row.question) == (Finding.CONFLICT, version.question)
    assert row.choice == Choice.SKIP


def test_a_draft_counts_as_it_stands_now_not_as_it_was_imported(task, certification, actor):
    batch = parsed(task, [make_item(external_id="a-1")])
    confirm(batch, actor=actor)
    assert findings(parsed(task, [make_item(external_id="a-1")])) == [(Finding.SAME, Choice.SKIP)]
    QuestionVersion.objects.update(stem="Rewritten since.")
    (row,) = parsed(task, [make_item(external_id="a-1")]).rows.all()
    assert row.finding == Finding.CONFLICT
    assert [each["code"] for each in row.messages] == ["open-draft"]


def test_a_question_of_another_certification_is_another_question(task):
    make_question(make_certification("X-2"), external_id="a-1")
    assert findings(parsed(task, [make_item(external_id="a-1")])) == [(Finding.NEW, Choice.TAKE)]


def test_doubles_within_the_file_say_where_the_first_stands(task):
    item = make_item(external_id="a-1")
    batch = parsed(task, [item, replace(item, external_id="a-2"), replace(item, stem="Other?")])
    assert [row.finding for row in batch.rows.order_by("number")] == ["new", "double", "double"]
    messages = [row.messages for row in batch.rows.order_by("number")[1:]]
    assert "row 2" in messages[0][0]["message"]
    assert messages[1][0]["code"] == "duplicate-id"


def test_skipped_rows_stand_last_with_their_reason(task):
    data = b"stem,option_a,option_b,correct,note\nA?,1,2,A,\n,1,2,A,\nB?,1,2,C,"
    batch = parsed(task, data)
    rows = batch.rows.order_by("number").values_list("place", "finding", "code")
    assert list(rows) == [
        ("row 2", "new", ""), ("row 3", "skipped", "no-stem"), ("row 4", "skipped", "no-key"),
    ]  # fmt: skip
    assert [each["code"] for each in batch.warnings] == ["detail-dropped"]


def test_a_task_is_found_by_number_by_name_of_its_domain_or_by_default(task):
    header = b"stem,option_a,option_b,correct,category\n"
    batch = parsed(task, header + b"A?,1,2,A,3.2\nB?,1,2,A,domain 4\nC?,1,2,A,\nD?,1,2,A,9.9\n")
    rows = batch.rows.order_by("number")
    assert [row.item["task"] for row in rows] == ["3.2", "4.1", "2.1", "2.1"]
    assert [len(row.messages) for row in rows] == [0, 0, 0, 1]


# --- The claim


def test_reading_twice_changes_nothing(task):
    batch = parsed(task, [make_item()])
    before = list(batch.rows.values_list("pk"))
    assert not parse_import(batch.pk)
    assert list(batch.rows.values_list("pk")) == before


def test_a_claim_keeps_others_away_until_its_lease_is_over(task):
    batch = upload(task, [make_item()])
    claim(batch, ago=timedelta(minutes=1))
    assert not parse_import(batch.pk)
    claim(batch, ago=exchanging.LEASE + timedelta(seconds=1))
    assert parse_import(batch.pk)


def claim(batch, *, ago, tries=1):
    Import.objects.filter(pk=batch.pk).update(
        parse_claimed_at=timezone.now() - ago, try_count=tries
    )


def test_who_lost_the_claim_writes_no_more(task, monkeypatch):
    batch = upload(task, [make_item()])

    def slow(*args, **kwargs):
        claim(batch, ago=timedelta(0), tries=2)
        return exchanging.Parsed()

    monkeypatch.setattr(exchanging, "read", slow)
    assert not parse_import(batch.pk)
    batch.refresh_from_db()
    assert batch.parsed_at is None


def test_a_lost_bell_is_rung_again(task, monkeypatch):
    rung = []
    monkeypatch.setattr(tasks.parse_import, "delay", rung.append)
    fresh, lost, dead, hopeless, read = (upload(task, [make_item()]) for _ in range(5))
    old = timezone.now() - timedelta(minutes=1)
    Import.objects.exclude(pk=fresh.pk).update(created_at=old)
    claim(dead, ago=timedelta(hours=1))
    claim(hopeless, ago=timedelta(hours=1), tries=exchanging.MAX_TRIES)
    parse_import(read.pk)
    tasks.parse_waiting_imports()
    assert sorted(rung) == [lost.pk, dead.pk]
    hopeless.refresh_from_db()
    assert hopeless.failure == exchanging.STOPPED


def test_files_are_forgotten_after_a_week(task):
    read, unread, fresh = (upload(task, [make_item()]) for _ in range(3))
    parse_import(read.pk)
    old = timezone.now() - exchanging.KEPT - timedelta(hours=1)
    Import.objects.exclude(pk=fresh.pk).update(created_at=old)
    exchanging.forget_files()
    rows = Import.objects.order_by("pk").values_list("pk", "failure", "content")
    assert [(pk, failure, bool(content)) for pk, failure, content in rows] == [
        (read.pk, "", False), (unread.pk, exchanging.EXPIRED, False), (fresh.pk, "", True),
    ]  # fmt: skip


# --- Files that mean harm


def test_a_file_of_no_known_format_says_so(task):
    assert "choose one" in failure(task, b"Dear all")


def test_an_entity_bomb_is_refused(task):
    bomb = b'<!DOCTYPE q [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><quiz>&b;</quiz>'
    assert "DOCTYPE" in failure(task, bomb, file_name="q.xml", format_key="moodle_xml")


def test_a_zip_bomb_is_refused(task):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 130_000_000)
    assert "unpacks" in failure(task, out.getvalue(), file_name="q.xlsx")


def test_too_many_rows_are_refused(task):
    rows = b"stem,option_a,option_b,correct\n" + b"?,1,2,A\n" * 100_000
    assert "more than 20000 questions" in failure(task, rows)


def test_a_wrong_encoding_is_refused_with_its_line(task):
    data = b"stem,option_a,option_b,correct\nna\xefve?,1,2,A"
    assert failure(task, data).startswith("bank.csv: line 2: is not UTF-8")
    assert parsed(task, data, encoding="windows-1252").rows.get().item["stem"] == "naïve?"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), exchanging.TOO_LARGE),
        (SoftTimeLimitExceeded(), exchanging.TOO_SLOW),
        (RuntimeError("odd"), "cannot be read as CSV"),
    ],
)
def test_whatever_breaks_is_told_in_one_sentence(task, monkeypatch, error, words):
    def broken(*args, **kwargs):
        raise error

    monkeypatch.setattr(exchanging, "read", broken)
    assert words in failure(task, [make_item()])


def test_memory_has_a_ceiling():
    with pytest.raises(MemoryError), exchanging.memory_capped(50_000_000):
        bytearray(200_000_000)
    assert len(bytearray(200_000_000)) == 200_000_000


# --- Choosing and writing


def test_a_choice_must_fit_its_finding(task, certification):
    make_question(certification, external_id="a-1")
    batch = parsed(task, [make_item(external_id="a-1", stem="Other?"), make_item()])
    assert choose_all(batch, Finding.CONFLICT, Choice.TAKE) == 0
    assert choose_all(batch, Finding.CONFLICT, Choice.REPLACE) == 1
    assert choose_all(batch, Finding.NEW, Choice.SKIP) == 1
    assert findings(batch) == [("conflict", "replace"), ("new", "skip")]


def test_new_questions_are_written_as_drafts_with_their_trail(task, certification, actor):
    items = [make_item(kind, task="1.2") for kind in KINDS]
    batch = parsed(task, items)
    assert confirm(batch, actor=actor) == 4
    for item in items:
        question = Question.objects.get(external_id=item.external_id)
        (version,) = question.versions.all()
        assert draft_item(content_of(version)) == item
        assert (version.author, version.published_at, bool(version.search)) == (actor, None, True)
        (entry,) = question.trail.all()
        assert (entry.act, entry.actor, entry.version) == ("imported", actor, version)
    batch.refresh_from_db()
    assert (batch.content, bool(batch.confirmed_at)) == (None, True)
    assert {row.question.external_id for row in batch.rows.all()} == {
        item.external_id for item in items
    }


def test_confirming_twice_writes_once(task, actor):
    batch = parsed(task, [make_item()])
    assert (confirm(batch, actor=actor), confirm(batch, actor=actor)) == (1, None)
    assert QuestionVersion.objects.count() == 1
    assert choose_all(batch, Finding.NEW, Choice.SKIP) == 0


def test_what_is_not_read_yet_cannot_be_confirmed(task, actor):
    assert confirm(upload(task, [make_item()]), actor=actor) is None


def test_a_conflict_becomes_the_next_version_or_a_question_of_its_own(task, certification, actor):
    version = make_question(certification, external_id="a-1")
    other = make_item(external_id="a-1", stem="Another?")
    for choice in (Choice.KEEP_BOTH, Choice.REPLACE):
        batch = parsed(task, [other])
        choose_all(batch, Finding.CONFLICT, choice)
        assert confirm(batch, actor=actor) == 1
    assert list(version.question.versions.values_list("number", "stem")) == [
        (1, version.stem), (2, "Another?"),
    ]  # fmt: skip
    kept = Question.objects.exclude(pk=version.question.pk).get()
    assert kept.external_id.startswith("a-1-i")


def test_an_open_draft_is_never_replaced(task, certification, actor):
    version = make_question(certification, external_id="a-1", published=False)
    batch = parsed(task, [make_item(external_id="a-1", stem="Another?")])
    choose_all(batch, Finding.CONFLICT, Choice.REPLACE)
    assert confirm(batch, actor=actor) == 0
    assert list(version.question.versions.values_list("stem", flat=True)) == [version.stem]
    (row,) = batch.rows.all()
    assert (row.choice, row.code) == ("skip", "left-out")


def test_a_question_that_came_meanwhile_is_left_alone(task, certification, actor):
    batch = parsed(task, [make_item(external_id="a-1", stem="Another?"), make_item()])
    version = make_question(certification, external_id="a-1")
    assert confirm(batch, actor=actor) == 1
    assert version.question.versions.count() == 1
    assert batch.rows.get(number=1).code == "left-out"


def test_all_is_written_or_nothing(task, actor, monkeypatch):
    batch = parsed(task, [make_item() for _ in range(3)])
    monkeypatch.setattr(exchanging, "CHUNK", 1)
    written = []

    def failing(rows, **how):
        if len(written) == 2:
            raise RuntimeError
        written.append(exchanging_write_rows(rows, **how))
        return 1

    exchanging_write_rows = exchanging.write_rows
    monkeypatch.setattr(exchanging, "write_rows", failing)
    with pytest.raises(RuntimeError):
        confirm(batch, actor=actor)
    batch.refresh_from_db()
    assert (batch.confirmed_at, Question.objects.count(), written) == (None, 0, [1, 1])


def test_questions_without_an_id_get_one_of_their_own(task, actor):
    data = b"Which?\nA. one\nB. two\nANSWER: B\n"
    batch = parsed(task, data, file_name="q.txt")
    confirm(batch, actor=actor)
    question = Question.objects.get()
    assert (question.external_id, question.task) == (f"x-1-i{batch.pk}-00001", task)


def test_images_come_along_drawn_anew(task, actor):
    item = make_item(external_id="a-1", stem="See ![a plot](images/plot.png).")
    item = replace(item, images=(ItemImage("images/plot.png", drawn()),))
    data = moodle_xml.write([item])
    confirm(parsed(task, data, file_name="q.xml"), actor=actor)
    (image,) = Question.objects.get().images.all()
    assert bytes(image.content)[:4] == b"\x89PNG"
    assert image.name in QuestionVersion.objects.get().stem
    assert findings(parsed(task, data, file_name="q.xml")) == [(Finding.SAME, Choice.SKIP)]


@pytest.mark.parametrize("step", ["parse", "confirm"])
def test_statements_do_not_grow_with_the_questions(task, actor, step):
    counts = []
    for size in (1, 3):
        batch = upload(task, [make_item() for _ in range(size)])
        if step == "confirm":
            parse_import(batch.pk)
        with CaptureQueriesContext(connection) as queries:
            confirm(batch, actor=actor) if step == "confirm" else parse_import(batch.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_trail_of_an_import_names_file_and_place(task, actor):
    confirm(parsed(task, [make_item()]), actor=actor)
    assert TrailEntry.objects.get().reason == "bank.csv, row 2"
