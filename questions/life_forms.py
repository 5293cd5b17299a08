"""What a reviewer says: shapes only, the decision is questions/reviewing.py's."""

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MAX_REASON = 2000


class RetireForm(forms.Form):
    reason = forms.CharField(
        max_length=MAX_REASON,
        error_messages={"required": _("Say why: it stays in the trail.")},
    )


class RestoreForm(forms.Form):
    reason = forms.CharField(max_length=MAX_REASON, required=False)


class ReviewForm(forms.Form):
    """Publish or send back what the reviewer read, which was saved `revision` times."""

    class Decision(TextChoices):
        PUBLISH = "publish"
        SEND_BACK = "send_back"

    decision = forms.ChoiceField(choices=Decision.choices)
    revision = forms.IntegerField(min_value=0)
    reason = forms.CharField(max_length=MAX_REASON, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("decision") == self.Decision.SEND_BACK and data.get("reason") == "":
            self.add_error("reason", _("Say why it goes back: the author needs to know."))
        return data


class ResolveForm(forms.Form):
    resolution = forms.CharField(
        max_length=MAX_REASON,
        error_messages={"required": _("Say what was done, or why nothing needs doing.")},
    )
