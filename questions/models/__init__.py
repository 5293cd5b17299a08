"""The bank: what may be asked. It does not know that exams exist."""

from questions.models.imports import Import, ImportRow
from questions.models.life import QuestionReport, TrailEntry
from questions.models.outline import Certification, Domain, Resource, Service, Shift, Task
from questions.models.questions import (
    LETTERS,
    NO_RESPONSE,
    Option,
    Prompt,
    Question,
    QuestionImage,
    QuestionVersion,
    QuestionVersionQuerySet,
)

__all__ = (
    "LETTERS",
    "NO_RESPONSE",
    "Certification",
    "Domain",
    "Import",
    "ImportRow",
    "Option",
    "Prompt",
    "Question",
    "QuestionImage",
    "QuestionReport",
    "QuestionVersion",
    "QuestionVersionQuerySet",
    "Resource",
    "Service",
    "Shift",
    "Task",
    "TrailEntry",
)
