"""The score report and the certificate as PDF."""

import re
import subprocess
import sys

import pytest
from django.urls import reverse
from PIL import ImageFile

from exams.models import Sitting
from scoring import certificates, papers, printing, reports
from tests.exams.factories import make_user, submit
from tests.scoring.factories import make_mock, make_open_sitting

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:weasyprint"),
]
needs_pango = pytest.mark.skipif(not printing.is_available(), reason="no Pango here")


@pytest.fixture
def ada():
    return make_user(name="Ada Lovelace")


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


@pytest.fixture
def sitting(ada):
    return submit(make_open_sitting(make_mock(65), ada, right=55))


def pdf_url(sitting):
    return reverse("report_pdf", args=[sitting.pk])


def html_of(sitting, ada):
    row = reports.with_results(Sitting.objects).get(pk=sitting.pk)
    return printing.render_to_string(
        "scoring/after/report_paper.html", papers.score_report(row, ada)
    )


def test_the_paper_says_what_a_score_report_says(sitting, ada):
    plain = " ".join(re.sub(r"<[^>]+>", " ", html_of(sitting, ada)).split())
    for said in (
        "Ada Lovelace", "Candidate score 846", "Pass line 750", "Verdict PASS",
        "Domain 4: Domain 4 20% 6 / 16 Needs improvement", "55 of 65 scored questions right, 49",
        "It is no score report of Amazon Web Services",
    ):  # fmt: skip
        assert said in plain


def test_names_smuggle_nothing_in(sitting, ada):
    ada.name = '<img src="file:///etc/passwd">'
    assert "<img" not in html_of(sitting, ada)


@needs_pango
def test_the_report_is_a_pdf(as_ada, sitting):
    reply = as_ada.get(pdf_url(sitting))
    assert (reply.status_code, reply["Content-Type"]) == (200, "application/pdf")
    assert reply.content.startswith(b"%PDF-")
    assert reply["Cache-Control"] == "private, no-store"


@needs_pango
def test_a_certificate_is_a_pdf(client, sitting):
    certificate = certificates.issue(sitting, name="Ada Lovelace")
    reply = client.get(reverse("certificate_pdf", args=[certificate.token]))
    assert reply.content.startswith(b"%PDF-")
    assert reply["X-Robots-Tag"] == "noindex"


def test_a_paper_needs_its_owner(client, sitting):
    assert client.get(pdf_url(sitting))["Location"] == f"/account/login/?next={pdf_url(sitting)}"
    client.force_login(make_user("bob@passline.example"))
    assert client.get(pdf_url(sitting)).status_code == 404


def test_without_pango_the_button_goes_and_the_page_stays(as_ada, sitting, monkeypatch):
    monkeypatch.setattr(printing, "is_available", lambda: False)
    report = reverse("report", args=[sitting.pk])
    reply = as_ada.get(pdf_url(sitting), follow=True)
    assert reply.redirect_chain == [(report, 302)]
    text = reply.content.decode()
    assert "Please print this page." in text
    assert pdf_url(sitting) not in text
    assert "data-print" in text


def test_with_pango_the_report_leads_to_it(as_ada, sitting, monkeypatch):
    monkeypatch.setattr(printing, "is_available", lambda: True)
    assert pdf_url(sitting) in as_ada.get(reverse("report", args=[sitting.pk])).content.decode()


def test_the_paper_takes_four_statements(as_ada, sitting, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(printing, "pdf", lambda *args: b"%PDF-")
    monkeypatch.setattr(printing, "is_available", lambda: True)
    with django_assert_num_queries(4):  # session and person, sitting, domains
        as_ada.get(pdf_url(sitting))


def test_the_library_is_loaded_by_the_first_paper_only():
    script = "import django, sys; django.setup(); import config.urls; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "scoring.printing" in done.stdout.split()
    assert "weasyprint" not in done.stdout.split()


def test_uploads_stay_strict_after_a_paper():
    printing.weasyprint()
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
