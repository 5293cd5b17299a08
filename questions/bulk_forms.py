"""What is to become of many questions at once. Shapes only, the decisions are rules'."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from questions.find_forms import FindForm
from questions.formats.rules import MAX_SERVICE_LENGTH
from questions.life_forms import MAX_REASON
from questions.listing import found, of_status
from questions.models import Certification, Question, Task
from questions.tagging import Retag

MAX_CHOSEN = 100


class Act(models.TextChoices):
    RETAG = "retag", _("Retag")
    VERIFY = "verify", _("Say that they were verified today")
    RETIRE = "retire", _("Retire")
    RESTORE = "restore", _("Restore")


class Scope(models.TextChoices):
    CHOSEN = "chosen"
    ALL = "all"


class BulkForm(forms.Form):
    """Which questions, and what to do: the ones ticked, or all that match the query `find`."""

    act = forms.ChoiceField(choices=Act.choices)
    scope = forms.ChoiceField(choices=Scope.choices)
    find = forms.CharField(required=False, max_length=2000)
    question = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        ids = [each for each in data.getlist("question")[:MAX_CHOSEN] if is_id(each)]
        self.fields["question"].choices = [(each, each) for each in ids]  # type: ignore[attr-defined]

    @property
    def chosen_act(self) -> Act:
        return Act(self.cleaned_data["act"])

    def questions(self) -> QuerySet[Question]:
        if self.cleaned_data["scope"] == Scope.CHOSEN:
            return Question.objects.filter(pk__in=self.cleaned_data["question"])
        wanted = FindForm(QueryDict(self.cleaned_data["find"])).wanted()
        versions = of_status(found(wanted), wanted.status).order_by()
        return Question.objects.filter(pk__in=versions.values("question"))


def is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


class RetagForm(forms.Form):
    """`task` is offered where all questions are of one certification."""

    task = forms.ModelChoiceField(
        label=_("Task"), queryset=Task.objects.none(), required=False, empty_label=_("As it is")
    )
    pool = forms.ChoiceField(
        label=_("Used for"),
        required=False,
        choices=[("", _("As it is")), *Question.Pool.choices],
    )
    added = forms.CharField(
        label=_("Services to add"), required=False, max_length=1000,
        help_text=_("Names with commas between them."),
    )  # fmt: skip
    removed = forms.CharField(
        label=_("Services to remove"), required=False, max_length=1000,
        help_text=_("Names with commas between them."),
    )  # fmt: skip

    def __init__(self, data: QueryDict | None, *, certification: Certification | None) -> None:
        super().__init__(data)
        if certification is None:
            del self.fields["task"]
        else:
            tasks = Task.objects.filter(domain__certification=certification)
            self.fields["task"].queryset = tasks.select_related("domain")  # type: ignore[attr-defined]

    def clean_added(self) -> list[str]:
        return self._names("added")

    def clean_removed(self) -> list[str]:
        return self._names("removed")

    def _names(self, field: str) -> list[str]:
        parts = (part.strip() for part in self.cleaned_data[field].split(","))
        names = list(dict.fromkeys(part for part in parts if part))
        if any(len(name) > MAX_SERVICE_LENGTH for name in names):
            raise ValidationError(_("A name of a service is too long."))
        return names

    def clean(self) -> None:
        if not self.errors and not any(self.cleaned_data.values()):
            raise ValidationError(_("Say what is to change."))
        added, removed = (set(self.cleaned_data.get(name, ())) for name in ("added", "removed"))
        if both := added & removed:
            names = ", ".join(sorted(both))
            raise ValidationError(
                _("Both to add and to remove: %(names)s."), params={"names": names}
            )

    def change(self) -> Retag:
        return Retag(**{name: value for name, value in self.cleaned_data.items() if value})


class VerifyForm(forms.Form):
    """Nothing more is to be said."""


class RetireForm(forms.Form):
    reason = forms.CharField(
        label=_("Why they retire"),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("New forms will leave them out; forms that hold them keep them."),
        error_messages={"required": _("Say why: it stays in the trail.")},
    )


class RestoreForm(forms.Form):
    reason = forms.CharField(
        label=_("Why they come back"),
        max_length=MAX_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
