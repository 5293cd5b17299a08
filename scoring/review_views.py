"""The daily review: the queue, one card at a time, its rating and the cause of the miss."""

import random
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from scoring import review_pages, review_queue, studying
from scoring.check_forms import CheckForm
from scoring.models import ReviewCard, ReviewEntry
from scoring.review_forms import CauseForm, RateForm


@require_safe
@login_required
@never_cache
def review(request: HttpRequest) -> HttpResponse:
    context = {
        "queue": review_queue.queue(request.user, now=timezone.now()),
        "next": studying.next_card(request.user),
    }
    return render(request, "scoring/review/review.html", context)


@require_safe
@login_required
@never_cache
def review_card(request: HttpRequest, card_id: int) -> HttpResponse:
    """The question while it is due; what came of its latest review after that."""
    card = own_card(request, card_id)
    version = studying.current_version(card)
    if version is None:
        return render(request, "scoring/review/gone.html", {"card": card, **ahead(request)})
    latest = card.entries.filter(responded_at__isnull=False).first()
    if card.due_at > timezone.now() and latest:
        return outcome(request, latest)
    entry = studying.opened(card, version, random.SystemRandom())
    context = {"card": card, "entry": entry, "question": review_pages.asked(entry, version)}
    context["is_new_version"] = version.pk != card.version_id
    return render(request, "scoring/review/question.html", context | ahead(request))


@require_POST
@login_required
def review_respond(request: HttpRequest, card_id: int, entry_id: int) -> HttpResponse:
    card = own_card(request, card_id)
    entry = get_object_or_404(
        card.entries.select_related("card", "version").prefetch_related("version__options"),
        pk=entry_id,
    )
    form = CheckForm(
        request.POST,
        kind=entry.version.kind,
        count=len(entry.version.key),
        letters="".join(sorted(entry.option_order)),
    )
    if not form.is_valid():
        question = review_pages.asked(entry, entry.version)
        context = {"card": card, "entry": entry, "question": question, "form": form}
        return render(request, "scoring/review/question.html", context, status=422)
    said = form.cleaned_data
    now = timezone.now()
    studying.respond(entry, said["selected"], is_guessed=said["is_guessed"], now=now)
    return redirect("review_card", card_id=card.pk)


@require_POST
@login_required
def review_rate(request: HttpRequest, card_id: int, entry_id: int) -> HttpResponse:
    entry = own_entry(request, card_id, entry_id)
    form = RateForm(request.POST)
    if form.is_valid():
        studying.rate(entry, form.cleaned_data["rating"])
    return again(request, entry)


@require_POST
@login_required
def review_cause(request: HttpRequest, card_id: int, entry_id: int) -> HttpResponse:
    entry = own_entry(request, card_id, entry_id)
    form = CauseForm(request.POST)
    if form.is_valid():
        ReviewCard.objects.filter(pk=card_id).update(cause=form.cleaned_data["cause"])
    return again(request, entry)


@require_POST
@login_required
def review_aside(request: HttpRequest, card_id: int) -> HttpResponse:
    """Put the card aside, or take it back."""
    card = own_card(request, card_id)
    if "back" in request.POST:
        studying.take_back(card)
        return redirect("review_card", card_id=card.pk)
    studying.put_aside(card, now=timezone.now())
    following = studying.next_card(request.user)
    return redirect("review_card", card_id=following.pk) if following else redirect("review")


def again(request: HttpRequest, entry: ReviewEntry) -> HttpResponse:
    """The rating and the cause as they stand now, or the whole page without htmx."""
    if "HX-Request" not in request.headers:
        return redirect("review_card", card_id=entry.card_id)
    entry.refresh_from_db()
    entry.card.refresh_from_db()
    context = rating_context(entry)
    return render(request, "scoring/review/outcome.html#review-rating", context)


def outcome(request: HttpRequest, entry: ReviewEntry) -> HttpResponse:
    context = rating_context(entry) | ahead(request)
    context["question"] = review_pages.answered(entry)
    return render(request, "scoring/review/outcome.html", context)


def rating_context(entry: ReviewEntry) -> dict[str, Any]:
    return {
        "card": entry.card,
        "entry": entry,
        "ratings": review_pages.ratings(entry),
        "causes": ReviewCard.Cause.choices,
    }


def ahead(request: HttpRequest) -> dict[str, Any]:
    """What comes after this card."""
    due = studying.askable(request.user).due()
    return {"next": studying.next_card(request.user), "left_count": due.count()}


def own_card(request: HttpRequest, card_id: int) -> ReviewCard:
    cards = ReviewCard.objects.for_candidate(request.user).select_related("question__certification")
    return get_object_or_404(cards, pk=card_id)


def own_entry(request: HttpRequest, card_id: int, entry_id: int) -> ReviewEntry:
    cards = ReviewCard.objects.for_candidate(request.user).filter(pk=card_id)
    entries = ReviewEntry.objects.filter(card__in=cards)
    answered = entries.filter(responded_at__isnull=False).select_related("card", "version")
    return get_object_or_404(answered, pk=entry_id)
