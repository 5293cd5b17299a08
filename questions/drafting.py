"""Drafts: begun, saved as their authors type, taken back from review, discarded.

A save is one conditional UPDATE on the revision last seen: two authors never overwrite each other
unknowingly. What is published is never touched; what is in review is refused until somebody takes
it back, so that a reviewer approves what they read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypedDict

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.text import slugify

from accounts.models import User
from questions import search, trail
from questions.content import Content, content_of
from questions.imaging import keep_images
from questions.models import (
    LETTERS,
    NO_RESPONSE,
    Certification,
    Option,
    Prompt,
    Question,
    QuestionVersion,
    Service,
    Task,
    TrailEntry,
)

Kind = QuestionVersion.Kind
Act = TrailEntry.Act

SPELL = timedelta(minutes=15)  # one trail entry covers the saves of an author for so long
ROW_COUNTS = {Kind.SINGLE: 4, Kind.MULTIPLE: 5, Kind.ORDERING: 4, Kind.MATCHING: 4}
PROMPT_COUNT = 3


class NoDraftError(Exception):
    """The draft was published or discarded meanwhile."""


class InReviewError(Exception):
    """The draft is in review; somebody has to take it back before it can change."""


@dataclass(frozen=True)
class Saved:
    revision: int
    saved_at: datetime


class Tags(TypedDict, total=False):
    """What is known of the question itself. It holds for every version, and at once."""

    task: Task
    pool: str
    angoff: int | None
    verified_on: date | None
    services: Sequence[str]


# --- Beginning


@transaction.atomic
def start_question(
    certification: Certification, *, task: Task, kind: str, author: User, external_id: str = ""
) -> QuestionVersion:
    """The first draft of a new question, with empty rows for its kind.

    Raises IntegrityError if the certification has a question of this external id.
    """
    question = Question.objects.create(
        certification=certification,
        external_id=external_id or _free_id(certification, task),
        task=task,
    )
    return _blank_draft(question, kind, author)


def start_draft(question: Question, *, author: User) -> QuestionVersion:
    """The open draft of a question; if there is none, a copy of its newest version becomes it.

    The copy has the corrected key, the steps of an order in the right order, and the images of
    the text bank as images of the question.
    """
    draft = question.versions.drafts().first()
    if draft is not None:
        return draft
    try:
        return _next_draft(question, author)
    except IntegrityError:  # another author was faster
        return question.versions.drafts().get()


@transaction.atomic
def _next_draft(question: Question, author: User) -> QuestionVersion:
    newest = question.versions.order_by("-number").first()
    if newest is None:
        return _blank_draft(question, Kind.SINGLE, author)
    content = content_of(newest)
    keep_images(question, content.images, author=author)
    draft = QuestionVersion(
        question=question,
        number=newest.number + 1,
        kind=newest.kind,
        stem=newest.stem,
        explanation=newest.explanation,
        references=newest.references,
        key=newest.scoring_key,
        author=author,
    )
    return _create(draft, _in_order(draft, content.options), content.prompts)


def _in_order(draft: QuestionVersion, options: Sequence[Option]) -> Sequence[Option]:
    """The steps of an order as its key has them, which then is the order as written."""
    if draft.kind != Kind.ORDERING or len(draft.key) != len(options):
        return options
    ordered = [options[LETTERS.index(letter)] for letter in draft.key]
    draft.key = LETTERS[: len(options)]
    return ordered


def _blank_draft(question: Question, kind: str, author: User) -> QuestionVersion:
    options = [Option() for _ in range(ROW_COUNTS[Kind(kind)])]
    prompts = [Prompt() for _ in range(PROMPT_COUNT if kind == Kind.MATCHING else 0)]
    keys = {Kind.ORDERING: LETTERS[: len(options)], Kind.MATCHING: NO_RESPONSE * len(prompts)}
    draft = QuestionVersion(
        question=question, number=1, kind=kind, key=keys.get(Kind(kind), ""), author=author
    )
    return _create(draft, options, prompts)


def _create(
    draft: QuestionVersion, options: Sequence[Option], prompts: Sequence[Prompt]
) -> QuestionVersion:
    draft.saved_by = draft.author
    draft.saved_at = Now()
    draft.save()
    draft.refresh_from_db(fields=["saved_at"])
    _write_rows(draft, options, prompts)
    search.index([draft.pk])
    trail.record(draft.question, Act.CREATED, actor=draft.author, version=draft)
    return draft


def _free_id(certification: Certification, task: Task) -> str:
    """An external id that says where the question belongs; locks the certification."""
    Certification.objects.select_for_update(no_key=True).get(pk=certification.pk)
    start = f"{slugify(certification.code)}-{task.number}-w"
    taken = set(
        certification.questions.filter(external_id__startswith=start).values_list(
            "external_id", flat=True
        )
    )
    number = len(taken) + 1
    while f"{start}{number:03}" in taken:
        number += 1
    return f"{start}{number:03}"


# --- Saving


@transaction.atomic
def save_draft(
    version: QuestionVersion,
    content: Content,
    *,
    author: User,
    revision: int,
    tags: Tags | None = None,
) -> Saved | None:
    """Make `content` what the draft says, if nobody saved it since `revision`; else None.

    `content` may be made of unsaved rows, and its version needs no more than its texts and key.
    The same save sent again by the same author changes nothing and is told as saved. Raises
    NoDraftError and InReviewError.
    """
    written = content.version
    drafts = QuestionVersion.objects.drafts().filter(pk=version.pk, review_asked_at=None)
    is_won = drafts.filter(revision=revision).update(
        kind=written.kind,
        stem=written.stem,
        explanation=written.explanation,
        references=written.references,
        key=written.key,
        revision=F("revision") + 1,
        saved_at=Now(),
        saved_by=author,
    )
    if not is_won:
        return _saved_before(version, content, author)
    _replace_rows(version, content)
    _retag(version, tags or {}, author)
    _record_once(version, Act.EDITED, author)
    version.refresh_from_db(fields=["revision", "saved_at"])
    return Saved(version.revision, _moment(version))


def _saved_before(version: QuestionVersion, content: Content, author: User) -> Saved | None:
    """What stands, if it is what the author wants to save; None if it is somebody else's."""
    standing = QuestionVersion.objects.drafts().filter(pk=version.pk).first()
    if standing is None:
        raise NoDraftError
    if standing.review_asked_at is not None:
        raise InReviewError
    is_mine = standing.saved_by_id == author.pk and standing.saved_at is not None
    if is_mine and said(content_of(standing)) == said(content):
        return Saved(standing.revision, _moment(standing))
    return None


