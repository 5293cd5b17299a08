"""The study plan of a certification, and the switches of its letters."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from questions.access import person
from questions.models import Certification
from scoring import plans, unsubscribing
from scoring.models import Reminder
from scoring.plan_forms import PlanForm

PAGE = "scoring/plan/plan.html"
PART = "scoring/plan/_plan.html"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def plan(request: HttpRequest, code: str) -> HttpResponse:
    certification = get_object_or_404(Certification, code=code)
    user, now = person(request), timezone.now()
    if request.method != "POST":
        return render(request, PAGE, {"plan": plans.one_of(user, certification, now)})
    if "remove" in request.POST:
        plans.drop(user, certification)
        return kept(request, certification, _("Your plan is removed."))
    form = PlanForm(request.POST, certification=certification, today=timezone.localdate(now))
    if form.is_valid():
        plans.keep(user, certification, **form.cleaned_data)
        return kept(request, certification, _("Your plan is saved."))
    return answered(request, plans.one_of(user, certification, now, form), status=422)


def kept(request: HttpRequest, certification: Certification, told: str) -> HttpResponse:
    """The part as it now stands, or the way back to its shelf."""
    if "HX-Request" in request.headers:
        return answered(request, plans.one_of(request.user, certification, timezone.now()))
    messages.success(request, told)
    return redirect(f"{reverse('home')}#plan-{certification.pk}")


def answered(request: HttpRequest, plan: plans.Plan, **options: Any) -> HttpResponse:
    template = PART if "HX-Request" in request.headers else PAGE
    return render(request, template, {"plan": plan}, **options)


# --- Reminders


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Out of one kind of reminder by the address in its letter, and back in.

    A mail program posts without cookies (RFC 8058): the token alone says who asks. Looking changes
    nothing, for programs follow links that nobody clicked.
    """
    candidate, kind = whose(token)
    if request.method == "POST":
        unsubscribing.switch(candidate.pk, kind, is_on="again" in request.POST)
        candidate.refresh_from_db()
    context = {
        "kind": kind,
        "is_on": unsubscribing.wants(candidate, kind),
        "has_changed": request.method == "POST",
    }
    return render(request, "scoring/plan/unsubscribe.html", context)


def whose(token: str) -> tuple[User, str]:
    said = unsubscribing.read(token)
    if said is None:
        raise Http404
    candidate_id, kind = said
    return get_object_or_404(User, pk=candidate_id, is_active=True), kind


@require_POST
@login_required
def remind_of_reviews(request: HttpRequest) -> HttpResponse:
    """The switch on the page of reviews; htmx gets it back as it stands."""
    is_on = "on" in request.POST
    unsubscribing.switch(person(request).pk, Reminder.Kind.REVIEW, is_on=is_on)
    if "HX-Request" in request.headers:
        context = {"is_on": is_on}
        return render(request, "scoring/plan/_review_reminders.html", context)
    told = _("Reminders of reviews are on.") if is_on else _("Reminders of reviews are off.")
    messages.success(request, told)
    return redirect("review")
