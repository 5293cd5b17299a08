"""The trail of a question: who did what, when and why. Rows are added and never changed."""

from collections.abc import Mapping

from accounts.models import User
from questions.models import Question, QuestionVersion, TrailEntry

Act = TrailEntry.Act

BATCH = 5_000  # rows: a statement has 65,535 parameters at the most


def record(
    question: Question,
    act: TrailEntry.Act,
    *,
    actor: User | None,
    version: QuestionVersion | None = None,
    reason: str = "",
) -> TrailEntry:
    """Add a step, in the transaction of the step itself; no `actor` means the system did it."""
    return TrailEntry.objects.create(
        question=question, act=act, actor=actor, version=version, reason=reason.strip()
    )


def record_all(reasons: Mapping[int, str], act: TrailEntry.Act, *, actor: User | None) -> None:
    """Add the same step to many questions, each id with its reason, BATCH a statement."""
    TrailEntry.objects.bulk_create(
        (
            TrailEntry(question_id=pk, act=act, actor=actor, reason=reason.strip())
            for pk, reason in reasons.items()
        ),
        batch_size=BATCH,
    )
