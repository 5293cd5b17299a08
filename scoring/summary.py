"""Writes the results summary: HTML and text, in the candidate's own language and time zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from scoring import benefits, precision
from scoring.composing import composed, message_id, speaking_to
from scoring.models import DomainResult, Result
from scoring.precision import Band, Standing

RELATED = ("sitting__candidate", "sitting__exam__certification")


class Outlook(StrEnum):
    """How the likely range lies to the pass line: which next step is advised."""

    CLEAR = "clear"
    JUST_PASSED = "just-passed"
    NEAR = "near"
    BELOW = "below"


NEXT_STEPS = {
    Outlook.CLEAR: gettext_lazy(
        "Your whole likely range lies above the pass line. Go through what you missed while it is "
        "fresh, and take another mock exam to confirm it."
    ),
    Outlook.JUST_PASSED: gettext_lazy(
        "You passed, but the pass line lies within your likely range, so another form could go the "
        "other way. Study what you missed and widen the margin."
    ),
    Outlook.NEAR: gettext_lazy(
        "You are near: the pass line lies within your likely range. Study what you missed, then "
        "take another mock exam."
    ),
    Outlook.BELOW: gettext_lazy(
        "Your likely range lies below the pass line. Study what you missed, one domain at a time, "
        "before the next mock exam."
    ),
}


@dataclass(frozen=True)
class DomainRow:
    name: str
    right_count: int
    scored_count: int
    standing: Standing

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all."""
        return 100 * self.right_count // self.scored_count

    @property
    def meets(self) -> bool:
        return self.standing is Standing.MEETS


@dataclass(frozen=True)
class Cell:
    """A piece of the score picture, a table cell: its kind, and its width in percent of the row."""

    kind: str
    width: int


def message(result: Result, recipient: User) -> EmailMultiAlternatives:
    """The summary of a result that has a score.

    Reads the domain results, one statement, and the code that a pass brings; the relations in
    RELATED are taken as loaded.
    """
    with speaking_to(recipient):
        return composed(
            "summary",
            recipient,
            subject=subject(result),
            content=context(result),
            message_id=message_id("result", result.pk, result.email_resend_count),
        )


def subject(result: Result) -> str:
    return _("Your result: %(verdict)s in %(exam)s (%(scaled)s of %(ceiling)s)") % {
        "exam": result.sitting.exam.name,
        "verdict": verdict(result),
        "scaled": result.scaled_score,
        "ceiling": result.ceiling_score,
    }


def verdict(result: Result) -> str:
    return _("PASS") if result.has_passed else _("FAIL")


def context(result: Result) -> dict[str, Any]:
    band = likely_range(result)
    domains = domain_rows(result)
    below_line, above_line = score_picture(result, band)
    return {
        "result": result,
        "exam": result.sitting.exam,
        "submitted_at": result.sitting.submitted_at,
        "language": translation.get_language(),
        "verdict": verdict(result),
        "band": band,
        "domains": domains,
        "next_step": next_step(outlook(result, band), weakest(domains)),
        "below_line": below_line,
        "above_line": above_line,
        "missed_url": f"{settings.SITE_URL}{reverse('report', args=[result.pk])}?show=missed",
        "report_pdf_url": settings.SITE_URL + reverse("report_pdf", args=[result.pk]),
        "reward": benefits.reward_of(result.sitting, result),
        "redeem_url": settings.SITE_URL + reverse("redeem"),
    }


def likely_range(result: Result) -> Band:
    return precision.score_band(
        result.raw_score,
        result.scored_count,
        cut_share=result.cut_share,
        cut_score=result.cut_score,
        floor=result.floor_score,
        ceiling=result.ceiling_score,
    )


def outlook(result: Result, band: Band) -> Outlook:
    if result.has_passed:
        return Outlook.CLEAR if band.low >= result.cut_score else Outlook.JUST_PASSED
    return Outlook.NEAR if band.high >= result.cut_score else Outlook.BELOW


def domain_rows(result: Result) -> list[DomainRow]:
    rows = result.domain_results.select_related("domain").order_by("domain__number")
    return [domain_row(row, result) for row in rows]


def domain_row(row: DomainResult, result: Result) -> DomainRow:
    return DomainRow(
        name=row.domain.name,
        right_count=row.right_count,
        scored_count=row.scored_count,
        standing=precision.domain_standing(row.right_count, row.scored_count, result.cut_share),
    )


def weakest(domains: Sequence[DomainRow]) -> DomainRow | None:
    """The domain with the lowest share of those that need improvement; None when all are met."""
    short = [row for row in domains if not row.meets]
    return min(short, key=lambda row: row.right_count / row.scored_count, default=None)


def next_step(outlook: Outlook, start: DomainRow | None) -> str:
    advice = str(NEXT_STEPS[outlook])
    return advice + " " + _("Start with %s.") % start.name if start else advice


# --- The picture, drawn with table cells since mail clients show no SVG


def score_picture(result: Result, band: Band) -> tuple[list[Cell], list[Cell]]:
    """The cells from the floor to the pass line, and those from there to the ceiling."""
    cells = score_cells(result, band)
    line = [cell.kind for cell in cells].index("line")
    return cells[:line], cells[line + 1 :]


def score_cells(result: Result, band: Band) -> list[Cell]:
    """From floor to ceiling: the track, the likely range on it, the pass line, and the score."""
    marks = score_marks(result)
    low, high = place(band.low, result), place(band.high, result)
    cells: list[Cell] = []
    for start, end in pairwise(sorted({0, *(at for _kind, at in marks), low, high, 100})):
        cells += [Cell(kind, 0) for kind, at in marks if at == start]
        cells.append(Cell("range" if low <= start < high else "track", end - start))
    return cells + [Cell(kind, 0) for kind, at in marks if at == 100]


def score_marks(result: Result) -> list[tuple[str, int]]:
    """The pass line and the score with their places; at the same place the verdict orders them."""
    line = ("line", place(result.cut_score, result))
    dot = ("dot", place(result.scaled_score or 0, result))
    return [line, dot] if result.has_passed else [dot, line]


def place(score: int, result: Result) -> int:
    """Whole percent of the way from floor to ceiling."""
    return 100 * (score - result.floor_score) // (result.ceiling_score - result.floor_score)
