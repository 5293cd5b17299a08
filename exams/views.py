"""The candidate's way through an exam: instructions, start, the room, saving, submitting."""

import random
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from exams import clock, delivery, rooms, tokens
from exams.delivery import Change
from exams.forms import RespondForm, SubmitForm
from exams.guests import ensure_guest_key, guest_key
from exams.models import Exam, Response, Sitting
from exams.tokens import SittingToken

TokenView = Callable[..., HttpResponse]


def by_token(view: TokenView) -> TokenView:
    """Authorize by the sitting token alone: no session, no CSRF cookie and no cache is asked.

    The token travels in a header of its own, which no other site can make a browser send.
    """

    @csrf_exempt
    @wraps(view)
    def authorized(request: HttpRequest, sitting_id: int, **kwargs: Any) -> HttpResponse:
        token = tokens.read(request.headers.get(tokens.HEADER, ""))
        if token is None or token.sitting_id != sitting_id:
            raise Http404
        return view(request, token, **kwargs)

    authorized.reads_no_session = True  # type: ignore[attr-defined]
    return authorized


@require_safe
def exam_detail(request: HttpRequest, slug: str) -> HttpResponse:
    exams = Exam.objects.opened().with_access(request.user)
    exam = get_object_or_404(exams.select_related("certification", "reward"), slug=slug)
    held = Sitting.objects.held_by(request.user, guest_key(request))
    context = {
        "exam": exam,
        "sitting": held.open().filter(exam=exam).first(),
        "may_start": exam.is_open_to(request.user),
        "extra_minutes": extra_minutes(request, exam),
        "grace_seconds": clock.GRACE_SECONDS,
    }
    return render(request, "exams/exam_detail.html", context)


def extra_minutes(request: HttpRequest, exam: Exam) -> int:
    user = request.user
    return user.extra_minutes(exam.minutes) if user.is_authenticated and exam.minutes else 0


@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    exams = Exam.objects.opened().unlocked_for(request.user).select_related("certification")
    exam = get_object_or_404(exams, slug=slug)
    user = request.user if request.user.is_authenticated else None
    if not exam.is_open_to(request.user):
        return redirect_to_login(reverse("exam_detail", args=[slug]))
    if user is None and not ratelimit.consume(request, action="start_as_guest"):
        too_many: HttpResponse = ratelimit.respond_429(request)
        return too_many
    key = None if user else ensure_guest_key(request)
    try:
        sitting = delivery.start(exam, candidate=user, guest_key=key, rng=random.SystemRandom())
    except delivery.NoForm:
        messages.error(request, _("This exam has no questions yet. Please come back later."))
        return redirect("exam_detail", slug=slug)
    return redirect("room", sitting_id=sitting.pk)


@require_safe
@never_cache
def room(request: HttpRequest, sitting_id: int) -> HttpResponse:
    key = guest_key(request)
    held = Sitting.objects.held_by(request.user, key).with_clock()
    sitting = get_object_or_404(held.select_related("exam__certification"), pk=sitting_id)
    if not sitting.is_open(sitting.asked_at):
        delivery.close_if_overdue(sitting.pk)
        return redirect("report", sitting_id=sitting.pk)
    if sitting.shows_rationale:
        return redirect("practice_sitting", sitting_id=sitting.pk)
    questions = rooms.questions(sitting)
    context = {
        "sitting": sitting,
        "questions": questions,
        "seconds_left": clock.seconds_left(sitting.deadline, sitting.asked_at),
        "token": tokens.issue(sitting, key),
        "complete_count": sum(question.is_complete for question in questions),
    }
    return render(request, "exams/room.html", context)


@require_POST
@by_token
def respond(request: HttpRequest, token: SittingToken, position: int) -> HttpResponse:
    form = RespondForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    change = form.change(position)
    saved = delivery.respond(token, change)
    if saved is None:
        return refuse(token, change)
    return JsonResponse(
        {
            "revision": saved.revision,
            "saved_at": saved.saved_at,
            "seconds_left": saved.seconds_left,
        }
    )


def refuse(token: SittingToken, change: Change) -> HttpResponse:
    """Say why nothing was written: not yours, closed, said before, stale, or no such letter."""
    response = get_object_or_404_standing(token, change.position)
    now = response.asked_at
    if not response.sitting.is_open(now):
        delivery.close_if_overdue(token.sitting_id)
        delivery.keep_late(token.sitting_id, [change])
        return JsonResponse({"report": reverse("report", args=[token.sitting_id])}, status=410)
    reply = state(response) | {
        "saved_at": response.responded_at,
        "seconds_left": clock.seconds_left(response.sitting.deadline, now),
    }
    if change.is_said(response):
        return JsonResponse(reply)
    return JsonResponse(reply, status=422 if response.revision == change.revision else 409)


def get_object_or_404_standing(token: SittingToken, position: int) -> Response:
    try:
        return delivery.standing(token, position)
    except Response.DoesNotExist:
        raise Http404 from None


def state(response: Response) -> dict[str, Any]:
    return {
        "revision": response.revision,
        "selected": response.selected,
        "struck": response.struck,
        "flagged": response.is_flagged,
        "guessed": response.is_guessed,
    }


@require_POST
@by_token
def submit(request: HttpRequest, token: SittingToken) -> HttpResponse:
    form = SubmitForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors, "rows": form.malformed}, status=422)
    unsaved = form.cleaned_data["unsaved"]
    try:
        is_closed = delivery.submit(token, unsaved=unsaved, seconds=form.cleaned_data["seconds"])
    except delivery.Stale as stale:
        rows = [{"position": one.position} | state(one) for one in stale.responses]
        return JsonResponse({"responses": rows}, status=409)
    if not is_closed:
        get_object_or_404_standing(token, 1)
        delivery.keep_late(token.sitting_id, unsaved)
    return JsonResponse({"report": reverse("report", args=[token.sitting_id])})


@require_safe
@never_cache
@by_token
def time_left(request: HttpRequest, token: SittingToken) -> HttpResponse:
    """Where the clock stands, for a browser that slept; `report` once the sitting is closed."""
    response = get_object_or_404_standing(token, 1)
    sitting, now = response.sitting, response.asked_at
    if not sitting.is_open(now):
        delivery.close_if_overdue(sitting.pk)
        return JsonResponse({"report": reverse("report", args=[sitting.pk])}, status=410)
    return JsonResponse({"seconds_left": clock.seconds_left(sitting.deadline, now)})
