"""Exports: which questions, what of them a format cannot hold, and the file."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.db.models import QuerySet

from questions.content import Content, images_for, item_of
from questions.formats.hostile import MAX_QUESTIONS
from questions.formats.item import Item
from questions.formats.parsed import LEFT_OUT, Note
from questions.formats.registry import Format, Source
from questions.models import Certification, QuestionVersion

CHUNK = 500
EXAMPLES = 5
INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class Wanted:
    """Which questions of a certification; empty means every one. Withdrawn ones never are."""

    certification: Certification
    domain: int | None = None
    kind: str = ""
    pool: str = ""
    with_drafts: bool = False

    def versions(self) -> QuerySet[QuestionVersion]:
        """The newest published version of each question, or its open draft where drafts count."""
        versions = QuestionVersion.objects.current()
        if self.with_drafts:
            newest = QuestionVersion.objects.order_by("question_id", "-number")
            versions = QuestionVersion.objects.filter(
                pk__in=newest.distinct("question_id").values("pk"),
                question__retired_at=None,
            )
        found = {"kind": self.kind, "question__pool": self.pool,
                 "question__task__domain__number": self.domain}  # fmt: skip
        wanted = {name: value for name, value in found.items() if value}
        return versions.filter(
            question__certification=self.certification, withdrawn_at=None, **wanted
        ).order_by("question__task__domain__number", "question__external_id")


@dataclass
class Loss:
    """One thing a format cannot hold: of how many questions, and of which for example."""

    message: str
    is_left_out: bool
    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, external_id: str) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(external_id)


@dataclass(frozen=True)
class Export:
    """The items that go into the file, and what is lost of them; `losses` begins with the worst."""

    wanted: Wanted
    into: Format
    items: list[Item]
    losses: list[Loss]
    left_out_count: int
    is_cut: bool

    @property
    def written_count(self) -> int:
        return len(self.items)

    def file_name_of(self, content: bytes) -> str:
        """What to call the file; several files of the bank are a zip."""
        is_zip = self.into.key == "bank" and content.startswith(b"PK")
        suffix = ".zip" if is_zip else self.into.suffixes[0]
        return f"{self.wanted.certification.code}{suffix}"

    def content(self) -> bytes:
        """The file itself."""
        domains = dict(self.wanted.certification.domains.values_list("number", "name"))
        if self.into.write is None:
            raise ValueError(f"{self.into.key} is not written")
        return self.into.write(self.items, Source(self.wanted.certification.code, domains))


def prepare(wanted: Wanted, into: Format) -> Export:
    """What the file would hold and lack, without writing it. At most MAX_QUESTIONS are read."""
    losses: dict[str, Loss] = {}
    items: list[Item] = []
    left_out = 0
    for external_id, item in _items(wanted):
        notes = into.losses(item) if item else [_incomplete(external_id)]
        for code, message in {note.code: note.message for note in notes}.items():
            is_left_out = code in LEFT_OUT or code == INCOMPLETE
            losses.setdefault(code, Loss(message, is_left_out)).add(external_id)
        if item and not any(note.code in LEFT_OUT for note in notes):
            items.append(item)
        else:
            left_out += 1
    ordered = sorted(losses.values(), key=lambda loss: (not loss.is_left_out, -loss.count))
    is_cut = len(items) + left_out >= MAX_QUESTIONS
    return Export(wanted, into, items, ordered, left_out, is_cut)


def _incomplete(external_id: str) -> Note:
    return Note("", external_id, INCOMPLETE, "the draft has no stem, too few options or no key")


def _items(wanted: Wanted) -> Iterator[tuple[str, Item | None]]:
    """Every question with its item, None where a draft is not complete enough to be one."""
    versions = (
        wanted.versions()
        .select_related("question__task")
        .prefetch_related("options", "prompts", "question__services", "question__images")
        .defer("search", "question__task__name")
    )
    for version in versions[:MAX_QUESTIONS].iterator(chunk_size=CHUNK):
        yield version.question.external_id, complete_item(version)


def complete_item(version: QuestionVersion) -> Item | None:
    """What a version says with the key that counts; None while it is too little for a question."""
    version.key = version.scoring_key
    content = Content(version, [*version.options.all()], [*version.prompts.all()])
    try:
        item = item_of(replace(content, images=images_for(content)))
    except ValueError:
        return None
    texts = [item.stem, *(o.text for o in item.options), *(p.text for p in item.prompts)]
    is_complete = all(texts) and item.key and len(item.options) > 1
    return item if is_complete else None
