"""The forms of imports and exports: which file, which questions."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from questions.draft_forms import TaskField
from questions.exporting import Wanted
from questions.formats.hostile import MAX_FILE_SIZE
from questions.formats.registry import READ, WRITTEN
from questions.models import Certification, Question, QuestionVersion, Task

ENCODINGS = (
    ("", _("UTF-8, or as the file says")),
    ("windows-1252", _("Windows-1252, from older programs")),
    ("utf-16", _("UTF-16")),
)
SUFFIXES = ",".join(sorted({suffix for each in READ.values() for suffix in each.suffixes}))
LIMIT = MAX_FILE_SIZE // 1_000_000


class ImportForm(forms.Form):
    certification = forms.ModelChoiceField(
        label=_("Certification"), queryset=Certification.objects.all(), to_field_name="code"
    )
    task = TaskField(
        label=_("Task"),
        queryset=Task.objects.none(),
        to_field_name="number",
        help_text=_("For questions that name no task of this certification."),
    )
    file = forms.FileField(label=_("File"), widget=forms.FileInput(attrs={"accept": SUFFIXES}))
    format = forms.ChoiceField(
        label=_("Format"),
        required=False,
        choices=[("", _("Find out by its content")), *((f.key, f.name) for f in READ.values())],
    )
    encoding = forms.ChoiceField(label=_("Characters"), required=False, choices=ENCODINGS)

    def __init__(
        self, data: QueryDict | None = None, files: Any = None, *, code: str, is_over: bool = False
    ) -> None:
        super().__init__(data, files, initial={"certification": code})
        self.is_over = is_over
        tasks: QuerySet[Task] = Task.objects.filter(domain__certification__code=code)
        self.fields["task"].queryset = tasks.select_related("domain")  # type: ignore[attr-defined]
        too_large = _("The file has more than %(limit)d MB; divide it into several.")
        if is_over:
            self.fields["file"].error_messages["required"] = too_large % {"limit": LIMIT}


class ExportForm(forms.Form):
    certification = forms.ModelChoiceField(
        label=_("Certification"),
        queryset=Certification.objects.all(),
        to_field_name="code",
        empty_label=None,
    )
    domain = forms.IntegerField(label=_("Domain"), required=False, widget=forms.Select)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False,
        choices=[("", _("Every kind")), *QuestionVersion.Kind.choices],
    )  # fmt: skip
    pool = forms.ChoiceField(
        label=_("Used for"), required=False, choices=[("", _("Everything")), *Question.Pool.choices]
    )
    drafts = forms.BooleanField(label=_("Drafts too, where there are any"), required=False)
    format = forms.ChoiceField(
        label=_("Format"), choices=[(each.key, each.name) for each in WRITTEN.values()]
    )

    def __init__(self, data: QueryDict | dict[str, Any]) -> None:
        super().__init__(data)
        code = data.get("certification") or ""
        domains = Certification.objects.filter(code=code).values_list(
            "domains__number", "domains__name"
        )
        names = [(n, f"{n} {name}") for n, name in domains.order_by("domains__number") if n]
        self.fields["domain"].widget.choices = [
            ("", _("Every domain")), *names,
        ]  # fmt: skip

    def wanted(self) -> Wanted:
        said = self.cleaned_data
        return Wanted(
            said["certification"], said["domain"], said["kind"], said["pool"], said["drafts"]
        )
