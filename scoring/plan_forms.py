"""What a candidate says about the real exam: when, and how much to study until then."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from questions.models import Certification

FARTHEST = timedelta(days=3 * 366)


class PlanForm(forms.Form):
    """Both fields may stay empty. Several of these stand on one page, so ids name the plan."""

    exam_on = forms.DateField(
        label=gettext_lazy("Date of the real exam"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("This is not a date such as 2027-03-31.")},
    )
    weekly_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes to study each week"),
        required=False,
        min_value=10,
        max_value=6000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": 10}),
    )

    def __init__(
        self, data: Any = None, *, certification: Certification, today: date, **options: Any
    ) -> None:
        super().__init__(data, auto_id=f"plan-{certification.pk}-%s", **options)
        self.today = today
        self.fields["exam_on"].widget.attrs["min"] = today.isoformat()
        if certification.status == Certification.Status.RETIRED:
            self.fields["exam_on"].label = _("A date to work toward")

    def clean_exam_on(self) -> date | None:
        day: date | None = self.cleaned_data["exam_on"]
        if day and day < self.today:
            raise ValidationError(_("This day is past. Choose today or a later one."))
        if day and day > self.today + FARTHEST:
            raise ValidationError(_("This is more than three years away. Is the year right?"))
        return day
