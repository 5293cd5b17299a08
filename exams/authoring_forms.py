"""What the pages on coverage and forms are sent: shapes and ranges, never the decision."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from exams.models import Exam

MOST_FORMS = 20
LARGEST_ID = 2**63 - 1
LARGEST_SEED = 2**31 - 1


class CoverageForm(forms.Form):
    exam = forms.ChoiceField(label=_("Exam"))
    k = forms.IntegerField(label=_("Forms"), min_value=1, max_value=MOST_FORMS)

    def __init__(self, data: Any, *, exams: Sequence[Exam]) -> None:
        super().__init__(data)
        choices = [(exam.slug, exam.name) for exam in exams]
        self.fields["exam"].choices = choices  # type: ignore[attr-defined]


class AssembleForm(forms.Form):
    class Method(TextChoices):
        STRATIFIED = "stratified", _("By chance within each domain")
        PARALLEL = "parallel", _("Parallel: alike in difficulty, kinds and tasks")

    method = forms.ChoiceField(
        label=_("Method"),
        choices=Method.choices,
        initial=Method.STRATIFIED,
        widget=forms.RadioSelect,
    )
    k = forms.IntegerField(label=_("Forms"), min_value=1, max_value=MOST_FORMS, initial=1)
    seed = forms.IntegerField(
        label=_("Seed"),
        required=False,
        min_value=0,
        max_value=LARGEST_SEED,
        help_text=_("The same seed draws the same forms from the same bank. Empty: by chance."),
    )


class SwapForm(forms.Form):
    leaving = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
    coming = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
