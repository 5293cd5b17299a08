"""The page on which a question is written: saved as one types, shown as candidates will see it."""

from typing import Any

from django.contrib import messages
from django.db.models import BooleanField, ExpressionWrapper
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from questions import drafting, search
from questions.access import author_required, person
from questions.comparison import compared
from questions.content import Content, content_of
from questions.draft_checks import PLACES, by_place, draft_problems
from questions.draft_forms import ContentForm, ImageForm, NewQuestionForm, TagsForm, blank_rows
from questions.formats.images import data_uri
from questions.imaging import ImageRefusedError, add_image, remove_image, used_by
from questions.models import Question, QuestionVersion, Service
from questions.previews import Preview

LONGEST_STEM = 4000  # characters that are compared with other stems


def the_version(version_id: int) -> QuestionVersion:
    versions = QuestionVersion.objects.select_related(
        "question__certification", "question__task__domain", "saved_by"
    )
    return get_object_or_404(versions, pk=version_id)


# --- The page


@require_http_methods(["GET", "HEAD", "POST"])
@author_required
@never_cache
def question_edit(request: HttpRequest, question_id: int) -> HttpResponse:
    """Show the open draft, or the newest version with a way to begin the next; a POST begins it."""
    questions = Question.objects.select_related("certification", "task__domain")
    question = get_object_or_404(questions, pk=question_id)
    if request.method == "POST":
        drafting.start_draft(question, author=person(request))
        return redirect("question_edit", question_id=question.pk)
    drafts_first = question.versions.order_by("-published_at", "-number")  # empty dates first
    version = drafts_first.first()
    if version is None or version.published_at or version.review_asked_at:
        return render(request, "questions/no_draft.html", at_rest(question, version))
    version.question = question
    return render(request, "questions/editor.html", page(version))


def at_rest(question: Question, version: QuestionVersion | None) -> dict[str, Any]:
    """What is shown of a question that cannot be written on as it stands."""
    context: dict[str, Any] = {
        "question": question,
        "certification": question.certification,
        "version": version,
    }
    if version is not None:
        version.question = question
        services = [service.name for service in question.services.all()]
        context["shown"] = Preview(content_of(version), services=services)
    return context


def page(version: QuestionVersion) -> dict[str, Any]:
    content = content_of(version)
    form = ContentForm.of(content)
    tags = TagsForm(version.question)
    return {
        **standing(version, form, content),
        "tags": tags,
        "tags_seen": tags.seen_now(),
        "certification": version.question.certification,
        "blank": blank_rows(),
        "known_services": Service.objects.all(),
        "pictures": pictures(version.question),
        "image_form": ImageForm(),
        "may_remove_all": version.number > 1,
    }


def standing(version: QuestionVersion, form: ContentForm, content: Content) -> dict[str, Any]:
    """What the page shows of a draft, and all that it still lacks."""
    found = draft_problems(content)
    checks = by_place(found, **form.row_names())
    rows = [name for names in form.row_names().values() for name in names]
    sent = [str(row.prefix) for row in form.references]
    return {
        "version": version,
        "question": version.question,
        "form": form,
        "checks": {name: checks.get(name, []) for name in dict.fromkeys([*PLACES, *rows, *sent])},
        "option_rows": [(row, checks.get(str(row.prefix))) for row in form.options],
        "prompt_rows": [(row, checks.get(str(row.prefix))) for row in form.prompts],
        "reference_rows": [(row, checks.get(str(row.prefix))) for row in form.references],
        "problem_count": len(found),
        "revision": version.revision,
        "saved_at": version.saved_at,
    }


