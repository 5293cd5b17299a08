"""The page of a draft: who may see it, what it saves, what it says instead."""

import json
import re

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from questions.content import content_of
from questions.draft_forms import ContentForm, TagsForm
from questions.drafting import save_draft, start_draft
from questions.models import Question, QuestionVersion
from questions.reviewing import ask_review
from tests.accounts.factories import make_user
from tests.questions.factories import make_certification, make_question
from tests.questions.formats.pictures import HTML
from tests.questions.test_imaging import drawn

pytestmark = pytest.mark.django_db

KINDS = ["single", "multiple", "ordering", "matching"]
HTMX = {"HX-Request": "true"}


def make_author(email="ada@example.org", name="Ada"):
    author = make_user(email, name=name)
    author.user_permissions.add(Permission.objects.get(codename="change_questionversion"))
    return author


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def ada():
    return make_author()


@pytest.fixture
def bea():
    return make_author("bea@example.org", "Bea")


@pytest.fixture
def client(ada):
    return browser_of(ada)


@pytest.fixture
def draft(ada):
    return start_draft(make_question().question, author=ada)


def page_of(version, **changes):
    """What the page of a draft sends as it stands, with some fields changed."""
    version = QuestionVersion.objects.get(pk=version.pk)
    form, tags = ContentForm.of(content_of(version)), TagsForm(version.question)
    data = {
        "stem": version.stem,
        "explanation": version.explanation,
        "revision": version.revision,
        "tags_seen": tags.seen_now(),
        "service": tags.services,
        "key": sorted(form.keys),
        **tags.initial,
    }
    rows = {"option": form.options, "prompt": form.prompts, "reference": form.references}
    for sort, forms in rows.items():
        data[sort] = [row.prefix for row in forms]
        for row in forms:
            fields = {row.add_prefix(name): row.initial[name] for name in row.fields}
            data |= {name: value for name, value in fields.items() if value is not False}
    return data | changes


def save(client, version, **changes):
    return client.post(f"/authoring/drafts/{version.pk}/save/", page_of(version, **changes))


def stored(version):
    return QuestionVersion.objects.get(pk=version.pk)


def option_texts(version):
    return [row.text for row in stored(version).options.order_by("position")]


# --- Who


def paths(version):
    draft = f"/authoring/drafts/{version.pk}/"
    posts = ("save", "preview", "alike", "images", "images/x.png/remove", "take-back", "discard")
    return [
        ("get", "/authoring/questions/new/"),
        ("get", f"/authoring/questions/{version.question_id}/edit/"),
        ("post", f"/authoring/questions/{version.question_id}/edit/"),
        *(("post", f"{draft}{name}/") for name in posts),
    ]


def test_a_guest_is_sent_to_the_log_in(draft):
    for method, path in paths(draft):
        response = getattr(Client(), method)(path)
        assert (path, response.status_code) == (path, 302)
        assert response["Location"].startswith("/account/login/")


def test_to_a_candidate_there_is_nothing(draft):
    outsider = browser_of(make_user("eve@example.org"))
    for method, path in paths(draft):
        assert (path, getattr(outsider, method)(path).status_code) == (path, 404)
    assert stored(draft).revision == 0


def test_what_does_not_exist_is_not_found(client):
    assert client.get("/authoring/questions/99/edit/").status_code == 404
    assert client.post("/authoring/drafts/99/save/").status_code == 404


# --- The page


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_shows_all_that_is_written(client, ada, kind):
    draft = start_draft(make_question(kind=kind).question, author=ada)
    html = client.get(f"/authoring/questions/{draft.question_id}/edit/").content.decode()
    rows = [*draft.options.all(), *draft.prompts.all()]
    for text in [draft.stem, draft.explanation, *(row.text for row in rows)]:
        assert text in html
    assert "Complete: ready for review." in html
    assert " style=" not in html
    assert " onclick=" not in html


def test_a_published_version_offers_to_write_the_next(client):
    version = make_question()
    path = f"/authoring/questions/{version.question_id}/edit/"
    assert "Write the next version" in client.get(path).content.decode()
    assert QuestionVersion.objects.count() == 1
    assert client.post(path)["Location"] == path
    assert 'id="draft"' in client.get(path).content.decode()


