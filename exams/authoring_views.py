"""Coverage of the bank, and forms from draft to frozen."""

import random
import secrets
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exams import drafting
from exams.assembly import NotDrawn, draw_form, draw_parallel_forms
from exams.authoring_forms import LARGEST_SEED, AssembleForm, CoverageForm, SwapForm
from exams.coverage import coverage as covered
from exams.form_sheets import FormSheet
from exams.models import Exam, ExamForm
from questions.access import AUTHOR, REVIEWER, allowed
from questions.models import Certification

ADD = "exams.add_examform"
CHANGE = "exams.change_examform"
VIEW = "exams.view_examform"

FORM_COUNT = 4
SECONDS = 5  # that somebody waits for the solver
FORM_PAGE = "exams/authoring/form_detail.html"


@require_safe
@never_cache
@allowed(AUTHOR, REVIEWER, VIEW)
def coverage(request: HttpRequest, code: str) -> HttpResponse:
    """What the bank holds of a certification, and what `k` forms of an exam need."""
    certification = get_object_or_404(Certification, code=code)
    exams = list(certification.exams.order_by("position", "name"))
    asked = {"exam": getattr(default_exam(exams), "slug", ""), "k": str(FORM_COUNT)}
    form = CoverageForm(asked | request.GET.dict(), exams=exams)
    is_valid = form.is_valid()
    exam = next((one for one in exams if one.slug == form.cleaned_data.get("exam")), None)
    count = form.cleaned_data.get("k", FORM_COUNT)
    context = {
        "certification": certification,
        "certifications": Certification.objects.all(),
        "form": form,
        "has_exams": bool(exams),
        "exam": exam,
        "count": count,
        "pools": covered(certification, exam=exam, count=count),
    }
    status = 200 if is_valid or not exams else 422
    return render(request, "exams/authoring/coverage.html", context, status=status)


def default_exam(exams: Iterable[Exam]) -> Exam | None:
    """The first that draws from the pool of mock exams, else the first."""
    return min(exams, key=lambda exam: exam.pool != "exam", default=None)


# --- Drawing


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@allowed(ADD)
def form_assemble(request: HttpRequest, slug: str) -> HttpResponse:
    """The forms of an exam; a POST draws drafts of new ones."""
    exam = get_object_or_404(Exam.objects.select_related("certification"), slug=slug)
    form = AssembleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        drafts = assemble_from(form, exam)
        if drafts:
            tell_of(request, drafts, form.cleaned_data["seed"])
            if len(drafts) == 1:
                return redirect("form_detail", form_id=drafts[0].pk)
            return redirect("form_assemble", slug=slug)
    counted = exam.forms.annotate(
        question_count=Count("form_questions", distinct=True),
        sitting_count=Count("sittings", distinct=True),
    )
    context = {
        "exam": exam,
        "certification": exam.certification,
        "form": form,
        "exam_forms": counted.order_by("number"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "exams/authoring/form_assemble.html", context, status=status)


def assemble_from(form: AssembleForm, exam: Exam) -> list[ExamForm]:
    """The drafts drawn; none, and the form says why, when the bank cannot give them."""
    if form.cleaned_data["seed"] is None:
        form.cleaned_data["seed"] = secrets.randbelow(LARGEST_SEED)
    count, rng = form.cleaned_data["k"], random.Random(form.cleaned_data["seed"])  # noqa: S311
    is_parallel = form.cleaned_data["method"] == AssembleForm.Method.PARALLEL
    try:
        with transaction.atomic():
            if is_parallel:
                return draw_parallel_forms(
                    [exam] * count, rng=rng, seconds=SECONDS, is_frozen=False
                )
            return [draw_form(exam, rng=rng, is_frozen=False) for _number in range(count)]
    except NotDrawn as refusal:
        form.add_error(None, str(refusal))
        return []


def tell_of(request: HttpRequest, drafts: list[ExamForm], seed: int) -> None:
    words = ngettext(
        "%(count)d draft was drawn, with seed %(seed)d.",
        "%(count)d drafts were drawn, with seed %(seed)d.",
        len(drafts),
    )
    messages.success(request, words % {"count": len(drafts), "seed": seed})


# --- One form


@require_safe
@never_cache
@allowed(CHANGE, VIEW)
def form_detail(request: HttpRequest, form_id: int) -> HttpResponse:
    """The form laid open; with `?swap=3`, and what could stand at place 3 instead."""
    form = get_form(form_id)
    asked = request.GET.get("swap", "")
    position = int(asked) if asked.isdecimal() and len(asked) < 5 else None
    may_swap = form.frozen_at is None and request.user.has_perm(CHANGE)
    return laid_open(request, form, swap=position if may_swap else None)


@require_POST
@allowed(CHANGE)
def form_swap(request: HttpRequest, form_id: int, position: int) -> HttpResponse:
    form, sent = get_form(form_id), SwapForm(request.POST)
    if not sent.is_valid():
        return laid_open(request, form, refusal=_("Choose a question."), swap=position)
    try:
        drafting.swap(form, position=position, **sent.cleaned_data)
    except drafting.UnfitError:
        words = _("The form or the bank has changed meanwhile: choose again.")
        return laid_open(request, form, refusal=words, swap=position)
    except drafting.FrozenError:
        return refused(request, form_id)
    if "HX-Request" in request.headers:
        return laid_open(request, form, changed=position)
    return redirect("form_detail", form_id=form_id)


@require_POST
@allowed(CHANGE)
def form_freeze(request: HttpRequest, form_id: int) -> HttpResponse:
    form = get_form(form_id)
    try:
        drafting.freeze(form)
    except drafting.BrokenBlueprintError:
        words = _("The form does not keep its blueprint and was not frozen.")
        return laid_open(request, form, refusal=words)
    except drafting.FrozenError:
        return refused(request, form_id)
    messages.success(request, _("%(form)s is frozen: candidates may sit it.") % {"form": form})
    return redirect("form_detail", form_id=form_id)


@require_POST
@allowed(CHANGE)
def form_discard(request: HttpRequest, form_id: int) -> HttpResponse:
    form = get_form(form_id)
    slug = form.exam.slug
    try:
        drafting.discard(form)
    except drafting.FrozenError:
        return refused(request, form_id)
    messages.success(request, _("The draft of %(form)s is deleted.") % {"form": form})
    return redirect("form_assemble", slug=slug)


def get_form(form_id: int) -> ExamForm:
    return get_object_or_404(ExamForm.objects.select_related("exam__certification"), pk=form_id)


def refused(request: HttpRequest, form_id: int) -> HttpResponse:
    """Say that what is frozen stays; 404 if there is no such form any more."""
    words = _("The form is frozen and stays as it is.")
    return laid_open(request, get_form(form_id), refusal=words)


def laid_open(
    request: HttpRequest,
    form: ExamForm,
    *,
    refusal: str = "",
    swap: int | None = None,
    changed: int | None = None,
) -> HttpResponse:
    """The page of a form, or the part that htmx asked for."""
    sheet = FormSheet(form)
    place = sheet.place(swap) if swap else None
    context: dict[str, Any] = {
        "exam_form": form,
        "exam": form.exam,
        "certification": form.exam.certification,
        "sheet": sheet,
        "may_change": form.frozen_at is None and request.user.has_perm(CHANGE),
        "swapping": place,
        "candidates": sheet.candidates(place) if place and form.frozen_at is None else [],
        "changed": changed,
        "refusal": refusal,
    }
    part = "#form-sheet" if "HX-Request" in request.headers else ""
    return render(request, FORM_PAGE + part, context, status=422 if refusal else 200)
