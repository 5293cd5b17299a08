"""Pages of a reviewer who corrects what was published: another key, or a withdrawal."""

from collections.abc import Callable
from itertools import chain, islice

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from questions.access import person, reviewer_required
from questions.models import QuestionVersion
from questions.shown import shown
from scoring import corrections
from scoring.authoring_forms import CorrectionForm, KeyForm
from scoring.corrections import Impact, PassesLost, UnfitKey

KEY_PAGE = "scoring/authoring/correct_key.html"
WITHDRAW_PAGE = "scoring/authoring/withdraw_question.html"
SHOWN_MOVES = 100


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@reviewer_required
def correct_key(request: HttpRequest, version_id: int) -> HttpResponse:
    version = published(version_id)
    form = KeyForm(request.POST if request.method == "POST" else None, version=version)
    look(form, lambda: corrections.preview(version, key=form.key))

    def act() -> Impact | None:
        data = form.cleaned_data
        return corrections.correct_key(
            version,
            key=form.key,
            actor=person(request),
            reason=data["reason"],
            may_fail=data["may_fail"],
        )

    done = carried_out(form, act)
    if done is None:
        return answered(request, KEY_PAGE, form)
    messages.success(request, _("Key corrected.") + " " + told(done))
    if corrections.is_newest(version):
        hint = _("Draft the next version too: the explanations still speak for the old key.")
        messages.info(request, hint)
    return redirect("question_life", version.question_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@reviewer_required
def withdraw_question(request: HttpRequest, version_id: int) -> HttpResponse:
    version = published(version_id)
    form = CorrectionForm(request.POST if request.method == "POST" else None, version=version)
    look(form, lambda: corrections.preview_withdrawal(version))

    def act() -> Impact | None:
        reason = form.cleaned_data["reason"]
        return corrections.withdraw(version, actor=person(request), reason=reason)

    done = carried_out(form, act)
    if done is None:
        return answered(request, WITHDRAW_PAGE, form)
    messages.success(request, _("Withdrawn, with credit to all.") + " " + told(done))
    return redirect("question_life", version.question_id)


def published(version_id: int) -> QuestionVersion:
    versions = QuestionVersion.objects.published().select_related("question__task__domain")
    return get_object_or_404(versions, pk=version_id)


def look(form: CorrectionForm, preview: Callable[[], Impact]) -> None:
    """Give the form its dry run, once it says what of."""
    if form.version.withdrawn_at or not form.is_valid():
        return
    try:
        form.impact = preview()
    except UnfitKey as error:
        form.add_error(None, str(error))


def carried_out(form: CorrectionForm, act: Callable[[], Impact | None]) -> Impact | None:
    """What was done; None while it is not confirmed, or something came between."""
    if form.impact is None or not form.is_confirmed(form.impact):
        return None
    try:
        done = act()
    except PassesLost as error:
        form.impact = error.impact
        form.add_error("may_fail", _("A sitting that came in meanwhile passed: look again."))
        return None
    if done is None:
        form.impact = None
        form.version.refresh_from_db()
        form.add_error(None, _("Somebody corrected it meanwhile: this is how it stands now."))
    return done


def answered(request: HttpRequest, page: str, form: CorrectionForm) -> HttpResponse:
    context = {
        "version": form.version,
        "question": form.version.question,
        "shown": shown([form.version])[0],
        "form": form,
        "impact": form.impact,
        "moves": first_moves(form.impact),
        "looked": form.key if form.impact else "",
    }
    template = f"{page}#correction" if "HX-Request" in request.headers else page
    return render(request, template, context, status=422 if form.errors else 200)


def first_moves(impact: Impact | None) -> list[corrections.Move]:
    """The weightiest first: passes lost, passes won, other scores."""
    if impact is None:
        return []
    return list(islice(chain(impact.lost, impact.won, impact.kept), SHOWN_MOVES))


def told(done: Impact) -> str:
    rescored = ngettext(
        "%(count)s result rescored.", "%(count)s results rescored.", len(done.moves)
    ) % {"count": len(done.moves)}
    owed = ngettext(
        "%(count)s candidate is told by e-mail.",
        "%(count)s candidates are told by e-mail.",
        done.told_count,
    ) % {"count": done.told_count}
    return f"{rescored} {owed}"
