"""Imported rows become drafts: many at a time, each with its trail, none over another's draft."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Max
from django.utils.text import slugify

from accounts.models import User
from questions import search
from questions.content import Content, rows_of
from questions.findings import message
from questions.formats.item import Item
from questions.formats.item_json import from_json
from questions.formats.rules import EXTERNAL_ID
from questions.imaging import keep_images
from questions.models import (
    Certification,
    ImportRow,
    Option,
    Prompt,
    Question,
    QuestionVersion,
    Service,
    Task,
    TrailEntry,
)

Choice = ImportRow.Choice
ID_LENGTH = 60


@dataclass
class _Draft:
    """One row on its way into the bank."""

    row: ImportRow
    item: Item
    question: Question
    number: int = 1

    @property
    def is_new(self) -> bool:
        return self.row.choice != Choice.REPLACE


def write_rows(rows: Sequence[ImportRow], *, certification: Certification, actor: User) -> int:
    """Write what was chosen of these rows; how many drafts there are.

    The number of statements does not grow with that of the rows, but for those with images.
    """
    drafts = [*_new_drafts(rows, certification), *_next_drafts(rows)]
    if not drafts:
        return 0
    Question.objects.bulk_create(draft.question for draft in drafts if draft.is_new)
    _tag([draft for draft in drafts if draft.is_new])
    contents = [_content(draft, actor) for draft in drafts]
    QuestionVersion.objects.bulk_create(content.version for content in contents)
    Option.objects.bulk_create(option for content in contents for option in content.options)
    Prompt.objects.bulk_create(prompt for content in contents for prompt in content.prompts)
    for draft, content in zip(drafts, contents, strict=True):
        draft.row.question = draft.question
        if content.images:
            keep_images(draft.question, content.images, author=actor)
    search.index([content.version.pk for content in contents])
    _record(drafts, contents, actor)
    ImportRow.objects.bulk_update([draft.row for draft in drafts], ["question"])
    return len(drafts)


def _new_drafts(rows: Iterable[ImportRow], certification: Certification) -> list[_Draft]:
    new = [row for row in rows if row.choice in {Choice.TAKE, Choice.KEEP_BOTH} and row.item]
    items = [_item(row, certification) for row in new]
    wanted = [item.external_id for item in items]
    taken = set(
        certification.questions.filter(external_id__in=wanted).values_list("external_id", flat=True)
    )
    tasks = _tasks(certification)
    drafts = []
    for row, item in zip(new, items, strict=True):
        if item.external_id in taken:
            _leave_out(row, f"the bank has a question {item.external_id} meanwhile")
            continue
        taken.add(item.external_id)
        question = Question(
            certification=certification,
            external_id=item.external_id,
            task=tasks.get(item.task) or next(iter(tasks.values())),
            pool=item.pool,
            angoff=item.angoff,
            verified_on=item.verified,
        )
        drafts.append(_Draft(row, item, question))
    return drafts


def _item(row: ImportRow, certification: Certification) -> Item:
    """The item under the id it will have: its own, or one that only this row can have."""
    item = from_json(row.item or {})
    own = f"i{row.batch_id}-{row.number:05}"
    if not EXTERNAL_ID.fullmatch(item.external_id):
        return replace(item, external_id=f"{slugify(certification.code)}-{own}")
    if row.choice == Choice.KEEP_BOTH:
        return replace(item, external_id=f"{item.external_id[: ID_LENGTH - 1 - len(own)]}-{own}")
    return item


def _next_drafts(rows: Iterable[ImportRow]) -> list[_Draft]:
    """Next versions; a question with an open draft keeps it."""
    renewed = [row for row in rows if row.choice == Choice.REPLACE and row.item]
    ids = {row.question_id for row in renewed if row.question_id}
    questions = Question.objects.filter(pk__in=ids).select_for_update(no_key=True).in_bulk()
    numbers = dict(
        QuestionVersion.objects.filter(question__in=ids)
        .order_by()
        .values_list("question")
        .annotate(Max("number"))
    )
    drafted = set(
        QuestionVersion.objects.drafts().filter(question__in=ids).values_list("question", flat=True)
    )
    drafts = []
    for row in renewed:
        question = questions.get(row.question_id or 0)
        if question is None or question.pk in drafted:
            _leave_out(row, "the question has an open draft, which nothing replaces")
            continue
        drafted.add(question.pk)
        item = from_json(row.item or {})
        drafts.append(_Draft(row, item, question, numbers.get(question.pk, 0) + 1))
    return drafts


def _leave_out(row: ImportRow, reason: str) -> None:
    row.choice, row.code = Choice.SKIP, "left-out"
    row.messages = [*row.messages, message("left-out", reason)]
    row.save(update_fields=["choice", "code", "messages"])


def _content(draft: _Draft, actor: User) -> Content:
    content = rows_of(draft.item, question=draft.question, number=draft.number)
    content.version.author = content.version.saved_by = actor
    return content


def _tag(drafts: Iterable[_Draft]) -> None:
    names = [(draft.question, name) for draft in drafts for name in dict.fromkeys(
        draft.item.services)]  # fmt: skip
    wanted = {name for _, name in names}
    Service.objects.bulk_create(
        [Service(name=name) for name in sorted(wanted)], ignore_conflicts=True
    )
    services = {each.name: each.pk for each in Service.objects.filter(name__in=wanted)}
    through = Question.services.through
    through.objects.bulk_create(
        through(question_id=question.pk, service_id=services[name]) for question, name in names
    )


def _record(drafts: Iterable[_Draft], contents: Iterable[Content], actor: User) -> None:
    TrailEntry.objects.bulk_create(
        TrailEntry(
            question=draft.question,
            version=content.version,
            actor=actor,
            act=TrailEntry.Act.IMPORTED,
            reason=f"{draft.row.batch.file_name[:200]}, {draft.row.place}",
        )
        for draft, content in zip(drafts, contents, strict=True)
    )


def _tasks(certification: Certification) -> dict[str, Task]:
    tasks = Task.objects.filter(domain__certification=certification)
    return {task.number: task for task in tasks.order_by("domain__number", "number")}
