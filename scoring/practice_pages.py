"""What the pages of practice show: the builder's counts, and one question before and after."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Now
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from exams import clock, practice, rooms
from exams.letters import ALPHABET, EMPTY_PLACE
from exams.models import Exam, Response, Sitting
from questions.models import Domain, Option, Prompt
from scoring import exposure, reviewed
from scoring.check_forms import CheckForm
from scoring.practice_forms import USUAL_COUNT, PracticeForm

LATEST_COUNT = 5


@dataclass(frozen=True)
class Place:
    """A question in the navigator."""

    position: int
    is_checked: bool
    is_flagged: bool
    is_current: bool


# --- The builder


def builder(data: QueryDict) -> PracticeForm:
    """The form as it was sent, or as it starts: with the certification that comes first.

    What was chosen of the outline of another certification falls away with it.
    """
    sent = data.copy()
    if "certification" not in sent:
        codes = practice.practiced().order_by("status", "code").values_list("code", flat=True)
        sent["certification"] = codes.first() or ""
    if is_outdated(data):
        sent.setlist("domains", [])
        sent.setlist("tasks", [])
    for name, usual in (("source", "random"), ("length", str(USUAL_COUNT)), ("feedback", "each")):
        sent.setdefault(name, usual)
    form = PracticeForm(sent, code=str(sent["certification"]))
    form.full_clean()
    return form


def is_outdated(data: QueryDict) -> bool:
    """Whether the outline beside the choice was that of another certification."""
    return data.get("outline_of", data.get("certification")) != data.get("certification")


def available(user: User, form: PracticeForm) -> int:
    """How many questions fit what is chosen."""
    if "certification" not in form.cleaned_data:
        return 0
    return exposure.pool(user, form.choice()).count()


def drawn(user: User, form: PracticeForm, count: int, rng: random.Random) -> list[int]:
    """The version ids that the form asks for; else none, and it says why beside the length.

    `count` is how many fit.
    """
    if not form.is_valid():
        return []
    length = form.cleaned_data["length"]
    if length > count:
        told = ngettext("Only %(n)d question fits.", "Only %(n)d questions fit.", count)
        form.add_error("length", told % {"n": count} if count else _("No question fits."))
        return []
    found = exposure.draw(user, form.choice(), length, rng)
    if len(found) < length:
        told = _("Some of these give each other away: only %(n)d can be asked together.")
        form.add_error("length", told % {"n": len(found)})
        return []
    return found


def latest(user: User) -> QuerySet[Sitting]:
    """The last practices that were ended, newest first, with their results."""
    ended = Sitting.objects.submitted().for_candidate(user).filter(exam__mode=Exam.Mode.PRACTICE)
    released = ended.filter(result__release_at__lte=Now())
    found: QuerySet[Sitting] = released.select_related("exam__certification", "result")
    return found.order_by("-submitted_at", "-pk")[:LATEST_COUNT]


def builder_context(user: User, form: PracticeForm, count: int) -> dict[str, Any]:
    certification = form.cleaned_data.get("certification")
    domains = Domain.objects.filter(certification=certification).prefetch_related("tasks")
    return {
        "form": form,
        "available": count,
        "domains": domains.order_by("number") if certification else (),
        "domain_ids": form.chosen_ids("domains"),
        "task_ids": form.chosen_ids("tasks"),
        "running": practice.running(user, certification) if certification else None,
        "latest": latest(user),
    }


# --- A question


def responses(sitting: Sitting) -> QuerySet[Response]:
    """Each with all that a question shows before and after its response."""
    rows: QuerySet[Response] = sitting.responses.select_related(
        "form_question__version__question__task__domain"
    ).prefetch_related(
        Prefetch("form_question__version__options", Option.objects.order_by("position")),
        Prefetch("form_question__version__prompts", Prompt.objects.order_by("position")),
        "form_question__version__question__services",
    )
    return rows


def question_context(
    sitting: Sitting, response: Response, form: CheckForm | None
) -> dict[str, Any]:
    """The key and the rationales only once the response is in: no row that has them goes along."""
    navigator = places(sitting, response.position)
    checked_count = sum(place.is_checked for place in navigator)
    context: dict[str, Any] = {
        "sitting": sitting,
        "here": next(place for place in navigator if place.is_current),
        "form": form,
        "places": navigator,
        "checked_count": checked_count,
        "open_count": len(navigator) - checked_count,
        "previous": response.position - 1,
        "next": response.position + 1 if response.position < len(navigator) else None,
        "waiting": next_open(navigator, response.position),
        "seconds_left": clock.seconds_left(sitting.deadline, sitting.asked_at),
        "flag_url": flag_url(sitting, response),
    }
    if response.checked_at:
        context["reviewed"] = reviewed.reviewed(response, services=services(response), late_at=None)
    else:
        keep_said(response, form)
        context["question"] = rooms.question_alone(response)
    return context


def keep_said(response: Response, form: CheckForm | None) -> None:
    """Show again what was sent and refused, as far as the question has such letters."""
    if form is None:
        return
    letters = set(ALPHABET[: len(response.option_order)])
    chosen = [one for one in form.sent.getlist("selected") if one in letters]
    placed = form.sent.getlist("place")[: response.choose_count]
    kept = [one if one in letters else EMPTY_PLACE for one in placed]
    response.selected = "".join(chosen or kept)


def flag_url(sitting: Sitting, response: Response) -> str:
    act = "unflag" if response.is_flagged else "flag"
    return reverse("practice_act", args=[sitting.pk, response.position, act])


def services(response: Response) -> list[str]:
    return [one.name for one in response.form_question.version.question.services.all()]


def places(sitting: Sitting, current: int) -> list[Place]:
    rows = sitting.responses.order_by("position").values_list(
        "position", "checked_at", "is_flagged"
    )
    return [
        Place(position, checked_at is not None, is_flagged, position == current)
        for position, checked_at, is_flagged in rows
    ]


def next_open(places: Sequence[Place], current: int) -> int | None:
    """The next question without a response, going round; None when every one has its own."""
    open_places = [place.position for place in places if not place.is_checked]
    later = [position for position in open_places if position > current]
    earlier = [position for position in open_places if position < current]
    return next(iter(later + earlier), None)
