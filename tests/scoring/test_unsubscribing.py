"""One click out of the reminders, and back in."""

import pytest
from django.test import Client
from django.urls import reverse

from scoring import unsubscribing
from tests.exams.factories import make_user
from tests.scoring.test_reminding import make_card

pytestmark = pytest.mark.django_db

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def ada():
    return make_user(wants_review_reminders=True)


def path(user, kind="review") -> str:
    return unsubscribing.address(user, kind).removeprefix("http://127.0.0.1:8000")


def words(response) -> str:
    return " ".join(response.content.decode().split())


def switches(user):
    user.refresh_from_db()
    return user.wants_review_reminders, user.wants_exam_reminders


def test_a_mail_program_posts_once_without_cookies(ada):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(path(ada), ONE_CLICK)
    assert (response.status_code, switches(ada)) == (200, (False, True))
    assert "They are stopped." in words(response)


def test_looking_changes_nothing(client, ada):
    response = client.get(path(ada))
    assert "Stop these e-mails" in words(response)
    assert switches(ada) == (True, True)


def test_it_can_be_taken_back(client, ada):
    client.post(path(ada), ONE_CLICK)
    assert "They are off already." in words(client.get(path(ada)))
    response = client.post(path(ada), {"again": "1"})
    assert "They are on again." in words(response)
    assert switches(ada) == (True, True)


def test_each_kind_has_its_own_switch(client, ada):
    client.post(path(ada, "exam"), ONE_CLICK)
    assert switches(ada) == (True, False)


def test_a_second_click_changes_nothing(client, ada):
    for _ in range(2):
        client.post(path(ada), ONE_CLICK)
    assert switches(ada) == (False, True)


@pytest.mark.parametrize("token", ["nonsense", "WzEsInJldmlldyJd:1abc:bad"])
def test_a_made_up_token_is_not_found(client, ada, token):
    assert client.post(reverse("unsubscribe", args=[token]), ONE_CLICK).status_code == 404


def test_a_token_of_something_else_is_not_found(client, ada):
    other = unsubscribing.signing.dumps([ada.pk, "review"], salt="another")
    assert client.get(reverse("unsubscribe", args=[other])).status_code == 404
    odd = unsubscribing.signing.dumps([ada.pk, "everything"], salt=unsubscribing.SALT)
    assert client.get(reverse("unsubscribe", args=[odd])).status_code == 404


def test_whoever_left_is_not_found(client, ada):
    address = path(ada)
    ada.delete()
    assert client.post(address, ONE_CLICK).status_code == 404


# --- The other switches


def test_the_account_page_has_both(client, ada):
    client.force_login(ada)
    page = words(client.get(reverse("preferences")))
    assert "Remind me of reviews by e-mail" in page
    assert "Remind me of my exam date by e-mail" in page
    fields = {"name": "", "time_zone": "UTC", "language": "en", "wants_exam_reminders": "on"}
    client.post(reverse("preferences"), fields)
    assert switches(ada) == (False, True)


def test_the_page_of_reviews_has_one(client, ada):
    client.force_login(ada)
    address = reverse("remind_of_reviews")
    response = client.post(address, {"off": "1"}, headers={"HX-Request": "true"})
    assert "No e-mail reminds you of reviews." in words(response)
    assert switches(ada) == (False, True)
    assert client.post(address, {"on": "1"})["Location"] == reverse("review")
    assert switches(ada) == (True, True)


def test_it_stands_below_the_queue(client, ada):
    make_card(ada)
    client.force_login(ada)
    page = words(client.get(reverse("review")))
    assert "On days with reviews due, an e-mail reminds you in the morning." in page
    assert f'action="{reverse("remind_of_reviews")}"' in page


def test_a_guest_has_no_switch(client):
    response = client.post(reverse("remind_of_reviews"), {"on": "1"})
    assert response["Location"].startswith(reverse("account_login"))
