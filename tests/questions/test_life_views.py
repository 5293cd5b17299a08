"""The reviewers' queue, a question's life and a difference over HTTP."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from questions.models import Question, QuestionReport, QuestionVersion, TrailEntry
from questions.trail import Act, record
from tests.questions.factories import make_item, make_question, make_version

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HTMX = {"HX-Request": "true"}
LIFE = HTMX | {"HX-Target": "life"}
KINDS = ["single", "multiple", "ordering", "matching"]


def person(name: str, *groups: str) -> User:
    user, _ = User.objects.get_or_create(email=f"{name}@example.org")
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


@pytest.fixture
def ada() -> User:
    return person("ada", "Authors")


@pytest.fixture
def bob() -> User:
    return person("bob", "Reviewers")


@pytest.fixture
def as_bob(client: Client, bob: User) -> Client:
    client.force_login(bob)
    return client


def waiting(author: User | None = None, at: datetime = NOW, **changes: Any) -> QuestionVersion:
    version = make_question(published=False, **changes)
    version.author, version.review_asked_at = author, at
    version.save(update_fields=["author", "review_asked_at"])
    return version


def reported(**changes: Any) -> QuestionReport:
    return QuestionReport.objects.create(
        version=make_question(**changes), reason="key", text="B is right as well."
    )


def url(name: str, *args: Any, query: str = "") -> str:
    return reverse(name, args=args) + query


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def statements(client: Client, address: str) -> int:
    """The statements of a page, those for session and user left out."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    beside = ("django_session", 'FROM "accounts_user" WHERE', "SAVEPOINT", "auth_permission")
    return len([one for one in captured if not any(word in one["sql"] for word in beside)])


# --- Who


def pages() -> dict[str, str]:
    version = waiting()
    number = version.question_id
    report = QuestionReport.objects.create(version=version, reason="key")
    return {
        "queue": url("review_queue"),
        "life": url("question_life", number),
        "difference": url("version_diff", number),
        "ask": url("ask_review", version.pk),
        "review": url("review_version", version.pk),
        "retire": url("question_retire", number),
        "restore": url("question_restore", number),
        "resolve": url("resolve_report", report.pk),
    }


POSTS = {"ask", "review", "retire", "restore", "resolve"}


def statuses(client: Client) -> dict[str, int]:
    return {
        name: (client.post if name in POSTS else client.get)(address).status_code
        for name, address in pages().items()
    }


def test_a_guest_is_sent_to_the_login(client: Client) -> None:
    assert set(statuses(client).values()) == {302}
    assert client.get(url("review_queue"))["Location"] == "/account/login/?next=/authoring/review/"


def test_a_candidate_finds_nothing(client: Client) -> None:
    client.force_login(person("candidate"))
    assert set(statuses(client).values()) == {404}


def test_an_author_reads_and_asks_and_does_not_judge(client: Client, ada: User) -> None:
    client.force_login(ada)
    found = {name for name, status in statuses(client).items() if status != 404}
    assert found == {"life", "difference", "ask"}


def test_a_reviewer_judges_and_does_not_write(as_bob: Client) -> None:
    assert {name for name, status in statuses(as_bob).items() if status == 404} == {"ask"}


# --- The queue


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_is_opened_with_key_and_rationales(as_bob: Client, kind: str) -> None:
    version = waiting(kind=kind, stem="Which **one**?")
    text = text_of(as_bob, url("review_queue"))
    assert "<p>Which <strong>one</strong>?</p>" in text
    for option in version.options.all():
        assert option.text in text
        assert option.rationale in text
    assert version.explanation in text
    assert f'name="revision" value="{version.revision}"' in text


def test_the_one_that_waits_longest_comes_first(as_bob: Client) -> None:
    late = waiting(at=datetime(2026, 11, 24, 10, tzinfo=UTC))
    early = waiting(at=datetime(2026, 11, 24, 8, tzinfo=UTC))
    make_question(published=False)
    cards = as_bob.get(url("review_queue")).context["cards"]
    assert [card.version for card in cards] == [early, late]


def test_reports_open_their_question_once(as_bob: Client) -> None:
    first, second = reported(), reported()
    third = QuestionReport.objects.create(version=first.version, reason="typo", text="A tpyo.")
    closed = reported()
    QuestionReport.objects.filter(pk=closed.pk).update(resolved_at=NOW)
    response = as_bob.get(url("review_queue"))
    cards = response.context["cards"]
    assert response.context["counts"] == {"drafts": 0, "reports": 2}
    assert [(card.version, card.reports) for card in cards] == [
        (first.version, [first, third]),
        (second.version, [second]),
    ]
    text = response.content.decode()
    assert first.version.stem_html in text
    assert "A tpyo." in text


