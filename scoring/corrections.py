"""Corrects what was published: a key was wrong, or a question is withdrawn with credit to all.

Each is one transaction: the fact on the version by a conditional UPDATE, the trail, and the
results it touches, with their history and the news owed to their candidates.

No sitting slips through between the old key and the new one. A correction takes the forms that
score the question and then their open sittings: it waits for every submit under way, and further
starts and submits wait for its end. Then it takes results in order of their keys, so that two
corrections of one form follow each other and the second sees what the first has written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from exams.models import ExamForm, Response
from questions.content import Content, check_key
from questions.models import QuestionVersion
from questions.reviewing import ReasonMissingError
from questions.trail import Act, record
from scoring import keys, results, studying
from scoring.keys import Ruling
from scoring.models import Result, ResultRevision
from scoring.results import Scale, Tally, any_of
from scoring.statements import HOLD_OFF_SUBMITS, REWRITE

BATCH = 500
Cause = ResultRevision.Cause


class UnfitKey(ValueError):
    """The key cannot be one of this question; says why."""


class PassesLost(Exception):
    """The correction would turn passes into fails, and nobody has agreed to that."""

    def __init__(self, impact: "Impact") -> None:
        super().__init__(f"{len(impact.lost)} passes would be lost.")
        self.impact = impact


@dataclass(frozen=True)
class Move:
    """A result as it stands, with its candidate, and what it would become or became."""

    result: Result
    tally: Tally
    raw_before: int
    raw_after: int
    scaled_before: int | None
    scaled_after: int | None
    has_passed_before: bool | None
    has_passed_after: bool | None

    @classmethod
    def of(cls, result: Result, tally: Tally) -> "Move":
        after = results.measures(tally, Scale.of(result))
        return cls(
            result=result,
            tally=tally,
            raw_before=result.raw_score,
            raw_after=after["raw_score"],
            scaled_before=result.scaled_score,
            scaled_after=after["scaled_score"],
            has_passed_before=result.has_passed,
            has_passed_after=after["has_passed"],
        )

    @property
    def is_lost(self) -> bool:
        return bool(self.has_passed_before) and not self.has_passed_after

    @property
    def is_won(self) -> bool:
        return not self.has_passed_before and bool(self.has_passed_after)

    @property
    def is_told(self) -> bool:
        """Whether there is somebody to write to, and who knows the result that moves."""
        candidate = self.result.recipient
        is_known = self.result.is_released(self.result.asked_at)
        return is_known and candidate is not None and candidate.is_active


@dataclass(frozen=True)
class Impact:
    """What a correction does: of `judged_count` results that count the question, these move."""

    judged_count: int
    moves: Sequence[Move]

    @cached_property
    def lost(self) -> list[Move]:
        return [move for move in self.moves if move.is_lost]

    @cached_property
    def won(self) -> list[Move]:
        return [move for move in self.moves if move.is_won]

    @property
    def kept(self) -> list[Move]:
        """Those whose score moves and whose verdict stays."""
        return [move for move in self.moves if not move.is_lost and not move.is_won]

    @property
    def told_count(self) -> int:
        return sum(move.is_told for move in self.moves)


@dataclass(frozen=True)
class Correction:
    """What was done to a version, by whom and why."""

    version: QuestionVersion
    before: Ruling
    after: Ruling
    cause: ResultRevision.Cause
    actor: User
    reason: str


# --- Dry run


def preview(version: QuestionVersion, *, key: str) -> Impact:
    """What `correct_key` would do; five statements at most. Raises UnfitKey."""
    check_fits(version, key)
    return supposed(version, Ruling(key))


def preview_withdrawal(version: QuestionVersion) -> Impact:
    """What `withdraw` would do; three statements."""
    return supposed(version, Ruling(version.scoring_key, is_withdrawn=True))


def supposed(version: QuestionVersion, after: Ruling) -> Impact:
    judged_count, touched = touched_sittings(version, results.ruling_of(version), after)
    tallies = results.tallies(touched, {version.pk: after})
    return Impact(judged_count, moves(with_candidates(touched), tallies))


def touched_sittings(
    version: QuestionVersion, before: Ruling, after: Ruling
) -> tuple[int, list[int]]:
    """How many results count the question, and the sittings of those that judge it otherwise."""
    said = Response.objects.filter(
        form_question__version=version,
        form_question__is_scored=True,
        sitting__result__isnull=False,
    ).order_by("sitting")
    rows = list(said.values_list("sitting_id", "selected", "option_order"))
    touched = [
        sitting_id
        for sitting_id, selected, order in rows
        if keys.is_credited(version.kind, selected, order, before)
        != keys.is_credited(version.kind, selected, order, after)
    ]
    return len(rows), touched


def with_candidates(sitting_ids: Sequence[int]) -> QuerySet[Result]:
    chosen: QuerySet[Result] = Result.objects.filter(pk__in=any_of(sitting_ids)).with_clock()
    return chosen.select_related("sitting__candidate").order_by("pk")


def moves(found: Iterable[Result], tallies: Mapping[int, Tally]) -> list[Move]:
    """Those results that do not say already what was counted."""
    made = (Move.of(result, tallies[result.pk]) for result in found)
    return [move for move in made if move.raw_before != move.raw_after]


def check_fits(version: QuestionVersion, key: str) -> None:
    """Raises UnfitKey; two statements."""
    if key == version.scoring_key:
        raise UnfitKey(_("This is the key already."))
    count = version.choose_count
    if len(key) != count:
        text = ngettext(
            "Candidates could choose %(count)s option, so the key has %(count)s letter too. If "
            "that was the fault, withdraw the question.",
            "Candidates were asked for %(count)s letters, so the key has %(count)s too. If that "
            "was the fault, withdraw the question.",
            count,
        )
        raise UnfitKey(text % {"count": count})
    alike = QuestionVersion(kind=version.kind, key=key)
    try:
        check_key(Content(alike, list(version.options.all()), list(version.prompts.all())))
    except ValueError as error:
        raise UnfitKey(_("The key does not fit the options.")) from error


# --- The acts


@transaction.atomic
def correct_key(
    version: QuestionVersion, *, key: str, actor: User, reason: str, may_fail: bool = False
) -> Impact | None:
    """Judge by another key from now on; None when the version was corrected since it was read.

    Raises UnfitKey, ReasonMissingError, and PassesLost unless results `may_fail` by it: nothing is
    changed then.
    """
    require(reason)
    check_fits(version, key)
    before, after = results.ruling_of(version), Ruling(key)
    if not standing(version).update(corrected_key=key):
        return None
    record(version.question, Act.REKEYED, actor=actor, version=version, reason=reason)
    done = carry_out(Correction(version, before, after, Cause.REKEYED, actor, reason.strip()))
    if done.lost and not may_fail:
        raise PassesLost(done)
    version.corrected_key = key
    return done


@transaction.atomic
def withdraw(version: QuestionVersion, *, actor: User, reason: str) -> Impact | None:
    """Credit the question to all; None when the version was corrected since it was read.

    No score falls by it. Raises ReasonMissingError.
    """
    require(reason)
    before = results.ruling_of(version)
    after = before._replace(is_withdrawn=True)
    if not standing(version).update(withdrawn_at=Now()):
        return None
    record(version.question, Act.WITHDRAWN, actor=actor, version=version, reason=reason)
    done = carry_out(Correction(version, before, after, Cause.WITHDRAWN, actor, reason.strip()))
    version.refresh_from_db(fields=["withdrawn_at"])
    return done


def standing(version: QuestionVersion) -> QuerySet[QuestionVersion]:
    """The version, if it may be corrected and was not since the caller read it."""
    published: QuerySet[QuestionVersion] = QuestionVersion.objects.published()
    return published.filter(pk=version.pk, corrected_key=version.corrected_key, withdrawn_at=None)


def require(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissingError


def is_newest(version: QuestionVersion) -> bool:
    """Whether there is no later version, not even a draft: one is needed to mend the question."""
    later = QuestionVersion.objects.filter(question=version.question_id, number__gt=version.number)
    return not later.exists()


# --- Rescoring


def carry_out(correction: Correction) -> Impact:
    """Rescore what the correction touches, in batches."""
    hold_off_submits(correction.version)
    judged_count, touched = touched_sittings(
        correction.version, correction.before, correction.after
    )
    moved: list[Move] = []
    for start in range(0, len(touched), BATCH):
        moved += rescore(touched[start : start + BATCH], correction)
    studying.forgive(
        Response.objects.filter(form_question__version=correction.version).values("pk")
    )
    return Impact(judged_count, moved)


def hold_off_submits(version: QuestionVersion) -> None:
    forms = ExamForm.objects.select_for_update(of=("self",)).filter(
        form_questions__version=version, form_questions__is_scored=True
    )
    form_ids = list(forms.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(HOLD_OFF_SUBMITS, {"forms": form_ids})


def rescore(sitting_ids: Sequence[int], correction: Correction) -> list[Move]:
    """Lock the results, count them anew and write what has changed, with its history."""
    held = list(with_candidates(sitting_ids).select_for_update(of=("self",)))
    moved = moves(held, results.tallies([result.pk for result in held]))
    if moved:
        rewrite(moved)
        lines = [row for one in moved for row in results.domain_results(one.result, one.tally)]
        results.put_domain_results(lines)
        ResultRevision.objects.bulk_create(revision(move, correction) for move in moved)
    return moved


def rewrite(moved: Sequence[Move]) -> None:
    columns = {
        "ids": [move.result.pk for move in moved],
        "raw": [move.raw_after for move in moved],
        "scored": [move.tally.scored.total() for move in moved],
        "scaled": [move.scaled_after for move in moved],
        "passed": [move.has_passed_after for move in moved],
    }
    with connection.cursor() as cursor:
        cursor.execute(REWRITE, columns)


def revision(move: Move, correction: Correction) -> ResultRevision:
    return ResultRevision(
        result=move.result,
        version=correction.version,
        cause=correction.cause,
        reason=correction.reason,
        actor=correction.actor,
        raw_before=move.raw_before,
        raw_after=move.raw_after,
        scaled_before=move.scaled_before,
        scaled_after=move.scaled_after,
        has_passed_before=move.has_passed_before,
        has_passed_after=move.has_passed_after,
        email_due_at=Now() if move.is_told else None,
    )
