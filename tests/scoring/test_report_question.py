"""A candidate reports a question: of the own, submitted sitting only, once, guests too."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exams.guests import SESSION_KEY
from questions.models import QuestionReport
from tests.exams.factories import make_exam, make_form, make_sitting, make_user, submit

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
WORDS = {"reason": "key", "text": "The documentation says C."}


@pytest.fixture
def ada():
    return make_user()


@pytest.fixture
def sitting(ada):
    return submit(make_sitting(make_form(make_exam()), ada))


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


@pytest.fixture
def guest_sitting(client):
    key = uuid4()
    session = client.session
    session[SESSION_KEY] = str(key)
    session.save()
    form = make_form(make_exam(is_open_to_guests=True, slug="sample"))
    return submit(make_sitting(form, guest_key=key))


def address(sitting, position=2):
    return reverse("report_question", args=[sitting.pk, position])


def version_at(sitting, position):
    return sitting.responses.get(position=position).form_question.version


def test_the_review_links_to_the_form(as_ada, sitting):
    text = as_ada.get(reverse("report", args=[sitting.pk])).content.decode()
    for position in (1, 2, 3, 4):
        assert f'hx-get="{address(sitting, position)}"' in text


def test_the_form_comes_as_a_part_and_as_a_page(as_ada, sitting):
    part = as_ada.get(address(sitting), headers=HTMX).content.decode()
    page = as_ada.get(address(sitting)).content.decode()
    assert part.lstrip().startswith('<form class="form no-print" id="report-question-2"')
    assert "<html" in page
    assert version_at(sitting, 2).stem_html in page


def test_a_report_reaches_the_reviewers(as_ada, ada, sitting):
    answer = as_ada.post(address(sitting), WORDS, headers=HTMX)
    assert answer.status_code == 200
    assert "Thank you. A reviewer will look at the question." in answer.content.decode()
    report = QuestionReport.objects.get()
    assert (report.version, report.reporter) == (version_at(sitting, 2), ada)
    assert (report.reason, report.text) == ("key", "The documentation says C.")
    assert report.resolved_at is None


def test_without_scripts_it_leads_back_to_the_review(as_ada, sitting):
    answer = as_ada.post(address(sitting), WORDS, follow=True)
    assert answer.redirect_chain == [(reverse("report", args=[sitting.pk]), 302)]
    assert "Thank you. A reviewer will look at the question." in answer.content.decode()


@pytest.mark.parametrize(
    "words", [{}, {"reason": "nonsense"}, {"reason": "key", "text": "x" * 2001}]
)
def test_what_is_not_a_report_comes_back(as_ada, sitting, words):
    answer = as_ada.post(address(sitting), words, headers=HTMX)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not QuestionReport.objects.exists()


def test_one_open_report_a_reporter_and_version(as_ada, sitting):
    as_ada.post(address(sitting), WORDS, headers=HTMX)
    again = as_ada.post(address(sitting), WORDS, headers=HTMX)
    assert "You have reported this question already." in again.content.decode()
    as_ada.post(address(sitting, 3), WORDS, headers=HTMX)
    assert QuestionReport.objects.count() == 2


def test_after_it_is_resolved_one_may_report_again(as_ada, sitting):
    as_ada.post(address(sitting), WORDS)
    QuestionReport.objects.update(resolved_at="2026-11-24T09:00Z")
    as_ada.post(address(sitting), WORDS)
    assert QuestionReport.objects.filter(resolved_at=None).count() == 1


def test_a_guest_reports_once_a_browser(client, guest_sitting):
    first = client.post(address(guest_sitting), WORDS, headers=HTMX)
    again = client.post(address(guest_sitting), WORDS, headers=HTMX)
    assert "Thank you." in first.content.decode()
    assert "You have reported this question already." in again.content.decode()
    report = QuestionReport.objects.get()
    assert (report.reporter, report.version) == (None, version_at(guest_sitting, 2))


def test_no_question_of_others_of_open_sittings_or_of_none(client, as_ada, ada, sitting):
    running = make_sitting(make_form(make_exam(slug="mock-2")), ada)
    assert as_ada.get(address(running)).status_code == 404
    assert as_ada.post(address(running), WORDS).status_code == 404
    assert as_ada.post(address(sitting, 5), WORDS).status_code == 404
    client.force_login(make_user("bob@passline.example"))
    assert client.get(address(sitting)).status_code == 404
    assert client.post(address(sitting), WORDS).status_code == 404
    client.logout()
    assert client.post(address(sitting), WORDS).status_code == 404
    assert not QuestionReport.objects.exists()


def test_the_form_costs_two_statements(as_ada, sitting):
    with CaptureQueriesContext(connection) as captured:
        as_ada.get(address(sitting), headers=HTMX)
    beside = ("django_session", 'FROM "accounts_user"', "SAVEPOINT")
    own = [one["sql"] for one in captured if not any(word in one["sql"] for word in beside)]
    assert len(own) == 2
