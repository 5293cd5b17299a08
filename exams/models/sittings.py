"""What a candidate sits and says."""

from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from exams import clock
from exams.models.catalog import Exam, ExamForm, FormQuestion


class SittingQuerySet(models.QuerySet["Sitting"]):
    def for_candidate(self, user: Any) -> Self:
        return self.filter(candidate_id=user.pk) if user.is_authenticated else self.none()

    def held_by(self, user: Any, guest_key: UUID | None) -> Self:
        """The sittings of a candidate, or those a guest of this browser has not yet taken along."""
        if user.is_authenticated:
            return self.for_candidate(user)
        return self.filter(candidate=None, guest_key=guest_key) if guest_key else self.none()

    def open(self) -> Self:
        return self.filter(submitted_at__isnull=True)

    def submitted(self) -> Self:
        return self.filter(submitted_at__isnull=False)

    def with_clock(self) -> Self:
        """Each with `asked_at`, the database's clock at this query: the only one that decides."""
        return self.annotate(asked_at=Now())

    def overdue(self) -> Self:
        """Open, with the deadline and the grace behind them by the database's clock."""
        return self.open().filter(deadline__lt=Now() - clock.GRACE)


class Sitting(models.Model):
    """One candidate's pass through one form.

    `deadline` is stored at the start and is empty when the exam is untimed. A sitting that ran out
    of time is recorded as submitted at its deadline. `guest_key` belongs to a browser without an
    account; it stays when the sitting moves to an account, so that the page still open there may
    go on saving. A paused sitting has `seconds_left` and no deadline.
    """

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="sittings")
    form = models.ForeignKey(ExamForm, on_delete=models.RESTRICT, related_name="sittings")
    candidate = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="sittings", null=True, blank=True
    )
    guest_key = models.UUIDField(null=True, blank=True, editable=False)
    started_at = models.DateTimeField(_("started at"))
    extra_minutes = models.PositiveSmallIntegerField(_("extra time in minutes"), default=0)
    deadline = models.DateTimeField(_("deadline"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    shows_rationale = models.BooleanField(_("rationale after each question"), default=False)
    seconds_left = models.PositiveIntegerField(_("seconds left when paused"), null=True, blank=True)

    asked_at: datetime  # only on rows of `with_clock`

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = _("sitting")
        verbose_name_plural = _("sittings")
        ordering = ("-started_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["candidate", "exam"],
                condition=Q(submitted_at__isnull=True),
                name="exams_sitting_one_open_candidate",
            ),
            models.UniqueConstraint(
                fields=["guest_key", "exam"],
                condition=Q(submitted_at__isnull=True),
                name="exams_sitting_one_open_guest",
            ),
            models.CheckConstraint(
                condition=Q(candidate__isnull=False) | Q(guest_key__isnull=False),
                name="exams_sitting_has_holder",
            ),
            models.CheckConstraint(
                condition=Q(deadline__gt=F("started_at")), name="exams_sitting_deadline_after_start"
            ),
            models.CheckConstraint(
                condition=Q(seconds_left=None) | Q(deadline=None), name="exams_sitting_paused_clock"
            ),
        )
        indexes = (
            models.Index(
                fields=["deadline"],
                condition=Q(submitted_at__isnull=True),
                name="exams_sitting_falls_due",
            ),
            models.Index(fields=["candidate", "-started_at"], name="exams_sitting_of_candidate"),
            models.Index(
                fields=["guest_key"],
                condition=Q(guest_key__isnull=False),
                name="exams_sitting_of_guest",
            ),
        )

    def __str__(self) -> str:
        return f"{self.exam} #{self.pk}"

    def is_open(self, now: datetime) -> bool:
        """Whether a response could still be taken at `now`, the grace included."""
        return self.submitted_at is None and not self.is_overdue(now)

    def is_overdue(self, now: datetime) -> bool:
        return self.submitted_at is None and clock.is_over(self.deadline, now)

    @property
    def has_run_out(self) -> bool:
        """Closed by the clock, not by the candidate."""
        return self.submitted_at is not None and self.submitted_at == self.deadline

    @property
    def time_used(self) -> timedelta | None:
        return self.submitted_at - self.started_at if self.submitted_at else None


class ResponseQuerySet(models.QuerySet["Response"]):
    def with_clock(self) -> Self:
        """Each with `asked_at`, the database's clock at this query."""
        return self.annotate(asked_at=Now())


class Response(models.Model):
    """What the candidate said to one question of the sitting.

    `option_order` lists author letters in the order shown: "CADB" shows the author's C as A.
    `selected` and `struck` are in shown letters: the chosen one, the chosen ones in order of the
    alphabet, the order built, or one letter a prompt; "-" stands for a place left empty.
    `first_selected` is the first complete response; once `checked_at` is set, nothing changes it.
    `was_seen` says at the start whether the candidate had been shown the question before.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="responses")
    form_question = models.ForeignKey(
        FormQuestion, on_delete=models.RESTRICT, related_name="responses"
    )
    position = models.PositiveSmallIntegerField(_("place"))
    option_order = models.CharField(max_length=8)
    choose_count = models.PositiveSmallIntegerField()
    selected = models.CharField(_("response"), max_length=8, blank=True, default="")
    struck = models.CharField(_("struck out"), max_length=8, blank=True, default="")
    is_flagged = models.BooleanField(_("flagged"), default=False)
    is_guessed = models.BooleanField(_("guessed"), default=False)
    first_selected = models.CharField(_("first response"), max_length=8, blank=True, default="")
    seconds = models.PositiveIntegerField(_("seconds on the question"), default=0)
    was_seen = models.BooleanField(_("seen before"), default=False)
    checked_at = models.DateTimeField(_("rationale shown at"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    responded_at = models.DateTimeField(_("responded at"), null=True, blank=True)

    asked_at: datetime  # only on rows of `with_clock`

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        ordering = ("sitting_id", "position")
        constraints = (
            models.UniqueConstraint(
                fields=["sitting", "position"], name="exams_response_place_unique"
            ),
            models.CheckConstraint(
                condition=Q(selected__regex=r"^[A-H-]*$") & Q(struck__regex=r"^[A-H]*$"),
                name="exams_response_letters",
            ),
        )

    def __str__(self) -> str:
        return f"{self.position}: {self.selected}"

    @property
    def is_complete(self) -> bool:
        """Whether every place the question asks for is filled."""
        return len(self.selected) == self.choose_count and "-" not in self.selected


class LateResponse(models.Model):
    """A response that arrived after the deadline and its grace: shown, never counted."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="late_responses")
    position = models.PositiveSmallIntegerField(_("place"))
    selected = models.CharField(_("response"), max_length=8, blank=True)
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)

    class Meta:
        verbose_name = _("late response")
        verbose_name_plural = _("late responses")
        ordering = ("sitting_id", "position")
        constraints = (
            models.UniqueConstraint(
                fields=["sitting", "position"], name="exams_lateresponse_place_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.position}: {self.selected}"
