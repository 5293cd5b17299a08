"""Access codes: made, given, and redeemed once; whoever redeemed one may sit its exam."""

import secrets
from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from accounts.models import User
from exams.models import AccessCode, Exam

# Nothing that looks or sounds like something else: no 0 O, 1 I L, U V.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
GROUPS, GROUP_LENGTH = 3, 4


class NotAccepted(Exception):
    """No such code, or somebody has used it: nobody learns which."""


class AlreadyOpen(Exception):
    """The candidate may sit the exam already; the code stays good."""

    def __init__(self, exam: Exam) -> None:
        super().__init__(f"{exam} is open already.")
        self.exam = exam


def new_code() -> str:
    """As in 7KQ2-M9TD-RX4B: 58 bits of chance."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP_LENGTH))
    return in_groups(letters)


def in_groups(letters: str) -> str:
    return "-".join(
        letters[start : start + GROUP_LENGTH] for start in range(0, len(letters), GROUP_LENGTH)
    )


def tidied(text: str) -> str:
    """The code somebody typed: small letters, spaces and missing hyphens are no matter."""
    return in_groups("".join(one for one in text.upper() if one.isalnum()))


# --- Giving


def make(exam: Exam, count: int) -> Sequence[AccessCode]:
    """So many codes for nobody in particular; one statement."""
    return AccessCode.objects.bulk_create(
        AccessCode(exam=exam, code=new_code()) for _ in range(count)
    )


def give(exam_id: int, candidate_id: int) -> None:
    """See that the candidate has a code of their own for the exam; one statement, however often."""
    row = AccessCode(exam_id=exam_id, issued_to_id=candidate_id, code=new_code())
    AccessCode.objects.bulk_create([row], ignore_conflicts=True)


def given(exam_id: int, candidate_id: int) -> AccessCode | None:
    codes = AccessCode.objects.filter(exam=exam_id, issued_to=candidate_id)
    return codes.select_related("exam").first()


# --- Redeeming


def redeem(text: str, candidate: User) -> Exam:
    """Open the exam of a code to the candidate, once and for good.

    A code given to somebody is theirs alone. Raises NotAccepted and AlreadyOpen.
    """
    used = AccessCode.objects.filter(exam=OuterRef("exam"), redeemed_by=candidate)
    row = (
        AccessCode.objects.filter(code=tidied(text), exam__opened_at__isnull=False)
        .filter(redeemed_at=None)
        .annotate(is_open=Exists(used))
        .select_related("exam__certification")
        .first()
    )
    if row is None or row.issued_to_id not in {None, candidate.pk}:
        raise NotAccepted
    if row.is_open:
        raise AlreadyOpen(row.exam)
    if not take(row, candidate):
        raise NotAccepted
    return row.exam


def take(code: AccessCode, candidate: User) -> bool:
    """Of several at once one has it."""
    free = AccessCode.objects.filter(pk=code.pk, redeemed_at=None)
    return bool(free.update(redeemed_by=candidate, redeemed_at=Now()))
