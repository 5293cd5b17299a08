"""The pages about oneself that allauth does not have."""

from typing import cast

from allauth.account import views as account_views
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import export
from accounts.forms import PreferencesForm, ReauthenticateForm
from accounts.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = PreferencesForm(request.POST or None, instance=user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your preferences are saved."))
        return redirect("preferences")
    addresses = EmailAddress.objects.filter(user=user, email=user.email)
    context = {
        "form": form,
        "is_confirmed": addresses.filter(verified=True).exists(),
        "has_two_steps": Authenticator.objects.filter(user=user).exists(),
    }
    return render(request, "accounts/preferences.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def email(request: HttpRequest) -> HttpResponseBase:
    """An account has one address: another one takes over when it is confirmed, not on demand."""
    if "action_primary" in request.POST:
        raise Http404
    response: HttpResponseBase = account_views.email(request)
    return response


@require_safe
@login_required
@never_cache
def export_data(request: HttpRequest) -> HttpResponse:
    """All rows that would go with the account, as one JSON file."""
    rows = export.owned_rows(cast(User, request.user))
    response = JsonResponse(rows, json_dumps_params={"indent": 1})
    response["Content-Disposition"] = 'attachment; filename="passline-data.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@login_required
def delete_account(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = ReauthenticateForm(request.POST or None, user=user)
    if form.is_valid():
        logout(request)
        user.delete()
        messages.success(request, _("Your account and everything in it is deleted."))
        return redirect("home")
    return render(request, "accounts/delete.html", {"form": form}, status=_status(form))


def _status(form: PreferencesForm | ReauthenticateForm) -> int:
    return 422 if form.is_bound else 200
