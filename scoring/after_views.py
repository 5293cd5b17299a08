"""What comes after a sitting: the survey, the certificate, the score report as PDF, codes."""

from typing import Any, cast
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from exams import access
from exams.models import Sitting
from questions.access import person
from scoring import certificates, papers, printing, releasing, reports
from scoring.after_forms import NameForm, RedeemForm, SurveyForm
from scoring.certificates import Standing
from scoring.models import Certificate
from scoring.views import held_sittings, kept_nowhere

# --- The survey


@require_http_methods(["GET", "HEAD", "POST"])
@kept_nowhere
def survey(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """Sending it releases the result; whoever has done so is led to the report."""
    held = reports.with_results(held_sittings(request).submitted())
    sitting = get_object_or_404(held.filter(result__isnull=False), pk=sitting_id)
    if not releasing.asks_survey(sitting):
        return redirect("report", sitting_id=sitting.pk)
    form = SurveyForm(request.POST or None)
    if form.is_valid():
        releasing.after_survey(sitting, form.cleaned_data)
        return redirect("report", sitting_id=sitting.pk)
    [shown] = reports.veiled([sitting])
    context = {"sitting": shown, "form": form}
    return render(request, "scoring/after/survey.html", context, status=422 if form.errors else 200)


# --- Papers


@require_safe
@login_required
@kept_nowhere
def report_pdf(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """The score report; where no PDF can be drawn, the page that can be printed.

    Practice has no score to report.
    """
    sitting = released_or_404(request, sitting_id)
    if not reports.is_exam(sitting):
        raise Http404
    if not printing.is_available():
        messages.info(request, _("There are no PDFs here at the moment. Please print this page."))
        return redirect("report", sitting_id=sitting.pk)
    context = papers.score_report(sitting, cast(User, request.user))
    content = printing.pdf("scoring/after/report_paper.html", context)
    return printing.download(content, f"passline-report-{sitting.pk}")


@require_POST
@login_required
def issue_certificate(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """The name comes from the account, or is asked for where there is none."""
    sitting = released_or_404(request, sitting_id)
    if not certificates.may_be_issued(sitting):
        raise Http404
    user = person(request)
    form = NameForm({"name": request.POST.get("name") or user.name})
    if not form.is_valid():
        context = {"sitting": sitting, "form": form if "name" in request.POST else NameForm()}
        status = 422 if "name" in request.POST else 200
        return render(request, "scoring/after/certificate_name.html", context, status=status)
    certificate = certificates.issue(sitting, name=form.cleaned_data["name"])
    return redirect("certificate", token=certificate.token)


@require_safe
@never_cache
def certificate(request: HttpRequest, token: UUID) -> HttpResponse:
    """The page of verification, for whoever has its address."""
    context = certificate_or_404(token) | {"has_pdf": printing.is_available()}
    return unlisted(render(request, "scoring/after/certificate.html", context))


@require_safe
@never_cache
def certificate_pdf(request: HttpRequest, token: UUID) -> HttpResponse:
    context = certificate_or_404(token)
    if context["standing"] == Standing.WITHDRAWN or not printing.is_available():
        return redirect("certificate", token=token)
    content = printing.pdf("scoring/after/certificate_paper.html", papers.certificate(context))
    return unlisted(printing.download(content, f"passline-certificate-{token}"))


def released_or_404(request: HttpRequest, sitting_id: int) -> Any:
    """One of the candidate's own sittings, with a result that may be shown."""
    own = reports.with_results(Sitting.objects.for_candidate(request.user).submitted())
    return get_object_or_404(own.filter(is_released=True), pk=sitting_id)


def certificate_or_404(token: UUID) -> dict[str, Any]:
    try:
        return certificates.page(token, timezone.localdate())
    except Certificate.DoesNotExist:
        raise Http404 from None


def unlisted(response: HttpResponse) -> HttpResponse:
    """A name is on it: no search engine keeps it."""
    response["X-Robots-Tag"] = "noindex"
    return response


# --- Access codes


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def redeem(request: HttpRequest) -> HttpResponse:
    """Open a restricted exam with a code, so many tries an hour."""
    form = RedeemForm(request.POST if request.method == "POST" else None)
    user = person(request)
    if form.is_bound and not ratelimit.consume(request, action="redeem", user=user):
        too_many: HttpResponse = ratelimit.respond_429(request)
        return too_many
    if form.is_valid():
        try:
            exam = access.redeem(form.cleaned_data["code"], user)
        except access.NotAccepted:
            form.refuse(_("This code is not valid. Check it letter by letter."))
        except access.AlreadyOpen as known:
            messages.info(request, _("This exam is open to you already; the code is still good."))
            return redirect("exam_detail", slug=known.exam.slug)
        else:
            messages.success(request, _("The exam is open to you now."))
            return redirect("exam_detail", slug=exam.slug)
    status = 422 if form.errors else 200
    return render(request, "scoring/after/redeem.html", {"form": form}, status=status)
