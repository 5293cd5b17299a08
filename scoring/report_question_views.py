"""A candidate reports a question of a sitting that is over; a reviewer finds it in the queue."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from exams.models import Response
from questions.models import QuestionReport, QuestionVersion
from scoring.report_question_forms import ReportQuestionForm
from scoring.views import held_sittings, kept_nowhere

PAGE = "scoring/report_question.html"
# Versions this browser has reported without an account: one report each.
SESSION_KEY = "reported_versions"


@require_http_methods(["GET", "HEAD", "POST"])
@kept_nowhere
def report_question(request: HttpRequest, sitting_id: int, position: int) -> HttpResponse:
    """The small form, and its thanks; in the review as a part, else as a page of its own."""
    sitting = get_object_or_404(held_sittings(request).submitted(), pk=sitting_id)
    responses = Response.objects.select_related("form_question__version")
    response = get_object_or_404(responses, sitting=sitting, position=position)
    version = response.form_question.version
    said = request.POST if request.method == "POST" else None
    form = ReportQuestionForm(said, auto_id=f"report-{position}-%s")
    context = {"sitting": sitting, "position": position, "version": version, "form": form}
    if form.is_valid():
        context["is_new"] = keep(request, version, form)
        if is_partial(request):
            return render(request, f"{PAGE}#thanks", context)
        messages.success(request, _("Thank you. A reviewer will look at the question."))
        return redirect("report", sitting_id=sitting.pk)
    template = f"{PAGE}#report-question" if is_partial(request) else PAGE
    return render(request, template, context, status=422 if form.errors else 200)


def keep(request: HttpRequest, version: QuestionVersion, form: ReportQuestionForm) -> bool:
    """Keep the report; false if this reporter has one open on the same version."""
    if isinstance(request.user, User):
        _report, is_new = QuestionReport.objects.get_or_create(
            version=version, reporter=request.user, resolved_at=None, defaults=form.cleaned_data
        )
        return is_new
    reported = request.session.get(SESSION_KEY, [])
    if version.pk in reported:
        return False
    QuestionReport.objects.create(version=version, **form.cleaned_data)
    request.session[SESSION_KEY] = [*reported, version.pk]
    return True


def is_partial(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers
