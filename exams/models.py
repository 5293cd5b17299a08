"""Delivery: what was asked, of whom, when, and what they said. It does not know the score."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from exams import clock
from questions.models import Certification, Question, QuestionVersion


class ExamQuerySet(models.QuerySet["Exam"]):
    def opened(self) -> Self:
        return self.filter(opened_at__isnull=False)


class Exam(models.Model):
    certification = models.ForeignKey(Certification, on_delete=models.PROTECT, related_name="exams")
    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)
    pool = models.CharField(_("pool"), max_length=10, choices=Question.Pool.choices)
    question_count = models.PositiveSmallIntegerField(
        _("questions"), validators=[MinValueValidator(1), MaxValueValidator(300)]
    )
    unscored_count = models.PositiveSmallIntegerField(_("unscored questions"), default=0)
    minutes = models.PositiveSmallIntegerField(
        _("time limit in minutes"), null=True, blank=True, help_text=_("Empty: untimed.")
    )
    cut_share = models.DecimalField(
        _("share of right responses to pass"),
        max_digits=5,
        decimal_places=4,
        default=Decimal("0.75"),
    )
    cut_score = models.PositiveSmallIntegerField(_("pass line"), default=750)
    floor_score = models.PositiveSmallIntegerField(_("lowest score"), default=100)
    ceiling_score = models.PositiveSmallIntegerField(_("highest score"), default=1000)
    is_open_to_guests = models.BooleanField(_("open without an account"), default=False)
    email_delay = models.DurationField(
        _("delay of the results e-mail"),
        default=timedelta,
        help_text=_("As in 1 00:00:00 for a day."),
    )
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)

    objects = ExamQuerySet.as_manager()

    class Meta:
        verbose_name = _("exam")
        verbose_name_plural = _("exams")
        ordering = ("certification_id", "position", "name")
        constraints = (
            models.CheckConstraint(
                condition=Q(cut_share__gt=0, cut_share__lt=1), name="exams_exam_cut_share_range"
            ),
            models.CheckConstraint(
                condition=Q(floor_score__lt=F("cut_score"), cut_score__lt=F("ceiling_score")),
                name="exams_exam_scale_ascends",
            ),
            models.CheckConstraint(
                condition=Q(unscored_count__lt=F("question_count")),
                name="exams_exam_something_scored",
            ),
        )

    def __str__(self) -> str:
        return f"{self.certification.code} {self.name}"

    def is_open_to(self, user: Any) -> bool:
        """Whether this person may start it: a guest only what is open to guests."""
        return self.is_open_to_guests or bool(user.is_authenticated)

    @property
    def scored_count(self) -> int:
        return self.question_count - self.unscored_count

    @property
    def cut_fraction(self) -> Fraction:
        return Fraction(self.cut_share)


class ExamForm(models.Model):
    """A frozen, ordered list of question versions."""

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="forms")
    number = models.PositiveSmallIntegerField(_("number"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    frozen_at = models.DateTimeField(_("frozen at"), null=True, blank=True)

    class Meta:
        verbose_name = _("exam form")
        verbose_name_plural = _("exam forms")
        ordering = ("exam_id", "number")
        constraints = (
            models.UniqueConstraint(fields=["exam", "number"], name="exams_form_number_unique"),
        )

    def __str__(self) -> str:
        return f"{self.exam} form {self.number}"


class FormQuestion(models.Model):
    form = models.ForeignKey(ExamForm, on_delete=models.CASCADE, related_name="form_questions")
    position = models.PositiveSmallIntegerField(_("place"), help_text=_("From 1."))
    version = models.ForeignKey(
        QuestionVersion, on_delete=models.PROTECT, related_name="form_questions"
    )
    is_scored = models.BooleanField(_("scored"), default=True)

    class Meta:
        verbose_name = _("form question")
        verbose_name_plural = _("form questions")
        ordering = ("form_id", "position")
        constraints = (
            models.UniqueConstraint(
                fields=["form", "position"], name="exams_formquestion_place_unique"
            ),
            models.UniqueConstraint(
                fields=["form", "version"], name="exams_formquestion_version_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.position}"


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
    go on saving.
    """

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="sittings")
    form = models.ForeignKey(ExamForm, on_delete=models.PROTECT, related_name="sittings")
    candidate = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="sittings", null=True, blank=True
    )
    guest_key = models.UUIDField(null=True, blank=True, editable=False)
    started_at = models.DateTimeField(_("started at"))
    extra_minutes = models.PositiveSmallIntegerField(_("extra time in minutes"), default=0)
    deadline = models.DateTimeField(_("deadline"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)

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
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="responses")
    form_question = models.ForeignKey(
        FormQuestion, on_delete=models.PROTECT, related_name="responses"
    )
    position = models.PositiveSmallIntegerField(_("place"))
    option_order = models.CharField(max_length=8)
    choose_count = models.PositiveSmallIntegerField()
    selected = models.CharField(_("response"), max_length=8, blank=True, default="")
    struck = models.CharField(_("struck out"), max_length=8, blank=True, default="")
    is_flagged = models.BooleanField(_("flagged"), default=False)
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
