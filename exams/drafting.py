"""Drafts of forms: a question swapped, the draft discarded or frozen. A frozen form never changes.

Whoever writes takes the certification's turn first, as drawing does: what a swap brings onto a form
must not be drawn onto another one at the same time.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Now

from exams.assembly import take_turns
from exams.form_sheets import FormSheet
from exams.models import ExamForm, FormQuestion


class FrozenError(Exception):
    """The form is frozen, or there is none any more."""


class UnfitError(Exception):
    """The place has another question by now, or the new one would break a limit."""


class BrokenBlueprintError(Exception):
    """The form does not keep its blueprint; `faults` say how, in a sentence each."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = faults
        super().__init__(" ".join(faults))


@transaction.atomic
def swap(form: ExamForm, *, position: int, leaving: int, coming: int) -> None:
    """Put version `coming` where `leaving` stands. Raises FrozenError and UnfitError."""
    sheet = locked_sheet(form)
    place = sheet.place(position)
    if place is None or place.version.pk != leaving:
        raise UnfitError
    if coming not in {version.pk for version in sheet.candidates(place)}:
        raise UnfitError
    rows = FormQuestion.objects.filter(form=form.pk, position=position, version=leaving)
    rows.update(version=coming)


@transaction.atomic
def freeze(form: ExamForm) -> None:
    """Let candidates sit it, for good. Raises BrokenBlueprintError and FrozenError."""
    sheet = locked_sheet(form)
    if sheet.faults:
        raise BrokenBlueprintError(sheet.faults)
    loose = ExamForm.objects.filter(pk=form.pk, frozen_at=None)
    if not loose.update(frozen_at=Now()):
        raise FrozenError


@transaction.atomic
def discard(form: ExamForm) -> None:
    """Delete a draft; its questions may be drawn again. Raises FrozenError."""
    lock(form).delete()


def locked_sheet(form: ExamForm) -> FormSheet:
    return FormSheet(lock(form))


def lock(form: ExamForm) -> ExamForm:
    take_turns(form.exam)
    loose = ExamForm.objects.filter(pk=form.pk, frozen_at=None)
    locked = loose.select_for_update(of=["self"]).select_related("exam__certification").first()
    if locked is None:
        raise FrozenError
    return locked
