"""The daily review: the queue, one card at a time, its rating and the cause of the miss."""

import random
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from questions.models import Certification
from scoring import review_pages, review_queue, studying
from scoring.check_forms import CheckForm
from scoring.models import ReviewCard, ReviewEntry
from scoring.review_forms import CauseForm, RateForm


@require_safe
@login_required
@never_cache
def review(request: HttpRequest) -> HttpResponse:
    context = {
        "queue": review_queue.queue(request.user),
        "next": studying.next_card(request.user),
        "aside": review_queue.aside(request.user),
    }
    return render(request, "scoring/review/review.html", context)


@require_safe
@login_required
def review_certification(request: HttpRequest, code: str) -> HttpResponse:
    """To what has waited longest of one certification."""
    certification = get_object_or_404(Certification, code=code)
    card = studying.next_card(request.user, certification_id=certification.pk)
    return redirect("review_card", card_id=card.pk) if card else redirect("review")


@require_safe
@login_required
@never_cache
def review_card(request: HttpRequest, card_id: int) -> HttpResponse:
    """The question while it is due, or never reviewed; else what came of its latest review."""
    card = own_card(request, card_id)
    version = studying.current_version(card)
    if version is None:
        return render(request, "scoring/review/gone.html", {"card": card, **ahead(card)})
    latest = card.entries.filter(responded_at__isnull=False).first()
    if latest and card.due_at >= studying.tomorrow(card.candidate.zone):
        return outcome(request, latest)
    entry = studying.opened(card, version, random.SystemRandom())
    context = {"card": card, "entry": entry, "question": review_pages.asked(entry, version)}
    context["has_changed"] = studying.has_changed(card, version)
    return render(request, "scoring/review/question.html", context | ahead(card))


@require_POST
@login_required
def review_respond(request: HttpRequest, card_id: int, entry_id: int) -> HttpResponse:
    card = own_card(request, card_id)
    entry = shown(card, entry_id)
    if entry is None:
        return redirect("review_card", card_id=card.pk)
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
        return redirect("review")
    studying.put_aside(card, now=timezone.now())
    following = ahead(card)["next"]
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
    context = rating_context(entry) | ahead(entry.card)
    context["question"] = review_pages.answered(entry)
    return render(request, "scoring/review/outcome.html", context)


def rating_context(entry: ReviewEntry) -> dict[str, Any]:
    return {
        "card": entry.card,
        "entry": entry,
        "ratings": review_pages.ratings(entry),
        "causes": ReviewCard.Cause.choices,
    }


def ahead(card: ReviewCard) -> dict[str, Any]:
    """What comes after this card: first what else is due of its certification."""
    user, of = card.candidate, card.question.certification_id
    following = studying.next_card(user, certification_id=of)
    return {"next": following, "left_count": studying.due(user).count()}


def own_card(request: HttpRequest, card_id: int) -> ReviewCard:
    cards = ReviewCard.objects.for_candidate(request.user)
    related = cards.select_related("candidate", "question__certification")
    return get_object_or_404(related, pk=card_id)


def shown(card: ReviewCard, entry_id: int) -> ReviewEntry | None:
    """The showing; None when a newer version has taken its place since."""
    entries = card.entries.select_related("card", "version").prefetch_related("version__options")
    found: ReviewEntry | None = entries.filter(pk=entry_id).first()
    return found


def own_entry(request: HttpRequest, card_id: int, entry_id: int) -> ReviewEntry:
    cards = ReviewCard.objects.for_candidate(request.user).filter(pk=card_id)
    entries = ReviewEntry.objects.filter(card__in=cards)
    answered = entries.filter(responded_at__isnull=False).select_related("card", "version")
    return get_object_or_404(answered, pk=entry_id)
