"""What a person types about themselves, in our words.

Each form that allauth shows is named here and wired in settings (ACCOUNT_FORMS, MFA_FORMS).
"""

# mypy: disallow-subclassing-any=False
# (allauth has no types)

from typing import Any, ClassVar

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import EmailAddress, Login
from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts import time_zones
from accounts.models import User

E_MAIL = _("E-mail address")
PASSWORD_RULES = _("At least 8 characters; no common password, nothing like your e-mail address.")
CODE_RULES = _("Six digits from your authenticator app, or one of your recovery codes.")


class InOurWords:
    """Replaces labels and help texts by field name, and drops placeholders: a label is enough."""

    fields: dict[str, forms.Field]
    labels: ClassVar[dict[str, Any]] = {}
    help_texts: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.help_texts.get(name, field.help_text)


class LoginForm(InOurWords, account_forms.LoginForm):
    labels: ClassVar = {"login": E_MAIL, "password": _("Password")}


class SignupForm(InOurWords, account_forms.SignupForm):
    labels: ClassVar = {"email": E_MAIL, "password1": _("Password")}
    help_texts: ClassVar = {"password1": PASSWORD_RULES}

    time_zone = forms.Field(
        required=False, widget=forms.HiddenInput(attrs={"data-browser-time-zone": True})
    )

    def clean_time_zone(self) -> str:
        """The browser's word for it, or UTC: the person did not type it and can change it later."""
        name = str(self.cleaned_data["time_zone"])
        return name if name in time_zones.names() else "UTC"

    def validate_unique_email(self, value: str) -> str:
        """A known address is no error, which would tell a stranger that it is known."""
        self.account_already_exists = User.objects.filter(email=value).exists()
        return value

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists:
            return None, self._receive_known(request)
        try:
            with transaction.atomic():
                return self.save(request), None
        except IntegrityError:  # a double click: the other request made the account
            return None, self._receive_known(request)

    def _receive_known(self, request: HttpRequest) -> HttpResponse:
        """Log in whoever knows the password; otherwise write to the owner of the address."""
        email, password = self.cleaned_data["email"], self.cleaned_data["password1"]
        credentials = {"email": email, "password": password}
        try:
            user = get_adapter().authenticate(request, **credentials)
        except ValidationError:  # too many wrong passwords for this address
            user = None
        if user:
            login = Login(user=user, email=email, redirect_url=get_next_redirect_url(request))
            response: HttpResponse = perform_password_login(request, credentials, login)
            return response
        if ratelimit.consume(request, action="confirm_email", key=email):
            get_adapter().send_account_already_exists_mail(email)
        return redirect("account_email_verification_sent")


class AddEmailForm(InOurWords, account_forms.AddEmailForm):
    labels: ClassVar = {"email": _("New e-mail address")}

    def save(self, request: HttpRequest) -> EmailAddress:
        """Keep the new address waiting beside the present one until it is confirmed.

        The present one stays even when it never was confirmed: an account has always one.
        """
        with transaction.atomic():
            EmailAddress.objects.filter(user=self.user, verified=False, primary=False).exclude(
                email=self.user.email
            ).delete()
            address = EmailAddress.objects.create(user=self.user, email=self.cleaned_data["email"])
        send_verification_email_to_address(request, address)
        return address


class ChangePasswordForm(InOurWords, account_forms.ChangePasswordForm):
    labels: ClassVar = {"oldpassword": _("Current password"), "password1": _("New password")}
    help_texts: ClassVar = {"password1": PASSWORD_RULES}
    password2 = None


class SetPasswordForm(InOurWords, account_forms.SetPasswordForm):
    labels: ClassVar = {"password1": _("Password")}
    help_texts: ClassVar = {"password1": PASSWORD_RULES}
    password2 = None


class ResetPasswordForm(InOurWords, account_forms.ResetPasswordForm):
    labels: ClassVar = {"email": E_MAIL}


class ResetPasswordKeyForm(InOurWords, account_forms.ResetPasswordKeyForm):
    labels: ClassVar = {"password1": _("New password")}
    help_texts: ClassVar = {"password1": PASSWORD_RULES}
    password2 = None


class ReauthenticateForm(InOurWords, account_forms.ReauthenticateForm):
    labels: ClassVar = {"password": _("Password")}


class AuthenticateForm(InOurWords, mfa_forms.AuthenticateForm):
    labels: ClassVar = {"code": _("Code")}
    help_texts: ClassVar = {"code": CODE_RULES}


class ReauthenticateByCodeForm(InOurWords, mfa_forms.ReauthenticateForm):
    labels: ClassVar = {"code": _("Code")}
    help_texts: ClassVar = {"code": CODE_RULES}


class ActivateTOTPForm(InOurWords, totp_forms.ActivateTOTPForm):
    labels: ClassVar = {"code": _("Code from the app")}
    help_texts: ClassVar = {"code": _("Six digits; a new code comes every 30 seconds.")}


class ChoosesPlace:
    """A model form of users that offers the time zones and languages there are."""

    fields: dict[str, forms.Field]
    instance: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offers: dict[str, tuple[Any, Any]] = {
            "time_zone": (_("Time zone"), time_zones.choices(self.instance.time_zone)),
            "language": (_("Language"), settings.LANGUAGES),
        }
        for name in offers.keys() & self.fields.keys():
            label, choices = offers[name]
            self.fields[name] = forms.ChoiceField(label=label, choices=choices)


REMINDERS = {
    "wants_review_reminders": (
        _("Remind me of reviews by e-mail"),
        _("At most once a day, in your morning, and only when questions are due."),
    ),
    "wants_exam_reminders": (
        _("Remind me of my exam date by e-mail"),
        _("14 days, 7 days and 1 day before a date in your study plan."),
    ),
}


class PreferencesForm(ChoosesPlace, forms.ModelForm[User]):
    class Meta:
        model = User
        fields = (
            "name",
            "time_zone",
            "language",
            "wants_review_reminders",
            "wants_exam_reminders",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["time_zone"].help_text = _("Pages and e-mails show every time in this zone.")
        for name, (label, help_text) in REMINDERS.items():
            self.fields[name].label, self.fields[name].help_text = label, help_text

    def save(self, commit: bool = True) -> User:
        """Write only these columns: staff may be granting extra time at the same moment."""
        if commit:
            self.instance.save(update_fields=list(self.fields))
        return self.instance
