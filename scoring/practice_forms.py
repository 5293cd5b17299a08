"""What comes from the builder of a practice and from its questions: shape and range."""

from fractions import Fraction
from math import ceil
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.practice import MOST_QUESTIONS, practiced
from questions.models import Certification, Domain, Task
from scoring.exposure import Choice, Source

SOURCES = (
    (Source.RANDOM, _("any, new ones first")),
    (Source.UNSEEN, _("only never seen")),
    (Source.MISSED, _("missed lately")),
    (Source.FLAGGED, _("flagged")),
)
PACES = (
    ("", _("untimed")),
    ("1", _("at the pace of the exam")),
    ("1.25", _("1.25 times the time")),
    ("1.5", _("1.5 times the time")),
    ("2", _("twice the time")),
    ("3", _("3 times the time")),
    ("5", _("5 times the time")),
    ("10", _("10 times the time")),
)
FEEDBACK = (("each", _("after each question")), ("end", _("at the end, as in an exam")))
USUAL_COUNT = 10


class PracticeForm(forms.Form):
    """What to practice and how; without domains and tasks all of the certification is meant."""

    certification = forms.ModelChoiceField(
        Certification.objects.none(),
        label=_("Certification"),
        to_field_name="code",
        empty_label=None,
    )
    domains = forms.ModelMultipleChoiceField(
        Domain.objects.none(), label=_("Domains"), required=False
    )
    tasks = forms.ModelMultipleChoiceField(Task.objects.none(), label=_("Tasks"), required=False)
    source = forms.ChoiceField(choices=SOURCES, label=_("Questions"), initial=Source.RANDOM)
    last = forms.IntegerField(
        label=_("Sittings to look back"), min_value=1, max_value=50, initial=3, required=False
    )
    length = forms.IntegerField(
        label=_("How many"), min_value=1, max_value=MOST_QUESTIONS, initial=USUAL_COUNT
    )
    pace = forms.ChoiceField(choices=PACES, label=_("Time"), required=False)
    feedback = forms.ChoiceField(choices=FEEDBACK, label=_("Rationale"), initial="each")

    def __init__(self, *args: Any, code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outline = {
            "certification": practiced(),
            "domains": Domain.objects.filter(certification__code=code),
            "tasks": Task.objects.filter(domain__certification__code=code),
        }
        for name, queryset in outline.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def choice(self) -> Choice:
        """Of a form whose certification is known; what is wrong counts as not said."""
        said = self.cleaned_data
        return Choice(
            certification=said["certification"],
            source=Source(said.get("source") or Source.RANDOM),
            domain_ids=self.chosen_ids("domains"),
            task_ids=self.chosen_ids("tasks"),
            last=said.get("last") or 3,
        )

    def chosen_ids(self, name: str) -> set[int]:
        return {one.pk for one in self.cleaned_data.get(name) or ()}

    def how(self) -> dict[str, Any]:
        """Of a valid form: with what clock, and when the rationales come."""
        shows_rationale = self.cleaned_data["feedback"] == "each"
        return {"minutes": self.minutes(), "shows_rationale": shows_rationale}

    def minutes(self) -> int | None:
        """The time limit of the whole practice, rounded up; None is untimed."""
        said = self.cleaned_data
        if not said["pace"]:
            return None
        certification: Certification = said["certification"]
        share = Fraction(said["pace"]) * said["length"] / certification.question_count
        minutes: int = ceil(certification.minutes * share)
        return max(1, minutes)
