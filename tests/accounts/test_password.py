"""A forgotten password, a changed one."""

import re

import pytest
from django.core import mail
from django.test import Client

from tests.accounts.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
RESET = "/account/password/reset/"
NEW = "quiet-maple-harbor"


def link_in(letter):
    return re.search(r"http://testserver(/account/password/reset/key/\S+)", letter.body)[1]


def follow_link(client):
    """The page that the link in the last letter ends at: its address, without the key."""
    return client.get(link_in(mail.outbox[-1])).url


def test_reset_by_link(client, ada):
    client.post(RESET, {"email": "ADA@example.org"})
    assert mail.outbox[0].subject == "Choose a new password"
    form_url = follow_link(client)
    assert "set-password" in form_url
    response = client.post(form_url, {"password1": NEW}, follow=True)
    assert b"Your password is changed" in response.content
    ada.refresh_from_db()
    assert ada.check_password(NEW)
    assert mail.outbox[-1].subject == "Your password is reset"


def test_link_works_once(client, ada):
    client.post(RESET, {"email": ada.email})
    link = link_in(mail.outbox[0])
    client.post(client.get(link).url, {"password1": NEW})
    assert b"This link no longer works" in Client().get(link).content


def test_unknown_address_gets_the_same_page(client, ada):
    known = client.post(RESET, {"email": ada.email}, follow=True)
    unknown = client.post(RESET, {"email": "who@example.org"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    assert strip_token(known.content) == strip_token(unknown.content)
    assert mail.outbox[1].subject == "There is no account with this address"


def strip_token(html):
    return re.sub(rb'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"', b"", html)


def test_reset_ends_other_sessions(client, ada):
    other = Client()
    other.force_login(ada)
    client.post(RESET, {"email": ada.email})
    client.post(follow_link(client), {"password1": NEW})
    assert other.get("/account/").status_code == 302


def test_reset_refuses_a_common_password(client, ada):
    client.post(RESET, {"email": ada.email})
    response = client.post(follow_link(client), {"password1": "password1"})
    assert response.context["form"].errors["password1"] == ["This password is too common."]


def test_change_keeps_this_session_and_ends_the_others(client, ada):
    other = Client()
    other.force_login(ada)
    client.force_login(ada)
    fields = {"oldpassword": PASSWORD, "password1": NEW}
    assert client.post("/account/password/change/", fields).url == "/account/"
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
    assert mail.outbox[-1].subject == "Your password is changed"


def test_change_needs_the_current_password(client, ada):
    client.force_login(ada)
    fields = {"oldpassword": "wrong", "password1": NEW}
    response = client.post("/account/password/change/", fields)
    assert response.context["form"].errors == {
        "oldpassword": ["This is not your current password."]
    }


def test_account_without_password_sets_one(client):
    user = make_user()
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    assert client.get("/account/password/change/").url == "/account/password/set/"
    client.post("/account/password/set/", {"password1": NEW})
    user.refresh_from_db()
    assert user.check_password(NEW)
