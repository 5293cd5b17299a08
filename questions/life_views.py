"""Pages of a question's life: the reviewers' queue, the question with its trail, a difference."""

from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from questions import queue, reviewing
from questions.access import AUTHOR, REVIEWER, allowed, author_required, person, reviewer_required
from questions.comparison import compared
from questions.content import content_of
from questions.editor_views import away, lacking, the_version
from questions.life import life
from questions.life_forms import ResolveForm, RestoreForm, RetireForm, ReviewForm
from questions.models import Question, QuestionReport, QuestionVersion
from questions.partials import wants_part
from questions.publishing import UnpublishableError
from questions.queue import Show
from questions.reviewing import OwnWorkError

PAGE_SIZE = 10
LIFE = "questions/question_life.html"
QUEUE = "questions/review_queue.html"

read_by_both = allowed(AUTHOR, REVIEWER)


class Outcome(NamedTuple):
    """What became of a step, in words for whoever took it."""

    text: str
    is_done: bool = True


# --- The queue


@require_safe
@never_cache
@reviewer_required
def review_queue(request: HttpRequest) -> HttpResponse:
    pages = {
        Show.DRAFTS: Paginator(queue.drafts(), PAGE_SIZE),
        Show.REPORTS: Paginator(queue.reported(), PAGE_SIZE),
    }
    counts = {show.value: pages[show].count for show in Show}
    show = Show.chosen(request.GET.get("show"), has_drafts=bool(counts[Show.DRAFTS]))
    page = pages[show].get_page(request.GET.get("page"))
    cards = queue.opened(show, page, reviewer=person(request))
    context = {"show": show, "page": page, "cards": cards, "counts": counts}
    return render(request, QUEUE, context)


@require_POST
@reviewer_required
def review(request: HttpRequest, version_id: int) -> HttpResponse:
    """Publish or send back, and answer with what became of the card."""
    version = get_object_or_404(QuestionVersion.objects.select_related("question"), pk=version_id)
    form = ReviewForm(request.POST)
    outcome = decide(request, version, form) if form.is_valid() else fault_of(form)
    if not wants_part(request):
        return told(request, outcome, "review_queue")
    if outcome.is_done:
        return render(request, f"{QUEUE}#decided", {"version": version, "outcome": outcome})
    return reopened(request, Show.DRAFTS, version, outcome, said=request.POST.get("reason", ""))


def decide(request: HttpRequest, version: QuestionVersion, form: ReviewForm) -> Outcome:
    actor, reason = person(request), form.cleaned_data["reason"]
    if form.cleaned_data["decision"] == ReviewForm.Decision.SEND_BACK:
        is_done = reviewing.send_back(version, actor=actor, reason=reason)
        return outcome_of(is_done, _("Sent back to the author."))
    revision, now = form.cleaned_data["revision"], timezone.now()
    try:
        is_done = reviewing.approve(version, actor=actor, revision=revision, now=now, reason=reason)
    except OwnWorkError:
        return Outcome(_("You wrote a part of it: somebody else has to publish it."), False)
    except UnpublishableError as error:
        return Outcome(str(error), False)
    return outcome_of(is_done, _("Published."))


def reopened(
    request: HttpRequest, show: Show, version: QuestionVersion, outcome: Outcome, *, said: str = "",
    report_id: int = 0,
) -> HttpResponse:  # fmt: skip
    """The card as it stands now, with what was wrong; a notice if it waits no longer."""
    waiting = queue.drafts() if show is Show.DRAFTS else queue.reported()
    cards = queue.opened(show, waiting.filter(pk=version.pk), reviewer=person(request))
    context = {
        "show": show,
        "version": version,
        "card": cards[0] if cards else None,
        "outcome": outcome,
        "said": said,
        "faulty_report": report_id,
    }
    part = "card" if cards else "decided"
    return render(request, f"{QUEUE}#{part}", context, status=200 if outcome.is_done else 422)


# --- One question


@require_safe
@never_cache
@read_by_both
def question_life(request: HttpRequest, question_id: int) -> HttpResponse:
    return render(request, LIFE, {"life": life(get_question(question_id))})


@require_POST
@author_required
def ask_review(request: HttpRequest, version_id: int) -> HttpResponse:
    """From the question's page, or from the editor, which is told beside each field what lacks."""
    version = the_version(version_id)
    is_editor = request.headers.get("HX-Target") == "readiness"
    try:
        is_done = reviewing.ask_review(version, actor=person(request), now=timezone.now())
    except UnpublishableError as error:
        if is_editor:
            return lacking(request, version)
        return lived(request, version.question_id, Outcome(str(error), False))
    outcome = outcome_of(is_done, _("Sent to review."))
    if is_editor:
        tell(request, outcome)
        return away(request, "question_edit", version.question_id)
    return lived(request, version.question_id, outcome)


