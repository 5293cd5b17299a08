"""What is on offer: exams, their frozen forms, and the codes that open restricted ones."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from questions.models import Certification, Question, QuestionVersion


class ExamQuerySet(models.QuerySet["Exam"]):
    def opened(self) -> Self:
        return self.filter(opened_at__isnull=False)

    def sat_as_exams(self) -> Self:
        return self.filter(mode=Exam.Mode.EXAM)

    def with_access(self, user: Any) -> Self:
        """Each with `is_locked`: restricted, and this person has redeemed no code for it."""
        codes = AccessCode.objects.filter(exam=OuterRef("pk"), redeemed_by=user.pk)
        is_locked = Q(is_restricted=True) & ~Exists(codes) if user.pk else Q(is_restricted=True)
        return self.annotate(is_locked=ExpressionWrapper(is_locked, BooleanField()))

    def unlocked_for(self, user: Any) -> Self:
        return self.with_access(user).filter(is_locked=False)


class Exam(models.Model):
    class Mode(models.TextChoices):
        """Practice is kept apart from exam results; its forms are drawn for one candidate."""

        EXAM = "exam", _("exam")
        PRACTICE = "practice", _("practice")

    class ResultsMode(models.TextChoices):
        NOW = "now", _("at once")
        SURVEY = "survey", _("after a short survey")
        LATER = "later", _("later, at a set time or by staff")

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
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, default=Mode.EXAM)
    results_mode = models.CharField(
        _("results are shown"), max_length=10, choices=ResultsMode.choices, default=ResultsMode.NOW
    )
    release_at = models.DateTimeField(
        _("results released at"),
        null=True,
        blank=True,
        help_text=_("For results shown later. Empty: staff release them."),
    )
    is_restricted = models.BooleanField(_("opened by an access code only"), default=False)
    reward = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("a pass opens"),
        help_text=_("Who passes gets a single-use access code of that exam."),
    )
    email_delay = models.DurationField(
        _("delay of the results e-mail"),
        default=timedelta,
        help_text=_("As in 1 00:00:00 for a day."),
    )
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)

    is_locked: bool  # only on rows of `with_access`

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
        """Whether this person may start it: a guest only what is open to guests.

        A restricted exam is open only where a row of `with_access` says so.
        """
        if getattr(self, "is_locked", self.is_restricted):
            return False
        return self.is_open_to_guests or bool(user.is_authenticated)

    @property
    def scored_count(self) -> int:
        return self.question_count - self.unscored_count

    @property
    def cut_fraction(self) -> Fraction:
        return Fraction(self.cut_share)


class ExamForm(models.Model):
    """A frozen, ordered list of question versions; without a number it is one candidate's own."""

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="forms")
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    candidate = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="own_forms"
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    frozen_at = models.DateTimeField(_("frozen at"), null=True, blank=True)

    class Meta:
        verbose_name = _("exam form")
        verbose_name_plural = _("exam forms")
        ordering = ("exam_id", "number")
        constraints = (
            models.UniqueConstraint(fields=["exam", "number"], name="exams_form_number_unique"),
            models.CheckConstraint(
                condition=Q(number=None) ^ Q(candidate=None), name="exams_form_numbered_or_own"
            ),
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


class AccessCode(models.Model):
    """Opens a restricted exam to one candidate, once."""

    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="access_codes")
    code = models.CharField(_("code"), max_length=20, unique=True)
    issued_at = models.DateTimeField(_("issued at"), db_default=Now())
    issued_to = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="access_codes"
    )
    redeemed_by = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="redeemed_codes"
    )
    redeemed_at = models.DateTimeField(_("redeemed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("access code")
        verbose_name_plural = _("access codes")
        ordering = ("-issued_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["exam", "issued_to"], name="exams_accesscode_one_a_candidate"
            ),
            models.CheckConstraint(
                condition=Q(redeemed_by=None, redeemed_at=None)
                | Q(redeemed_by__isnull=False, redeemed_at__isnull=False),
                name="exams_accesscode_redeemed_whole",
            ),
        )

    def __str__(self) -> str:
        return self.code
