"""Practice certificates: issued on first asking, verified by whoever has the address.

Not in the transaction that scores: a certificate needs a name that may have to be asked for, many
are never wanted, and a result released by the clock has no transaction of its own. Nothing can
come in between that a certificate would have to keep: whether it stands is read from its result.
"""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from exams.models import Sitting
from scoring import benefits
from scoring.models import Certificate

# Where a certification does not say how long a real certificate is valid.
USUAL_YEARS = 3
RELATED = ("result__sitting__exam__certification", "result__sitting__candidate")


class Standing(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


def may_be_issued(sitting: Sitting) -> bool:
    """A pass of a mock exam, its result released; not for a guest."""
    has_passed = bool(sitting.result.has_passed)
    return has_passed and benefits.is_mock(sitting.exam) and sitting.candidate_id is not None


def issue(sitting: Sitting, *, name: str) -> Certificate:
    """The sitting's certificate, made now unless there is one; a name once on it stays."""
    said = {"name": name, "expires_on": expiry(sitting)}
    certificate, _is_new = Certificate.objects.get_or_create(result=sitting.result, defaults=said)
    return certificate


def expiry(sitting: Sitting) -> date:
    """The day of the pass, so many years on."""
    years = sitting.exam.certification.valid_years or USUAL_YEARS
    return years_after(timezone.localdate(sitting.submitted_at), years)


def years_after(day: date, years: int) -> date:
    """The same day; the last of February for a 29th that is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def known() -> QuerySet[Certificate]:
    """Those that can be shown, with exam and candidate."""
    return Certificate.objects.select_related(*RELATED)


def standing(certificate: Certificate, today: date) -> Standing:
    """A correction of the bank may take the pass away, and another may give it back."""
    if not certificate.result.has_passed:
        return Standing.WITHDRAWN
    return Standing.EXPIRED if certificate.expires_on < today else Standing.VALID


def page(token: UUID, today: date) -> dict[str, Any]:
    """What the page of verification and the paper say; raises Certificate.DoesNotExist."""
    certificate = known().get(token=token)
    sitting = certificate.result.sitting
    return {
        "certificate": certificate,
        "sitting": sitting,
        "exam": sitting.exam,
        "certification": sitting.exam.certification,
        "standing": standing(certificate, today),
    }
