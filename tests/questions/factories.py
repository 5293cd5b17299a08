"""Rows of the bank for tests, published unless told otherwise."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from questions.content import render_content, rows_of
from questions.formats.item import Item, ItemOption, ItemPrompt
from questions.loading import load_items
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

PUBLISHED_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)

_serial = count(1)


def make_certification(
    code: str | None = None, weights: Sequence[int] = (20, 24, 36, 20), **fields: Any
) -> Certification:
    """A certification with a domain for each weight, and tasks n.1 and n.2 in each."""
    values = {
        "name": "Example",
        "question_count": 65,
        "unscored_count": 15,
        "minutes": 180,
        "cut_score": 750,
    }
    certification = Certification.objects.create(
        code=code or f"X-{next(_serial)}", **values | fields
    )
    domains = Domain.objects.bulk_create(
        Domain(certification=certification, number=number, name=f"Domain {number}", weight=weight)
        for number, weight in enumerate(weights, start=1)
    )
    Task.objects.bulk_create(
        Task(domain=domain, number=f"{domain.number}.{part}", name=f"Task {domain.number}.{part}")
        for domain in domains
        for part in (1, 2)
    )
    return certification


def make_item(kind: str = "single", **changes: Any) -> Item:
    """An item that keeps the rules; keys: single B, multiple AC, ordering ABCD, matching ACA."""
    external_id = changes.pop("external_id", None) or f"q-{next(_serial):04}"
    item = Item(
        external_id=external_id,
        kind=kind,
        task="1.1",
        pool="exam",
        stem=f"The stem of {external_id}. Which option is **right**?",
        options=_options(kind, external_id),
        prompts=_prompts(external_id) if kind == "matching" else (),
        explanation=f"The explanation of {external_id}.",
        references=(("Example", f"https://docs.example.com/{external_id}"),),
        services=("Amazon S3",),
        angoff=60,
        verified=date(2026, 11, 1),
    )
    return replace(item, **changes)


def make_question(
    certification: Certification | None = None, *, kind: str = "single", published: bool = True,
    **changes: Any,
) -> QuestionVersion:  # fmt: skip
    """The first version of a new question; `changes` are those of `make_item`.

    `version.question` is the question.
    """
    item = make_item(kind, **changes)
    certification = certification or make_certification()
    question = Question.objects.create(
        certification=certification,
        external_id=item.external_id,
        task=Task.objects.get(domain__certification=certification, number=item.task),
        pool=item.pool,
        angoff=item.angoff,
        verified_on=item.verified,
    )
    question.services.set([Service.objects.get_or_create(name=name)[0] for name in item.services])
    return make_version(question, item, published=published)


def make_version(question: Question, item: Item, *, published: bool = True) -> QuestionVersion:
    """The next version of a question, with the content of `item`."""
    content = rows_of(item, question=question, number=question.versions.count() + 1)
    if published:
        render_content(content)
        content.version.published_at = PUBLISHED_AT
    content.version.save()
    Option.objects.bulk_create(content.options)
    Prompt.objects.bulk_create(content.prompts)
    return content.version


def make_bank(
    certification: Certification, counts: Sequence[int], *, pool: str = "exam", kind: str = "single"
) -> list[QuestionVersion]:
    """So many published questions in each domain, in a few statements."""
    tasks = {task.number: task for task in Task.objects.filter(domain__certification=certification)}
    items = [
        make_item(kind, task=f"{number}.1", pool=pool)
        for number, size in enumerate(counts, start=1)
        for _ in range(size)
    ]
    load_items(certification, items, tasks=tasks, now=PUBLISHED_AT)
    ids = [item.external_id for item in items]
    versions = QuestionVersion.objects.filter(
        question__certification=certification, question__external_id__in=ids
    )
    return list(versions.select_related("question").order_by("pk"))


def _options(kind: str, name: str) -> tuple[ItemOption, ...]:
    texts = [f"Option {letter} of {name}" for letter in "ABCD"]
    keys = {"single": {1}, "multiple": {0, 2}}.get(kind, set())
    paired = {0, 2} if kind == "matching" else set()
    return tuple(
        ItemOption(text, "" if place in paired else f"Why {text}.", is_key=place in keys)
        for place, text in enumerate(texts)
    )


def _prompts(name: str) -> tuple[ItemPrompt, ...]:
    return tuple(
        ItemPrompt(f"Prompt {place} of {name}", option, f"Why prompt {place} of {name}.")
        for place, option in enumerate((0, 2, 0), start=1)
    )
