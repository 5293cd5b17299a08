"""What a pass brings: a code for another exam here, and what AWS gives for a real one."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile

from django.utils.translation import gettext as _

from exams import access
from exams.models import AccessCode, Exam, Sitting
from questions.models import Certification, Question
from scoring.models import Result

# AWS's voucher for whoever has passed: this share off the next exam.
VOUCHER = Decimal("0.5")


def is_mock(exam: Exam) -> bool:
    """Whether a pass of it stands for one of the real exam: no sample and no practice."""
    return exam.mode == Exam.Mode.EXAM and exam.pool != Question.Pool.SAMPLE


# --- A code of Passline's own


def reward(sitting: Sitting, result: Result) -> None:
    """Give the code that a released pass brings; one statement, none where there is nothing."""
    exam, candidate_id = sitting.exam, sitting.candidate_id
    if result.has_passed and exam.reward_id and candidate_id and exam.mode == Exam.Mode.EXAM:
        access.give(exam.reward_id, candidate_id)


def reward_of(sitting: Sitting, result: Result) -> AccessCode | None:
    """The code of a released pass; given now if a clock or a correction has made the pass."""
    exam, candidate_id = sitting.exam, sitting.candidate_id
    if not (result.has_passed and exam.reward_id and candidate_id):
        return None
    code = access.given(exam.reward_id, candidate_id)
    if code is None:
        reward(sitting, result)
        code = access.given(exam.reward_id, candidate_id)
    return code


# --- What AWS gives


@dataclass(frozen=True)
class CostPath:
    """A certification at its full price, or with the voucher after a cheaper one; US dollars."""

    certification: Certification
    first: Sequence[Certification]
    first_price: int
    alone: int

    @property
    def first_codes(self) -> str:
        return _(" or ").join(one.code for one in self.first)

    @property
    def discounted(self) -> Decimal:
        return self.alone * (1 - VOUCHER)

    @property
    def total(self) -> Decimal:
        return self.first_price + self.discounted

    @property
    def saved(self) -> Decimal:
        return self.alone - self.total


def cost_path(certification: Certification) -> CostPath | None:
    """By the prices in the bank; one statement. None when they are missing or it saves nothing."""
    if certification.price_usd is None:
        return None
    current = Certification.objects.filter(
        status=Certification.Status.CURRENT, price_usd__isnull=False
    )
    others = list(current.exclude(pk=certification.pk).order_by("price_usd", "code"))
    if not others:
        return None
    price = others[0].price_usd or 0
    cheapest = list(takewhile(lambda one: one.price_usd == price, others))
    path = CostPath(certification, cheapest, price, certification.price_usd)
    return path if path.saved > 0 else None
