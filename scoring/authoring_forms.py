"""What a reviewer who corrects a question says: shapes; the rules are scoring/corrections.py's."""

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from questions.life_forms import MAX_REASON
from questions.models import LETTERS, QuestionVersion
from scoring.corrections import Impact

Kind = QuestionVersion.Kind
MAX_TEXT = 90


class CorrectionForm(forms.Form):
    """`seen` is the key that counted when the page was made, `looked` what its dry run was of."""

    class Step(TextChoices):
        LOOK = "look"
        CONFIRM = "confirm"

    step = forms.ChoiceField(choices=Step.choices, required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    looked = forms.CharField(required=False, widget=forms.HiddenInput)
    may_fail = forms.BooleanField(required=False, label=_("Yes, turn these passes into fails."))
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Touched candidates read it in their e-mail and report, so name no person."),
        max_length=MAX_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, version: QuestionVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        self.impact: Impact | None = None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("seen") != self.version.scoring_key:
            self.add_error(None, _("Somebody corrected it meanwhile: this is how it stands now."))
        return data

    @property
    def key(self) -> str:
        """What would count; of a withdrawal, the key as it is."""
        return self.version.scoring_key

    def is_confirmed(self, impact: Impact) -> bool:
        """Whether this `impact` was looked at, explained and agreed to; what is missing is told."""
        data = self.cleaned_data
        if data["step"] != self.Step.CONFIRM:
            return False
        if data["looked"] != self.key:
            self.add_error(None, _("This is what it would change: look at it first."))
        if not data["reason"].strip():
            self.add_error("reason", _("Say why: candidates are told, and it stays in the trail."))
        if impact.lost and not data["may_fail"]:
            self.add_error("may_fail", _("Passes would turn into fails: tick the box to agree."))
        return not self.errors


class KeyForm(CorrectionForm):
    """The key by kind: one option, several, or a letter for each place."""

    def __init__(self, *args: Any, version: QuestionVersion, **kwargs: Any) -> None:
        super().__init__(*args, version=version, **kwargs)
        choices = [(option.letter, labeled(option)) for option in version.options.all()]
        self.fields |= key_fields(version, choices)
        self.order_fields([name for name in self.fields if name.startswith("key")])

    @property
    def key(self) -> str:
        """In author letters, in the order of its kind."""
        said = [self.cleaned_data[name] for name in self.fields if name.startswith("key")]
        return "".join(letter for part in said for letter in part)

    @property
    def key_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("key")]


def labeled(option: Any) -> str:
    text = option.text if len(option.text) <= MAX_TEXT else f"{option.text[:MAX_TEXT]}…"
    return f"{option.letter}  {text}"


def key_fields(version: QuestionVersion, choices: list[tuple[str, str]]) -> dict[str, forms.Field]:
    if version.kind == Kind.SINGLE:
        one = forms.ChoiceField(
            label=_("The right option"),
            choices=choices,
            widget=forms.RadioSelect,
            initial=version.scoring_key,
        )
        return {"key": one}
    if version.kind == Kind.MULTIPLE:
        several = forms.MultipleChoiceField(
            label=_("The right options"),
            choices=choices,
            widget=forms.CheckboxSelectMultiple,
            initial=list(version.scoring_key),
        )
        return {"key": several}
    return {
        f"key_{place}": forms.ChoiceField(label=label, choices=choices, initial=letter)
        for place, (label, letter) in enumerate(
            zip(place_labels(version), version.scoring_key, strict=False), start=1
        )
    }


def place_labels(version: QuestionVersion) -> list[str]:
    if version.kind == Kind.MATCHING:
        return [str(prompt) for prompt in version.prompts.all()]
    return [str(_("Step %(number)s") % {"number": place + 1}) for place in range(len(LETTERS))]
