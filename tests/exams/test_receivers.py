"""A guest's sittings go along into the account, through the doors people use."""

from uuid import uuid4

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from exams.guests import SESSION_KEY
from exams.models import Sitting
from tests.accounts.factories import PASSWORD, make_user
from tests.exams.factories import make_exam, make_form, make_sitting, respond, submit

pytestmark = pytest.mark.django_db

NEW = {"email": "new@example.org", "password1": PASSWORD, "time_zone": "UTC"}


@pytest.fixture(autouse=True)
def _no_limits_left(db):
    cache.clear()


@pytest.fixture
def sample():
    exam = make_exam(slug="sample", is_open_to_guests=True, minutes=None)
    make_form(exam)
    return exam


@pytest.fixture
def sitting(client, sample):
    """Begun by this browser, as a guest."""
    client.post("/exams/sample/start/")
    return Sitting.objects.get()


def log_in(client, user):
    return client.post("/account/login/", {"login": user.email, "password": PASSWORD})


def holder(sitting):
    sitting.refresh_from_db()
    return sitting.candidate


def test_signing_up_takes_the_open_sitting_along(client, sitting):
    key = sitting.guest_key
    respond(sitting, 1, "B")
    client.post("/account/signup/", NEW)
    user = User.objects.get()
    assert (holder(sitting), sitting.guest_key) == (user, key)
    assert sitting.responses.get(position=1).selected == "B"
    assert SESSION_KEY not in client.session
    assert client.get(f"/sittings/{sitting.pk}/").status_code == 200


def test_logging_in_takes_submitted_sittings_along(client, sitting):
    ada = make_user()
    submit(sitting)
    log_in(client, ada)
    assert holder(sitting) == ada
    assert client.get(f"/results/{sitting.pk}/").status_code == 200


def test_all_sittings_of_the_browser_go_along_and_no_other_browsers(client, sample, sitting):
    submit(sitting)
    client.post("/exams/sample/start/")
    others = make_sitting(sample.forms.get(), guest_key=uuid4())
    ada = make_user()
    log_in(client, ada)
    assert set(Sitting.objects.for_candidate(ada)) == set(Sitting.objects.exclude(pk=others.pk))
    assert Sitting.objects.for_candidate(ada).count() == 2


def test_with_a_second_step_they_go_along_after_it_and_not_before(client, sitting):
    ada = make_user()
    TOTP.activate(ada, "JBSWY3DPEHPK3PXP")
    code = RecoveryCodes.activate(ada).get_unused_codes()[0]
    log_in(client, ada)
    assert holder(sitting) is None
    client.post("/account/2fa/authenticate/", {"code": code})
    assert holder(sitting) == ada


def test_a_failed_log_in_moves_nothing(client, sitting):
    ada = make_user()
    client.post("/account/login/", {"login": ada.email, "password": "wrong"})
    assert holder(sitting) is None
    assert client.session[SESSION_KEY] == str(sitting.guest_key)
    assert client.get(f"/sittings/{sitting.pk}/").status_code == 200


def test_a_browser_that_sat_nothing_takes_nothing(sitting):
    stranger, eve = Client(), make_user("eve@example.org")
    log_in(stranger, eve)
    assert holder(sitting) is None
    assert stranger.get(f"/sittings/{sitting.pk}/").status_code == 404


def test_whoever_logs_in_next_on_the_same_browser_gets_nothing(client, sitting):
    ada, eve = make_user(), make_user("eve@example.org")
    log_in(client, ada)
    client.post("/account/logout/")
    log_in(client, eve)
    assert holder(sitting) == ada
    assert client.get(f"/sittings/{sitting.pk}/").status_code == 404


def test_an_open_sitting_is_handed_in_and_told_when_the_account_has_one(client, sample, sitting):
    ada = make_user()
    hers = make_sitting(sample.forms.get(), ada)
    log_in(client, ada)
    assert holder(sitting) == ada
    assert list(Sitting.objects.open()) == [hers]
    home = client.get("/").content.decode()
    assert f"{sample.name} was already running in your account." in home
    assert client.get(f"/results/{sitting.pk}/").status_code == 200
