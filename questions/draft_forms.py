"""The page of a draft as it is sent: its shape. What a draft lacks is told beside, never refused.

Rows (options, prompts, references) have a name each, such as `o1`; the order in which the names
are sent is the order of the rows, and the fields of a row begin with its name.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from questions.content import Content, images_for
from questions.drafting import Tags
from questions.formats.item import LETTERS
from questions.formats.rules import MAX_SERVICE_LENGTH
from questions.models import (
    NO_RESPONSE,
    Certification,
    Option,
    Prompt,
    Question,
    QuestionVersion,
    Task,
)

Kind = QuestionVersion.Kind

MAX_TEXT = 20_000  # characters of one field
MAX_ROWS = len(LETTERS)  # options, or prompts
MAX_LINES = 20  # references, or services
LARGEST_REVISION = 2**31 - 2
ROW_NAME = re.compile(r"[opr][0-9a-z]{1,12}")


class TextField(forms.CharField):
    """Markdown, with the line ends of Unix."""

    def __init__(self, label: StrOrPromise, rows: int = 2) -> None:
        area = forms.Textarea(attrs={"rows": rows, "spellcheck": "true"})
        super().__init__(label=label, required=False, max_length=MAX_TEXT, widget=area)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")


class OptionForm(forms.Form):
    text = TextField(_("Text"))
    rationale = TextField(_("Rationale"))
    is_fixed = forms.BooleanField(label=_("Keeps its place"), required=False)


class PromptForm(forms.Form):
    """`option` is the name of the option row that belongs to it."""

    text = TextField(_("Prompt"))
    rationale = TextField(_("Rationale"))
    option = forms.CharField(label=_("Response"), required=False, max_length=20)


class ReferenceForm(forms.Form):
    title = forms.CharField(label=_("Title"), required=False, max_length=500)
    url = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )


class ContentForm(forms.Form):
    """What a version says, with its rows: bound to what was sent, or made of what is saved."""

    stem = TextField(_("Stem"), rows=7)
    explanation = TextField(_("Explanation"), rows=5)
    revision = forms.IntegerField(min_value=0, max_value=LARGEST_REVISION)

    def __init__(self, version: QuestionVersion, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.version = version
        self.options: list[OptionForm] = []
        self.prompts: list[PromptForm] = []
        self.references: list[ReferenceForm] = []
        self.keys: set[str] = set()
        if data is not None:
            self._take(data)

    @classmethod
    def of(cls, content: Content) -> "ContentForm":
        version = content.version
        form = cls(version)
        form.initial = {
            "stem": version.stem,
            "explanation": version.explanation,
            "revision": version.revision,
        }
        names = {letter: f"o{place}" for place, letter in enumerate(LETTERS, start=1)}
        form.keys = {names[letter] for letter in version.key if letter in names}
        form.options = [
            OptionForm(prefix=name, initial=vars(row))
            for name, row in zip(names.values(), content.options, strict=False)
        ]
        key = version.key.ljust(len(content.prompts), NO_RESPONSE)
        form.prompts = [
            PromptForm(prefix=f"p{place}", initial=vars(row) | {"option": names.get(letter, "")})
            for place, (row, letter) in enumerate(zip(content.prompts, key, strict=False), start=1)
        ]
        form.references = [
            ReferenceForm(prefix=f"r{place}", initial=each)
            for place, each in enumerate(version.references, start=1)
        ]
        return form

    def clean(self) -> None:
        for rows, most in (
            (self.options, MAX_ROWS),
            (self.prompts, MAX_ROWS),
            (self.references, MAX_LINES),
        ):
            if len(rows) > most:
                raise ValidationError(_("At most %(count)d rows."), params={"count": most})
        names = [str(row.prefix) for row in self._rows()]
        if len(set(names)) != len(names) or not all(map(ROW_NAME.fullmatch, names)):
            raise ValidationError(_("The rows of the page have come into disorder."))
        if not all(row.is_valid() for row in self._rows()):
            raise ValidationError(_("A text is too long, or has a character that cannot be kept."))

    def content(self) -> Content:
        """Unsaved rows of what was sent, with the images of the question."""
        version = QuestionVersion(
            question=self.version.question,
            number=self.version.number,
            kind=self.version.kind,
            stem=self.cleaned_data["stem"],
            explanation=self.cleaned_data["explanation"],
            references=[row.cleaned_data for row in self.named_references()],
            key=self._key(),
            revision=self.cleaned_data["revision"],
        )
        options = [
            Option(version=version, position=position, **row.cleaned_data)
            for position, row in enumerate(self.options)
        ]
        prompts = [
            Prompt(
                version=version,
                position=position,
                text=row.cleaned_data["text"],
                rationale=row.cleaned_data["rationale"],
            )
            for position, row in enumerate(self.prompts)
        ]
        rows = Content(version, options, prompts)
        return Content(version, options, prompts, images_for(rows))

    def named_references(self) -> list[ReferenceForm]:
        """Those that somebody began to write."""
        return [row for row in self.references if any(_values(row).values())]

    def row_names(self) -> dict[str, list[str]]:
        return {
            "options": [str(row.prefix) for row in self.options],
            "prompts": [str(row.prefix) for row in self.prompts],
            "references": [str(row.prefix) for row in self.named_references()],
        }

    def _take(self, data: QueryDict) -> None:
        self.options = [OptionForm(data, prefix=name) for name in data.getlist("option")]
        self.prompts = [PromptForm(data, prefix=name) for name in data.getlist("prompt")]
        self.references = [ReferenceForm(data, prefix=name) for name in data.getlist("reference")]
        self.keys = set(data.getlist("key"))

    def _rows(self) -> list[forms.Form]:
        return [*self.options, *self.prompts, *self.references]

    def _key(self) -> str:
        letters = dict(zip((str(row.prefix) for row in self.options), LETTERS, strict=False))
        if self.version.kind == Kind.ORDERING:
            return LETTERS[: len(self.options)]
        if self.version.kind == Kind.MATCHING:
            chosen = (row.cleaned_data["option"] for row in self.prompts)
            return "".join(letters.get(name, NO_RESPONSE) for name in chosen)
        return "".join(letter for name, letter in letters.items() if name in self.keys)


def _values(row: forms.Form) -> Mapping[str, Any]:
    return row.cleaned_data if row.is_bound else row.initial


class TaskField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, task: Any) -> str:
        return f"{task.number} {task.name}"


class TagsForm(forms.Form):
    """What is known of the question itself. Only what was changed on this page is taken.

    `seen` is what the page was served with, as JSON: another author's tags must not come back
    because somebody goes on typing beside them.
    """

    NAMES = ("task", "pool", "angoff", "verified_on")

    task = TaskField(label=_("Task"), queryset=Task.objects.none(), empty_label=None)
    pool = forms.ChoiceField(label=_("Used for"), choices=Question.Pool.choices)
    angoff = forms.IntegerField(
        label=_("Angoff estimate"),
        required=False,
        min_value=1,
        max_value=99,
        help_text=_("Of 100 candidates who would just pass, how many get it right."),
    )
    verified_on = forms.DateField(
        label=_("Verified on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("When somebody last checked it against its sources."),
    )

    def __init__(self, question: Question, data: QueryDict | None = None) -> None:
        stored = raw_tags(question)
        super().__init__(data, initial={name: stored[name] for name in self.NAMES})
        tasks = Task.objects.filter(domain__certification=question.certification_id)
        self.fields["task"].queryset = tasks  # type: ignore[attr-defined]
        self.services = stored["services"] if data is None else _filled(data.getlist("service"))
        self.seen = stored if data is None else _read_seen(data.get("tags_seen", ""))

    def clean(self) -> None:
        if len(self.services) > MAX_LINES:
            raise ValidationError(_("At most %(count)d services."), params={"count": MAX_LINES})
        for name in self.services:
            if len(name) > MAX_SERVICE_LENGTH or "," in name or "\0" in name:
                raise ValidationError(
                    _("A service has a name without commas, of at most %(count)d characters."),
                    params={"count": MAX_SERVICE_LENGTH},
                )

    def changes(self) -> Tags:
        """What this page changed and can be kept; what is wrong stays as it was."""
        self.full_clean()
        raw = self._raw()
        changed = {name for name in raw if raw[name] != self.seen.get(name)}
        tags: dict[str, Any] = {
            name: self.cleaned_data[name]
            for name in self.NAMES
            if name in changed and name in self.cleaned_data
        }
        if "services" in changed and not self.non_field_errors():
            tags["services"] = self.services
        return cast(Tags, tags)

    def seen_after(self, tags: Tags) -> str:
        """What the page has seen once `tags` are saved."""
        raw = self._raw()
        return json.dumps({**self.seen, **{name: raw[name] for name in tags}})

    def seen_now(self) -> str:
        return json.dumps(self.seen)

    def _raw(self) -> dict[str, Any]:
        values = {name: str(self.data.get(name, "")).strip() for name in self.NAMES}
        return {**values, "services": self.services}


def raw_tags(question: Question) -> dict[str, Any]:
    """The tags as a page sends them."""
    return {
        "task": str(question.task_id),
        "pool": question.pool,
        "angoff": "" if question.angoff is None else str(question.angoff),
        "verified_on": question.verified_on.isoformat() if question.verified_on else "",
        "services": [service.name for service in question.services.all()],
    }


def _filled(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))


def _read_seen(text: str) -> dict[str, Any]:
    """Nothing for what is no JSON object: then everything counts as changed."""
    try:
        seen = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return seen if isinstance(seen, dict) else {}


class ImageForm(forms.Form):
    file = forms.FileField(label=_("Picture"), max_length=255)
    alt = forms.CharField(
        label=_("What it shows"),
        max_length=300,
        help_text=_("Read aloud to whoever cannot see it: say what is needed to answer."),
    )

    def snippet(self, name: str) -> str:
        """The Markdown that shows the picture."""
        alt = re.sub(r"([\\\[\]])", r"\\\1", " ".join(self.cleaned_data["alt"].split()))
        return f"![{alt}](images/{name})"


class NewQuestionForm(forms.Form):
    certification = forms.ModelChoiceField(
        label=_("Certification"), queryset=Certification.objects.all(), to_field_name="code"
    )
    task = TaskField(label=_("Task"), queryset=Task.objects.none(), to_field_name="number")
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)

    def __init__(self, data: QueryDict | None, *, initial: Mapping[str, str]) -> None:
        super().__init__(data, initial=dict(initial))
        code = (data or initial).get("certification") or ""
        tasks: QuerySet[Task] = Task.objects.filter(domain__certification__code=code)
        self.fields["task"].queryset = tasks.select_related("domain")  # type: ignore[attr-defined]


def blank_rows() -> dict[str, forms.Form]:
    """A row of each sort, to be copied by the page under a name of its own."""
    name = "__name__"
    return {
        "option": OptionForm(prefix=name),
        "prompt": PromptForm(prefix=name),
        "reference": ReferenceForm(prefix=name),
    }
