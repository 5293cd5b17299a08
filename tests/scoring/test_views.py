"""Home, results and report over HTTP: what is shown, to whom, in how many statements."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exams.guests import SESSION_KEY
from exams.models import Response, Sitting
from scoring.models import Result
from tests.exams.factories import (
    make_exam,
    make_form,
    make_sitting,
    make_user,
    respond,
    respond_all,
    submit,
)
from tests.questions.factories import make_certification, make_question

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "review"}


@pytest.fixture
def ada():
    return make_user()


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


def sit(candidate, count=4, *, right=3, form=None, **fields) -> Sitting:
    form = form or make_form(make_exam(question_count=count, **fields))
    sitting = make_sitting(form, candidate)
    respond_all(sitting, right=right)
    return submit(sitting)


def guest_of(client) -> object:
    """Give the client's browser a guest key and return it."""
    key = uuid4()
    session = client.session
    session[SESSION_KEY] = str(key)
    session.save()
    return key


def own_statements(client, url) -> list[str]:
    """The statements of a view, those for session and user left out."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    beside = ("django_session", 'FROM "accounts_user"', "SAVEPOINT")
    return [one["sql"] for one in captured if not any(word in one["sql"] for word in beside)]


def report_url(sitting, query="") -> str:
    return reverse("report", args=[sitting.pk]) + query


# --- The report


def test_a_pass_says_so_first(as_ada, ada):
    sitting = sit(ada, 4, right=3)

    page = as_ada.get(report_url(sitting))

    assert page.status_code == 200
    text = page.content.decode()
    assert '<h1 class="verdict pass" id="verdict">PASS</h1>' in text
    assert "likely range 533\N{EN DASH}900" in text
    assert "3 of 4 scored questions right, 3 needed to pass." in text
    assert "Review 1 missed question<" in text
    assert page["Cache-Control"] == "private, no-store"


def test_a_fail_says_so_first(as_ada, ada):
    text = as_ada.get(report_url(sit(ada, 4, right=2))).content.decode()

    assert '<h1 class="verdict fail" id="verdict">FAIL</h1>' in text
    assert "Review 2 missed questions" in text


@pytest.mark.parametrize("count", [10, 65])
def test_the_report_takes_five_statements(as_ada, ada, count):
    sitting = sit(ada, count, right=count - 3)

    assert len(own_statements(as_ada, report_url(sitting))) == 5


def test_a_stranger_finds_nothing(client, ada):
    sitting = sit(ada)
    client.force_login(make_user("bob@passline.example"))

    assert client.get(report_url(sitting)).status_code == 404
    assert "Mock exam 1" not in client.get(reverse("results")).content.decode()


def test_a_guest_finds_nothing_of_an_account(client, ada):
    sitting = sit(ada)
    guest_of(client)

    assert client.get(report_url(sitting)).status_code == 404


def test_a_guest_reads_the_report_of_this_browser_and_may_keep_it(client):
    form = make_form(make_exam(is_open_to_guests=True))
    sitting = submit(make_sitting(form, guest_key=guest_of(client)))

    text = client.get(report_url(sitting)).content.decode()

    assert "Sign up to keep it" in text
    assert reverse("account_signup") + "?next=" + report_url(sitting) in text


def test_an_open_sitting_leads_back_to_the_room(as_ada, ada):
    sitting = make_sitting(make_form(make_exam()), ada)

    page = as_ada.get(report_url(sitting))

    assert (page.status_code, page["Location"]) == (302, reverse("room", args=[sitting.pk]))


def test_an_overdue_sitting_is_closed_first(as_ada, ada):
    sitting = make_sitting(make_form(make_exam()), ada, started_ago=timedelta(hours=2))

    text = as_ada.get(report_url(sitting)).content.decode()

    sitting.refresh_from_db()
    assert sitting.submitted_at == sitting.deadline
    assert "Time ran out" in text
    assert "1 h of 1 h" in text


def test_the_review_shows_what_was_asked_for(as_ada, ada):
    sitting = sit(ada, 4, right=2)

    text = as_ada.get(report_url(sitting, "?show=missed")).content.decode()

    assert 'id="question-3"' in text
    assert 'id="question-4"' in text
    assert 'id="question-1"' not in text
    assert "2 of 4 questions shown." in text
    assert "<h1" in text


def test_htmx_gets_the_review_alone(as_ada, ada):
    sitting = sit(ada, 4, right=2)

    text = as_ada.get(report_url(sitting, "?show=missed"), headers=HTMX).content.decode()

    assert text.strip().startswith('<section class="stack" id="review"')
    assert text.strip().endswith("</section>")
    assert 'id="question-3"' in text


@pytest.mark.parametrize(
    ("show", "text"),
    [
        ("missed", "Nothing missed: every response was right."),
        ("flagged", "You flagged no question in this sitting."),
        ("unanswered", "You left no question unanswered."),
    ],
)
def test_an_empty_filter_says_why(as_ada, ada, show, text):
    sitting = sit(ada, 2, right=2)

    assert text in as_ada.get(report_url(sitting, f"?show={show}")).content.decode()


@pytest.mark.parametrize("kind", ["single", "multiple", "ordering", "matching"])
def test_every_kind_is_explained(as_ada, ada, kind):
    certification = make_certification()
    version = make_question(certification, kind=kind)
    form = make_form(make_exam(certification, question_count=1), [version])
    sitting = sit(ada, form=form, right=0)

    text = as_ada.get(report_url(sitting)).content.decode()

    assert version.stem_html in text
    assert version.explanation_html in text
    for option in version.options.all():
        assert option.html in text
        assert option.rationale_html in text
    for prompt in version.prompts.all():
        assert prompt.html in text
        assert prompt.rationale_html in text
    assert 'href="https://docs.example.com/' in text
    assert 'rel="noopener"' in text


def test_flagged_struck_incomplete_and_unscored_are_named(as_ada, ada):
    form = make_form(make_exam(question_count=2, unscored_count=1), unscored=1)
    sitting = make_sitting(form, ada)
    respond(sitting, 2, "A", is_flagged=True)
    Response.objects.filter(sitting=sitting, position=2).update(choose_count=2, struck="BCD")
    submit(sitting)

    text = as_ada.get(report_url(sitting)).content.decode()

    assert "Incomplete response" in text
    assert "Flagged</span>" in text
    assert '<span class="pill accent">Unscored</span>' in text
    assert "1 of the 2 questions was unscored" in text
    assert "Struck out</span>" in text


def test_extra_time_is_named(client):
    candidate = make_user(extra_time_percent=25)
    client.force_login(candidate)

    text = client.get(report_url(sit(candidate))).content.decode()

    assert "15 minutes, included" in text
    assert "of 1 h 15 min" in text


def test_times_are_those_of_the_person(client):
    candidate = make_user(time_zone="Europe/Berlin")
    client.force_login(candidate)

    assert "Europe/Berlin" in client.get(report_url(sit(candidate))).content.decode()


def test_the_summary_is_told(as_ada, ada):
    sitting = sit(ada)

    assert "On its way to ada@passline.example." in as_ada.get(report_url(sitting)).content.decode()
    Result.objects.filter(pk=sitting.pk).update(emailed_at=sitting.submitted_at)
    assert "Sent to ada@passline.example on" in as_ada.get(report_url(sitting)).content.decode()
    Result.objects.filter(pk=sitting.pk).update(
        emailed_at=None, email_failed_at=sitting.submitted_at
    )
    assert "could not be delivered" in as_ada.get(report_url(sitting)).content.decode()


# --- Home


def test_home_welcomes_a_guest(client):
    certification = make_certification(
        name="Example Specialty", status="retired", successors=["NEXT-1", "NEXT-2"]
    )
    make_exam(certification, slug="sample", name="Sample", minutes=None, is_open_to_guests=True)
    make_exam(certification, slug="mock", name="Mock", position=1, minutes=180)

    text = client.get(reverse("home")).content.decode()

    assert "Start the sample questions, no account needed" in text
    assert f'href="{reverse("exam_detail", args=["sample"])}"' in text
    assert f"{reverse('account_signup')}?next={reverse('exam_detail', args=['mock'])}" in text
    assert "Its successors: NEXT-1, NEXT-2." in text
    assert "180 minutes" in text
    assert "untimed" in text


def test_home_tells_a_new_candidate_where_to_begin(as_ada, ada):
    form = make_form(make_exam(is_open_to_guests=True))
    hint = "No score yet."

    assert hint in as_ada.get(reverse("home")).content.decode()
    submit(make_sitting(form, ada))
    assert hint not in as_ada.get(reverse("home")).content.decode()


def test_home_without_any_exam_says_so(client):
    assert "Nothing to sit yet" in client.get(reverse("home")).content.decode()


def test_home_of_a_guest_shows_what_this_browser_sat(client):
    form = make_form(make_exam(is_open_to_guests=True))
    key = guest_of(client)
    done = submit(make_sitting(form, guest_key=key))
    running = make_sitting(form, guest_key=key)

    text = client.get(reverse("home")).content.decode()

    assert report_url(done) in text
    assert reverse("room", args=[running.pk]) in text
    assert "Sign up to keep your results" in text


def test_home_shows_a_running_sitting(as_ada, ada):
    sitting = make_sitting(make_form(make_exam()), ada, started_ago=timedelta(minutes=20))
    respond(sitting, 1, "A")

    text = as_ada.get(reverse("home")).content.decode()

    assert "Mock exam 1 is running" in text
    assert "1 of 4 questions answered" in text
    assert "(39 min left)" in text
    assert f'href="{reverse("room", args=[sitting.pk])}"' in text


def test_home_closes_what_is_overdue(as_ada, ada):
    sitting = make_sitting(make_form(make_exam()), ada, started_ago=timedelta(hours=2))

    text = as_ada.get(reverse("home")).content.decode()

    sitting.refresh_from_db()
    assert sitting.submitted_at == sitting.deadline
    assert "is running" not in text
    assert report_url(sitting) in text


@pytest.mark.parametrize("count", [1, 3])
def test_home_takes_seven_statements(as_ada, ada, count):
    form = make_form(make_exam())
    for _ in range(count):
        sit(ada, form=form)
    make_sitting(form, ada)

    assert len(own_statements(as_ada, reverse("home"))) == 7


def test_home_of_a_new_guest_takes_one_statement(client):
    make_exam(is_open_to_guests=True)

    assert len(own_statements(client, reverse("home"))) == 1


# --- Results


def test_results_are_listed_newest_first(as_ada, ada):
    form = make_form(make_exam())
    first, second = sit(ada, form=form, right=1), sit(ada, form=form, right=4)

    text = as_ada.get(reverse("results")).content.decode()

    assert text.index(report_url(second)) < text.index(report_url(first))
    assert "316 not passed" in text
    assert "1000 passed" in text


def test_results_come_in_pages(as_ada, ada, monkeypatch):
    monkeypatch.setattr("scoring.views.PAGE_SIZE", 2)
    form = make_form(make_exam(question_count=1))
    sittings = [sit(ada, form=form, right=1) for _ in range(3)]

    first = as_ada.get(reverse("results")).content.decode()
    second = as_ada.get(reverse("results"), {"page": 2}).content.decode()

    assert "Page 1 of 2" in first
    assert report_url(sittings[0]) not in first
    assert report_url(sittings[0]) in second


@pytest.mark.parametrize("count", [1, 3])
def test_results_take_two_statements(as_ada, ada, count):
    form = make_form(make_exam())
    for _ in range(count):
        sit(ada, form=form)

    assert len(own_statements(as_ada, reverse("results"))) == 2


def test_no_result_yet_points_to_the_exams(client):
    page = client.get(reverse("results"))

    assert "No result yet" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
