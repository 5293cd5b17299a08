"""The life of a question: draft, in review, published, retired.

Author and reviewer are different people. Every step is one conditional UPDATE whose row count says
who won (for many questions at once: an UPDATE of the rows locked), and is written into the trail in
the same transaction.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from questions.content import content_of
from questions.models import Question, QuestionReport, QuestionVersion
from questions.publishing import checked_hash, publish
from questions.trail import Act, record, record_all

WRITING = (Act.CREATED, Act.EDITED, Act.IMPORTED)


class OwnWorkError(Exception):
    """Nobody publishes what they wrote, in whole or in part."""


class ReasonMissingError(ValueError):
    """The step needs a reason."""


@transaction.atomic
def ask_review(version: QuestionVersion, *, actor: User, now: datetime) -> bool:
    """Send a draft to review; false if it is there already, or published.

    Raises UnpublishableError, which leaves it a draft with its author: a reviewer's time is not for
    what a rule can find.
    """
    drafts = QuestionVersion.objects.drafts().filter(pk=version.pk, review_asked_at=None)
    if not drafts.update(review_asked_at=now):
        return False
    checked_hash(content_of(_locked(version)))
    record(version.question, Act.ASKED, actor=actor, version=version)
    version.review_asked_at = now
    return True


@transaction.atomic
def send_back(version: QuestionVersion, *, actor: User, reason: str) -> bool:
    """Return a draft to its author; false if it is not in review. Raises ReasonMissingError."""
    _require(reason)
    waiting = QuestionVersion.objects.in_review().filter(pk=version.pk)
    if not waiting.update(review_asked_at=None):
        return False
    record(version.question, Act.RETURNED, actor=actor, version=version, reason=reason)
    version.review_asked_at = None
    return True


@transaction.atomic
def approve(
    version: QuestionVersion, *, actor: User, revision: int, now: datetime, reason: str = ""
) -> bool:
    """Publish what the reviewer read; false if it is not in review, or was saved since `revision`.

    Raises OwnWorkError and UnpublishableError, which leave it in review.
    """
    # Saves up to `revision` stand in the trail by now, and any later one makes the row count zero.
    if is_own_work(version, actor):
        raise OwnWorkError
    waiting = QuestionVersion.objects.in_review().filter(pk=version.pk, revision=revision)
    if not waiting.update(reviewer=actor):
        return False
    publish(version, now=now)
    record(version.question, Act.PUBLISHED, actor=actor, version=version, reason=reason)
    return True


def is_own_work(version: QuestionVersion, user: User) -> bool:
    """Whether `user` wrote any of it."""
    return user.pk in writers(version) or version.trail.filter(actor=user, act__in=WRITING).exists()


def writers(version: QuestionVersion) -> set[int | None]:
    """Whom the row itself names; who else wrote stands in the trail."""
    return {version.author_id, version.saved_by_id}


def retire(question: Question, *, actor: User | None, reason: str, now: datetime) -> bool:
    """Take a question out of the bank; false if it is out. Raises ReasonMissingError.

    Forms that hold it already keep it.
    """
    alone = Question.objects.filter(pk=question.pk)
    if not retire_all(alone, actor=actor, reason=reason, now=now):
        return False
    question.retired_at = now
    return True


@transaction.atomic
def retire_all(
    questions: QuerySet[Question], *, actor: User | None, reason: str, now: datetime
) -> int:
    """The same for many, in three statements; how many of them were not out yet."""
    _require(reason)
    ids = locked_ids(questions.filter(retired_at=None))
    Question.objects.filter(pk__in=ids).update(retired_at=now)
    record_all(dict.fromkeys(ids, reason), Act.RETIRED, actor=actor)
    return len(ids)


def restore(question: Question, *, actor: User | None, reason: str = "") -> bool:
    """Put a retired question back; false if it is not retired."""
    if not restore_all(Question.objects.filter(pk=question.pk), actor=actor, reason=reason):
        return False
    question.retired_at = None
    return True


@transaction.atomic
def restore_all(questions: QuerySet[Question], *, actor: User | None, reason: str = "") -> int:
    """The same for many, in three statements; how many of them were retired."""
    ids = locked_ids(questions.filter(retired_at__isnull=False))
    Question.objects.filter(pk__in=ids).update(retired_at=None)
    record_all(dict.fromkeys(ids, reason), Act.RESTORED, actor=actor)
    return len(ids)


def locked_ids(questions: QuerySet[Question]) -> list[int]:
    """Lock the rows, in the order that keeps two such locks from waiting for each other."""
    rows = questions.order_by("pk").select_for_update(of=("self",), no_key=True)
    return list(rows.values_list("pk", flat=True))


def resolve(report: QuestionReport, *, actor: User, resolution: str, now: datetime) -> bool:
    """Close a candidate's report; false if it is closed. Raises ReasonMissingError."""
    _require(resolution)
    opened = QuestionReport.objects.filter(pk=report.pk, resolved_at=None)
    return bool(opened.update(resolved_at=now, resolved_by=actor, resolution=resolution.strip()))


def _locked(version: QuestionVersion) -> QuestionVersion:
    """The row as it stands behind our own UPDATE, whatever the caller read before it."""
    return QuestionVersion.objects.select_related("question__task").get(pk=version.pk)


def _require(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissingError
