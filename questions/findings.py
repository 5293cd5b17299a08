"""What an import finds: whether a question is new, stands in the bank, differs, or comes twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.functional import cached_property

from questions.content import Content, draft_item, images_for
from questions.formats.item import Item, ItemImage
from questions.formats.item_json import to_json
from questions.formats.parsed import Code, Note, ParsedItem
from questions.imaging import ImageRefusedError, redrawn
from questions.models import Import, ImportRow, Question, QuestionVersion, Task

Finding = ImportRow.Finding
Choice = ImportRow.Choice
Message = dict[str, str]

PLACE_LENGTH = 100


def message(code: str, text: str) -> Message:
    return {"code": code, "message": text}


def skipped_row(batch: Import, number: int, note: Note) -> ImportRow:
    return ImportRow(
        batch=batch,
        number=number,
        place=note.place[:PLACE_LENGTH],
        finding=Finding.SKIPPED,
        code=note.code,
        messages=[message(note.code, note.message)],
        choice=Choice.SKIP,
    )


@dataclass
class Known:
    """What the bank has of some items: the newest word of each question, by id and by content."""

    questions: dict[str, Question]
    hashes: dict[int, str]
    by_hash: dict[str, Question]
    drafted: set[int]


def known(batch: Import, items: Sequence[Item], hashes: Iterable[str]) -> Known:
    """Six statements, however many items."""
    questions = Question.objects.filter(certification_id=batch.certification_id)
    ids = {item.external_id for item in items} - {""}
    named = {each.external_id: each for each in questions.filter(external_id__in=ids)}
    versions = QuestionVersion.objects.filter(question__certification_id=batch.certification_id)
    alike = versions.filter(content_hash__in=set(hashes)).values("question")
    newest = (
        versions.filter(question__in=[each.pk for each in named.values()])
        | versions.filter(question__in=alike)
    )  # fmt: skip
    rows = list(
        newest.order_by("question_id", "-number")
        .distinct("question_id")
        .select_related("question__task")
        .prefetch_related("options", "prompts", "question__images", "question__services")
    )
    found = {row.question_id: hash_of(row) for row in rows}
    return Known(
        questions=named,
        hashes=found,
        by_hash={found[row.question_id]: row.question for row in rows},
        drafted={row.question_id for row in rows if row.published_at is None},
    )


def hash_of(version: QuestionVersion) -> str:
    """The hash of what a version says now: a draft may have changed since it was written."""
    if version.published_at:
        return version.content_hash
    content = Content(version, [*version.options.all()], [*version.prompts.all()])
    return draft_item(replace(content, images=images_for(content))).content_hash


@dataclass
class Comparison:
    """Compares the items of one file with the bank and with each other, a chunk at a time."""

    batch: Import
    hashes: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    @cached_property
    def tasks(self) -> dict[str, Task]:
        tasks = Task.objects.filter(domain__certification_id=self.batch.certification_id)
        return {
            task.number: task
            for task in tasks.select_related("domain").order_by("domain__number", "number")
        }

    @cached_property
    def domains(self) -> dict[str, str]:
        """The number of the first task of each domain, by the domain's name."""
        tasks = sorted(self.tasks.values(), key=lambda task: task.number, reverse=True)
        return {task.domain.name.casefold(): task.number for task in tasks}

    def rows(self, parsed: Sequence[ParsedItem], *, first: int) -> list[ImportRow]:
        """A row for each item, numbered from `first`."""
        raw = [each.item.content_hash for each in parsed]
        kept = [self._kept(each) for each in parsed]
        bank = known(self.batch, [item for item, _ in kept], raw)
        return [
            self._row(first + offset, each, item, notes, before, bank)
            for offset, (each, (item, notes), before) in enumerate(
                zip(parsed, kept, raw, strict=True)
            )
        ]

    def _kept(self, parsed: ParsedItem) -> tuple[Item, list[Message]]:
        """The item as it would be written: with a task of the bank, and images drawn anew."""
        notes = [message(note.code, note.message) for note in parsed.notes]
        item = parsed.item
        task = item.task if item.task in self.tasks else self._task_of(parsed.category)
        if item.task and task != item.task:
            text = f"there is no task {item.task}; it is put under the task chosen for the import"
            notes.append(message(Code.DETAIL_DROPPED, text))
        return with_images_redrawn(replace(item, task=task), notes), notes

    def _task_of(self, category: str) -> str:
        name = category.rpartition("/")[2].strip().casefold()
        default = self.batch.task.number if self.batch.task else next(iter(self.tasks), "")
        return self.domains.get(name, default)

    def _row(
        self, number: int, parsed: ParsedItem, item: Item, notes: list[Message], raw: str,
        bank: Known,
    ) -> ImportRow:  # fmt: skip
        finding, question = self._finding(parsed, item, {raw, item.content_hash}, notes, bank)
        self.hashes.setdefault(raw, parsed.place)
        if item.external_id:
            self.ids.setdefault(item.external_id, parsed.place)
        return ImportRow(
            batch=self.batch,
            number=number,
            place=parsed.place[:PLACE_LENGTH],
            item=to_json(item),
            finding=finding,
            messages=notes,
            choice=Choice.TAKE if finding == Finding.NEW else Choice.SKIP,
            question=question,
        )

    def _finding(
        self, parsed: ParsedItem, item: Item, hashes: set[str], notes: list[Message], bank: Known
    ) -> tuple[ImportRow.Finding, Question | None]:
        place = self.hashes.get(parsed.item.content_hash)
        if place is not None:
            notes.append(message("double", f"the same question stands at {place}"))
            return Finding.DOUBLE, None
        if item.external_id in self.ids:
            return Finding.DOUBLE, None  # a note of the reader says where the other one stands
        if question := bank.questions.get(item.external_id):
            if bank.hashes.get(question.pk) in hashes:
                return Finding.SAME, question
            if question.pk in bank.drafted:
                text = "the question has an open draft, which nothing replaces"
                notes.append(message("open-draft", text))
            return Finding.CONFLICT, question
        same = next((bank.by_hash[each] for each in hashes if each in bank.by_hash), None)
        return (Finding.SAME, same) if same else (Finding.NEW, None)


def with_images_redrawn(item: Item, notes: list[Message]) -> Item:
    """The item with its images drawn anew, under names that fit what they became."""
    images, names = [], {}
    for each in item.images:
        try:
            picture = redrawn(each.content)
        except ImageRefusedError as error:
            notes.append(message(Code.IMAGE_REFUSED, f"{each.name}: {error}"))
            continue
        name = f"{each.name.rpartition('.')[0] or each.name}{picture.suffix}"
        names[each.name] = name
        images.append(ItemImage(name, picture.content))
    return replace(_renamed(item, names), images=tuple(images))


def _renamed(item: Item, names: dict[str, str]) -> Item:
    changed = [(f"]({old}", f"]({new}") for old, new in names.items() if old != new]
    if not changed:
        return item

    def text(value: str) -> str:
        for old, new in changed:
            value = value.replace(old, new)
        return value

    def row(value: Any) -> Any:
        return replace(value, text=text(value.text), rationale=text(value.rationale))

    return replace(
        item,
        stem=text(item.stem),
        explanation=text(item.explanation),
        options=tuple(map(row, item.options)),
        prompts=tuple(map(row, item.prompts)),
    )
