"""Loading the text bank: what is new or changed becomes rows, all of it or nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, ProtectedError

from questions import search
from questions.content import Content, render_content, rows_of
from questions.formats.bank_folder import BankFolder, read_bank
from questions.formats.faults import BankError, Fault
from questions.formats.item import Item
from questions.formats.outline import Outline
from questions.guide_loading import load_guide
from questions.models import (
    Certification,
    Domain,
    Option,
    Prompt,
    Question,
    QuestionVersion,
    Service,
    Task,
)

METADATA = ("task_id", "pool", "angoff", "verified_on")
BATCH = 2_000  # rows: a statement has 65,535 parameters at the most
LOAD_LOCK = 7_041_960  # any number nobody else takes


@dataclass(frozen=True)
class LoadReport:
    """What became of the questions of one certification, by external id.

    `retagged` questions changed in their metadata only. `superseded` are those whose file holds an
    older version than the bank, `missing` those that stand in the bank but in no file: both keep
    their content.
    """

    code: str
    created: list[str]
    changed: list[str]
    retagged: list[str]
    unchanged: list[str]
    superseded: list[str]
    missing: list[str]

    def __str__(self) -> str:
        counts = [
            f"{len(self.created)} created",
            f"{len(self.changed)} changed",
            f"{len(self.retagged)} retagged",
            f"{len(self.unchanged)} unchanged",
        ]
        counts += [
            f"{len(ids)} {name} ({', '.join(ids)})"
            for name, ids in (("superseded", self.superseded), ("missing", self.missing))
            if ids
        ]
        return f"{self.code}: {', '.join(counts)}"


def load(bank: Path, *, now: datetime, is_dry_run: bool = False) -> list[LoadReport]:
    """Load every certification below `bank`, in one transaction; two loads wait for each other.

    A dry run does the same and rolls back. Raises BankError, with nothing loaded.
    """
    folders = read_bank(bank)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])
        reports = [load_folder(folder, now=now) for folder in folders]
        transaction.set_rollback(is_dry_run)
    return reports


@transaction.atomic
def load_folder(folder: BankFolder, *, now: datetime) -> LoadReport:
    """Load one certification: its outline, its questions, and a new version of each changed one.

    The number of statements does not grow with that of the questions.
    """
    certification = _load_certification(folder.outline)
    load_guide(certification, folder.outline.guide)
    tasks = _load_domains(certification, folder.outline)
    report = load_items(certification, folder.items, tasks=tasks, now=now)
    _drop_strangers(certification, tasks, folder)
    return report


@transaction.atomic
def load_items(
    certification: Certification, items: Sequence[Item], *, tasks: dict[str, Task], now: datetime
) -> LoadReport:
    """Load and publish items that keep the rules; `tasks` are those of the outline by number."""
    known = {each.external_id: each for each in certification.questions.all()}
    before = set(known)
    retagged = _load_questions(certification, items, known, tasks)
    retagged |= _load_services(items, known)
    contents, superseded = _new_contents(items, known)
    _publish_all(contents, now)
    ids = [item.external_id for item in items]
    renewed = {content.version.question.external_id for content in contents} & before
    same = [each for each in ids if each in before - renewed]
    return LoadReport(
        code=certification.code,
        created=[each for each in ids if each not in before],
        changed=[each for each in ids if each in renewed],
        retagged=[each for each in same if each in retagged],
        unchanged=[each for each in same if each not in retagged],
        superseded=superseded,
        missing=sorted(before - set(ids)),
    )


def _load_certification(outline: Outline) -> Certification:
    values: dict[str, Any] = {
        "name": outline.name,
        "status": outline.status,
        "retired_on": outline.retired_on,
        "successors": list(outline.successors),
        "question_count": outline.question_count,
        "unscored_count": outline.unscored_count,
        "minutes": outline.minutes,
        "cut_score": outline.cut_score,
    }
    certification = Certification.objects.filter(code=outline.code).first()
    if certification is None:
        return Certification.objects.create(code=outline.code, **values)
    if changed := _assign(certification, values):
        certification.save(update_fields=changed)
    return certification


def _load_domains(certification: Certification, outline: Outline) -> dict[str, Task]:
    """The tasks by number; a task keeps its row when only its name changes."""
    domains = {domain.number: domain for domain in certification.domains.all()}
    tasks = {
        (task.domain_id, task.number): task
        for task in Task.objects.filter(domain__certification=certification)
    }
    by_number: dict[str, Task] = {}
    for wanted in outline.domains:
        domain = domains.get(wanted.number) or Domain(
            certification=certification, number=wanted.number
        )
        _save_if_changed(domain, {"name": wanted.name, "weight": wanted.weight})
        for each in wanted.tasks:
            task = tasks.get((domain.pk, each.number)) or Task(domain=domain, number=each.number)
            _save_if_changed(task, {"name": each.name})
            by_number[each.number] = task
    return by_number


def _drop_strangers(
    certification: Certification, tasks: dict[str, Task], folder: BankFolder
) -> None:
    """Remove the domains and tasks that the outline no longer has."""
    kept = [task.pk for task in tasks.values()]
    numbers = [domain.number for domain in folder.outline.domains]
    try:
        Task.objects.filter(domain__certification=certification).exclude(pk__in=kept).delete()
        certification.domains.exclude(number__in=numbers).delete()
    except ProtectedError as error:
        ids = ", ".join(sorted(str(question) for question in error.protected_objects))
        message = f"a task that is gone still has questions: {ids}"
        raise BankError([Fault(folder.file, 0, "tasks", message)]) from error


def _load_questions(
    certification: Certification,
    items: Iterable[Item],
    known: dict[str, Question],
    tasks: dict[str, Task],
) -> set[str]:
    """Add the new questions to `known`; the ids of those whose metadata changed."""
    new, changed = [], []
    for item in items:
        question = known.get(item.external_id)
        if question is None:
            question = Question(certification=certification, external_id=item.external_id)
            known[item.external_id] = question
            new.append(question)
        values = (tasks[item.task].pk, item.pool, item.angoff, item.verified)
        if _assign(question, dict(zip(METADATA, values, strict=True))) and question not in new:
            changed.append(question)
    Question.objects.bulk_create(new, batch_size=BATCH)
    Question.objects.bulk_update(changed, ["task", *METADATA[1:]], batch_size=BATCH)
    return {question.external_id for question in changed}


def _load_services(items: Iterable[Item], questions: dict[str, Question]) -> set[str]:
    """Tag the questions; the ids of those whose tags changed."""
    tags = {(questions[item.external_id].pk, name) for item in items for name in item.services}
    ids = {questions[item.external_id].pk: item.external_id for item in items}
    services = _services({name for _, name in tags})
    wanted = {(question_id, services[name].pk) for question_id, name in tags}
    links = Question.services.through.objects.filter(question__in=ids)
    present = {(link.question_id, link.service_id): link.pk for link in links}
    _link(wanted - present.keys())
    if gone := [pk for pair, pk in present.items() if pair not in wanted]:
        links.filter(pk__in=gone).delete()
    return {ids[question_id] for question_id, _ in wanted ^ present.keys()}


def _link(pairs: Iterable[tuple[int, int]]) -> None:
    through = Question.services.through
    links = [
        through(question_id=question_id, service_id=service_id)
        for question_id, service_id in sorted(pairs)
    ]
    through.objects.bulk_create(links, batch_size=BATCH)


def _services(names: set[str]) -> dict[str, Service]:
    services = {service.name: service for service in Service.objects.filter(name__in=names)}
    new = Service.objects.bulk_create(Service(name=n) for n in sorted(names - services.keys()))
    return services | {service.name: service for service in new}


def _new_contents(
    items: Iterable[Item], questions: dict[str, Question]
) -> tuple[list[Content], list[str]]:
    """The content that no version of its question has yet, and the ids of superseded files."""
    versions = _versions([questions[item.external_id] for item in items])
    contents, superseded = [], []
    for item in items:
        question = questions[item.external_id]
        mine = versions[question.pk]
        hashes = [version.content_hash for version in mine if version.published_at]
        # An older version that authors have since replaced must not come back with every load.
        if item.content_hash not in hashes:
            number = mine[-1].number + 1 if mine else 1
            contents.append(rows_of(item, question=question, number=number))
        elif hashes[-1] != item.content_hash:
            superseded.append(item.external_id)
    return contents, superseded


def _versions(questions: Iterable[Question]) -> dict[int, list[QuestionVersion]]:
    """Numbers and hashes of all versions, oldest first, by question."""
    versions = defaultdict(list)
    rows = QuestionVersion.objects.filter(question__in=questions)
    for version in rows.order_by("number").defer("stem", "stem_html", "explanation_html"):
        versions[version.question_id].append(version)
    return versions


def _publish_all(contents: Sequence[Content], now: datetime) -> None:
    for content in contents:
        content.version.published_at = now
        render_content(content)
    options = [option for content in contents for option in content.options]
    prompts = [prompt for content in contents for prompt in content.prompts]
    QuestionVersion.objects.bulk_create([each.version for each in contents], batch_size=BATCH)
    Option.objects.bulk_create(options, batch_size=BATCH)
    Prompt.objects.bulk_create(prompts, batch_size=BATCH)
    search.index([content.version.pk for content in contents])


def _assign(row: Model, values: Mapping[str, object]) -> list[str]:
    """Set what differs; the names of those fields."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _save_if_changed(row: Domain | Task, values: Mapping[str, object]) -> None:
    changed = _assign(row, values)
    if row._state.adding:
        row.save()
    elif changed:
        row.save(update_fields=changed)
