"""Correcting a key and withdrawing a question over HTTP."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from questions.models import QuestionVersion
from scoring import corrections
from scoring.models import Result
from tests.exams.factories import make_user
from tests.questions.factories import make_question
from tests.scoring.factories import make_mock, make_open_sitting, make_result
from tests.scoring.test_corrections import WHY, first_version, sat, staff, standing

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PAGES = ["correct_key", "withdraw_question"]


@pytest.fixture
def exam():
    return make_mock(4)


@pytest.fixture
def reviewer(client):
    person = make_user("bob@passline.example")
    person.groups.set(Group.objects.filter(name="Reviewers"))
    client.force_login(person)
    return person


def url(name, version):
    return reverse(name, args=[version.pk])


def look(client, version, key="C", page="correct_key", **data):
    said = {"key": key, "seen": version.scoring_key, "step": "look"} | data
    return client.post(url(page, version), said, headers=HTMX)


def confirm(client, version, key="C", page="correct_key", **data):
    looked = key if page == "correct_key" else version.scoring_key
    said = {
        "key": key,
        "seen": version.scoring_key,
        "looked": looked,
        "step": "confirm",
        "reason": WHY,
    }
    return client.post(url(page, version), said | data, follow=True)


def text(response):
    return " ".join(response.content.decode().split())


# --- Who


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["author", "candidate"])
def test_others_find_nothing(page, who, client, exam):
    person = make_user("eve@passline.example")
    if who == "author":
        person.groups.set(Group.objects.filter(name="Authors"))
    client.force_login(person)
    version = first_version(exam)
    assert client.get(url(page, version)).status_code == 404
    assert client.post(url(page, version), {"step": "confirm"}).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_guest_logs_in_first(page, client, exam):
    assert client.get(url(page, first_version(exam))).status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_a_draft_is_not_found(page, client, reviewer):
    assert client.get(url(page, make_question(published=False))).status_code == 404


# --- The dry run


def test_the_page_shows_the_key_that_counts(client, reviewer, exam):
    page = text(client.get(url("correct_key", first_version(exam))))
    assert 'value="B" ' in page
    assert "Dry run: what would change" in page
    assert "Correct the key and rescore" not in page


def test_the_dry_run_answers_with_its_part(client, reviewer, exam):
    loser, winner = sat(exam, "loser", right=3), sat(exam, "winner", right=3, first="C")
    before = list(Result.objects.values())
    response = look(client, first_version(exam))
    page = text(response)
    assert response.status_code == 200
    assert page.startswith('<form class="form" id="correction"')
    assert "Dry run: 2 of 2 results would change" in page
    assert "1 pass would turn into a fail." in page
    assert "1 fail would turn into a pass." in page
    assert "750 → 533" in page
    assert "533 → 750" in page
    assert f"#{loser.pk}<" in page
    assert f"#{winner.pk}<" in page
    assert list(Result.objects.values()) == before


def test_only_who_may_see_people_sees_addresses(client, reviewer, exam):
    sat(exam, "ada", right=3)
    assert "ada@passline.example" not in text(look(client, first_version(exam)))
    reviewer.user_permissions.add(Permission.objects.get(codename="view_user"))
    assert "ada@passline.example" in text(look(client, first_version(exam)))


def test_a_key_that_does_not_fit_is_told(client, reviewer, exam):
    response = look(client, first_version(exam), key="B")
    assert response.status_code == 422
    assert "This is the key already." in text(response)


@pytest.mark.parametrize(
    ("kind", "said", "key"),
    [
        ("multiple", {"key": ["B", "D"]}, "BD"),
        ("ordering", {"key_1": "D", "key_2": "C", "key_3": "B", "key_4": "A"}, "DCBA"),
        ("matching", {"key_1": "B", "key_2": "C", "key_3": "A"}, "BCA"),
    ],
)
def test_each_kind_has_its_fields(kind, said, key, client, reviewer):
    version = make_question(kind=kind)
    assert client.get(url("correct_key", version)).status_code == 200
    said |= {"seen": version.key, "looked": key, "step": "confirm", "reason": WHY}
    assert client.post(url("correct_key", version), said).status_code == 302
    version.refresh_from_db()
    assert version.corrected_key == key


@pytest.mark.parametrize("count", [1, 3])
def test_the_dry_run_costs_the_same_for_each_length(client, reviewer, exam, count):
    for number in range(count):
        sat(exam, f"c{number}", right=3)
    version = first_version(exam)
    for page, expected in (("correct_key", 10), ("withdraw_question", 7)):
        with CaptureQueriesContext(connection) as captured:
            assert look(client, version, page=page).status_code == 200
        beside = ("django_session", 'FROM "accounts_user" WHERE', "SAVEPOINT", "auth_permission")
        own = [one for one in captured if not any(word in one["sql"] for word in beside)]
        assert len(own) == expected


# --- Confirming


def test_confirming_corrects_and_says_what_came_of_it(client, reviewer, exam):
    result = sat(exam, "winner", right=3, first="C")
    page = text(confirm(client, first_version(exam)))
    assert "Key corrected. 1 result rescored. 1 candidate is told by e-mail." in page
    assert "Draft the next version too" in page
    assert standing(result) == (3, 750, True)
    assert result.revisions.get().actor == reviewer


def test_with_a_later_version_there_is_no_hint(client, reviewer, exam):
    version = first_version(exam)
    QuestionVersion.objects.create(question=version.question, number=2, kind="single", stem="x")
    assert "Draft the next version too" not in text(confirm(client, version))


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"reason": " "}, "Say why"),
        ({"looked": "D"}, "look at it first"),
        ({"seen": "A"}, "Somebody corrected it meanwhile"),
        ({}, "tick the box to agree"),
    ],
)
def test_what_is_missing_is_told_and_nothing_moves(data, fault, client, reviewer, exam):
    result = sat(exam, "ada", right=3)
    response = confirm(client, first_version(exam), **data)
    assert response.status_code == 422
    assert fault in text(response)
    assert standing(result) == (3, 750, True)
    assert first_version(exam).corrected_key == ""


def test_with_the_tick_passes_turn(client, reviewer, exam):
    result = sat(exam, "ada", right=3)
    assert confirm(client, first_version(exam), may_fail="on").status_code == 200
    assert standing(result) == (2, 533, False)


def test_a_pass_that_came_meanwhile_needs_the_tick_too(client, reviewer, exam, monkeypatch):
    preview = corrections.preview

    def before_a_submit(version, *, key):
        impact = preview(version, key=key)
        sat(exam, "late", right=3)
        return impact

    monkeypatch.setattr(corrections, "preview", before_a_submit)
    response = confirm(client, first_version(exam))
    assert response.status_code == 422
    assert "A sitting that came in meanwhile passed" in text(response)
    assert first_version(exam).corrected_key == ""


def test_whoever_is_slower_is_told(client, reviewer, exam, monkeypatch):
    monkeypatch.setattr(corrections, "correct_key", lambda *args, **kwargs: None)
    response = confirm(client, first_version(exam))
    assert response.status_code == 422
    assert "Somebody corrected it meanwhile" in text(response)


# --- Withdrawing


def test_withdrawing(client, reviewer, exam):
    result = sat(exam, "ada", right=3, first="A")
    version = first_version(exam)
    page = text(look(client, version, page="withdraw_question"))
    assert "1 fail would turn into a pass." in page
    page = text(confirm(client, version, page="withdraw_question"))
    assert "Withdrawn, with credit to all. 1 result rescored." in page
    assert standing(result) == (3, 750, True)
    for name in PAGES:
        page = text(client.get(url(name, version)))
        assert "nothing more can be corrected" in page
        assert "Dry run" not in page
    assert confirm(client, version).status_code == 200
    assert first_version(exam).corrected_key == ""


# --- What follows: the question's life and the candidate's report


def test_the_life_of_the_question_leads_here(client, reviewer, exam):
    version = first_version(exam)
    page = text(client.get(reverse("question_life", args=[version.question_id])))
    assert url("correct_key", version) in page
    assert url("withdraw_question", version) in page


def report_of(client, result):
    client.force_login(result.sitting.candidate)
    address = reverse("report", args=[result.pk])
    with CaptureQueriesContext(connection) as captured:
        page = text(client.get(address))
    beside = ("django_session", 'FROM "accounts_user"', "SAVEPOINT")
    own = [one for one in captured if not any(word in one["sql"] for word in beside)]
    return page, len(own)


def test_the_report_tells_the_history_and_the_key_that_counts(client, exam):
    result = make_result(exam=exam, right=3)
    version = first_version(exam)
    corrections.correct_key(version, key="C", actor=staff(), reason=WHY, may_fail=True)
    page, statement_count = report_of(client, result)
    assert "from 750 (PASS) to 533 (FAIL), because" in page
    assert "the key of question 1 was corrected" in page
    assert WHY in page
    assert "Key corrected on" in page
    assert '<h1 class="verdict fail" id="verdict">FAIL</h1>' in page
    assert statement_count == 6


def test_the_report_tells_of_a_withdrawal(client, exam):
    result = sat(exam, "ada", right=3, first="A")
    corrections.withdraw(first_version(exam), actor=staff(), reason=WHY)
    page, statement_count = report_of(client, result)
    assert "from 533 (FAIL) to 750 (PASS), because" in page
    assert "Withdrawn: credited to all" in page
    assert "Review 1 missed question<" in page
    assert statement_count == 6


def test_where_nothing_changed_the_report_says_nothing(client, exam):
    result = make_result(exam=exam, right=3)
    make_open_sitting(exam, make_user("b@passline.example"), right=1)
    page, statement_count = report_of(client, result)
    assert "score-history" not in page
    assert statement_count == 5
