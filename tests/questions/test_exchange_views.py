"""The pages of imports and exports: who may see them, what they ask, what they answer."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from questions import bell, exchanging, uploads
from questions.formats import sheet
from questions.models import Import, Question, QuestionVersion, Task
from tests.accounts.factories import make_user
from tests.questions.factories import make_certification, make_item, make_question

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
KINDS = ["single", "multiple", "ordering", "matching"]


@pytest.fixture(autouse=True)
def bells(monkeypatch):
    rung = []
    monkeypatch.setattr(bell, "publish", rung.append)
    return rung


@pytest.fixture
def author():
    author = make_user(name="Ada")
    author.user_permissions.add(Permission.objects.get(codename="change_questionversion"))
    return author


@pytest.fixture
def browser(author):
    client = Client()
    client.force_login(author)
    return client


@pytest.fixture
def task():
    return Task.objects.get(domain__certification=make_certification("X-1"), number="1.1")


def found(task, items, **fields):
    """An import that was read."""
    values = {"file_name": "bank.csv", "format_key": "", "encoding": "", "actor": None} | fields
    batch = exchanging.start_import(
        task.domain.certification, task=task, content=sheet.write_csv(items), **values
    )
    exchanging.parse_import(batch.pk)
    batch.refresh_from_db()
    return batch


def sent(content, **fields):
    file = SimpleUploadedFile("bank.csv", content)
    return {"certification": "X-1", "task": "1.1", "file": file} | fields


def pages(batch):
    return [
        reverse("imports"), reverse("import_new"), reverse("import_detail", args=[batch.pk]),
        reverse("import_preview", args=[batch.pk, 1]), reverse("export"),
        reverse("export_download"),
    ]  # fmt: skip


# --- Who


def test_an_author_sees_every_page(browser, task):
    for page in pages(found(task, [make_item()])):
        assert browser.get(page).status_code == 200


def test_a_candidate_is_told_that_there_is_nothing(task):
    candidate = Client()
    candidate.force_login(make_user("bob@example.org"))
    batch = found(task, [make_item()])
    for page in pages(batch):
        assert candidate.get(page).status_code == 404
    assert candidate.post(reverse("import_new"), sent(b"x")).status_code == 404
    assert candidate.post(reverse("import_confirm", args=[batch.pk])).status_code == 404
    assert Question.objects.count() == 0


def test_a_guest_is_sent_to_log_in(client, task):
    for page in pages(found(task, [make_item()])):
        assert client.get(page).status_code == 302


def test_an_upload_needs_its_token(author, task):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(author)
    assert strict.post(reverse("import_new"), sent(b"x")).status_code == 403
    assert Import.objects.count() == 0


# --- Uploading


def test_an_upload_becomes_a_row_and_rings_the_bell(browser, author, task, bells):
    answer = browser.post(reverse("import_new"), sent(sheet.write_csv([make_item()])))
    batch = Import.objects.get()
    assert answer.url == reverse("import_detail", args=[batch.pk])
    assert (bells, batch.format, batch.task, batch.uploaded_by) == ([batch.pk], "csv", task, author)


def test_a_broker_that_is_down_loses_nothing(browser, task, monkeypatch):
    def deaf(_):
        raise OSError

    monkeypatch.setattr(bell, "publish", deaf)
    assert browser.post(reverse("import_new"), sent(b"x")).status_code == 302
    assert Import.objects.count() == 1


def test_an_upload_without_a_file_is_asked_for_it(browser, task):
    data = sent(b"x")
    del data["file"]
    assert browser.post(reverse("import_new"), data).status_code == 422


def test_a_file_above_the_limit_is_not_kept(browser, task, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_FILE_SIZE", 100_000)
    answer = browser.post(reverse("import_new"), sent(b"x" * 300_000))
    assert answer.status_code == 422
    assert "MB; divide it into several." in answer.content.decode()
    assert Import.objects.count() == 0


def test_the_tasks_follow_the_certification(browser, task):
    make_certification("X-2", weights=(100,))
    answer = browser.get(reverse("import_new"), {"certification": "X-2"}, headers=HTMX)
    text = answer.content.decode()
    assert text.strip().startswith('<div id="import-task">')
    assert "Task 1.2" in text
    assert "Task 2.1" not in text


# --- The review


def test_progress_is_asked_for_until_it_is_read(browser, task):
    batch = exchanging.start_import(
        task.domain.certification, task=task, content=sheet.write_csv([make_item()]),
        file_name="bank.csv", format_key="", encoding="", actor=None,
    )  # fmt: skip
    page = reverse("import_detail", args=[batch.pk])
    assert 'hx-trigger="every 1s"' in browser.get(page, headers=HTMX).content.decode()
    exchanging.parse_import(batch.pk)
    text = browser.get(page, headers=HTMX).content.decode()
    assert text.strip().startswith('<div class="stack" id="import-state"')
    assert "every 1s" not in text
    assert "<html" not in text


def test_a_refused_file_says_why(browser, task):
    batch = found(task, [], file_name="letter.txt", format_key="moodle_xml")
    text = browser.get(reverse("import_detail", args=[batch.pk])).content.decode()
    assert "letter.txt: line 1: is no valid XML" in text


def test_the_review_names_each_finding_and_place(browser, task):
    make_question(task.domain.certification, external_id="a-1")
    batch = found(task, [make_item(external_id="a-1", stem="Other?"), make_item("matching")])
    page = reverse("import_detail", args=[batch.pk])
    conflicts = browser.get(page).content.decode()
    assert "row 2" in conflicts
    assert "keep both" in conflicts
    assert "row 3" in browser.get(page, {"show": "new"}).content.decode()


def test_a_choice_answers_with_its_row_and_the_sum(browser, task):
    batch = found(task, [make_item()])
    page = reverse("import_choose", args=[batch.pk, 1])
    answer = browser.post(page, {"choice": "skip"}, headers=HTMX)
    text = answer.content.decode()
    assert 'id="row-1"' in text
    assert 'hx-swap-oob="true"' in text
    assert "<b>0</b>" in text
    assert batch.rows.get().choice == "skip"
    assert browser.post(page, {"choice": "replace"}, headers=HTMX).status_code == 422
    assert browser.post(page, {"choice": "take"}).status_code == 302
    assert batch.rows.get().choice == "take"


def test_a_choice_can_be_made_for_all(browser, task):
    batch = found(task, [make_item() for _ in range(3)])
    page = reverse("import_choose_all", args=[batch.pk])
    data = {"finding": "new", "choice": "skip"}
    assert browser.post(page, data, headers=HTMX).status_code == 200
    assert set(batch.rows.values_list("choice", flat=True)) == {"skip"}
    assert browser.post(page, data | {"finding": "odd"}, headers=HTMX).status_code == 404
    assert browser.post(page, data | {"choice": "replace"}, headers=HTMX).status_code == 422


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_is_previewed_as_the_bank_would_show_it(browser, task, kind):
    batch = found(task, [make_item(kind, external_id="a-1", stem="Which is **best**?")])
    page = reverse("import_preview", args=[batch.pk, 1])
    text = browser.get(page, headers=HTMX).content.decode()
    assert "<strong>best</strong>" in text
    assert "Option A of a-1" in text
    assert "Domain 1" in text


def test_what_a_file_says_is_shown_as_text(browser, task):
    batch = found(task, [make_item(stem="<script>alert(1)</script>", external_id="a-1")])
    for page in (reverse("import_detail", args=[batch.pk]),
                 reverse("import_preview", args=[batch.pk, 1])):  # fmt: skip
        assert "<script>alert" not in browser.get(page).content.decode()


def test_confirming_writes_and_confirming_again_does_not(browser, author, task):
    batch = found(task, [make_item()])
    page = reverse("import_confirm", args=[batch.pk])
    for _ in range(2):
        assert browser.post(page).url == reverse("import_detail", args=[batch.pk])
    assert QuestionVersion.objects.get().author == author
    text = browser.get(reverse("import_detail", args=[batch.pk])).content.decode()
    assert "Write the drafts" not in text


# --- Exporting


def test_the_export_tells_what_is_lost_before_the_download(browser, task):
    for kind in KINDS:
        make_question(task.domain.certification, kind=kind)
    text = browser.get(reverse("export"), {"format": "aiken"}, headers=HTMX).content.decode()
    assert text.strip().startswith('<div class="stack" id="export-form"')
    assert "1 question goes into Aiken" in text
    assert "left out" in text


def test_the_download_holds_what_was_wanted(browser, task):
    make_question(task.domain.certification, external_id="a-1")
    make_question(task.domain.certification, external_id="a-2", task="2.1")
    make_question(task.domain.certification, external_id="a-3", published=False)
    page = reverse("export_download")
    answer = browser.get(page, {"domain": "1"})
    assert answer["Content-Disposition"] == 'attachment; filename="X-1.csv"'
    assert exported(answer) == ["a-1"]
    assert exported(browser.get(page, {"drafts": "on"})) == ["a-1", "a-3", "a-2"]
    assert exported(browser.get(page, {"kind": "matching"})) == []


def exported(answer):
    parsed = sheet.parse_csv(answer.content, file="f")
    return [each.item.external_id for each in parsed.items]


def test_a_corrected_key_is_the_one_that_is_exported(browser, task):
    version = make_question(task.domain.certification)
    QuestionVersion.objects.filter(pk=version.pk).update(corrected_key="C")
    answer = browser.get(reverse("export_download"))
    assert sheet.parse_csv(answer.content, file="f").items[0].item.key == "C"


def test_withdrawn_and_retired_questions_stay(browser, task):
    withdrawn, retired = (make_question(task.domain.certification) for _ in range(2))
    QuestionVersion.objects.filter(pk=withdrawn.pk).update(withdrawn_at=withdrawn.published_at)
    Question.objects.filter(pk=retired.question.pk).update(retired_at=withdrawn.published_at)
    assert exported(browser.get(reverse("export_download"), {"drafts": "on"})) == []


# --- Statements


@pytest.mark.parametrize("name", ["imports", "detail", "export"])
def test_statements_do_not_grow_with_the_rows(browser, task, name):
    counts = []
    for size in (1, 3):
        items = [make_item(external_id=f"{name}-{size}-{n}") for n in range(size)]
        batch = found(task, items)
        exchanging.confirm(batch, actor=make_user(f"{size}@example.org"))
        page = {"detail": reverse("import_detail", args=[batch.pk])}.get(name) or reverse(name)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page, {"drafts": "on"}).status_code == 200
        counts.append(len(queries))
    assert counts == [COUNTS[name]] * 2


COUNTS = {"imports": 7, "detail": 9, "export": 15}