@require_POST
@reviewer_required
def question_retire(request: HttpRequest, question_id: int) -> HttpResponse:
    question, form = get_question(question_id), RetireForm(request.POST)
    if not form.is_valid():
        return lived(request, question_id, fault_of(form), faulty="retire")
    reason, now = form.cleaned_data["reason"], timezone.now()
    is_done = reviewing.retire(question, actor=person(request), reason=reason, now=now)
    return lived(request, question_id, outcome_of(is_done, _("Retired.")))


@require_POST
@reviewer_required
def question_restore(request: HttpRequest, question_id: int) -> HttpResponse:
    question, form = get_question(question_id), RestoreForm(request.POST)
    if not form.is_valid():
        return lived(request, question_id, fault_of(form), faulty="restore")
    reason = form.cleaned_data["reason"]
    is_done = reviewing.restore(question, actor=person(request), reason=reason)
    return lived(request, question_id, outcome_of(is_done, _("Restored.")))


@require_POST
@reviewer_required
def resolve_report(request: HttpRequest, report_id: int) -> HttpResponse:
    """From the queue, which gets its card back, or from the question's page."""
    report = get_object_or_404(
        QuestionReport.objects.select_related("version__question"), pk=report_id
    )
    form = ResolveForm(request.POST)
    outcome = resolve(request, report, form) if form.is_valid() else fault_of(form)
    faulty = 0 if outcome.is_done else report.pk
    if wants_part(request) and request.headers.get("HX-Target") != "life":
        said = request.POST.get("resolution", "")
        return reopened(request, Show.REPORTS, report.version, outcome, said=said, report_id=faulty)
    return lived(request, report.version.question_id, outcome, faulty_report=faulty)


def resolve(request: HttpRequest, report: QuestionReport, form: ResolveForm) -> Outcome:
    text, now = form.cleaned_data["resolution"], timezone.now()
    is_done = reviewing.resolve(report, actor=person(request), resolution=text, now=now)
    return outcome_of(is_done, _("Report resolved."))


def lived(
    request: HttpRequest, question_id: int, outcome: Outcome, *, faulty: str = "",
    faulty_report: int = 0,
) -> HttpResponse:  # fmt: skip
    """The question's life after a step: the part htmx asked for, or the page anew."""
    if not wants_part(request):
        return told(request, outcome, "question_life", question_id)
    context = {
        "life": life(get_question(question_id)),
        "outcome": outcome,
        "faulty": faulty,
        "faulty_report": faulty_report,
    }
    return render(request, f"{LIFE}#life", context, status=200 if outcome.is_done else 422)


@require_safe
@never_cache
@read_by_both
def version_diff(request: HttpRequest, question_id: int) -> HttpResponse:
    """Two versions side by side; without numbers, the newest and the one before it."""
    question = get_question(question_id)
    versions = list(question.versions.order_by("number"))
    if not versions:
        raise Http404
    default = versions[-2:][0].number, versions[-1].number
    old = chosen(versions, request.GET.get("from"), default[0])
    new = chosen(versions, request.GET.get("to"), default[1])
    fields = compared(content_of(old), content_of(new))
    context = {
        "question": question,
        "versions": versions,
        "old": old,
        "new": new,
        "fields": fields,
        "changed_count": sum(field.is_changed for field in fields),
    }
    return render(request, "questions/version_diff.html", context)


def chosen(versions: list[QuestionVersion], asked: str | None, default: int) -> QuestionVersion:
    """The version with the number asked for; 404 if there is none."""
    number = asked or str(default)
    for version in versions:
        if str(version.number) == number:
            return version
    raise Http404


def get_question(question_id: int) -> Question:
    questions = Question.objects.select_related("certification", "task__domain")
    return get_object_or_404(questions, pk=question_id)


# --- What is said about a step


def outcome_of(is_done: bool, text: str) -> Outcome:
    if is_done:
        return Outcome(text)
    return Outcome(_("Somebody changed it meanwhile: this is how it stands now."), False)


def fault_of(form: forms.Form) -> Outcome:
    return Outcome(str(next(error for errors in form.errors.values() for error in errors)), False)


def told(request: HttpRequest, outcome: Outcome, page: str, *args: int) -> HttpResponse:
    tell(request, outcome)
    return redirect(page, *args)


def tell(request: HttpRequest, outcome: Outcome) -> None:
    level = messages.SUCCESS if outcome.is_done else messages.ERROR
    messages.add_message(request, level, outcome.text)
