"""The candidate's progress in a certification, and its figures as files."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from exams.models import Exam
from questions.access import person
from questions.models import Certification
from scoring import progress as figures
from scoring import progress_readiness
from scoring.progress import TABLES, Figure
from scoring.progress_record import record_of

kept_nowhere = cache_control(private=True, no_store=True)
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@require_safe
@login_required
@kept_nowhere
def progress_latest(request: HttpRequest) -> HttpResponse:
    """Where the candidate sat last; who never did is shown where to begin."""
    certification = figures.certification_of(request.user)
    if certification:
        return redirect("progress", code=certification.code)
    exams = Exam.objects.opened().sat_as_exams().filter(is_open_to_guests=True)
    context = {"exams": exams.select_related("certification")}
    return render(request, "scoring/progress/nowhere.html", context)


@require_safe
@login_required
@kept_nowhere
def progress(request: HttpRequest, code: str) -> HttpResponse:
    certification = get_object_or_404(Certification, code=code)
    now = timezone.now()
    found = figures.progress_of(record_of(request.user, certification, now))
    progress_readiness.keep(request.user, [found.outlook], timezone.localdate(now))
    context = {"progress": found, "certification": certification}
    return render(request, "scoring/progress/progress.html", context)


@require_safe
@login_required
@kept_nowhere
def progress_data(request: HttpRequest, code: str, figure: str, kind: str) -> HttpResponse:
    """One figure as a file, `kind` csv or json."""
    if figure not in TABLES or kind not in CONTENT_TYPES:
        raise Http404
    certification = get_object_or_404(Certification, code=code)
    table = TABLES[Figure(figure)](record_of(person(request), certification, timezone.now()))
    text = table.as_csv() if kind == "csv" else table.as_json()
    name = f"passline-{slugify(code)}-{figure}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=CONTENT_TYPES[kind], headers=headers)
