"""The life of one question, read for its page."""

from collections.abc import Sequence
from dataclasses import dataclass

from questions.models import Question, QuestionReport, QuestionVersion, TrailEntry
from questions.shown import ShownQuestion, shown


@dataclass(frozen=True)
class VersionLine:
    """`state` is draft, review, current, earlier or withdrawn; `before` is the number before it."""

    version: QuestionVersion
    state: str
    before: int | None


@dataclass(frozen=True)
class Life:
    """A question with its versions (newest first), its trail and its reports, newest first."""

    question: Question
    lines: Sequence[VersionLine]
    trail: Sequence[TrailEntry]
    reports: Sequence[QuestionReport]
    newest: ShownQuestion | None

    @property
    def draft(self) -> QuestionVersion | None:
        """The open draft; only the newest version can be one."""
        newest = self.newest and self.newest.version
        return newest if newest and newest.published_at is None else None

    @property
    def numbers(self) -> list[int]:
        return [line.version.number for line in self.lines]

    @property
    def open_reports(self) -> list[QuestionReport]:
        return [each for each in self.reports if each.resolved_at is None]

    @property
    def closed_reports(self) -> list[QuestionReport]:
        return [each for each in self.reports if each.resolved_at]


def life(question: Question) -> Life:
    """Seven statements at most, however long the life was."""
    versions = list(question.versions.select_related("author", "reviewer").order_by("-number"))
    reports = QuestionReport.objects.filter(version__question=question)
    newest = shown(versions[:1])
    return Life(
        question=question,
        lines=_lines(versions),
        trail=list(question.trail.select_related("actor", "version")),
        reports=list(reports.select_related("reporter", "resolved_by", "version")),
        newest=newest[0] if newest else None,
    )


def _lines(versions: Sequence[QuestionVersion]) -> list[VersionLine]:
    current = next((each for each in versions if each.published_at), None)
    before = [*(each.number for each in versions[1:]), None]
    return [
        VersionLine(version, _state(version, current), number)
        for version, number in zip(versions, before, strict=True)
    ]


def _state(version: QuestionVersion, current: QuestionVersion | None) -> str:
    if version.published_at is None:
        return "review" if version.review_asked_at else "draft"
    if version.withdrawn_at:
        return "withdrawn"
    return "current" if version == current else "earlier"
