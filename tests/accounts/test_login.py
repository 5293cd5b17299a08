"""The door: log in, log out, be let in only where one may go."""

import pytest
from django.urls import reverse

from tests.accounts.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
LOG_IN = "/account/login/"


def log_in(client, email="ada@example.org", password=PASSWORD, **fields):
    return client.post(LOG_IN, {"login": email, "password": password, **fields})


def logged_in(client):
    return client.session.get("_auth_user_id")


def test_login_by_address_in_any_case(client, ada):
    assert log_in(client, "ADA@Example.org").url == reverse("home")
    assert logged_in(client) == str(ada.pk)


def test_login_leaves_the_stored_time_zone(client, ada):
    log_in(client, time_zone="Asia/Tokyo")
    ada.refresh_from_db()
    assert ada.time_zone == "UTC"


def test_session_key_changes_and_guest_data_survives(client, ada):
    session = client.session
    session["kept"] = "yes"
    session.save()
    before = session.session_key
    log_in(client)
    assert client.session.session_key != before
    assert client.session["kept"] == "yes"


def test_wrong_password_and_unknown_address_read_the_same(client, ada):
    wrong = log_in(client, password="wrong").context["form"].errors
    unknown = log_in(client, "who@example.org").context["form"].errors
    assert wrong == unknown
    assert logged_in(client) is None


def test_sixth_failure_is_refused_even_with_the_right_password(client, ada):
    for _ in range(5):
        log_in(client, password="wrong")
    response = log_in(client)
    assert "Too many failed log-ins" in str(response.context["form"].errors)
    assert logged_in(client) is None


def test_many_requests_get_429_in_our_look(client, ada, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    statuses = [log_in(client, password="wrong").status_code for _ in range(3)]
    response = log_in(client)
    assert (statuses, response.status_code) == ([200, 200, 429], 429)
    assert b"Too many tries" in response.content
    assert b"site-header" in response.content


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "http:///evil"]
)
def test_next_leads_nowhere_else(client, ada, target):
    assert log_in(client, next=target).url == reverse("home")


def test_next_leads_within(client, ada):
    assert log_in(client, next="/account/").url == "/account/"


def test_inactive_account_is_told_so(client, ada):
    ada.is_active = False
    ada.save()
    response = log_in(client)
    assert response.url == reverse("account_inactive")
    assert b"switched off" in client.get(response.url).content
    assert logged_in(client) is None


def test_inactive_account_with_wrong_password_learns_nothing(client, ada):
    ada.is_active = False
    ada.save()
    assert log_in(client, password="wrong").status_code == 200


def test_logout_asks_and_then_ends_the_session(client, ada):
    client.force_login(ada)
    assert b"Log out?" in client.get("/account/logout/").content
    assert logged_in(client) == str(ada.pk)
    assert client.post("/account/logout/").url == reverse("home")
    assert logged_in(client) is None


def test_switched_off_while_logged_in(client, ada):
    client.force_login(ada)
    ada.is_active = False
    ada.save()
    assert client.get("/account/").status_code == 302


def test_admin_has_the_same_door(client, ada):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/account/login/?next=")
    client.force_login(ada)
    assert client.get("/admin/login/").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/account/",
        "/account/email/",
        "/account/password/change/",
        "/account/2fa/",
        "/account/data/",
        "/account/delete/",
    ],
)
def test_stranger_is_sent_to_the_login(client, path):
    make_user()
    response = client.get(path)
    assert (response.status_code, response.url) == (302, f"/account/login/?next={path}")
