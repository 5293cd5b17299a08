"""A response to one question alone, as a review and a practice take it: shape and range."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from exams.letters import EMPTY_PLACE
from questions.models import QuestionVersion


class CheckForm(forms.Form):
    """A response in the letters shown; blank is "I do not know".

    Choices come as `selected`, once each; an order or pairs as `place`, once a gap in its order.
    `count` is how many the question asks for.
    """

    is_guessed = forms.BooleanField(required=False)
    seconds = forms.IntegerField(min_value=0, max_value=86_400, required=False)

    def __init__(self, data: QueryDict, *, kind: str, count: int, letters: str) -> None:
        super().__init__(data)
        self.sent, self.kind, self.count, self.letters = data, kind, count, letters

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        is_choice = self.kind in {QuestionVersion.Kind.SINGLE, QuestionVersion.Kind.MULTIPLE}
        cleaned["selected"] = self.chosen() if is_choice else self.placed()
        return cleaned

    def chosen(self) -> str:
        said = set(self.known(self.sent.getlist("selected"), self.letters))
        if said and len(said) != self.count:
            raise ValidationError(_("Choose exactly %(count)d."), params={"count": self.count})
        return "".join(sorted(said))

    def placed(self) -> str:
        said = self.known(self.sent.getlist("place"), self.letters + EMPTY_PLACE)
        if len(said) > self.count:
            raise ValidationError(_("There are more responses than places."))
        return "".join(said) if set(said) - {EMPTY_PLACE} else ""

    def known(self, said: list[str], letters: str) -> list[str]:
        if any(len(one) != 1 or one not in letters for one in said):
            raise ValidationError(_("The question has no such option."))
        return said