@pytest.mark.parametrize(("show", "expected"), [("drafts", 9), ("reports", 8)])
def test_the_queue_costs_the_same_at_one_and_three(
    as_bob: Client, show: str, expected: int
) -> None:
    address = url("review_queue", query=f"?show={show}")
    waiting(kind="matching", services=("A",))
    reported(kind="matching", services=("A",))
    assert statements(as_bob, address) == expected
    for services in (("B",), ("C", "D")):
        waiting(services=services)
        reported(services=services)
    assert statements(as_bob, address) == expected


def test_publishing_from_the_queue(as_bob: Client, ada: User, bob: User) -> None:
    version = waiting(ada)
    words = {"decision": "publish", "revision": 0, "reason": ""}
    response = as_bob.post(url("review_version", version.pk), words, headers=HTMX)
    assert response.status_code == 200
    assert response.content.decode().strip().startswith('<div class="notice success" id="review-')
    version.refresh_from_db()
    assert (version.published_at is not None, version.reviewer) == (True, bob)


def test_sending_back_takes_a_reason(as_bob: Client, ada: User) -> None:
    version = waiting(ada)
    words = {"decision": "send_back", "revision": 0, "reason": " "}
    response = as_bob.post(url("review_version", version.pk), words, headers=HTMX)
    assert response.status_code == 422
    assert "Say why it goes back: the author needs to know." in response.content.decode()
    words["reason"] = "Two keys."
    assert as_bob.post(url("review_version", version.pk), words, headers=HTMX).status_code == 200
    assert TrailEntry.objects.get().reason == "Two keys."
    assert not QuestionVersion.objects.in_review().exists()


def test_what_was_saved_meanwhile_is_shown_anew(as_bob: Client, ada: User) -> None:
    version = waiting(ada)
    QuestionVersion.objects.update(revision=1, stem="Quite another stem?")
    words = {"decision": "publish", "revision": 0, "reason": "Fine."}
    response = as_bob.post(url("review_version", version.pk), words, headers=HTMX)
    text = response.content.decode()
    assert response.status_code == 422
    assert "Somebody changed it meanwhile" in text
    assert "Quite another stem?" in text
    assert 'name="revision" value="1"' in text
    assert ">Fine.</textarea>" in text


def test_own_work_is_not_offered_and_not_taken(client: Client) -> None:
    both = person("both", "Authors", "Reviewers")
    client.force_login(both)
    written, edited = waiting(both), waiting()
    record(edited.question, Act.EDITED, actor=both, version=edited)
    text = text_of(client, url("review_queue"))
    assert 'value="publish"' not in text
    assert text.count("You wrote a part of it: somebody else has to publish it.") == 2
    for version in (written, edited):
        words = {"decision": "publish", "revision": 0}
        response = client.post(url("review_version", version.pk), words, headers=HTMX)
        assert response.status_code == 422
    assert not QuestionVersion.objects.published().exists()


def test_who_comes_second_is_told(as_bob: Client, ada: User) -> None:
    version = waiting(ada)
    QuestionVersion.objects.update(review_asked_at=None)
    words = {"decision": "publish", "revision": 0}
    response = as_bob.post(url("review_version", version.pk), words, headers=HTMX)
    assert response.status_code == 422
    assert response.content.decode().strip().startswith('<div class="notice warning" id="review-')


def test_without_scripts_the_queue_works_too(as_bob: Client, ada: User) -> None:
    version = waiting(ada)
    words = {"decision": "publish", "revision": 0}
    response = as_bob.post(url("review_version", version.pk), words, follow=True)
    assert response.redirect_chain == [(url("review_queue"), 302)]
    assert [str(message) for message in response.context["messages"]] == ["Published."]


def test_a_report_is_resolved_with_words(as_bob: Client, bob: User) -> None:
    report = reported()
    other = QuestionReport.objects.create(version=report.version, reason="typo")
    address = url("resolve_report", report.pk)
    response = as_bob.post(address, {"resolution": ""}, headers=HTMX)
    assert response.status_code == 422
    assert "Say what was done, or why nothing needs doing." in response.content.decode()
    text = as_bob.post(address, {"resolution": "Key corrected."}, headers=HTMX).content.decode()
    assert "Report resolved." in text
    assert f'id="resolution-{other.pk}"' in text
    report.refresh_from_db()
    assert (report.resolved_by, report.resolution) == (bob, "Key corrected.")
    last = as_bob.post(url("resolve_report", other.pk), {"resolution": "Typo gone."}, headers=HTMX)
    assert last.content.decode().strip().startswith('<div class="notice success" id="review-')


# --- The life


