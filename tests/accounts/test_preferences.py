"""What a person sets for themselves, takes along, and takes away."""

import json
from datetime import UTC, datetime

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone

from accounts import time_zones
from accounts.middleware import TimeZoneMiddleware
from accounts.models import User
from tests.accounts.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
PAGE = "/account/"
NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def test_saving(client, ada):
    client.force_login(ada)
    fields = {"name": "Ada L.", "time_zone": "Europe/Zurich", "language": "en"}
    assert client.post(PAGE, fields).url == PAGE
    ada.refresh_from_db()
    assert (ada.name, ada.time_zone) == ("Ada L.", "Europe/Zurich")
    assert b"Your preferences are saved." in client.get(PAGE).content


def test_extra_time_is_shown_and_cannot_be_taken(client):
    user = make_user(extra_time_percent=25, extra_time_minutes=30)
    client.force_login(user)
    assert b"25 %" in client.get(PAGE).content
    fields = {"name": "", "time_zone": "UTC", "language": "en", "extra_time_percent": 900}
    client.post(PAGE, fields | {"is_staff": "on", "is_superuser": "on", "email": "x@example.org"})
    user.refresh_from_db()
    assert (user.extra_time_percent, user.is_staff, user.is_superuser, user.email) == (
        25,
        False,
        False,
        "ada@example.org",
    )


def test_saving_leaves_what_staff_grant_meanwhile(client, ada, monkeypatch):
    client.force_login(ada)
    save = User.save

    def grant_then_save(self, **options):
        User.objects.filter(pk=self.pk).update(extra_time_percent=50)
        save(self, **options)

    monkeypatch.setattr(User, "save", grant_then_save)
    client.post(PAGE, {"name": "Ada", "time_zone": "UTC", "language": "en"})
    ada.refresh_from_db()
    assert ada.extra_time_percent == 50


def test_unknown_zone_is_an_error_beside_the_field(client, ada):
    client.force_login(ada)
    response = client.post(PAGE, {"name": "", "time_zone": "Mars/Olympus", "language": "en"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["time_zone"]
    assert b'id="id_time_zone_error"' in response.content


@pytest.mark.parametrize("zone", ["US/Pacific", "Etc/GMT+5", "Asia/Calcutta"])
def test_zone_out_of_the_list_stays_chosen(client, zone):
    client.force_login(make_user(time_zone=zone))
    html = client.get(PAGE).content.decode()
    assert f'<option value="{zone}" selected>' in html


def test_choices_are_known_zones_and_named_by_place():
    groups = dict(choice for choice in time_zones.choices() if isinstance(choice[1], list))
    places = [name for group in groups.values() for name, _ in group]
    assert set(places) < time_zones.names()
    assert ("America/Argentina/Buenos_Aires", "Argentina / Buenos Aires") in groups["America"]


def test_model_refuses_an_unknown_zone():
    with pytest.raises(ValidationError):
        User(email="x@example.org", time_zone="Mars/Olympus").full_clean(exclude=["password"])


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("Europe/Zurich", "14:00"), ("Asia/Kolkata", "17:30"), ("Gone/Zone", "12:00")],
)
def test_times_are_shown_in_the_reader_s_zone(rf, zone, shown):
    request = rf.get("/")
    request.user = make_user(time_zone=zone)

    def view(request):
        return HttpResponse(timezone.localtime(NOON).strftime("%H:%M"))

    middleware = TimeZoneMiddleware(view)
    middleware.process_view(request, view, (), {})
    assert view(request).content.decode() == shown
    timezone.deactivate()


def test_zone_of_one_request_does_not_reach_the_next(client, ada):
    client.force_login(make_user("kiri@example.org", time_zone="Pacific/Auckland"))
    client.get(PAGE)
    assert timezone.get_current_timezone_name() == "UTC"


def test_own_data_and_nobody_else_s(client, ada):
    make_user("bob@example.org")
    TOTP.activate(ada, "JBSWY3DPEHPK3PXP")
    client.force_login(ada)
    response = client.get("/account/data/")
    assert response["Content-Disposition"] == 'attachment; filename="passline-data.json"'
    rows = json.loads(response.content)
    assert [row["email"] for row in rows["accounts.user"]] == ["ada@example.org"]
    assert [row["email"] for row in rows["account.emailaddress"]] == ["ada@example.org"]
    assert "password" not in rows["accounts.user"][0]
    assert b"JBSWY3DPEHPK3PXP" not in response.content


def test_deleting_needs_the_password(client, ada):
    client.force_login(ada)
    response = client.post("/account/delete/", {"password": "wrong"})
    assert (response.status_code, User.objects.count()) == (422, 1)
    assert response.context["form"].errors == {"password": ["This is not your password."]}


def test_deleting_takes_everything_and_only_one_s_own(client, ada):
    bob = make_user("bob@example.org")
    client.force_login(ada)
    assert client.post("/account/delete/", {"password": PASSWORD}).status_code == 302
    assert list(User.objects.all()) == [bob]
    assert "_auth_user_id" not in client.session


def test_guessing_the_password_of_an_open_session_is_limited(client, ada):
    client.force_login(ada)
    for _ in range(5):
        client.post("/account/delete/", {"password": "wrong"})
    response = client.post("/account/delete/", {"password": PASSWORD})
    assert (response.status_code, User.objects.count()) == (422, 1)
