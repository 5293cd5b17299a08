from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from questions import search
from questions.models import Question, QuestionReport, QuestionVersion, TrailEntry
from tests.questions.factories import (
    PUBLISHED_AT,
    make_bank,
    make_certification,
    make_item,
    make_question,
    make_version,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:No directory at"),
]

LIST = "/authoring/"
BULK = "/authoring/questions/bulk/"
PART = {"HX-Request": "true"}


def make_person(name: str, *groups: str) -> User:
    user = User.objects.create_user(f"{name}@example.com", "secret")
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


@pytest.fixture
def client(client: Client) -> Client:
    """Somebody who may write and review."""
    client.force_login(make_person("ada", "Authors", "Reviewers"))
    return client


def indexed(*args: Any, **changes: Any) -> QuestionVersion:
    version = make_question(*args, **changes)
    search.index([version.pk])
    return version


def found(client: Client, **query: str) -> list[str]:
    response = client.get(LIST, query)
    assert response.status_code == 200
    return [str(row.version.question) for row in response.context["rows"]]


# --- Who


def test_a_guest_logs_in_and_an_outsider_finds_nothing() -> None:
    guest, outsider = Client(), Client()
    outsider.force_login(make_person("eve"))
    for address in (LIST, BULK):
        assert guest.get(address)["Location"].startswith(reverse("account_login"))
        assert outsider.get(address).status_code == 404


@pytest.mark.parametrize("group", ["Authors", "Reviewers"])
def test_authors_and_reviewers_see_the_list(client: Client, group: str) -> None:
    client.force_login(make_person("bob", group))
    assert client.get(LIST).status_code == 200


def test_each_is_offered_the_acts_of_their_own(client: Client) -> None:
    make_question()
    client.force_login(make_person("bob", "Authors"))
    assert client.get(LIST).context["acts"] == ["retag", "verify"]
    client.force_login(make_person("cy", "Reviewers"))
    assert client.get(LIST).context["acts"] == ["retire", "restore"]


# --- Finding


def test_every_filter_leaves_what_it_says(client: Client) -> None:
    one, two = make_certification("X-1"), make_certification("X-2")
    make_question(one, external_id="a", services=("AWS Glue",))
    make_question(one, external_id="b", task="1.2", kind="matching")
    make_question(one, external_id="c", task="2.1", pool="sample", verified=date(2025, 1, 1))
    make_question(two, external_id="d", verified=None)
    assert found(client) == ["a", "b", "c", "d"]
    assert found(client, certification="X-2") == ["d"]
    assert found(client, certification="X-1", domain="1") == ["a", "b"]
    assert found(client, certification="X-1", domain="1", task="1.2") == ["b"]
    assert found(client, kind="matching") == ["b"]
    assert found(client, pool="sample") == ["c"]
    assert found(client, service="AWS Glue") == ["a"]
    assert found(client, verified_before="2026-01-01") == ["c", "d"]


def test_what_is_not_there_any_more_excludes_nothing(client: Client) -> None:
    make_question(make_certification("X-1"), external_id="a")
    assert found(client, certification="X-9", domain="1", task="1.1") == ["a"]
    assert found(client, certification="X-1", domain="2", task="1.1", kind="x", sort="y") == []


def test_a_day_that_is_none_is_told(client: Client) -> None:
    make_question(external_id="a")
    response = client.get(LIST, {"verified_before": "soon"})
    assert response.status_code == 422
    assert [str(row.version.question) for row in response.context["rows"]] == ["a"]


def make_every_status() -> dict[str, QuestionVersion]:
    """A question of each status by its id, and one that is published with a next draft."""
    names = ("draft", "published", "renewed", "retired", "review", "withdrawn")
    versions = {name: make_question(external_id=name, published=False) for name in names}
    done = ("published", "renewed", "retired", "withdrawn")
    ids = [versions[name].pk for name in done]
    QuestionVersion.objects.filter(pk__in=ids).update(published_at=PUBLISHED_AT)
    Question.objects.filter(external_id="retired").update(retired_at=PUBLISHED_AT)
    waiting = QuestionVersion.objects.filter(question__external_id="review")
    waiting.update(review_asked_at=PUBLISHED_AT)
    withdrawn = QuestionVersion.objects.filter(question__external_id="withdrawn")
    withdrawn.update(withdrawn_at=PUBLISHED_AT)
    make_version(versions["renewed"].question, make_item(), published=False)
    return versions


def test_each_status_is_found_and_counted(client: Client) -> None:
    make_every_status()
    wanted = {
        "published": ["published", "renewed"],
        "draft": ["draft", "renewed"],
        "review": ["review"],
        "retired": ["retired"],
        "withdrawn": ["withdrawn"],
    }
    for status, names in wanted.items():
        assert found(client, status=status) == names
    chips = client.get(LIST, {"status": "draft"}).context["chips"]
    assert [chip["count"] for chip in chips] == [6, 2, 2, 1, 1, 1]
    assert [chip["name"] for chip in chips if chip["is_chosen"]] == ["draft"]