def test_a_life_shows_versions_trail_and_reports(as_bob: Client, ada: User) -> None:
    report = reported()
    question = report.version.question
    draft = make_version(question, make_item(stem="The next one?"), published=False)
    record(question, Act.EDITED, actor=ada, version=draft, reason="Clearer.")
    response = as_bob.get(url("question_life", question.pk))
    lines = response.context["life"].lines
    assert [(line.version, line.state, line.before) for line in lines] == [
        (draft, "draft", 1),
        (report.version, "current", None),
    ]
    text = response.content.decode()
    for words in ("The next one?", "Clearer.", "ada@example.org", "B is right as well."):
        assert words in text


def test_an_address_nobody_checked_is_no_link(as_bob: Client) -> None:
    version = make_question(published=False, references=(("Trap", "javascript:alert(1)"),))
    assert "javascript:" not in text_of(as_bob, url("question_life", version.question_id))


def test_a_life_costs_the_same_however_long(as_bob: Client, ada: User) -> None:
    report = reported()
    question, address = report.version.question, url("question_life", report.version.question_id)
    record(question, Act.IMPORTED, actor=ada, version=report.version)
    assert statements(as_bob, address) == 8
    for _ in range(2):
        version = make_version(question, make_item())
        QuestionReport.objects.create(version=version, reason="typo", reporter=ada)
        record(question, Act.PUBLISHED, actor=ada, version=version)
    assert statements(as_bob, address) == 8


def test_an_author_sends_to_review(client: Client, ada: User) -> None:
    client.force_login(ada)
    good, bad = make_question(published=False), make_question(published=False, explanation="")
    response = client.post(url("ask_review", good.pk), headers=LIFE)
    assert response.status_code == 200
    assert "Sent to review." in response.content.decode()
    response = client.post(url("ask_review", bad.pk), headers=LIFE)
    assert response.status_code == 422
    assert "explanation: is empty" in response.content.decode()
    assert list(QuestionVersion.objects.in_review()) == [good]


def test_retiring_takes_a_reason_and_restoring_does_not(as_bob: Client) -> None:
    question = make_question().question
    address = url("question_retire", question.pk)
    response = as_bob.post(address, {"reason": ""}, headers=LIFE)
    assert response.status_code == 422
    assert "Say why: it stays in the trail." in response.content.decode()
    assert as_bob.post(address, {"reason": "Old."}, headers=LIFE).status_code == 200
    assert Question.objects.get().retired_at is not None
    assert as_bob.post(address, {"reason": "Again."}, headers=LIFE).status_code == 422
    response = as_bob.post(url("question_restore", question.pk), follow=True)
    assert response.redirect_chain == [(url("question_life", question.pk), 302)]
    assert Question.objects.get().retired_at is None


def test_a_report_is_resolved_on_the_page_of_its_question(as_bob: Client) -> None:
    report = reported()
    address = url("resolve_report", report.pk)
    response = as_bob.post(address, {"resolution": "Done."}, headers=LIFE)
    assert response.content.decode().strip().startswith('<div class="stack" id="life">')


# --- The difference


def two_versions() -> Question:
    question = make_question(kind="single", stem="Which store is cheap?").question
    item = make_item("single", stem="Which store is cheapest?")
    make_version(question, item)
    return question


def test_words_that_changed_stand_in_ins_and_del(as_bob: Client) -> None:
    question = two_versions()
    text = text_of(as_bob, url("version_diff", question.pk))
    assert '<del><span class="visually-hidden">[removed: </span>cheap<' in text
    assert '<ins><span class="visually-hidden">[added: </span>cheapest<' in text


def test_any_two_are_compared_in_either_direction(as_bob: Client) -> None:
    question = two_versions()
    make_version(question, make_item(), published=False)
    response = as_bob.get(url("version_diff", question.pk, query="?from=3&to=1"))
    assert (response.context["old"].number, response.context["new"].number) == (3, 1)
    response = as_bob.get(url("version_diff", question.pk, query="?from=2&to=2"))
    assert "The two say the same." in response.content.decode()


@pytest.mark.parametrize("query", ["?from=7", "?to=0", "?from=x", "?to=1%00"])
def test_a_version_that_is_not_there(as_bob: Client, query: str) -> None:
    assert as_bob.get(url("version_diff", two_versions().pk, query=query)).status_code == 404


def test_a_single_version_is_compared_with_itself(as_bob: Client) -> None:
    question = make_question().question
    assert "The two say the same." in text_of(as_bob, url("version_diff", question.pk))


def test_what_is_written_is_text(as_bob: Client) -> None:
    question = make_question(stem="Is `<script>` safe?").question
    text = text_of(as_bob, url("version_diff", question.pk))
    assert "Is `&lt;script&gt;` safe?" in text
