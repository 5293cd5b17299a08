"""What comes from the page of a review: shape and range."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from exams.letters import ALPHABET, EMPTY_PLACE
from questions.models import QuestionVersion
from scoring.models import ReviewCard
from scoring.repetition import Rating

RATINGS = (
    (Rating.AGAIN, _("Again")),
    (Rating.HARD, _("Hard")),
    (Rating.GOOD, _("Good")),
    (Rating.EASY, _("Easy")),
)


class ReviewForm(forms.Form):
    """A response to one question in the letters shown; blank is "I do not know".

    Choices come as `selected`, once each; an order or pairs as `place`, once a gap in its order.
    """

    is_guessed = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict, *, version: QuestionVersion, option_count: int) -> None:
        super().__init__(data)
        self.sent = data
        self.version = version
        self.letters = ALPHABET[:option_count]

    @property
    def is_choice(self) -> bool:
        return self.version.kind in {QuestionVersion.Kind.SINGLE, QuestionVersion.Kind.MULTIPLE}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["selected"] = self.chosen() if self.is_choice else self.placed()
        return cleaned

    def chosen(self) -> str:
        said = self.known(self.sent.getlist("selected"), self.letters)
        count = len(self.version.key)
        if said and len(set(said)) != count:
            raise ValidationError(_("Choose exactly %(count)d."), params={"count": count})
        return "".join(sorted(set(said)))

    def placed(self) -> str:
        said = self.known(self.sent.getlist("place"), self.letters + EMPTY_PLACE)
        if len(said) > len(self.version.key):
            raise ValidationError(_("There are more responses than places."))
        return "".join(said) if set(said) - {EMPTY_PLACE} else ""

    def known(self, said: list[str], letters: str) -> list[str]:
        if any(len(one) != 1 or one not in letters for one in said):
            raise ValidationError(_("The question has no such option."))
        return said


class RateForm(forms.Form):
    rating = forms.TypedChoiceField(choices=RATINGS, coerce=lambda one: Rating(int(one)))


class CauseForm(forms.Form):
    cause = forms.ChoiceField(choices=[("", _("none")), *ReviewCard.Cause.choices], required=False)
