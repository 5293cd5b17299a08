"""The guides: what they tell, to everybody, in how many statements."""

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import User
from questions import guide as guides
from questions.groups import make_groups
from questions.models import Resource
from tests.questions.factories import make_certification, make_question

pytestmark = [
    pytest.mark.django_db,
    # Static files are collected for production only.
    pytest.mark.filterwarnings("ignore:No directory at"),
]


def words(response) -> str:
    return " ".join(response.content.decode().split())


def resource(certification, **fields) -> Resource:
    values = {"name": "A course", "cost": "20 CAD", "minutes": 900, "usefulness": 7}
    return Resource.objects.create(certification=certification, **values | fields)


@pytest.fixture
def retired():
    make_certification("X-2", name="The next")
    return make_certification(
        "X-1",
        status="retired",
        retired_on=date(2026, 3, 31),
        successors=["X-2", "X-9"],
        summary="That you can.",
        audience="Whoever wants to.",
        kinds=["single", "case"],
        price_usd=300,
        valid_years=3,
        retake_rule="Wait 14 days.",
        guide_url="https://example.com/guide",
        advice="Sleep well.\n\nEat well.",
    )


def test_a_guest_reads_the_whole_guide(client, retired):
    resource(retired, url="https://example.com/course", is_optional=True)
    page = words(client.get(reverse("guide", args=["X-1"])))
    for told in (
        "retired on March 31, 2026 and can no longer be booked",
        f'<a href="{reverse("guide", args=["X-2"])}">X-2 The next</a>, X-9',
        "That you can.",
        "Whoever wants to.",
        "65: 50 scored and 15 unscored",
        "single choice, case study",
        "180 minutes",
        "750 on a scale from 100 to 1000",
        "300 US dollars",
        "3 years",
        "Wait 14 days.",
        "3 Domain 3",
        "36%",
        "Task 3.2",
        'href="https://example.com/course"',
        "(optional)",
        "15 hours",
        "7 of 10",
        "<p>Sleep well.</p> <p>Eat well.</p>",
        "https://example.com/guide",
        "not affiliated with AWS",
    ):
        assert told in page, told
    assert "Practice for it here" not in page
    assert "Edit this guide" not in page


def test_a_successor_names_what_it_follows(client, retired):
    page = words(client.get(reverse("guide", args=["x-2"])))
    assert f'It follows: <a href="{reverse("guide", args=["X-1"])}">X-1 Example</a>' in page
    assert "Nothing is listed yet." in page


def test_what_the_bank_asks_about_can_be_practiced(client):
    certification = make_question().question.certification
    page = words(client.get(reverse("guide", args=[certification.code])))
    assert f'href="/#shelf-{certification.pk}"' in page


def test_a_stranger_to_the_bank_is_not_found(client):
    assert client.get(reverse("guide", args=["NO-1"])).status_code == 404


def test_the_list_ends_with_what_is_retired(client, retired):
    make_certification("X-3", status="announced")
    make_certification("X-4")
    assert [one.code for one in guides.listed()] == ["X-2", "X-4", "X-3", "X-1"]
    page = words(client.get(reverse("guides")))
    assert page.index("X-4") < page.index("X-3") < page.index("X-1")


@pytest.mark.parametrize("count", [1, 3])
def test_statements(client, count, django_assert_num_queries):
    certification = make_certification("X-1", successors=["X-2"])
    for number in range(count):
        resource(certification, name=f"Course {number}")
        make_certification(successors=["X-1"])
    with django_assert_num_queries(5):
        client.get(reverse("guide", args=["X-1"]))
    with django_assert_num_queries(1):
        client.get(reverse("guides"))


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (None, "your own time"),
        (5, "5 minutes"),
        (60, "1 hour"),
        (90, "90 minutes"),
        (0, "0 minutes"),
    ],
)
def test_time_in_words(minutes, told):
    assert guides.time_words(minutes) == told


# --- Editing


def author() -> User:
    user = User.objects.create_user("author@example.com", "secret", is_staff=True)
    user.groups.add(Group.objects.get(name="Authors"))
    return user


def test_an_author_edits_the_guide_and_its_resources(client):
    certification = make_certification("X-1")
    client.force_login(author())
    page = words(client.get(reverse("guide", args=["X-1"])))
    address = reverse("admin:questions_certification_change", args=[certification.pk])
    assert f'href="{address}"' in page
    fields = {
        "code": "X-1",
        "name": "Example",
        "status": "current",
        "question_count": 65,
        "unscored_count": 15,
        "minutes": 180,
        "cut_score": 750,
        "shift": "0.00",
        "successors": "",
        "kinds": "single,case",
        "summary": "Ours.",
        "resources-TOTAL_FORMS": 1,
        "resources-INITIAL_FORMS": 0,
        "resources-0-name": "A book",
        "resources-0-cost": "free",
        "resources-0-usefulness": 9,
        "resources-0-position": 1,
    }
    response = client.post(address, fields)
    assert response.status_code == 302, response.context["errors"]
    certification.refresh_from_db()
    assert (certification.summary, certification.kinds) == ("Ours.", ["single", "case"])
    assert [one.name for one in certification.resources.all()] == ["A book"]


def test_authors_of_before_get_the_right_to_edit_resources():
    held = Group.objects.get(name="Authors").permissions
    rights = list(held.filter(content_type__model="resource"))
    held.remove(*rights)
    make_groups()
    assert len(rights) == 4
    assert set(held.filter(content_type__model="resource")) == set(rights)
    held.remove(*rights[1:])
    make_groups()
    assert set(held.filter(content_type__model="resource")) == set(rights[:1])
