"""Changing the tags of many questions at once: where they belong, what they are about, verified.

Each act is one transaction of a fixed number of statements, and only what changes is written into
the trail of a question.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from questions.models import Question, Service, Task
from questions.reviewing import locked_ids
from questions.trail import BATCH, Act, record_all


@dataclass(frozen=True)
class Retag:
    """What is to hold from now on; what is empty stays as it is. Services go by name."""

    task: Task | None = None
    pool: str = ""
    added: Sequence[str] = ()
    removed: Sequence[str] = ()

    def columns(self) -> dict[str, object]:
        """What is written into the row of a question."""
        values = {"task": self.task, "pool": self.pool}
        return {name: value for name, value in values.items() if value}

    def differences(self, question: Question) -> list[str]:
        """What changes of a question, in words; needs its task and services at hand."""
        present = {service.name for service in question.services.all()}
        words = []
        if self.task and self.task != question.task:
            tasks = {"old": question.task.number, "new": self.task.number}
            words.append(_("task %(old)s becomes %(new)s") % tasks)
        if self.pool and self.pool != question.pool:
            names = dict(Question.Pool.choices)
            pools = {"old": str(names[question.pool]), "new": str(names[self.pool])}
            words.append(_("%(old)s becomes %(new)s") % pools)
        words += [f"+ {name}" for name in self.added if name not in present]
        words += [f"- {name}" for name in self.removed if name in present]
        return words


@transaction.atomic
def retag(questions: QuerySet[Question], change: Retag, *, actor: User) -> int:
    """Make the change; how many of the questions it changed.

    Raises ValueError if the task is of another certification than one of the questions.
    """
    ids = locked_ids(questions)
    rows = Question.objects.filter(pk__in=ids).select_related("task").prefetch_related("services")
    if change.task:
        _check_certification(rows, change.task)
    reasons = {row.pk: "; ".join(words) for row in rows if (words := change.differences(row))}
    changed = [row for row in rows if row.pk in reasons]
    if columns := change.columns():
        Question.objects.filter(pk__in=reasons).update(**columns)
    _add(changed, change.added)
    _remove(changed, change.removed)
    record_all(reasons, Act.TAGGED, actor=actor)
    return len(changed)


@transaction.atomic
def verify(questions: QuerySet[Question], *, on: date, actor: User) -> int:
    """Say that each was checked against its sources that day; of how many that was not known."""
    ids = locked_ids(questions.exclude(verified_on=on))
    Question.objects.filter(pk__in=ids).update(verified_on=on)
    record_all(dict.fromkeys(ids, ""), Act.VERIFIED, actor=actor)
    return len(ids)


def _check_certification(rows: Iterable[Question], task: Task) -> None:
    if any(row.certification_id != task.domain.certification_id for row in rows):
        raise ValueError(f"{task} is of another certification")


def _add(rows: Sequence[Question], names: Sequence[str]) -> None:
    if not rows or not names:
        return
    Service.objects.bulk_create([Service(name=name) for name in names], ignore_conflicts=True)
    services = Service.objects.filter(name__in=names)
    through = Question.services.through
    links = [through(question=row, service=service) for service in services for row in rows]
    through.objects.bulk_create(links, ignore_conflicts=True, batch_size=BATCH)


def _remove(rows: Sequence[Question], names: Sequence[str]) -> None:
    if rows and names:
        links = Question.services.through.objects
        links.filter(question__in=rows, service__name__in=names).delete()
