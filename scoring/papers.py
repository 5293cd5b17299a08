"""What the papers say: the score report and the certificate, as they are drawn into PDF."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from exams import clock
from exams.models import Sitting
from scoring import reports
from scoring.scaling import raw_cut


def score_report(sitting: Sitting, candidate: User) -> dict[str, Any]:
    """In the layout of a real exam's report; one statement, `sitting` comes from `with_results`."""
    result = sitting.result
    has_score = bool(result.scored_count)
    return {
        "sitting": sitting,
        "exam": sitting.exam,
        "certification": sitting.exam.certification,
        "result": result,
        "candidate": candidate,
        "picture": reports.score_picture(result),
        "needed_count": raw_cut(result.scored_count, result.cut_share) if has_score else None,
        "domains": reports.domain_lines(result),
        "time_allowed": clock.time_limit(sitting.exam.minutes, sitting.extra_minutes),
        "report_url": settings.SITE_URL + reverse("report", args=[sitting.pk]),
        "drawn_at": timezone.now(),
    }


def certificate(page: dict[str, Any]) -> dict[str, Any]:
    """`page` is what the page of verification says."""
    path = reverse("certificate", args=[page["certificate"].token])
    return page | {"verify_url": settings.SITE_URL + path}
