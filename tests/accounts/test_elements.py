"""allauth's pages that no setting reaches yet would wear our look too."""

import pytest
from allauth.account.forms import ConfirmLoginCodeForm
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string

from accounts.forms import ResetPasswordForm


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("account/confirm_login_code.html", ['class="form"', 'class="field"', "button primary"]),
        ("account/request_login_code.html", ['class="form"', 'class="field"', "button primary"]),
    ],
)
def test_page_from_allauth(rf, template, shown):
    request = rf.get("/")
    request.user = AnonymousUser()
    context = {
        "verify_form": ConfirmLoginCodeForm(code="x"),
        "form": ResetPasswordForm(),
        "email": "ada@example.org",
        "user": request.user,
    }
    html = render_to_string(template, context, request)
    assert [part for part in ["site-header", *shown] if part not in html] == []
