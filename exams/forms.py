"""What the exam room sends: its shape and range, never the decision."""

import json
from collections.abc import Sequence
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from exams.delivery import Change
from exams.letters import EMPTY_PLACE

LARGEST_REVISION = 2**31 - 2
MOST_UNSAVED = 300
MOST_SECONDS = 30 * 24 * 3600  # an untimed sitting may lie open for long


class Shared:
    """A field that no form alters, so none needs a copy: half of the time a save spends here."""

    def __deepcopy__(self, memo: object) -> Self:
        return self


class SharedIntegerField(Shared, forms.IntegerField):
    pass


class SharedRegexField(Shared, forms.RegexField):
    pass


class SharedBooleanField(Shared, forms.BooleanField):
    pass


class RespondForm(forms.Form):
    revision = SharedIntegerField(min_value=0, max_value=LARGEST_REVISION)
    selected = SharedRegexField(r"\A[A-H-]{0,8}\Z", required=False)
    struck = SharedRegexField(r"\A[A-H]{0,8}\Z", required=False)
    flagged = SharedBooleanField(required=False)
    guessed = SharedBooleanField(required=False)
    seconds = SharedIntegerField(min_value=0, max_value=MOST_SECONDS, required=False)

    def clean_selected(self) -> str:
        """Nothing but empty places is no response."""
        selected: str = self.cleaned_data["selected"]
        return selected if selected.strip(EMPTY_PLACE) else ""

    def change(self, position: int) -> Change:
        return Change(
            position=position,
            revision=self.cleaned_data["revision"],
            selected=self.cleaned_data["selected"],
            struck=self.cleaned_data["struck"],
            is_flagged=self.cleaned_data["flagged"],
            is_guessed=self.cleaned_data["guessed"],
            seconds=self.cleaned_data["seconds"] or 0,
        )


class AnyJSONField(forms.JSONField):
    """Refuses also what Python cannot hold: lists too deep, numbers too long."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError):
            raise ValidationError(_("This is not a list of responses.")) from None


class SubmitForm(forms.Form):
    """`unsaved` is a JSON list of what RespondForm takes, each with its `position`.

    `malformed` are the numbers, from 1, of the rows that are no response.
    """

    malformed: Sequence[int] = ()
    unsaved = AnyJSONField(required=False)
    seconds = forms.CharField(required=False)

    def clean_unsaved(self) -> list[Change]:
        rows = self.cleaned_data["unsaved"] or []
        if not isinstance(rows, list) or len(rows) > MOST_UNSAVED:
            raise ValidationError(_("This is not a list of responses."))
        changes = [read_change(row) for row in rows]
        self.malformed = [number for number, one in enumerate(changes, start=1) if one is None]
        if self.malformed:
            raise ValidationError(_("This is not a list of responses."))
        return [one for one in changes if one]

    def clean_seconds(self) -> list[int]:
        """Seconds by question in order; what is no such list is not worth refusing a submit."""
        try:
            seconds = json.loads(self.cleaned_data["seconds"] or "[]")
        except (ValueError, RecursionError):
            return []
        if not isinstance(seconds, list) or len(seconds) > MOST_UNSAVED:
            return []
        return [one if type(one) is int and 0 <= one <= MOST_SECONDS else 0 for one in seconds]


def read_change(row: Any) -> Change | None:
    """A row of `unsaved`; None when it is no response to a question."""
    form = RespondForm(row if is_flat(row) else {})
    position = form.data.get("position")
    # A bool is an int too.
    if type(position) is not int or not 0 < position <= MOST_UNSAVED or not form.is_valid():
        return None
    return form.change(position)


def is_flat(row: Any) -> bool:
    """Whether a row is named texts and numbers, with nothing nested in it."""
    return isinstance(row, dict) and not any(isinstance(one, (list, dict)) for one in row.values())