def said(content: Content) -> tuple[object, ...]:
    """What a version says, comparable."""
    version = content.version
    return (
        (version.kind, version.stem, version.explanation, version.key, version.references),
        [(row.text, row.rationale, row.is_fixed) for row in content.options],
        [(row.text, row.rationale) for row in content.prompts],
    )


def _moment(version: QuestionVersion) -> datetime:
    return version.saved_at or version.created_at


def _replace_rows(version: QuestionVersion, content: Content) -> None:
    version.options.all().delete()
    version.prompts.all().delete()
    _write_rows(version, content.options, content.prompts)
    search.index([version.pk])


def _write_rows(
    version: QuestionVersion, options: Sequence[Option], prompts: Sequence[Prompt]
) -> None:
    """Write copies of the rows in this order: places and HTML are their own."""
    Option.objects.bulk_create(
        Option(
            version=version,
            position=position,
            text=row.text,
            rationale=row.rationale,
            is_fixed=row.is_fixed,
        )
        for position, row in enumerate(options)
    )
    Prompt.objects.bulk_create(
        Prompt(version=version, position=position, text=row.text, rationale=row.rationale)
        for position, row in enumerate(prompts)
    )


def _retag(version: QuestionVersion, tags: Tags, author: User) -> None:
    question = version.question
    columns = {name: value for name, value in tags.items() if name != "services"}
    if columns:
        Question.objects.filter(pk=question.pk).update(**columns)
    if "services" in tags:
        question.services.set([_service(name) for name in tags["services"]])
    if tags:
        _record_once(version, Act.TAGGED, author)


def _service(name: str) -> Service:
    return Service.objects.get_or_create(name=name)[0]


def _record_once(version: QuestionVersion, act: TrailEntry.Act, author: User) -> None:
    """One entry for each author and draft within SPELL: a trail of keystrokes is no trail."""
    recent = version.trail.filter(actor=author, act=act, at__gt=Now() - SPELL)
    if not recent.exists():
        trail.record(version.question, act, actor=author, version=version)


# --- Back from review, and away


@transaction.atomic
def take_back(version: QuestionVersion, *, actor: User, reason: str) -> bool:
    """Take a draft out of review to go on writing; false if it is not in review."""
    waiting = QuestionVersion.objects.in_review().filter(pk=version.pk)
    if not waiting.update(review_asked_at=None):
        return False
    trail.record(version.question, Act.RETURNED, actor=actor, version=version, reason=reason)
    version.review_asked_at = None
    return True


@transaction.atomic
def discard_draft(version: QuestionVersion, *, actor: User, revision: int) -> bool:
    """Delete a draft that is not in review; false if it was saved since `revision`.

    The only version of a question is not deleted: its question is retired and can be restored.
    """
    drafts = QuestionVersion.objects.drafts().filter(
        pk=version.pk, review_asked_at=None, revision=revision
    )
    if drafts.select_for_update().first() is None:
        return False
    question = version.question
    if question.versions.exclude(pk=version.pk).exists():
        trail.record(question, Act.DISCARDED, actor=actor, reason=str(version))
        drafts.delete()
    else:
        trail.record(question, Act.DISCARDED, actor=actor, version=version)
        Question.objects.filter(pk=question.pk, retired_at=None).update(retired_at=Now())
    return True
