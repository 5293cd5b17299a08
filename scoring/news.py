"""Writes the news of a changed result: what changed, from what to what, and why."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from exams.models import Response
from scoring.composing import composed, message_id, speaking_to
from scoring.models import ResultRevision

RELATED = ("result__sitting__candidate", "result__sitting__exam__certification")


def message(revision: ResultRevision, recipient: User) -> EmailMultiAlternatives:
    """The letter of a revision; one statement, the relations in RELATED are taken as loaded."""
    with speaking_to(recipient):
        return composed(
            "news",
            recipient,
            subject=subject(revision),
            content=context(revision),
            message_id=message_id("revision", revision.pk, revision.email_resend_count),
        )


def subject(revision: ResultRevision) -> str:
    names = {
        "exam": revision.result.sitting.exam.name,
        "old": revision.scaled_before,
        "new": revision.scaled_after,
        "verdict": verdict(has_passed=revision.has_passed_after),
    }
    if revision.has_verdict_moved:
        return _("Your result has changed to %(verdict)s: %(exam)s (%(old)s to %(new)s)") % names
    return _("Your score has changed: %(exam)s (%(old)s to %(new)s, still %(verdict)s)") % names


def verdict(*, has_passed: bool | None) -> str:
    return _("PASS") if has_passed else _("FAIL")


def context(revision: ResultRevision) -> dict[str, Any]:
    result, position = revision.result, position_of(revision)
    report_url = settings.SITE_URL + reverse("report", args=[result.pk])
    return {
        "revision": revision,
        "result": result,
        "exam": result.sitting.exam,
        "submitted_at": result.sitting.submitted_at,
        "language": translation.get_language(),
        "position": position,
        "old_verdict": verdict(has_passed=revision.has_passed_before),
        "new_verdict": verdict(has_passed=revision.has_passed_after),
        "question_url": f"{report_url}#question-{position}",
    }


def position_of(revision: ResultRevision) -> int:
    """Where the corrected question stood in the sitting."""
    responses = Response.objects.filter(
        sitting=revision.result_id, form_question__version=revision.version_id
    )
    return int(responses.values_list("position", flat=True)[0])
