"""Practice: the builder, one question at a time with its rationale, pause and end."""

import random
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from exams import delivery
from exams import practice as practices
from exams.models import Exam, Response, Sitting
from questions.access import person
from questions.models import Certification
from scoring import exposure, practice_pages
from scoring.check_forms import CheckForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def practice(request: HttpRequest) -> HttpResponse:
    """The builder; it counts what fits as one chooses, and begins what was chosen."""
    user, rng = person(request), random.SystemRandom()
    data = request.POST if request.method == "POST" else request.GET
    form = practice_pages.builder(data)
    available = practice_pages.available(user, form)
    is_ready = request.method == "POST" and "recount" not in data
    is_ready = is_ready and not practice_pages.is_outdated(data)
    drawn = practice_pages.drawn(user, form, available, rng) if is_ready else []
    sitting = (
        begin(request, user, form.choice().certification, drawn, form.how()) if drawn else None
    )
    if sitting:
        return redirect("practice_sitting", sitting_id=sitting.pk)
    context = practice_pages.builder_context(user, form, available)
    template = "scoring/practice/practice.html"
    if request.headers.get("HX-Target") == "practice-form":
        template += "#practice-form"
    status = (409 if drawn else 422) if is_ready else 200
    return render(request, template, context, status=status)


def begin(
    request: HttpRequest,
    user: User,
    certification: Certification,
    drawn: list[int],
    how: dict[str, Any],
) -> Sitting | None:
    """The practice begun; None while another is open that the candidate has not let go."""
    held = practices.running(user, certification) if "replaces" in request.POST else None
    if held:
        practices.end(held)
    try:
        return practices.start(user, certification, drawn, rng=random.SystemRandom(), **how)
    except practices.AlreadyOpen:
        return None


@require_POST
@login_required
def practice_missed(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """Practice what a sitting missed, as those questions are now."""
    user = person(request)
    held = exposure.submitted(user).select_related("exam__certification")
    earlier = get_object_or_404(held, pk=sitting_id)
    missed = exposure.missed_of(Response.objects.filter(sitting=earlier))
    drawn = exposure.current_of(user, missed)
    if not drawn:
        messages.info(request, _("There is nothing left to practice of this sitting."))
        return redirect("report", sitting_id=earlier.pk)
    certification = earlier.exam.certification
    how = {"minutes": None, "shows_rationale": True}
    sitting = begin(request, user, certification, drawn, how)
    if sitting:
        return redirect("practice_sitting", sitting_id=sitting.pk)
    context = {"earlier": earlier, "running": practices.running(user, certification)}
    return render(request, "scoring/practice/under_way.html", context, status=409)


@require_safe
@login_required
@never_cache
def practice_sitting(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """Where the practice goes on: the room, the first question without a response, the report."""
    sitting = own_practice(request, sitting_id)
    if is_over(sitting):
        return redirect("report", sitting_id=sitting.pk)
    if not sitting.shows_rationale:
        return redirect("room", sitting_id=sitting.pk)
    waiting = sitting.responses.filter(checked_at=None).order_by("position").first()
    position = waiting.position if waiting else 1
    return redirect("practice_question", sitting_id=sitting.pk, position=position)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def practice_question(request: HttpRequest, sitting_id: int, position: int) -> HttpResponse:
    sitting = own_practice(request, sitting_id)
    if is_over(sitting) or not sitting.shows_rationale:
        return redirect("practice_sitting", sitting_id=sitting.pk)
    response = get_object_or_404(practice_pages.responses(sitting), position=position)
    form = None
    if request.method == "POST":
        form = check_form(request, response)
        if form.is_valid():
            said = form.cleaned_data
            practices.check(
                sitting,
                position,
                said["selected"],
                is_guessed=said["is_guessed"],
                seconds=said["seconds"] or 0,
            )
            return redirect("practice_question", sitting_id=sitting.pk, position=position)
    context = practice_pages.question_context(sitting, response, form)
    status = 422 if form else 200
    return render(request, "scoring/practice/question.html", context, status=status)


def check_form(request: HttpRequest, response: Response) -> CheckForm:
    return CheckForm(
        request.POST,
        kind=response.form_question.version.kind,
        count=response.choose_count,
        letters="".join(sorted(response.option_order)),
    )


@require_POST
@login_required
def practice_act(request: HttpRequest, sitting_id: int, position: int, act: str) -> HttpResponse:
    """Flag or unflag a question, stop the clock, let it go on, or end the practice."""
    sitting = own_practice(request, sitting_id)
    if act == "end":
        practices.end(sitting)
        return redirect("report", sitting_id=sitting.pk)
    if act in {"flag", "unflag"}:
        practices.flag(sitting, position, is_on=act == "flag")
    else:
        {"pause": practices.pause, "resume": practices.resume}[act](sitting)
    return redirect("practice_question", sitting_id=sitting.pk, position=position)


def own_practice(request: HttpRequest, sitting_id: int) -> Sitting:
    held = Sitting.objects.for_candidate(request.user).filter(exam__mode=Exam.Mode.PRACTICE)
    with_exam = held.with_clock().select_related("exam__certification")
    return get_object_or_404(with_exam, pk=sitting_id)


def is_over(sitting: Sitting) -> bool:
    """Whether it was ended, or has run out: then it is closed here."""
    if sitting.submitted_at is None and sitting.is_overdue(sitting.asked_at):
        return delivery.close_if_overdue(sitting.pk)
    return sitting.submitted_at is not None
