"""Two-step log-in: on, used, lost, off."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.urls import reverse

from tests.accounts.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
ON = "/account/2fa/totp/activate/"
SECRET = "JBSWY3DPEHPK3PXP"  # noqa: S105


def code_for(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def confirm_password(client, url):
    response = client.get(url)
    assert response.url.startswith("/account/reauthenticate/")
    return client.post(response.url, {"password": PASSWORD})


@pytest.fixture
def careful(ada):
    """Ada with the second step on and ten recovery codes."""
    TOTP.activate(ada, SECRET)
    return ada


def first_step(client):
    return client.post("/account/login/", {"login": "ada@example.org", "password": PASSWORD})


def test_switching_on(client, ada):
    client.force_login(ada)
    confirm_password(client, ON)
    page = client.get(ON).content.decode()
    secret = re.search(r"<code>(\w+)</code>", page)[1]
    assert 'src="data:image/svg+xml;base64,' in page
    response = client.post(ON, {"code": code_for(secret)}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("mfa_view_recovery_codes")
    assert "10 codes left of 10" in response.content.decode()
    kinds = Authenticator.objects.filter(user=ada).values_list("type", flat=True)
    assert set(kinds) == {"totp", "recovery_codes"}


def test_wrong_code_while_switching_on(client, ada):
    client.force_login(ada)
    confirm_password(client, ON)
    response = client.post(ON, {"code": "000000"})
    assert response.context["form"].errors == {
        "code": ["This code is not right, or it has expired."]
    }
    assert not Authenticator.objects.exists()


def test_unconfirmed_account_cannot_lock_out_the_owner_of_the_address(client):
    client.force_login(make_user(verified=False))
    response = client.get(ON, follow=True)
    assert response.redirect_chain[-1][0] == reverse("mfa_index")
    assert b"Confirm your e-mail address first" in response.content


def test_login_takes_both_steps(client, careful):
    assert first_step(client).url == reverse("mfa_authenticate")
    assert client.get("/account/").status_code == 302
    wrong = client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert "This code is not right" in str(wrong.context["form"].errors)
    response = client.post("/account/2fa/authenticate/", {"code": code_for(SECRET)})
    assert response.url == reverse("home")
    assert client.get("/account/").status_code == 200


def test_signing_up_again_does_not_skip_the_second_step(client, careful):
    fields = {"email": careful.email, "password1": PASSWORD}
    assert client.post("/account/signup/", fields).url == reverse("mfa_authenticate")
    assert client.get("/account/").status_code == 302


def test_recovery_code_works_once(client, careful):
    Authenticator.objects.filter(type="recovery_codes").delete()
    client.force_login(careful)
    confirm_password(client, "/account/2fa/recovery-codes/generate/")
    client.post("/account/2fa/recovery-codes/generate/")
    codes = client.get("/account/2fa/recovery-codes/download/").content.decode().split()
    client.post("/account/logout/")
    first_step(client)
    client.post("/account/2fa/authenticate/", {"code": codes[0]})
    assert client.get("/account/").status_code == 200
    client.post("/account/logout/")
    cache.clear()
    first_step(client)
    client.post("/account/2fa/authenticate/", {"code": codes[0]})
    assert client.get("/account/").status_code == 302


def test_switching_off(client, careful):
    client.force_login(careful)
    confirm_password(client, "/account/2fa/totp/deactivate/")
    client.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()


def test_reauthentication_by_code(client, careful):
    client.force_login(careful)
    page = client.get("/account/reauthenticate/?next=/account/2fa/recovery-codes/generate/")
    assert b"Another way" in page.content
    url = "/account/2fa/reauthenticate/?next=/account/2fa/recovery-codes/generate/"
    assert b"recovery codes" in client.get(url).content
    response = client.post(url, {"code": code_for(SECRET)})
    assert response.url == "/account/2fa/recovery-codes/generate/"
    assert client.get(response.url).status_code == 200


def test_admin_needs_the_second_step_too(client, careful):
    careful.is_staff = True
    careful.save()
    response = client.post("/admin/login/", {"username": careful.email, "password": PASSWORD})
    assert response.url.startswith("/account/login/")
    assert client.get("/admin/").status_code == 302
