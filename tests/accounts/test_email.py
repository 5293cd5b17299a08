"""One address an account: the next one waits until its owner confirms it."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from accounts.models import User
from tests.accounts.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
PAGE = "/account/email/"


@pytest.fixture
def at_home(client, ada):
    """Ada's browser, just after she gave her password again."""
    client.force_login(ada)
    client.post(f"/account/reauthenticate/?next={PAGE}", {"password": PASSWORD})
    return client


def ask_for(client, email):
    return client.post(PAGE, {"action_add": "", "email": email})


def link():
    return re.search(r"http://testserver(/account/confirm-email/\S+)", mail.outbox[-1].body)[1]


def addresses(user):
    rows = EmailAddress.objects.filter(user=user).order_by("email")
    return [(row.email, row.verified, row.primary) for row in rows]


def test_change_asks_for_the_password_first(client, ada):
    client.force_login(ada)
    response = ask_for(client, "ada@new.example")
    assert response.url == f"/account/reauthenticate/?next={PAGE.replace('/', '%2F')}"
    assert addresses(ada) == [("ada@example.org", True, True)]
    client.post(response.url, {"password": PASSWORD})
    assert addresses(ada) == [("ada@example.org", True, True), ("ada@new.example", False, False)]


def test_new_address_takes_over_when_confirmed(at_home, ada):
    ask_for(at_home, "Ada@New.example")
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"
    at_home.post(link())
    ada.refresh_from_db()
    assert ada.email == "ada@new.example"
    assert addresses(ada) == [("ada@new.example", True, True)]
    assert mail.outbox[-1].to == ["ada@example.org"]
    assert mail.outbox[-1].subject == "Your e-mail address is changed"


def test_a_second_thought_replaces_the_first(at_home, ada):
    ask_for(at_home, "one@new.example")
    ask_for(at_home, "two@new.example")
    assert addresses(ada) == [("ada@example.org", True, True), ("two@new.example", False, False)]


def test_an_account_that_never_confirmed_keeps_its_address(at_home, ada):
    EmailAddress.objects.update(verified=False)
    ask_for(at_home, "ada@new.example")
    ask_for(at_home, "ada@newer.example")
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"
    assert addresses(ada) == [
        ("ada@example.org", False, True),
        ("ada@newer.example", False, False),
    ]
    at_home.post(link())
    assert addresses(ada) == [("ada@newer.example", True, True)]


def test_pending_address_can_be_dropped_and_the_present_one_cannot(at_home, ada):
    ask_for(at_home, "ada@new.example")
    at_home.post(PAGE, {"action_remove": "", "email": "ada@example.org"})
    at_home.post(PAGE, {"action_remove": "", "email": "ada@new.example"})
    assert addresses(ada) == [("ada@example.org", True, True)]


def test_no_address_takes_over_on_demand(at_home, ada):
    EmailAddress.objects.update(verified=False)
    ask_for(at_home, "ada@new.example")
    response = at_home.post(PAGE, {"action_primary": "", "email": "ada@new.example"})
    ada.refresh_from_db()
    assert (response.status_code, ada.email) == (404, "ada@example.org")


def test_address_of_another_account_is_not_told_and_never_taken(at_home, ada):
    bob = make_user("bob@example.org", verified=False)
    assert ask_for(at_home, "bob@example.org").status_code == 302
    response = at_home.post(link(), follow=True)
    assert b"belongs to another account" in response.content
    assert list(User.objects.order_by("email").values_list("email", flat=True)) == [
        "ada@example.org",
        bob.email,
    ]


def test_link_is_sent_again(client):
    user = make_user(verified=False)
    client.force_login(user)
    client.post(PAGE, {"action_send": "", "email": user.email})
    client.post(link())
    assert addresses(user) == [(user.email, True, True)]


def test_stale_link(client):
    response = client.get("/account/confirm-email/nonsense/")
    assert (response.status_code, b"This link has expired" in response.content) == (200, True)


def test_link_in_the_browser_of_somebody_else_logs_them_out(at_home, ada):
    ask_for(at_home, "ada@new.example")
    bob = make_user("bob@example.org")
    at_home.force_login(bob)
    at_home.get(link())
    assert "_auth_user_id" not in at_home.session
