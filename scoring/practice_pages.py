"""What the pages of practice show: the builder's counts, and one question before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from exams import clock, practice, rooms
from exams.models import Response, Sitting
from questions.models import Certification, Domain, Option, Prompt
from scoring import exposure, reviewed
from scoring.check_forms import CheckForm
from scoring.practice_forms import USUAL_COUNT, PracticeForm


@dataclass(frozen=True)
class Place:
    """A question in the navigator."""

    position: int
    is_checked: bool
    is_flagged: bool
    is_current: bool


# --- The builder


def builder(data: QueryDict) -> PracticeForm:
    """The form as it was sent, or as it starts: with the certification that comes first."""
    sent = data.copy()
    if "certification" not in sent:
        first = Certification.objects.filter(
            questions__versions__published_at__isnull=False
        ).order_by("status", "code")
        sent["certification"] = first.values_list("code", flat=True).first() or ""
    for name, usual in (("source", "random"), ("length", str(USUAL_COUNT)), ("feedback", "each")):
        sent.setdefault(name, usual)
    form = PracticeForm(sent, code=str(sent["certification"]))
    form.full_clean()
    return form


def available(user: User, form: PracticeForm) -> int:
    """How many questions fit what is chosen."""
    if "certification" not in form.cleaned_data:
        return 0
    return exposure.pool(user, form.choice()).count()


def is_drawable(form: PracticeForm, count: int) -> bool:
    """Whether so many fit; else the form says so beside the length."""
    if form.is_valid() and form.cleaned_data["length"] > count:
        told = ngettext("Only %(n)d question fits.", "Only %(n)d questions fit.", count)
        form.add_error("length", told % {"n": count} if count else _("No question fits."))
    return form.is_valid()


def builder_context(user: User, form: PracticeForm, count: int) -> dict[str, Any]:
    certification = form.cleaned_data.get("certification")
    domains = Domain.objects.filter(certification=certification).prefetch_related("tasks")
    return {
        "form": form,
        "available": count,
        "domains": domains.order_by("number") if certification else (),
        "task_ids": {task.pk for task in form.cleaned_data.get("tasks") or ()},
        "running": practice.running(user, certification) if certification else None,
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
    """The key and the rationales only once the response is in."""
    navigator = places(sitting, response.position)
    context: dict[str, Any] = {
        "sitting": sitting,
        "response": response,
        "form": form,
        "places": navigator,
        "checked_count": sum(place.is_checked for place in navigator),
        "next": next_position(navigator, response.position),
        "seconds_left": clock.seconds_left(sitting.deadline, sitting.asked_at),
    }
    if response.checked_at:
        context["reviewed"] = reviewed.reviewed(response, services=services(response), late_at=None)
    else:
        context["question"] = asked(response)
    return context


def services(response: Response) -> list[str]:
    return [one.name for one in response.form_question.version.question.services.all()]


def asked(response: Response) -> rooms.RoomQuestion:
    version = response.form_question.version
    options = [option.html for option in version.options.all()]
    prompts = [prompt.html for prompt in version.prompts.all()]
    return rooms.question(response, options, prompts)


def places(sitting: Sitting, current: int) -> list[Place]:
    rows = sitting.responses.order_by("position").values_list(
        "position", "checked_at", "is_flagged"
    )
    return [
        Place(position, checked_at is not None, is_flagged, position == current)
        for position, checked_at, is_flagged in rows
    ]


def next_position(places: Sequence[Place], current: int) -> int | None:
    """The next question without a response, going round; None when every one has its own."""
    open_places = [place.position for place in places if not place.is_checked]
    later = [position for position in open_places if position > current]
    earlier = [position for position in open_places if position < current]
    return next(iter(later + earlier), None)
