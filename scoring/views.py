"""Pages of the candidate: home, all results, the report of one sitting."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from exams import delivery, tokens
from exams.guests import guest_key
from exams.models import Sitting
from scoring import home as homes
from scoring import printing, progress_home, progress_readiness, releasing, reports
from scoring.reports import Show

PAGE_SIZE = 25
kept_nowhere = cache_control(private=True, no_store=True)


@require_safe
@kept_nowhere
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    held = held_sittings(request)
    sittings = homes.running(held)
    overdue = [sitting.pk for sitting in sittings if sitting.is_overdue(now)]
    if any([delivery.close_if_overdue(pk) for pk in overdue]):  # noqa: C419 (all of them)
        sittings = homes.running(held)
    shelves = homes.shelves(request.user, held, sittings)
    shelves = homes.planned(shelves, request.user, now)
    shelves = progress_home.forecast(shelves, request.user, now)
    outlooks = [shelf.outlook for shelf in shelves]
    progress_readiness.keep(request.user, outlooks, timezone.localdate(now))
    context = {
        "running": homes.running_lines(sittings, now),
        "shelves": shelves,
        "is_new": request.user.is_authenticated and not homes.has_begun(sittings, shelves),
        "sample": homes.first_open_to_guests(shelves),
    }
    return render(request, "scoring/home.html", context)


@require_safe
@kept_nowhere
def results(request: HttpRequest) -> HttpResponse:
    pages = Paginator(homes.earned(held_sittings(request)), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page"))
    page.object_list = reports.veiled(page.object_list)
    return render(request, "scoring/results.html", {"page": page})


@require_safe
@kept_nowhere
def report(request: HttpRequest, sitting_id: int) -> HttpResponse:
    held = reports.with_results(held_sittings(request))
    sitting = get_object_or_404(held, pk=sitting_id)
    if sitting.submitted_at is None:
        if not delivery.close_if_overdue(sitting.pk):
            return redirect("room", sitting_id=sitting.pk)
        sitting = held.get(pk=sitting_id)
    if not sitting.is_released:
        return waiting(request, sitting)
    show = Show.chosen(request.GET.get("show"))
    context = {
        "report": reports.report(sitting, show=show, now=timezone.now()),
        "token": tokens.issue(sitting, guest_key(request)),
        "has_pdf": request.user.is_authenticated and printing.is_available(),
    }
    template = "scoring/report.html"
    if request.headers.get("HX-Target") == "review":
        template += "#review"
    return render(request, template, context)


def waiting(request: HttpRequest, sitting: Any) -> HttpResponse:
    """The survey that stands before the result, or a page that says when it comes."""
    if releasing.asks_survey(sitting):
        return redirect("survey", sitting_id=sitting.pk)
    [shown] = reports.veiled([sitting])
    return render(request, "scoring/after/waiting.html", {"sitting": shown})


def held_sittings(request: HttpRequest) -> Any:
    return Sitting.objects.held_by(request.user, guest_key(request))
