"""The study plan of a certification, and the switches of its letters."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from questions.models import Certification
from scoring import plans
from scoring.plan_forms import PlanForm

PAGE = "scoring/plan/plan.html"
PART = "scoring/plan/_plan.html"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def plan(request: HttpRequest, code: str) -> HttpResponse:
    certification = get_object_or_404(Certification, code=code)
    today = timezone.localdate()
    if request.method != "POST":
        row = plans.row_of(request.user, certification)
        return render(request, PAGE, {"plan": plans.plan(certification, row, today)})
    form = PlanForm(request.POST, certification=certification, today=today)
    if "remove" in request.POST:
        plans.drop(request.user, certification)
        return kept(request, certification, _("Your plan is removed."))
    if form.is_valid():
        plans.keep(request.user, certification, **form.cleaned_data)
        return kept(request, certification, _("Your plan is saved."))
    row = plans.row_of(request.user, certification)
    return answered(request, plans.plan(certification, row, today, form), status=422)


def kept(request: HttpRequest, certification: Certification, told: str) -> HttpResponse:
    """The part as it now stands, or the way back to its shelf."""
    if "HX-Request" in request.headers:
        row = plans.row_of(request.user, certification)
        return answered(request, plans.plan(certification, row, timezone.localdate()))
    messages.success(request, told)
    return redirect(f"{reverse('home')}#plan-{certification.pk}")


def answered(request: HttpRequest, plan: plans.Plan, **options: Any) -> HttpResponse:
    template = PART if "HX-Request" in request.headers else PAGE
    return render(request, template, {"plan": plan}, **options)