def test_a_draft_in_review_can_be_taken_back(client, draft, ada):
    ask_review(draft, actor=ada, now=timezone.now())
    path = f"/authoring/questions/{draft.question_id}/edit/"
    html = client.get(path).content.decode()
    assert "Take it back and write on" in html
    assert 'id="draft"' not in html
    assert client.post(f"/authoring/drafts/{draft.pk}/take-back/")["Location"] == path
    assert stored(draft).review_asked_at is None


@pytest.mark.parametrize("rows", [1, 3])
def test_statements_of_the_page(client, ada, rows, django_assert_num_queries):
    version = make_question(services=tuple(f"S{n}" for n in range(rows)))
    draft = start_draft(version.question, author=ada)
    for place in range(4, 4 + rows):
        draft.options.create(position=place, text=f"Option {place}")
    with django_assert_num_queries(15):
        client.get(f"/authoring/questions/{draft.question_id}/edit/")


# --- A new question


def test_a_new_question_begins_where_it_was_wanted(client, ada):
    certification = make_certification("Z-C01")
    query = {"certification": "Z-C01", "task": "3.2", "kind": "ordering"}
    html = client.get("/authoring/questions/new/", query).content.decode()
    for chosen in ("Z-C01", "3.2", "ordering"):
        assert re.search(rf'value="{re.escape(chosen)}"\s+selected', html)
    response = client.post("/authoring/questions/new/", query)
    question = Question.objects.get()
    assert response["Location"] == f"/authoring/questions/{question.pk}/edit/"
    assert (question.certification, question.task.number) == (certification, "3.2")
    version = question.versions.get()
    assert (version.kind, version.author) == ("ordering", ada)
    html = client.get(response["Location"]).content.decode()
    assert "Nothing is written here yet." in html


def test_a_task_of_another_certification_is_refused(client):
    make_certification("Z-C01", weights=(100,))
    query = {"certification": "Z-C01", "task": "3.2", "kind": "single"}
    response = client.post("/authoring/questions/new/", query, headers=HTMX)
    assert response.status_code == 422
    assert response.content.decode().lstrip().startswith("<form")


# --- Saving


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_sent_back_as_it_is_says_the_same(client, ada, kind):
    draft = start_draft(make_question(kind=kind).question, author=ada)
    before = content_of(stored(draft))
    response = save(client, draft)
    after = content_of(stored(draft))
    assert response.status_code == 200
    assert (after.version.key, after.version.references) == (
        before.version.key,
        before.version.references,
    )
    assert [(o.text, o.rationale, o.is_fixed) for o in after.options] == [
        (o.text, o.rationale, o.is_fixed) for o in before.options
    ]
    assert Question.objects.get().trail.filter(act="tagged").count() == 0


def test_a_save_tells_its_revision_and_what_is_missing(client, draft):
    response = save(client, draft, stem="", key=[])
    html = response.content.decode()
    assert 'name="revision" value="1"' in html
    assert re.search(r'id="save-status">Saved \d\d:\d\d:\d\d<', html)
    assert re.search(r'id="check-stem"><li>Nothing is written here yet.<', html)
    assert re.search(r'id="check-options"><li>Choose the one key.<', html)
    assert "2 things are missing before review" in html
    assert (stored(draft).stem, stored(draft).key) == ("", "")


def test_the_order_of_the_rows_is_the_order_sent(client, draft):
    assert stored(draft).key == "B"
    save(client, draft, option=["o4", "o2", "o1"])
    assert [text[7] for text in option_texts(draft)] == ["D", "B", "A"]
    assert stored(draft).key == "B"
    save(client, draft, option=["o2", "o1", "o3"], key="o1", **{"o3-is_fixed": "on"})
    assert stored(draft).key == "B"
    assert [row.is_fixed for row in stored(draft).options.order_by("position")][2]


def test_a_response_stays_with_its_prompt_when_it_moves(client, ada):
    draft = start_draft(make_question(kind="matching").question, author=ada)
    assert stored(draft).key == "ACA"
    save(client, draft, option=["o3", "o1", "o2", "o4"])
    assert stored(draft).key == "BAB"
    save(client, draft, option=["o2", "o3", "o4"])
    assert stored(draft).key == "A-A"


def test_line_ends_of_windows_do_not_enter_the_bank(client, draft):
    save(client, draft, stem="One\r\nTwo\rThree")
    assert stored(draft).stem == "One\nTwo\nThree"


