"""Pages for questions on their way in and out: imports, their review, exports."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from questions import bell, exchanging
from questions.access import author_required, person
from questions.exchange_forms import ExportForm, ImportForm
from questions.exporting import prepare
from questions.formats.registry import FORMATS, WRITTEN
from questions.import_review import Review, preview_of, review_of
from questions.models import Certification, Import, ImportRow, Question
from questions.partials import wants_part
from questions.uploads import SizeLimit

PAGE_SIZE = 20
NEW = "questions/import_new.html"
DETAIL = "questions/import_detail.html"
EXPORT = "questions/export.html"


@require_safe
@never_cache
@author_required
def imports(request: HttpRequest) -> HttpResponse:
    rows = Import.objects.select_related("certification", "uploaded_by").defer("content")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "questions/imports.html", {"page": page})


# --- Uploading


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@author_required
def import_new(request: HttpRequest) -> HttpResponse:
    """The limit has to stand before anything reads the request, the check of its token too."""
    limit = SizeLimit(request)
    request.upload_handlers = [limit, *request.upload_handlers]
    return _import_new(request, limit)


@csrf_protect
@never_cache
def _import_new(request: HttpRequest, limit: SizeLimit) -> HttpResponse:
    if request.method != "POST":
        form = ImportForm(code=request.GET.get("certification") or first_code())
        part = f"{NEW}#import-task" if "HX-Request" in request.headers else NEW
        return render(request, part, {"form": form})
    code = request.POST.get("certification", "")
    form = ImportForm(request.POST, request.FILES, code=code, is_over=limit.is_over)
    if not form.is_valid():
        return render(request, NEW, {"form": form}, status=422)
    said = form.cleaned_data
    batch = exchanging.start_import(
        said["certification"],
        task=said["task"],
        content=said["file"].read(),
        file_name=said["file"].name,
        format_key=said["format"],
        encoding=said["encoding"],
        actor=person(request),
    )
    bell.ring(batch.pk)
    return redirect("import_detail", batch.pk)


def first_code() -> str:
    """The certification to begin with: one that has questions, while any has."""
    asked = Exists(Question.objects.filter(certification=OuterRef("pk")))
    codes = Certification.objects.order_by(~asked, "code").values_list("code", flat=True)
    return codes.first() or ""


# --- One import


@require_safe
@never_cache
@author_required
def import_detail(request: HttpRequest, import_id: int) -> HttpResponse:
    """The progress while a worker reads, then what was found; htmx gets the part that changes."""
    review = the_review(import_id, request.GET.get("show", ""), request.GET.get("page"))
    part = f"{DETAIL}#import-state" if "HX-Request" in request.headers else DETAIL
    return render(request, part, {"review": review, "batch": review.batch})


@require_POST
@author_required
def import_choose(request: HttpRequest, import_id: int, number: int) -> HttpResponse:
    """What becomes of one question."""
    row = get_object_or_404(the_rows(import_id), number=number)
    is_done = exchanging.choose(row, request.POST.get("choice", ""))
    if "HX-Request" not in request.headers:
        return back(request, import_id, is_done=is_done)
    review = the_review(import_id, row.finding)
    row.refresh_from_db(fields=["choice"])
    context = {"review": review, "batch": review.batch, "row": review.shown_row(row)}
    return render(request, f"{DETAIL}#chosen", context, status=200 if is_done else 422)


@require_POST
@author_required
def import_choose_all(request: HttpRequest, import_id: int) -> HttpResponse:
    """The same for every question of a finding."""
    batch = the_import(import_id)
    finding = request.POST.get("finding", "")
    if finding not in ImportRow.Finding.values:
        raise Http404
    count = exchanging.choose_all(batch, finding, request.POST.get("choice", ""))
    if "HX-Request" not in request.headers:
        return back(request, import_id, is_done=bool(count))
    review = the_review(import_id, request.POST.get("show", ""))
    context = {"review": review, "batch": review.batch}
    return render(request, f"{DETAIL}#import-state", context, status=200 if count else 422)


@require_safe
@never_cache
@author_required
def import_preview(request: HttpRequest, import_id: int, number: int) -> HttpResponse:
    row = get_object_or_404(the_rows(import_id), number=number, item__isnull=False)
    context = {"shown": preview_of(row), "row": row}
    part = "#preview" if "HX-Request" in request.headers else ""
    return render(request, f"questions/import_preview.html{part}", context)


@require_POST
@author_required
def import_confirm(request: HttpRequest, import_id: int) -> HttpResponse:
    count = exchanging.confirm(the_import(import_id), actor=person(request))
    if count is None:
        messages.error(request, _("There is nothing to write any more."))
    else:
        text = ngettext("%(count)d draft was written.", "%(count)d drafts were written.", count)
        messages.success(request, text % {"count": count})
    return redirect("import_detail", import_id)


def the_import(import_id: int) -> Import:
    batches = Import.objects.select_related("certification", "uploaded_by", "task")
    return get_object_or_404(batches.defer("content"), pk=import_id)


def the_rows(import_id: int) -> Any:
    rows = ImportRow.objects.select_related("batch__certification", "question")
    return rows.defer("batch__content").filter(batch=import_id)


def the_review(import_id: int, show: str, page: str | None = None) -> Review:
    return review_of(the_import(import_id), show=show, page=page, size=PAGE_SIZE)


def back(request: HttpRequest, import_id: int, *, is_done: bool) -> HttpResponse:
    if not is_done:
        messages.error(request, _("That cannot be chosen any more."))
    return redirect("import_detail", import_id)


# --- Exporting


@require_safe
@never_cache
@author_required
def export(request: HttpRequest) -> HttpResponse:
    """What a file would hold, and what of the questions it cannot."""
    form = ExportForm(export_query(request))
    ready = (
        prepare(form.wanted(), FORMATS[form.cleaned_data["format"]]) if form.is_valid() else None
    )
    part = f"{EXPORT}#export-form" if wants_part(request) else EXPORT
    context = {"form": form, "ready": ready, "query": request.GET.urlencode()}
    return render(request, part, context)


@require_safe
@never_cache
@author_required
def export_download(request: HttpRequest) -> HttpResponse:
    form = ExportForm(export_query(request))
    if not form.is_valid():
        return redirect("export")
    ready = prepare(form.wanted(), FORMATS[form.cleaned_data["format"]])
    content = ready.content()
    response = HttpResponse(content, content_type=ready.into.media_type)
    response["Content-Disposition"] = f'attachment; filename="{ready.file_name_of(content)}"'
    return response


def export_query(request: HttpRequest) -> dict[str, Any]:
    defaults = {"certification": first_code(), "format": next(iter(WRITTEN))}
    return {
        name: request.GET.get(name) or defaults.get(name, "") for name in ExportForm.base_fields
    }