def pictures(question: Question) -> list[dict[str, Any]]:
    """One statement. What a published version names is never removed."""
    is_kept = used_by(QuestionVersion.objects.published())
    images = question.images.annotate(is_kept=ExpressionWrapper(is_kept, BooleanField()))
    return [
        {
            "name": image.name,
            "uri": data_uri(bytes(image.content)),
            "is_kept": image.is_kept,
        }
        for image in images
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@author_required
def question_new(request: HttpRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = NewQuestionForm(data, initial=request.GET.dict())
    if data is None or not form.is_valid():
        name = "questions/question_new.html"
        partial = f"{name}#new-question" if request.headers.get("HX-Request") else name
        return render(request, partial, {"form": form}, status=422 if data else 200)
    version = drafting.start_question(
        form.cleaned_data["certification"],
        task=form.cleaned_data["task"],
        kind=form.cleaned_data["kind"],
        author=person(request),
    )
    return HttpResponseRedirect(reverse("question_edit", args=[version.question_id]))


# --- Saving


@require_POST
@author_required
def draft_save(request: HttpRequest, version_id: int) -> HttpResponse:
    version = the_version(version_id)
    form, tags = ContentForm(version, request.POST), TagsForm(version.question, request.POST)
    if not form.is_valid():
        return render(request, "questions/_refused.html", {"form": form}, status=422)
    content, changes = form.content(), tags.changes()
    try:
        saved = drafting.save_draft(
            version,
            content,
            author=person(request),
            revision=form.cleaned_data["revision"],
            tags=changes,
        )
    except (drafting.NoDraftError, drafting.InReviewError):
        return conflict(request, version_id, content)
    if saved is None:
        return conflict(request, version_id, content)
    return render(
        request,
        "questions/_saved.html",
        {
            **standing(version, form, content),
            "revision": saved.revision,
            "saved_at": saved.saved_at,
            "tags": tags,
            "tags_seen": tags.seen_after(changes),
        },
    )


def conflict(request: HttpRequest, version_id: int, mine: Content) -> HttpResponse:
    """What stands there and what was sent, side by side; nothing was written."""
    theirs = the_version(version_id)
    context: dict[str, Any] = {"theirs": theirs, "question": theirs.question}
    if theirs.published_at is None and theirs.review_asked_at is None:
        fields = compared(content_of(theirs), mine)
        context["fields"] = [field for field in fields if field.is_changed]
    return render(request, "questions/_conflict.html", context, status=409)


# --- Beside the text


@require_POST
@author_required
def draft_preview(request: HttpRequest, version_id: int) -> HttpResponse:
    version = the_version(version_id)
    form = ContentForm(version, request.POST)
    tags = TagsForm(version.question, request.POST)
    context: dict[str, Any] = {"version": version, "view": request.POST.get("view")}
    if form.is_valid():
        context["shown"] = Preview(form.content(), services=tags.services)
    return render(request, "questions/_preview.html", context)


@require_POST
@author_required
def draft_alike(request: HttpRequest, version_id: int) -> HttpResponse:
    question = the_version(version_id).question
    stem = request.POST.get("stem", "").replace("\0", "").strip()[:LONGEST_STEM]
    certification = question.certification
    found = search.alike(stem, certification=certification, exclude=question.pk) if stem else []
    return render(request, "questions/_alike.html", {"found": found})


@require_POST
@author_required
def image_add(request: HttpRequest, version_id: int) -> HttpResponse:
    version = the_version(version_id)
    form = ImageForm(request.POST, request.FILES)
    added = add_from(form, version.question, request) if form.is_valid() else None
    context: dict[str, Any] = {
        "version": version,
        "image_form": form if added is None else ImageForm(),
        "snippet": added,
        "pictures": pictures(version.question),
    }
    status = 422 if added is None else 200
    return render(request, "questions/_images.html", context, status=status)


@require_POST
@author_required
def image_remove(request: HttpRequest, version_id: int, name: str) -> HttpResponse:
    version = the_version(version_id)
    is_gone = remove_image(version.question, name)
    context = {
        "version": version,
        "image_form": ImageForm(),
        "pictures": pictures(version.question),
        "refused": "" if is_gone else name,
    }
    return render(request, "questions/_images.html", context, status=200 if is_gone else 422)


def add_from(form: ImageForm, question: Question, request: HttpRequest) -> str | None:
    """The Markdown that shows the new picture; None, and the form says why, if it is refused."""
    file = form.cleaned_data["file"]
    try:
        image = add_image(question, file.read(), file_name=file.name, author=person(request))
    except ImageRefusedError as error:
        form.add_error("file", str(error))
        return None
    return form.snippet(image.name)


# --- The draft's ways out


@require_POST
@author_required
def draft_take_back(request: HttpRequest, version_id: int) -> HttpResponse:
    version = the_version(version_id)
    reason = _("Taken back to go on writing.")
    drafting.take_back(version, actor=person(request), reason=reason)
    return away(request, "question_edit", version.question_id)


@require_POST
@author_required
def draft_discard(request: HttpRequest, version_id: int) -> HttpResponse:
    version = the_version(version_id)
    revision = request.POST.get("revision", "")
    is_gone = revision.isdecimal() and drafting.discard_draft(
        version, actor=person(request), revision=min(int(revision[:10]), 2**31 - 1)
    )
    if not is_gone:
        messages.warning(request, _("The draft has changed meanwhile and was not discarded."))
        return away(request, "question_edit", version.question_id)
    messages.success(request, _("The draft is discarded."))
    return away(request, "question_life", version.question_id)


def lacking(request: HttpRequest, version: QuestionVersion) -> HttpResponse:
    """The answer to an editor whose draft is not complete enough for review."""
    content = content_of(version)
    context = standing(version, ContentForm.of(content), content) | {"is_asked": True}
    return render(request, "questions/_readiness.html", context, status=422)


def away(request: HttpRequest, name: str, question_id: int) -> HttpResponse:
    """Go to a page of the question, from an htmx request too."""
    address = reverse(name, args=[question_id])
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)
