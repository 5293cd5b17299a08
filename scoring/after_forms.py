"""What candidates say after a sitting: the survey, the name on a certificate, an access code."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from scoring.models import Certificate, Survey

NAME_LENGTH = Certificate._meta.get_field("name").max_length
DIFFICULTIES = (
    (1, _("1, very easy")),
    (2, _("2, easy")),
    (3, _("3, as expected")),
    (4, _("4, hard")),
    (5, _("5, very hard")),
)


class SurveyForm(forms.ModelForm[Survey]):
    difficulty = forms.TypedChoiceField(
        label=_("How hard was the exam?"),
        choices=DIFFICULTIES,
        coerce=int,
        widget=forms.RadioSelect,
    )
    time = forms.ChoiceField(
        label=_("The time was"), choices=Survey.Time.choices, widget=forms.RadioSelect
    )

    class Meta:
        model = Survey
        fields = ("difficulty", "time", "remark")
        labels = {"remark": _("Anything to add?")}
        widgets = {"remark": forms.Textarea(attrs={"rows": 4})}


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Name on the certificate"),
        max_length=NAME_LENGTH,
        help_text=_("It cannot be changed afterwards. Whoever gets the address can read it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class RedeemForm(forms.Form):
    code = forms.CharField(
        label=_("Access code"),
        max_length=40,
        help_text=_("As in 7KQ2-M9TD-RX4B. Hyphens and small letters are no matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def refuse(self, text: str) -> None:
        self.add_error("code", ValidationError(text))
