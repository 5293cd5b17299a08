"""From nobody to a person who is logged in."""

import re
import smtplib

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse

from accounts.models import User
from tests.accounts.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
SIGN_UP = "/account/signup/"
FIELDS = {"email": "New@Example.org", "password1": PASSWORD, "time_zone": "Asia/Calcutta"}


def logged_in(client):
    return client.session.get("_auth_user_id")


def test_signup_logs_in_at_once(client):
    response = client.post(SIGN_UP, FIELDS)
    user = User.objects.get()
    assert (response.status_code, response.url) == (302, reverse("home"))
    assert logged_in(client) == str(user.pk)
    assert (user.email, user.time_zone, user.is_staff) == (
        "new@example.org",
        "Asia/Calcutta",
        False,
    )


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "UTC\x00", None])
def test_unknown_time_zone_becomes_utc(client, zone):
    fields = FIELDS | {"time_zone": zone}
    client.post(SIGN_UP, {name: value for name, value in fields.items() if value is not None})
    assert User.objects.get().time_zone == "UTC"


def test_confirmation_is_asked_for_and_stands_in_nobodys_way(client):
    client.post(SIGN_UP, FIELDS)
    letter = mail.outbox[0]
    assert letter.subject == "Welcome to Passline: confirm your e-mail address"
    assert letter.to == ["new@example.org"]
    link = re.search(r"http://testserver(\S+)", letter.body)[1]
    assert b"Is <strong>new@example.org</strong> your address" in client.get(link).content
    assert not EmailAddress.objects.get().verified
    client.post(link)
    assert EmailAddress.objects.get().verified


def test_confirmation_works_without_a_session(client, django_user_model):
    client.post(SIGN_UP, FIELDS)
    link = re.search(r"http://testserver(\S+)", mail.outbox[0].body)[1]
    client.cookies.clear()
    assert client.post(link).url == reverse("account_login")
    assert EmailAddress.objects.get().verified


def test_session_data_of_a_guest_survives_and_the_key_changes(client):
    session = client.session
    session["kept"] = "yes"
    session.save()
    before = session.session_key
    client.post(SIGN_UP, FIELDS)
    assert client.session["kept"] == "yes"
    assert client.session.session_key != before


def test_known_address_looks_like_any_other(client):
    make_user("new@example.org", time_zone="Europe/Zurich")
    response = client.post(SIGN_UP, FIELDS | {"password1": "quiet-maple-harbor"}, follow=True)
    assert response.redirect_chain == [(reverse("account_email_verification_sent"), 302)]
    assert b"already" not in response.content.replace(b"Already have", b"")
    assert logged_in(client) is None
    assert [letter.subject for letter in mail.outbox] == ["You already have an account"]
    assert User.objects.count() == 1


def test_known_address_is_written_to_once_in_a_while(client):
    make_user("new@example.org")
    for _ in range(3):
        client.post(SIGN_UP, FIELDS | {"password1": "quiet-maple-harbor"})
    assert len(mail.outbox) == 1


def test_signing_up_again_with_the_right_password_logs_in(client):
    user = make_user("new@example.org", time_zone="Europe/Zurich")
    response = client.post(SIGN_UP, FIELDS | {"next": "/account/"})
    assert (response.status_code, response.url) == (302, "/account/")
    assert logged_in(client) == str(user.pk)
    user.refresh_from_db()
    assert user.time_zone == "Europe/Zurich"
    assert mail.outbox == []


def test_double_click_makes_one_account(client, monkeypatch):
    user = make_user("new@example.org")
    monkeypatch.setattr(
        "accounts.forms.SignupForm.validate_unique_email", lambda self, value: value
    )
    response = client.post(SIGN_UP, FIELDS)
    assert (response.status_code, logged_in(client)) == (302, str(user.pk))
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("password", "reason"),
    [("password1", "too common"), ("short7!", "too short"), ("new@example.org", "too similar")],
)
def test_weak_password_is_refused_beside_the_field(client, password, reason):
    response = client.post(SIGN_UP, FIELDS | {"password1": password})
    html = response.content.decode()
    tag = re.search(r'<input[^>]*name="password1"[^>]*>', html)[0]
    assert reason in html
    assert 'aria-invalid="true"' in tag
    assert "id_password1_error" in re.search(r'aria-describedby="([^"]*)"', tag)[1]
    assert 'id="id_password1_error"' in html
    assert not User.objects.exists()


def test_broken_mail_server_stops_no_signup(client, monkeypatch):
    def refuse(self, messages):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    response = client.post(SIGN_UP, FIELDS)
    assert (response.status_code, logged_in(client) is not None) == (302, True)


def test_page_asks_for_address_and_one_password(client):
    html = client.get(SIGN_UP).content.decode()
    shown = re.findall(r'<input type="(?:email|password|text)" name="(\w+)"', html)
    assert shown == ["email", "password1"]
    assert "data-browser-time-zone" in html
    assert "placeholder" not in html
