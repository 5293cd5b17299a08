"""Staff grant extra time to candidates; rights come from a superuser only."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from tests.accounts.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    user = make_user("staff@example.org", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    client.force_login(user)
    return user


@pytest.fixture
def root(client):
    user = User.objects.create_superuser("root@example.org", "brisk-otter-lantern")
    client.force_login(user)
    return user


def change_url(user):
    return reverse("admin:accounts_user_change", args=[user.pk])


def fields(**changes):
    return {
        "name": "Ada",
        "time_zone": "Europe/Zurich",
        "language": "en",
        "extra_time_percent": 25,
        "extra_time_minutes": 0,
        "is_active": "on",
        **changes,
    }


def test_staff_grant_extra_time(client, staff, ada):
    assert client.post(change_url(ada), fields()).status_code == 302
    ada.refresh_from_db()
    assert (ada.extra_time_percent, ada.time_zone) == (25, "Europe/Zurich")


@pytest.mark.parametrize("target", ["ada", "staff"])
def test_staff_give_nobody_rights(client, staff, ada, target):
    user = {"ada": ada, "staff": staff}[target]
    rights = Permission.objects.values_list("pk", flat=True)
    wishes = {"is_staff": "on", "is_superuser": "on", "user_permissions": list(rights)}
    before = user.get_all_permissions()
    client.post(change_url(user), fields(**wishes, email="other@example.org"))
    user = User.objects.get(pk=user.pk)
    assert (user.is_superuser, user.is_staff) == (False, target == "staff")
    assert user.get_all_permissions() == before
    assert user.email != "other@example.org"
    assert user.extra_time_percent == 25


def test_staff_do_not_touch_other_staff(client, staff):
    boss = User.objects.create_superuser("boss@example.org", "brisk-otter-lantern")
    assert client.post(change_url(boss), fields()).status_code == 403
    delete = reverse("admin:accounts_user_delete", args=[boss.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": [boss.pk], "post": "yes"}
    client.post(reverse("admin:accounts_user_changelist"), bulk)
    assert User.objects.filter(pk=boss.pk).exists()


def test_staff_set_nobody_s_password(client, staff, ada):
    url = reverse("admin:auth_user_password_change", args=[ada.pk])
    assert client.post(url, {"password1": "x", "password2": "x"}).status_code == 403
    assert b"Reset password" not in client.get(change_url(ada)).content


def test_author_sees_no_people(client, ada):
    author = make_user("author@example.org", is_staff=True)
    client.force_login(author)
    assert client.get(change_url(ada)).status_code == 403


def test_superuser_adds_a_person_in_lower_case(client, root):
    new = {"email": "New@Example.org", "usable_password": "false"}
    assert client.post(reverse("admin:accounts_user_add"), new).status_code == 302
    assert User.objects.filter(email="new@example.org").exists()


def test_superuser_gives_rights(client, root, ada):
    client.post(change_url(ada), fields(is_staff="on"))
    ada.refresh_from_db()
    assert ada.is_staff


def test_search_by_address_and_name(client, staff, ada):
    make_user("bob@example.org", name="Bob")
    url = reverse("admin:accounts_user_changelist")
    for query in ("ada@", "Ada"):
        html = client.get(url, {"q": query}).content
        assert (b"ada@example.org" in html, b"bob@example.org" in html) == (True, False)


def test_admin_wears_our_name_and_no_inline_style(client, root):
    response = client.get(reverse("admin:index"))
    html = response.content.decode()
    assert "css/admin.css" in html
    assert "Passline" in html
    assert "<style" not in html
    assert ' style="' not in html


def test_granting_time_leaves_a_zone_that_the_list_does_not_offer(client, staff, ada):
    User.objects.filter(pk=ada.pk).update(time_zone="US/Pacific")
    assert b'<option value="US/Pacific" selected>' in client.get(change_url(ada)).content
    client.post(change_url(ada), fields(time_zone="US/Pacific"))
    ada.refresh_from_db()
    assert (ada.time_zone, ada.extra_time_percent) == ("US/Pacific", 25)
