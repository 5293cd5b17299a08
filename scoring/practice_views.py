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
from exams.tokens import SittingToken
from questions.access import person
from questions.models import Certification
from scoring import exposure, practice_pages
from scoring.check_forms import CheckForm
from scoring.practice_forms import PracticeForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def practice(request: HttpRequest) -> HttpResponse:
    """The builder; it counts what fits as one chooses."""
    user = person(request)
    form = practice_pages.builder(request.POST if request.method == "POST" else request.GET)
    available = practice_pages.available(user, form)
    if request.method == "POST" and practice_pages.is_drawable(form, available):
        return begin(request, user, form)
    context = practice_pages.builder_context(user, form, available)
    template = "scoring/practice/practice.html"
    if request.headers.get("HX-Target") == "practice-form":
        template += "#practice-form"
    status = 422 if request.method == "POST" else 200
    return render(request, template, context, status=status)


def begin(request: HttpRequest, user: User, form: PracticeForm) -> HttpResponse:
    choice, rng = form.choice(), random.SystemRandom()
    drawn = exposure.draw(user, choice, form.cleaned_data["length"], rng)
    return started(
        request,
        user,
        choice.certification,
        drawn,
        minutes=form.minutes(),
        shows_rationale=form.cleaned_data["feedback"] == "each",
    )


def started(
    request: HttpRequest, user: User, certification: Certification, drawn: list[int], **how: Any
) -> HttpResponse:
    """The practice begun, or the one that is open already."""
    try:
        sitting = practices.start(user, certification, drawn, rng=random.SystemRandom(), **how)
    except practices.AlreadyOpen:
        messages.info(request, _("You have a practice under way. End it before the next one."))
        held = practices.running(user, certification)
        return redirect("practice_sitting", sitting_id=held.pk) if held else redirect("practice")
    return redirect("practice_sitting", sitting_id=sitting.pk)


@require_POST
@login_required
def practice_missed(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """Practice what a sitting missed, as those questions are now."""
    user = person(request)
    held = exposure.submitted(user).select_related("exam__certification")
    sitting = get_object_or_404(held, pk=sitting_id)
    missed = exposure.missed_of(Response.objects.filter(sitting=sitting))
    drawn = exposure.current_of(missed)
    if not drawn:
        messages.info(request, _("There is nothing left to practice of this sitting."))
        return redirect("report", sitting_id=sitting.pk)
    certification = sitting.exam.certification
    return started(request, user, certification, drawn, minutes=None, shows_rationale=True)


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
        delivery.submit(SittingToken(sitting.pk, sitting.candidate_id, None))
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
