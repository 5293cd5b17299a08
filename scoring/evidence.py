"""What a candidate said in sittings whose result is out, judged, and what of it is evidence.

Evidence of a level is the first response to a question and nothing else: what was seen before is
counted and left out. Reviews never come here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models.functions import Now

from exams.models import Exam, Response
from scoring import keys
from scoring.keys import Ruling

PRACTICE = Exam.Mode.PRACTICE


class Exposure(StrEnum):
    """FIRST is evidence, SEEN is left out and counted, NONE says nothing of a level."""

    FIRST = "first"
    SEEN = "seen"
    NONE = "none"


class Change(StrEnum):
    """What became of the first complete response."""

    RIGHT_TO_WRONG = "right_to_wrong"
    WRONG_TO_RIGHT = "wrong_to_right"
    WRONG_TO_WRONG = "wrong_to_wrong"


class Row(NamedTuple):
    """A response with all that judges it, as `COLUMNS` read it."""

    sitting_id: int
    certification_id: int
    mode: str
    pool: str
    submitted_at: datetime
    question_id: int
    domain_id: int
    position: int
    kind: str
    key: str
    corrected_key: str
    withdrawn_at: datetime | None
    option_order: str
    selected: str
    first_selected: str
    seconds: int
    was_seen: bool

    @property
    def ruling(self) -> Ruling:
        return Ruling(self.corrected_key or self.key, self.withdrawn_at is not None)


VERSION = "form_question__version"
COLUMNS = (
    "sitting_id",
    "sitting__exam__certification_id",
    "sitting__exam__mode",
    "sitting__exam__pool",
    "sitting__submitted_at",
    f"{VERSION}__question_id",
    f"{VERSION}__question__task__domain_id",
    "position",
    f"{VERSION}__kind",
    f"{VERSION}__key",
    f"{VERSION}__corrected_key",
    f"{VERSION}__withdrawn_at",
    "option_order",
    "selected",
    "first_selected",
    "seconds",
    "was_seen",
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A response and what it was worth; `change` is None where the first one stood or is unknown.

    `has_first` says whether the first complete response is on record. `seconds` is 0 where the time
    was not taken.
    """

    sitting_id: int
    certification_id: int
    mode: str
    pool: str
    at: datetime
    question_id: int
    domain_id: int
    position: int
    is_right: bool
    has_first: bool
    change: Change | None
    seconds: int
    exposure: Exposure


class FirstResponse(NamedTuple):
    domain_id: int
    is_right: bool
    at: datetime


@dataclass(frozen=True)
class FirstResponses:
    """The evidence, oldest first; `repeat_count` responses were left out as seen before."""

    told: tuple[FirstResponse, ...]
    repeat_count: int


def responses(candidate: Any, certification_ids: Sequence[int]) -> list[Judged]:
    """Those of the candidate's submitted sittings with released results: one statement."""
    rows = Response.objects.filter(
        sitting__candidate=candidate,
        sitting__submitted_at__isnull=False,
        sitting__exam__certification__in=certification_ids,
        sitting__result__release_at__lte=Now(),
    ).order_by("sitting__started_at", "sitting_id", "position")
    return judged([Row(*row) for row in rows.values_list(*COLUMNS)])


def evidence(judged: Iterable[Judged]) -> FirstResponses:
    held = list(judged)
    first = [one for one in held if one.exposure is Exposure.FIRST]
    told = (FirstResponse(one.domain_id, one.is_right, one.at) for one in first)
    return FirstResponses(
        told=tuple(sorted(told, key=lambda one: one.at)),
        repeat_count=sum(one.exposure is Exposure.SEEN for one in held),
    )


def judged(rows: Sequence[Row]) -> list[Judged]:
    """`rows` in the order in which the sittings began: the first showing of a question leads."""
    shown: set[int] = set()
    begun = {row.sitting_id for row in rows if row.selected}
    found = []
    for row in rows:
        # Older rows do not know what was seen: the sittings before them do.
        is_seen = row.was_seen or row.question_id in shown
        found.append(judge(row, exposure_of(row, is_seen=is_seen, begun=begun)))
        shown.add(row.question_id)
    return found


def exposure_of(row: Row, *, is_seen: bool, begun: set[int]) -> Exposure:
    """A blank is wrong in an exam; in practice, or where all is blank, nobody tried."""
    is_left = not row.selected and (row.mode == PRACTICE or row.sitting_id not in begun)
    if row.withdrawn_at or is_left:
        return Exposure.NONE
    return Exposure.SEEN if is_seen else Exposure.FIRST


def judge(row: Row, exposure: Exposure) -> Judged:
    return Judged(
        sitting_id=row.sitting_id,
        certification_id=row.certification_id,
        mode=row.mode,
        pool=row.pool,
        at=row.submitted_at,
        question_id=row.question_id,
        domain_id=row.domain_id,
        position=row.position,
        is_right=keys.is_credited(row.kind, row.selected, row.option_order, row.ruling),
        has_first=bool(row.first_selected),
        change=change_of(row),
        seconds=row.seconds,
        exposure=exposure,
    )


def change_of(row: Row) -> Change | None:
    if row.withdrawn_at or row.first_selected in ("", row.selected):
        return None
    was_right, is_right = (
        keys.is_right(row.kind, said, row.option_order, row.ruling.key)
        for said in (row.first_selected, row.selected)
    )
    if was_right:
        return None if is_right else Change.RIGHT_TO_WRONG
    return Change.WRONG_TO_RIGHT if is_right else Change.WRONG_TO_WRONG
