"""A review as its page shows it: the question without its key, then all there is to learn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from exams import rooms
from exams.models import FormQuestion, Response
from questions.models import QuestionVersion
from scoring import reviewed, studying
from scoring.models import ReviewEntry
from scoring.repetition import Rating
from scoring.review_forms import RATINGS


@dataclass(frozen=True)
class Choice:
    """One way to rate the review, and when the card comes back then."""

    rating: Rating
    name: str | Promise
    due_at: datetime
    is_current: bool


def asked(entry: ReviewEntry, version: QuestionVersion) -> rooms.RoomQuestion:
    """The question in this showing's order; no key and no rationale is in it."""
    return rooms.question_alone(stand_in(entry, version))


def answered(entry: ReviewEntry) -> reviewed.ReviewedQuestion:
    """The question with key, rationales and what was said. A few statements."""
    version = (
        QuestionVersion.objects.select_related("question__task__domain")
        .prefetch_related("options", "prompts", "question__services")
        .get(pk=entry.version_id)
    )
    services = [service.name for service in version.question.services.all()]
    return reviewed.reviewed(
        stand_in(entry, version),
        services=services,
        late_at=None,
        corrected_at=studying.rekeyed_at(version),
    )


def stand_in(entry: ReviewEntry, version: QuestionVersion) -> Response:
    """The response of a review in the shape of one in a sitting; it is never saved."""
    return Response(
        form_question=FormQuestion(version=version),
        position=0,  # it stands alone
        option_order=entry.option_order,
        choose_count=len(version.key),
        selected=entry.selected,
    )


def ratings(entry: ReviewEntry) -> Sequence[Choice]:
    due = studying.choices(entry)
    return [
        Choice(rating, name, due[rating], is_current=rating == entry.rating)
        for rating, name in RATINGS
    ]
