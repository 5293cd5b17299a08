"""Measurement: what a sitting was worth, and what to study next."""

from scoring.models.outcomes import Certificate, Forecast, Survey
from scoring.models.owed import EmailState, OwedLetter, OwedLetterQuerySet
from scoring.models.results import DomainResult, Result, ResultQuerySet, ResultRevision
from scoring.models.study import Reminder, ReviewCard, ReviewCardQuerySet, ReviewEntry, StudyPlan

__all__ = (
    "Certificate",
    "DomainResult",
    "EmailState",
    "Forecast",
    "OwedLetter",
    "OwedLetterQuerySet",
    "Reminder",
    "Result",
    "ResultQuerySet",
    "ResultRevision",
    "ReviewCard",
    "ReviewCardQuerySet",
    "ReviewEntry",
    "StudyPlan",
    "Survey",
)
