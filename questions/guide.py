"""What the guide of a certification tells: outline, rules, what helps to study, what follows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from questions.models import Certification, Domain, Question, Resource

Status = Certification.Status
LATEST_FIRST = Case(
    When(status=Status.CURRENT, then=Value(0)),
    When(status=Status.ANNOUNCED, then=Value(1)),
    default=Value(2),
)


@dataclass(frozen=True)
class Relative:
    """A certification named beside this one; without `name` when it has no guide here."""

    code: str
    name: str


@dataclass(frozen=True)
class Guide:
    certification: Certification
    domains: Sequence[Domain]
    resources: Sequence[Resource]
    successors: Sequence[Relative]
    predecessors: Sequence[Relative]

    @property
    def scored_count(self) -> int:
        return self.certification.question_count - self.certification.unscored_count

    @cached_property
    def kinds(self) -> str:
        known = dict(Certification.Kind.choices)
        return ", ".join(str(known[kind]) for kind in self.certification.kinds if kind in known)

    @property
    def has_tasks(self) -> bool:
        return any(domain.tasks.all() for domain in self.domains)

    @property
    def lines(self) -> list[tuple[Resource, str]]:
        """Each resource with the time it takes, in words."""
        return [(resource, time_words(resource.minutes)) for resource in self.resources]


def listed() -> QuerySet[Certification]:
    """Every certification, those one can sit first; `is_asked` where the bank has questions."""
    asked = Question.objects.filter(certification=OuterRef("pk"), retired_at=None)
    found = Certification.objects.annotate(is_asked=Exists(asked))
    return found.order_by(LATEST_FIRST, "code")


def guide(certification: Certification) -> Guide:
    """Four statements: domains, tasks, resources, and the certifications it speaks of."""
    code, codes = certification.code, certification.successors
    kin = Certification.objects.filter(Q(code__in=codes) | Q(successors__contains=[code]))
    names = {one.code: one for one in kin.order_by("code")}
    before = [one for one in names.values() if code in one.successors]
    return Guide(
        certification=certification,
        domains=list(certification.domains.prefetch_related("tasks")),
        resources=list(certification.resources.all()),
        successors=[Relative(each, names[each].name if each in names else "") for each in codes],
        predecessors=[Relative(one.code, one.name) for one in before],
    )


def time_words(minutes: int | None) -> str:
    if minutes is None:
        return _("your own time")
    hours, rest = divmod(minutes, 60)
    if rest or not hours:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