def test_a_reference_without_words_is_none(client, draft):
    save(client, draft, reference=["r1", "r2"], **{"r2-title": " ", "r2-url": ""})
    assert len(stored(draft).references) == 1
    response = save(client, draft, reference=["r2", "r1"], **{"r1-url": "javascript:alert(1)"})
    assert re.search(r'id="check-r1"><li>.*is not an http', response.content.decode())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stem": "x" * 20_001}, "at most 20000 characters"),
        ({"stem": "a\0b"}, "Null characters"),
        ({"o1-text": "x" * 20_001}, "A text is too long"),
        ({"option": [f"o{n}" for n in range(1, 10)]}, "At most 8 rows"),
        ({"option": ["o1", "o1"]}, "come into disorder"),
        ({"option": ["o1", "<b>"]}, "come into disorder"),
        ({"revision": "-1"}, "greater than or equal to 0"),
        ({"revision": "9" * 40}, "less than or equal to"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(client, draft, changes, message):
    response = save(client, draft, **changes)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert "kept on this device" in response.content.decode()
    assert stored(draft).revision == 0


def test_tags_are_saved_beside_the_text_and_a_wrong_one_stays_as_it_was(client, draft):
    response = save(client, draft, angoff="0", pool="practice", service=["B", " A ", "", "B"])
    question = Question.objects.get()
    assert (question.angoff, question.pool) == (60, "practice")
    assert [service.name for service in question.services.all()] == ["A", "B"]
    seen = json.loads(re.search(r'name="tags_seen" value="([^"]*)"', response.content.decode())[1]
                      .replace("&quot;", '"'))  # fmt: skip
    assert (seen["pool"], seen["angoff"], seen["services"]) == ("practice", "60", ["B", "A"])


def test_who_goes_on_typing_does_not_bring_old_tags_back(client, draft):
    page = page_of(draft, stem="Typed on?")
    Question.objects.update(angoff=33, pool="sample")
    assert client.post(f"/authoring/drafts/{draft.pk}/save/", page).status_code == 200
    assert (Question.objects.get().angoff, Question.objects.get().pool) == (33, "sample")


# --- Two authors


def test_the_second_save_sees_both_texts(client, draft, bea):
    page = page_of(draft, stem="The stem of Ada?")
    save(browser_of(bea), draft, stem="The stem of Bea?")
    response = client.post(f"/authoring/drafts/{draft.pk}/save/", page)
    html = response.content.decode()
    assert response.status_code == 409
    assert re.search(r"Bea saved this draft at \d\d:\d\d:\d\d", html)
    assert "<del>Bea</del>" in html
    assert "<ins>Ada</ins>" in html
    assert 'data-overwrite="1"' in html
    assert stored(draft).stem == "The stem of Bea?"
    response = client.post(f"/authoring/drafts/{draft.pk}/save/", page | {"revision": 1})
    assert response.status_code == 200
    assert stored(draft).stem == "The stem of Ada?"


def test_a_draft_sent_to_review_meanwhile_is_not_changed(client, draft, ada):
    ask_review(draft, actor=ada, now=timezone.now())
    response = save(client, draft, stem="Late?")
    assert response.status_code == 409
    assert "sent to review meanwhile" in response.content.decode()
    assert stored(draft).stem != "Late?"


def test_a_version_published_meanwhile_is_not_changed(client, draft):
    QuestionVersion.objects.filter(pk=draft.pk).update(published_at=timezone.now())
    response = save(client, draft, stem="Late?")
    assert response.status_code == 409
    assert "published meanwhile" in response.content.decode()
    assert stored(draft).stem != "Late?"


# --- Beside the text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("view", ["exam", "review"])
def test_the_preview_shows_what_is_typed(client, ada, kind, view):
    draft = start_draft(make_question(kind=kind).question, author=ada)
    page = page_of(draft, stem="Now **this**?", view=view)
    html = client.post(f"/authoring/drafts/{draft.pk}/preview/", page).content.decode()
    assert "Now <strong>this</strong>?" in html
    assert ("The explanation of" in html) == (view == "review")
    assert ("Why" in html) == (view == "review")
    assert stored(draft).revision == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("view", ["exam", "review"])
def test_the_preview_of_nothing_is_no_error(client, kind, view):
    make_certification("Z-C01")
    query = {"certification": "Z-C01", "task": "1.1", "kind": kind}
    client.post("/authoring/questions/new/", query)
    draft = QuestionVersion.objects.get()
    page = page_of(draft, view=view)
    assert client.post(f"/authoring/drafts/{draft.pk}/preview/", page).status_code == 200
    page = page_of(draft, view=view, option=[], prompt=[], stem="x" * 30_000)
    assert client.post(f"/authoring/drafts/{draft.pk}/preview/", page).status_code == 200


def test_hostile_text_is_harmless_in_the_preview(client, draft):
    page = page_of(draft, stem="<script>alert(1)</script>", view="review",
                   **{"r1-url": "javascript:alert(1)"})  # fmt: skip
    html = client.post(f"/authoring/drafts/{draft.pk}/preview/", page).content.decode()
    assert "<script" not in html
    assert "javascript:" not in html


def test_questions_that_look_like_it_are_named(client, draft):
    stem = "A company trains a model on Amazon S3 data and wants the lowest cost of storage."
    other = make_question(draft.question.certification, stem=stem)
    path = f"/authoring/drafts/{draft.pk}/alike/"
    html = client.post(path, {"stem": stem.replace("lowest", "least")}).content.decode()
    assert other.question.external_id in html
    for nothing in ("", "  ", "\0", "Something else entirely, about whales"):
        assert "notice" not in client.post(path, {"stem": nothing}).content.decode()


# --- Pictures


def upload(client, draft, content, alt="A curve", name="My plot.PNG"):
    file = SimpleUploadedFile(name, content)
    return client.post(f"/authoring/drafts/{draft.pk}/images/", {"alt": alt, "file": file})


def test_a_picture_is_kept_and_its_markdown_handed_out(client, draft):
    response = upload(client, draft, drawn(), alt="A [loss] curve")
    assert response.status_code == 200
    snippet = r"![A \[loss\] curve](images/my-plot.png)"
    assert f'data-snippet="{snippet}"' in response.content.decode()
    page = page_of(draft, stem=snippet, view="exam")
    html = client.post(f"/authoring/drafts/{draft.pk}/preview/", page).content.decode()
    assert 'alt="A [loss] curve"' in html
    assert "data:image/png;base64," in html


@pytest.mark.parametrize(
    ("content", "alt", "message"),
    [
        (drawn(), "", "This field is required"),
        (HTML, "A page", "none of PNG, JPEG, GIF and WebP"),
        (b"", "Nothing", "empty"),
    ],
)
def test_a_picture_that_cannot_be_kept_is_refused(client, draft, content, alt, message):
    response = upload(client, draft, content, alt=alt)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert draft.question.images.count() == 0


def test_a_picture_is_removed_unless_the_text_shows_it(client, draft):
    upload(client, draft, drawn())
    path = f"/authoring/drafts/{draft.pk}/images/my-plot.png/remove/"
    save(client, draft, stem="![A curve](images/my-plot.png)")
    response = client.post(path, headers=HTMX)
    assert response.status_code == 422
    assert "my-plot.png stays" in response.content.decode()
    save(client, draft, stem="Without it?")
    response = client.post(path, headers=HTMX)
    assert response.status_code == 200
    assert "my-plot.png" not in response.content.decode()
    assert draft.question.images.count() == 0


# --- The ways out


def test_asking_for_review_needs_a_complete_draft(client, draft):
    save(client, draft, key=[])
    path = f"/authoring/versions/{draft.pk}/ask-review/"
    asking = HTMX | {"HX-Target": "readiness"}
    response = client.post(path, headers=asking)
    assert response.status_code == 422
    assert "Not sent to review yet" in response.content.decode()
    save(client, draft, key="o1")
    response = client.post(path, headers=asking)
    assert response["HX-Redirect"] == f"/authoring/questions/{draft.question_id}/edit/"
    assert stored(draft).review_asked_at is not None


def test_only_the_draft_one_has_seen_is_discarded(client, draft, ada):
    save_draft(draft, content_of(stored(draft)), author=ada, revision=0)
    path = f"/authoring/drafts/{draft.pk}/discard/"
    for revision in ("0", "", "x", "9" * 40):
        client.post(path, {"revision": revision})
    assert stored(draft).revision == 1
    response = client.post(path, {"revision": "1"}, headers=HTMX)
    assert response["HX-Redirect"].endswith(f"/{draft.question_id}/life/")
    assert not QuestionVersion.objects.filter(pk=draft.pk).exists()
