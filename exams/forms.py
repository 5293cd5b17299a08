"""What the exam room sends: its shape and range, never the decision."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from exams.delivery import Change
from exams.letters import EMPTY_PLACE

LARGEST_REVISION = 2**31 - 2
MOST_UNSAVED = 300


class RespondForm(forms.Form):
    revision = forms.IntegerField(min_value=0, max_value=LARGEST_REVISION)
    selected = forms.RegexField(r"^[A-H-]{0,8}$", required=False)
    struck = forms.RegexField(r"^[A-H]{0,8}$", required=False)
    flagged = forms.BooleanField(required=False)

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
        )


class SubmitForm(forms.Form):
    """`unsaved` is a JSON list of what RespondForm takes, each with its `position`."""

    unsaved = forms.JSONField(required=False)

    def clean_unsaved(self) -> list[Change]:
        rows = self.cleaned_data["unsaved"] or []
        if not isinstance(rows, list) or len(rows) > MOST_UNSAVED:
            raise ValidationError(_("This is not a list of responses."))
        return [read_change(row) for row in rows]


def read_change(row: Any) -> Change:
    """One row of `unsaved`; raises ValidationError when it is not a response to a question."""
    position = row.get("position") if isinstance(row, dict) else None
    form = RespondForm(row if isinstance(row, dict) else {})
    if not isinstance(position, int) or not 0 < position <= MOST_UNSAVED or not form.is_valid():
        raise ValidationError(
            _("“%(row)s” is not a response."), params={"row": json.dumps(row)[:80]}
        )
    return form.change(position)
