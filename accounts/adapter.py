"""Where Passline differs from allauth's defaults: what is saved, said and sent."""

# mypy: disallow-subclassing-any=False
# (allauth has no types)

from io import BytesIO
from typing import Any

import qrcode  # type: ignore[import-untyped]
import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]

from accounts.models import User

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": gettext_lazy("This account is switched off."),
        "email_password_mismatch": gettext_lazy(
            "The e-mail address or the password is not right. Check both and try again."
        ),
        "enter_current_password": gettext_lazy("This is not your current password."),
        "incorrect_code": gettext_lazy("This code is not right, or it has expired."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "duplicate_email": gettext_lazy("This is already the e-mail address of your account."),
        "too_many_login_attempts": gettext_lazy(
            "Too many failed log-ins. Wait five minutes, then try again."
        ),
        "rate_limited": gettext_lazy("Too many requests. Wait a minute, then try again."),
    }

    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        user.time_zone = form.cleaned_data["time_zone"]
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """False when somebody else logs in with that address, confirmed or not."""
        others = User.objects.exclude(pk=email_address.user_id)
        if not others.filter(email=email_address.email).exists():
            return bool(super().confirm_email(request, email_address))
        template = "account/messages/email_confirmation_failed.txt"
        self.add_message(request, messages.ERROR, template, {"email": email_address.email})
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("preferences")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is down stands in nobody's way: the letter can be asked for again."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:
            log.exception("account_email_not_sent", template=template_prefix)
            notice = _("An e-mail could not be sent just now. Ask for it again a little later.")
            self.add_message(self.request, messages.WARNING, message=notice)


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": gettext_lazy(
            "Switch two-step log-in off before you change your e-mail address."
        ),
        "incorrect_code": gettext_lazy("This code is not right, or it has expired."),
        "unverified_email": gettext_lazy(
            "Confirm your e-mail address first; then you can switch two-step log-in on."
        ),
    }

    def build_totp_svg(self, url: str) -> str:
        """White behind the squares, so that the dark theme's code can be scanned too."""
        buffer = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(buffer)
        return buffer.getvalue().decode()
