"""What of the bank an author looks for. Shapes only."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from questions.listing import Reports, Sort, Status, Wanted
from questions.models import Certification, Question, QuestionVersion, Service, Task

MAX_TEXT = 200

Choices = Iterable[tuple[str, StrOrPromise]]


class FilterField(forms.ChoiceField):
    """A choice that excludes nothing while it is empty, or is not there (any more)."""

    def __init__(self, label: StrOrPromise, every: StrOrPromise, choices: Choices = ()) -> None:
        super().__init__(label=label, required=False)
        self.every = every
        self.offer(choices)

    def offer(self, choices: Choices) -> None:
        self.choices = [("", self.every), *choices]

    def clean(self, value: Any) -> str:
        try:
            return str(super().clean(value))
        except ValidationError:
            return ""


class FindForm(forms.Form):
    """The filters of the list; domains and tasks are those of the certification chosen."""

    q = forms.CharField(
        label=_("Search in stems, options, rationales and ids"),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    certification = FilterField(_("Certification"), _("Every certification"))
    domain = FilterField(_("Domain"), _("Every domain"))
    task = FilterField(_("Task"), _("Every task"))
    kind = FilterField(_("Kind"), _("Every kind"), QuestionVersion.Kind.choices)
    pool = FilterField(_("Used for"), _("Everything"), Question.Pool.choices)
    service = FilterField(_("Service"), _("Every service"))
    verified_before = forms.DateField(
        label=_("Not verified since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reports = FilterField(_("Reports of candidates"), _("Any"), Reports.choices)
    sort = FilterField(_("Order"), _("Best match, else by id"), Sort.choices)
    status = FilterField(_("Status"), _("Every status"), Status.choices)

    FIRST = ("certification", "domain", "task", "kind")
    MORE = ("pool", "service", "verified_before", "reports")

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        certifications = Certification.objects.values_list("code", "name")
        names = [(code, f"{code} {name}") for code, name in certifications]
        services = Service.objects.values_list("name", "name")
        self._offer("certification", names)
        self._offer("service", services)
        self._offer_tasks(data.get("certification", ""), data.get("domain", ""))

    def _offer(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, FilterField)  # noqa: S101 (for the type checker)
        field.offer(choices)

    def _offer_tasks(self, code: str, domain: str) -> None:
        known = {code for code, _name in self.fields["certification"].choices}  # type: ignore[attr-defined]
        if not code or code not in known:
            return
        tasks = list(Task.objects.filter(domain__certification__code=code).select_related("domain"))
        domains = {str(each.domain.number): str(each.domain) for each in tasks}
        chosen = domain if domain in domains else ""
        self._offer("domain", domains.items())
        inside = [each for each in tasks if chosen in ("", str(each.domain.number))]
        self._offer("task", [(each.number, str(each)) for each in inside])

    def wanted(self) -> Wanted:
        """What was asked for as far as it can be understood."""
        self.is_valid()
        said = {name: value for name, value in self.cleaned_data.items() if value and name != "q"}
        text = self.cleaned_data.get("q", "")
        sort = said.pop("sort", "") or (Sort.RELEVANCE if text else Sort.ID)
        if sort == Sort.RELEVANCE and not text:
            sort = Sort.ID
        return Wanted(text=text, sort=sort, **said)

    def query(self, **changes: str) -> str:
        """The filters as the query of an address, without what is empty."""
        self.is_valid()
        said = {name: str(value) for name, value in self.cleaned_data.items() if value}
        query = QueryDict(mutable=True)
        for name, value in (said | changes).items():
            if value:
                query[name] = value
        return query.urlencode()

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def more_count(self) -> int:
        """How many of the filters that are folded away say something."""
        return sum(bool(self.data.get(name)) for name in self.MORE)