def test_a_draft_on_a_withdrawn_version_is_not_published(client: Client) -> None:
    version = make_question(external_id="a")
    QuestionVersion.objects.update(withdrawn_at=PUBLISHED_AT)
    make_version(version.question, make_item(), published=False)
    assert found(client, status="published") == []
    assert found(client, status="draft") == ["a"]


def test_the_newest_version_is_what_is_searched(client: Client) -> None:
    version = indexed(external_id="a", stem="Kinesis streams?")
    newer = make_version(version.question, make_item(stem="Glue crawlers?"), published=False)
    search.index([newer.pk])
    assert found(client, q="kinesis") == []
    assert found(client, q="crawler") == ["a"]


def test_a_part_of_an_id_is_found_too(client: Client) -> None:
    indexed(external_id="mls-007", stem="Plain?")
    indexed(external_id="b", stem="About mls-007.")
    assert found(client, q="LS-00") == ["mls-007"]
    assert sorted(found(client, q="mls-007")) == ["b", "mls-007"]


def test_hits_are_marked_and_nothing_else_is_markup(client: Client) -> None:
    version = indexed(stem="Use `<script>` with **Kinesis** data & streams?")
    version.options.filter(position=0).update(rationale="Kinesis <b>keeps</b> the order.")
    search.index([version.pk])
    page = client.get(LIST, {"q": "kinesis"}).content.decode()
    assert "Use &lt;script&gt; with <mark>Kinesis</mark> data &amp; streams?" in page
    assert "<mark>Kinesis</mark> &lt;b&gt;keeps&lt;/b&gt; the order." in page


def test_open_reports_are_counted_and_filtered(client: Client) -> None:
    version = make_question(external_id="a")
    make_question(external_id="b")
    QuestionReport.objects.create(version=version, reason="key")
    QuestionReport.objects.create(version=version, reason="typo", resolved_at=timezone.now())
    assert found(client, reports="open") == ["a"]
    assert found(client, reports="free") == ["b"]
    assert "1 report</span>" in client.get(LIST).content.decode()


def test_what_comes_first_can_be_chosen(client: Client) -> None:
    indexed(external_id="a", stem="Other?", explanation="Glue.", verified=date(2026, 1, 2))
    indexed(external_id="b", stem="Glue?", explanation="Other.", verified=date(2026, 1, 1))
    indexed(external_id="c", stem="Glue and more?", explanation="Glue.", verified=None)
    QuestionVersion.objects.filter(question__external_id="b").update(saved_at=timezone.now())
    assert found(client) == ["a", "b", "c"]
    assert found(client, sort="relevance") == ["a", "b", "c"]
    assert found(client, q="glue") == ["c", "b", "a"]
    assert found(client, q="glue", sort="id") == ["a", "b", "c"]
    assert found(client, sort="verified") == ["c", "b", "a"]
    assert found(client, sort="updated")[0] == "b"


def test_pages_keep_the_filters(client: Client) -> None:
    make_bank(make_certification("X-1", weights=[100]), [30])
    response = client.get(LIST, {"certification": "X-1", "kind": "", "page": "2"})
    assert len(response.context["rows"]) == 5
    page = response.content.decode()
    assert 'href="?certification=X-1&amp;page=1"' in page
    assert "all 30 that match" in page


def test_htmx_gets_the_part_and_a_clean_address(client: Client) -> None:
    make_question(make_certification("X-1"))
    response = client.get(LIST, {"certification": "X-1", "q": "", "kind": ""}, headers=PART)
    page = response.content.decode()
    assert page.lstrip().startswith('<section class="stack" id="found"')
    assert 'id="find-places" hx-swap-oob="true"' in page
    assert response["HX-Push-Url"] == "/authoring/?certification=X-1"
    back = client.get(LIST, headers=PART | {"HX-History-Restore-Request": "true"})
    assert "<html" in back.content.decode()


def test_an_empty_bank_says_how_to_begin(client: Client) -> None:
    assert "The bank is empty." in client.get(LIST).content.decode()
    assert "No question is like that." in client.get(LIST, {"q": "x"}).content.decode()


