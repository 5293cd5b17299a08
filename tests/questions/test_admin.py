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
from questions.models import Question, QuestionVersion, Task, TrailEntry
from questions.reviewing import is_own_work
from tests.questions.factories import make_certification, make_item, make_question, make_version

pytestmark = [
    pytest.mark.django_db,
    # Static files are collected for production only.
    pytest.mark.filterwarnings("ignore:No directory at"),
]


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("staff@example.com", "secret"))
    return client


def address(page: str, *args: Any) -> str:
    return reverse(f"admin:questions_{page}", args=args)


def statements(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    "model", ["certification", "domain", "task", "service", "question", "questionversion"]
)
def test_a_list_costs_the_same_at_one_and_three_rows(staff: Client, model: str) -> None:
    certification = make_certification("X-1", weights=[100])
    make_question(certification, services=("A",))
    url = address(f"{model}_changelist")
    one = statements(staff, url)
    for name in "BC":
        make_question(make_certification(weights=[60, 40]), services=(name,))
        make_question(certification, services=(name,))
    assert statements(staff, url) == one


@pytest.mark.parametrize("model", ["question", "questionversion", "task", "domain"])
def test_lists_can_be_searched(staff: Client, model: str) -> None:
    version = make_question(external_id="find-me", stem="find-me")
    Task.objects.filter(pk=version.question.task_id).update(name="find-me")
    version.question.task.domain.__class__.objects.update(name="find-me")
    response = staff.get(address(f"{model}_changelist"), {"q": "find-me"})
    assert response.context["cl"].result_count >= 1
    response = staff.get(address(f"{model}_changelist"), {"q": "not there"})
    assert response.context["cl"].result_count == 0


def test_a_question_lists_its_versions(staff: Client) -> None:
    version = make_question()
    make_version(version.question, make_item(), published=False)
    response = staff.get(address("question_change", version.question.pk))
    assert response.status_code == 200
    assert address("questionversion_change", version.pk) in response.content.decode()


def test_a_published_version_can_only_be_looked_at(staff: Client) -> None:
    version = make_question(kind="matching")
    url = address("questionversion_change", version.pk)
    response = staff.get(url)
    assert response.context["has_change_permission"] is False
    assert "<textarea" not in response.content.decode()
    assert staff.post(url, {"stem": "x"}).status_code == 403
    assert staff.post(address("questionversion_delete", version.pk)).status_code == 403
    assert QuestionVersion.objects.get().stem == version.stem


def test_a_question_with_a_published_version_is_not_deleted(staff: Client) -> None:
    version = make_question()
    staff.post(address("question_delete", version.question.pk), {"post": "yes"})
    assert QuestionVersion.objects.count() == 1


def test_a_draft_can_be_edited(staff: Client) -> None:
    version = make_question(published=False)
    response = staff.get(address("questionversion_change", version.pk))
    assert "<textarea" in response.content.decode()


def publish_selected(client: Client, *versions: QuestionVersion) -> list[str]:
    response = client.post(
        address("questionversion_changelist"),
        {"action": "publish_selected", "_selected_action": [version.pk for version in versions]},
        follow=True,
    )
    return sorted(str(message) for message in response.context["messages"])


def test_what_waits_for_review_is_published_and_faults_are_told(staff: Client) -> None:
    good, bad = make_question(published=False), make_question(published=False, explanation="")
    idle, own = make_question(published=False), make_question(published=False)
    QuestionVersion.objects.exclude(pk=idle.pk).update(review_asked_at=timezone.now())
    QuestionVersion.objects.filter(pk=own.pk).update(author=User.objects.get())
    assert publish_selected(staff, good, bad, idle, own) == [
        "1 version published.",
        f"{bad}: explanation: is empty",
        f"{idle}: it is not in review",
        f"{own}: you wrote a part of it; somebody else has to review it",
    ]
    assert list(QuestionVersion.objects.published()) == [good]
    assert TrailEntry.objects.get().act == "published"


def test_publishing_is_offered_to_reviewers_only(client: Client) -> None:
    version = make_question(published=False)
    QuestionVersion.objects.update(review_asked_at=timezone.now())
    author = User.objects.create_user("author@example.com", "secret", is_staff=True)
    author.groups.add(Group.objects.get(name="Authors"))
    client.force_login(author)
    publish_selected(client, version)
    assert not QuestionVersion.objects.published().exists()


def test_who_edits_a_draft_in_the_admin_has_written_it(staff: Client) -> None:
    version = make_question(published=False)
    url = address("questionversion_change", version.pk)
    form = staff.get(url).context["adminform"].form
    values = {field.html_name: field.value() for field in form if field.value() is not None}
    management = {
        f"{name}-{part}_FORMS": 0
        for name in ("options", "prompts")
        for part in ("TOTAL", "INITIAL")
    }
    values |= {"stem": "Reworded?", "references": "[]"} | management
    assert staff.post(url, values).status_code == 302
    saved = QuestionVersion.objects.get()
    assert (saved.stem, saved.revision) == ("Reworded?", version.revision + 1)
    assert is_own_work(saved, User.objects.get())
    assert (saved.saved_by, saved.saved_at is None) == (User.objects.get(), False)
    assert list(search.matching(QuestionVersion.objects.all(), "reworded")) == [saved]


def test_services_are_completed(staff: Client) -> None:
    make_question(services=("AWS Glue", "Amazon S3"))
    query = {"app_label": "questions", "model_name": "question", "field_name": "services"}
    response = staff.get(reverse("admin:autocomplete"), query | {"term": "glue"})
    assert [each["text"] for each in response.json()["results"]] == ["AWS Glue"]


def test_the_admin_leads_to_the_pages_of_authors_and_back(staff: Client) -> None:
    version = make_question(published=False)
    question = version.question
    pages = [reverse(name, args=[question.pk]) for name in ("question_edit", "question_life")]
    places = {
        address("question_changelist"): pages,
        address("question_change", question.pk): pages,
        address("questionversion_changelist"): pages,
        address("questionversion_change", version.pk): pages,
        pages[0]: [address("questionversion_change", version.pk)],
        pages[1]: [address("question_change", question.pk)],
    }
    for place, links in places.items():
        page = staff.get(place).content.decode()
        assert [link for link in links if f'href="{link}"' not in page] == []


def test_a_question_is_begun_where_it_is_written(staff: Client) -> None:
    assert staff.get(address("question_add"))["Location"] == reverse("question_new")


def test_tags_changed_in_the_admin_stand_in_the_trail(staff: Client) -> None:
    question = make_question().question
    values = {"task": question.task_id, "pool": "sample", "angoff": 60, "verified_on": "2026-11-01"}
    management = {"versions-TOTAL_FORMS": 0, "versions-INITIAL_FORMS": 0}
    services = [service.pk for service in question.services.all()]
    url = address("question_change", question.pk)
    assert staff.post(url, values | management | {"services": services}).status_code == 302
    assert Question.objects.get().pool == "sample"
    entry = TrailEntry.objects.get()
    assert (entry.act, entry.reason) == ("tagged", "pool")
