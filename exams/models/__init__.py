"""Delivery: what was asked, of whom, when, and what they said. It does not know the score."""

from exams.models.catalog import AccessCode, Exam, ExamForm, ExamQuerySet, FormQuestion
from exams.models.sittings import (
    LateResponse,
    Response,
    ResponseQuerySet,
    Sitting,
    SittingQuerySet,
)

__all__ = (
    "AccessCode",
    "Exam",
    "ExamForm",
    "ExamQuerySet",
    "FormQuestion",
    "LateResponse",
    "Response",
    "ResponseQuerySet",
    "Sitting",
    "SittingQuerySet",
)