# Session, user, 2 of permissions, certifications, services, counts, page, navigation.
PLAIN = 9
TASKS = EXCERPTS = 1


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_the_rows(client: Client, count: int) -> None:
    certification = make_certification("X-1", weights=[100])
    versions = make_bank(certification, [count])
    for version in versions:
        QuestionReport.objects.create(version=version, reason="key")
    queries = (
        ({}, PLAIN),
        ({"q": "stem"}, PLAIN + EXCERPTS),
        ({"certification": "X-1"}, PLAIN + TASKS),
    )
    for query, number in queries:
        with CaptureQueriesContext(connection) as statements:
            assert len(client.get(LIST, query).context["rows"]) == count
        assert len(statements) == number


# --- Many at once


def ask(client: Client, act: str, *versions: QuestionVersion, **more: str) -> Any:
    chosen = {"act": act, "scope": "chosen", "question": [each.question_id for each in versions]}
    return client.get(BULK, chosen | more)


def take(client: Client, act: str, *versions: QuestionVersion, **more: Any) -> Any:
    chosen = {"act": act, "scope": "chosen", "question": [each.question_id for each in versions]}
    return client.post(BULK, chosen | {"count": len(versions)} | more)


def test_the_page_says_of_how_many(client: Client) -> None:
    one, two = make_question(external_id="a"), make_question(external_id="b")
    make_question(external_id="c")
    page = ask(client, "retire", one, two).content.decode()
    assert "2 questions" in page
    assert "a, b" in page
    page = client.get(BULK, {"act": "retire", "scope": "all", "find": "q="}).content.decode()
    assert "3 questions" in page
    assert not TrailEntry.objects.exists()


def test_chosen_questions_are_retired_with_a_reason(client: Client) -> None:
    version, other = make_question(), make_question()
    assert take(client, "retire", version).status_code == 422
    response = take(client, "retire", version, reason="Outdated.", find="kind=single")
    assert (response.status_code, response["Location"]) == (302, "/authoring/?kind=single")
    entry = TrailEntry.objects.get()
    assert (entry.question, entry.act, entry.reason) == (version.question, "retired", "Outdated.")
    assert take(client, "restore", version, other, reason="").status_code == 302
    assert not Question.objects.exclude(retired_at=None).exists()


def test_all_that_match_are_taken_wherever_they_stand(client: Client) -> None:
    make_bank(make_certification("X-1", weights=[100]), [30])
    make_bank(make_certification("X-2", weights=[100]), [1])
    data = {"act": "verify", "scope": "all", "find": "certification=X-1&q=stem", "count": "30"}
    assert client.post(BULK, data).status_code == 302
    assert TrailEntry.objects.filter(act="verified").count() == 30
    today = timezone.localdate()
    verified = Question.objects.filter(verified_on=today)
    assert set(verified.values_list("certification__code", flat=True)) == {"X-1"}


def test_nothing_happens_to_another_number_than_was_read(client: Client) -> None:
    version = make_question()
    response = take(client, "verify", version, count="2")
    assert response.status_code == 422
    assert "has changed meanwhile" in response.content.decode()
    assert not TrailEntry.objects.exists()


def test_tags_are_changed(client: Client) -> None:
    version = make_question(services=("Amazon S3",))
    task = version.question.task.domain.tasks.get(number="1.2")
    response = take(
        client, "retag", version, task=task.pk, pool="", added="AWS Glue, Amazon EMR,", removed=""
    )
    assert response.status_code == 302
    reason = "task 1.1 becomes 1.2; + AWS Glue; + Amazon EMR"
    assert TrailEntry.objects.get().reason == reason


def test_a_change_of_nothing_or_of_two_minds_is_refused(client: Client) -> None:
    version = make_question()
    empty = {"task": "", "pool": "", "added": "", "removed": ""}
    assert take(client, "retag", version, **empty).status_code == 422
    assert (
        take(client, "retag", version, **empty | {"added": "S3", "removed": "S3"}).status_code
        == 422
    )
    assert not TrailEntry.objects.exists()


def test_a_task_is_offered_within_one_certification_only(client: Client) -> None:
    one, two = make_question(), make_question()
    assert "task" in ask(client, "retag", one).context["form"].fields
    assert "task" not in ask(client, "retag", one, two).context["form"].fields


def test_without_a_choice_one_is_sent_back(client: Client) -> None:
    assert ask(client, "retire", find="q=x")["Location"] == "/authoring/?q=x"


@pytest.mark.parametrize("query", [{}, {"act": "erase", "scope": "all"}, {"act": "retire"}])
def test_what_is_no_act_is_not_found(client: Client, query: dict[str, str]) -> None:
    assert client.get(BULK, query).status_code == 404


@pytest.mark.parametrize(("group", "act"), [("Authors", "retire"), ("Reviewers", "retag")])
def test_nobody_takes_the_act_of_others(client: Client, group: str, act: str) -> None:
    version = make_question()
    client.force_login(make_person("bob", group))
    assert ask(client, act, version).status_code == 404
    assert take(client, act, version, reason="x", pool="sample").status_code == 404
