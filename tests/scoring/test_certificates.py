"""Practice certificates: who gets one, what it says, and when it no longer stands."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from exams.models import Exam, Sitting
from questions.models import Certification
from scoring import certificates, corrections, printing
from scoring.models import Certificate, Result
from tests.exams.factories import make_user, submit
from tests.scoring.factories import make_mock, make_open_sitting

pytestmark = pytest.mark.django_db
NOT_OF_AWS = "This is a practice certificate of Passline, not a certificate of Amazon Web Services."


@pytest.fixture
def ada():
    return make_user(name="Ada Lovelace")


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


def sat(candidate, *, right=3, exam=None, **fields):
    return submit(make_open_sitting(exam or make_mock(**fields), candidate, right=right))


def ask(client, sitting, **data):
    return client.post(reverse("issue_certificate", args=[sitting.pk]), data)


def page_of(certificate):
    return reverse("certificate", args=[certificate.token])


# --- Issued on first asking


def test_a_pass_gets_one_by_the_candidates_name(as_ada, ada):
    sitting = sat(ada)
    reply = ask(as_ada, sitting)
    certificate = Certificate.objects.get()
    assert reply["Location"] == page_of(certificate)
    assert (certificate.result_id, certificate.name) == (sitting.pk, "Ada Lovelace")


def test_asking_again_gives_the_same(as_ada, ada):
    sitting = sat(ada)
    ask(as_ada, sitting)
    ada.name = "Countess"
    ada.save()
    ask(as_ada, sitting, name="Somebody else")
    assert Certificate.objects.get().name == "Ada Lovelace"


def test_a_name_is_asked_for_where_there_is_none(client):
    nobody = make_user()
    client.force_login(nobody)
    sitting = sat(nobody)
    asked = ask(client, sitting)
    assert (asked.status_code, "Whose certificate is it?" in asked.content.decode()) == (200, True)
    assert ask(client, sitting, name="  ").status_code == 422
    assert ask(client, sitting, name="N" * 101).status_code == 422
    assert not Certificate.objects.exists()
    ask(client, sitting, name="Grace  Hopper")
    assert Certificate.objects.get().name == "Grace Hopper"


@pytest.mark.parametrize(
    ("right", "fields"),
    [(2, {}), (3, {"pool": "sample"}), (3, {"mode": "practice"}), (3, {"results_mode": "later"})],
)
def test_no_certificate_for_anything_else(as_ada, ada, right, fields):
    sitting = sat(ada, right=right)
    Exam.objects.update(**fields)
    if "results_mode" in fields:
        Result.objects.update(release_at=None)
    assert ask(as_ada, sitting).status_code == 404
    assert not Certificate.objects.exists()


def test_a_stranger_gets_none(client, ada):
    sitting = sat(ada)
    assert ask(client, sitting)["Location"].startswith("/account/login/")
    client.force_login(make_user("bob@passline.example"))
    assert ask(client, sitting).status_code == 404


@pytest.mark.parametrize(
    ("day", "years", "until"),
    [
        (date(2026, 11, 24), 3, date(2029, 11, 24)),
        (date(2028, 2, 29), 3, date(2031, 2, 28)),
        (date(2028, 2, 29), 4, date(2032, 2, 29)),
    ],
)
def test_valid_for_years(day, years, until):
    assert certificates.years_after(day, years) == until


def test_the_years_are_those_of_the_certification(ada):
    sitting = sat(ada)
    day = timezone.localdate(sitting.submitted_at)
    assert certificates.expiry(sitting) == certificates.years_after(day, 3)
    Certification.objects.update(valid_years=2)
    assert certificates.expiry(Sitting.objects.get()) == certificates.years_after(day, 2)


# --- Verified by anybody


@pytest.fixture
def issued(ada):
    return certificates.issue(sat(ada), name="Ada Lovelace")


def test_anybody_may_verify_it(client, issued):
    page = client.get(page_of(issued))
    text = page.content.decode()
    for words in ("Valid</span>", "Ada Lovelace", "Mock exam 1", str(issued.token), NOT_OF_AWS):
        assert words in text
    assert "ada@passline.example" not in text
    assert page["X-Robots-Tag"] == "noindex"


def test_an_unknown_address_verifies_nothing(client, issued):
    assert client.get(reverse("certificate", args=[uuid4()])).status_code == 404


def test_it_expires(client, issued):
    Certificate.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    assert "Expired</span>" in client.get(page_of(issued)).content.decode()


def test_a_correction_withdraws_it_and_may_give_it_back(client, issued):
    version = Sitting.objects.get().responses.get(position=1).form_question.version
    rev = make_user("rev@passline.example")
    corrections.correct_key(version, key="C", actor=rev, reason="Wrong.", may_fail=True)
    page = client.get(page_of(issued)).content.decode()
    assert "This certificate is withdrawn" in page
    assert "Ada Lovelace" not in page
    pdf = client.get(reverse("certificate_pdf", args=[issued.token]))
    assert pdf["Location"] == page_of(issued)
    version.refresh_from_db()
    corrections.withdraw(version, actor=rev, reason="Not worth it.")
    assert "Valid</span>" in client.get(page_of(issued)).content.decode()


def test_it_goes_with_the_account(client, issued, ada):
    ada.delete()
    assert client.get(page_of(issued)).status_code == 404


def test_the_page_takes_one_statement(client, issued, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(page_of(issued))


def test_the_report_offers_it_and_then_shows_it(as_ada, ada):
    sitting = sat(ada)
    report = reverse("report", args=[sitting.pk])
    assert "Issue the certificate" in as_ada.get(report).content.decode()
    certificate = certificates.issue(sitting, name="Ada")
    assert page_of(certificate) in as_ada.get(report).content.decode()


def test_without_pango_the_page_stays(client, issued, monkeypatch):
    monkeypatch.setattr(printing, "is_available", lambda: False)
    page = client.get(page_of(issued)).content.decode()
    assert "Download as PDF" not in page
    assert "data-print" in page
    reply = client.get(reverse("certificate_pdf", args=[issued.token]))
    assert reply["Location"] == page_of(issued)
