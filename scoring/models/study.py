"""What a candidate studies: the questions that come back, the plan, and the letters about it."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from exams.models import Response
from questions.models import Certification, Question, QuestionVersion
from scoring.models.owed import OwedLetter, OwedLetterQuerySet, index_of_owed


class ReviewCardQuerySet(models.QuerySet["ReviewCard"]):
    def for_candidate(self, user: Any) -> Self:
        """Their own, without those that a result not yet released will bring."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(candidate_id=user.pk, created_at__lte=Now())

    def due_before(self, moment: Any) -> Self:
        """Those to be asked again before a moment, which may be an expression."""
        return self.filter(due_at__lt=moment, suspended_at=None)


class ReviewCard(models.Model):
    """A question of one candidate that comes back until it sticks.

    `stability` (days until recall falls to 90 %) and `difficulty` (1 to 10) are FSRS's memory
    state. `response` is where it was missed first.
    """

    not_yet_shown: ClassVar[Q] = Q(created_at__gt=Now())

    class Cause(models.TextChoices):
        UNKNOWN = "unknown", _("did not know")
        MISREAD = "misread", _("misread the question")
        BETWEEN = "between", _("was between two")
        TIME = "time", _("ran out of time")

    class Reason(models.TextChoices):
        MISSED = "missed", _("missed")
        GUESSED = "guessed", _("guessed")
        FLAGGED = "flagged", _("flagged")

    candidate = models.ForeignKey(User, on_delete=models.CASCADE, related_name="review_cards")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="review_cards")
    response = models.ForeignKey(
        Response, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    version = models.ForeignKey(
        QuestionVersion,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The version last shown."),
    )
    reason = models.CharField(_("why it comes back"), max_length=10, choices=Reason.choices)
    cause = models.CharField(
        _("cause of the miss"), max_length=10, choices=Cause.choices, blank=True, default=""
    )
    stability = models.FloatField(_("stability in days"))
    difficulty = models.FloatField(_("difficulty"))
    state = models.PositiveSmallIntegerField(default=1)
    due_at = models.DateTimeField(_("due at"))
    reviewed_at = models.DateTimeField(_("last reviewed at"), null=True, blank=True)
    review_count = models.PositiveIntegerField(_("reviews"), default=0)
    lapse_count = models.PositiveIntegerField(_("times missed again"), default=0)
    suspended_at = models.DateTimeField(_("put aside at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = ReviewCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("review card")
        verbose_name_plural = _("review cards")
        ordering = ("due_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["candidate", "question"], name="scoring_card_question_unique"
            ),
        )
        indexes = (
            models.Index(
                fields=["candidate", "due_at"],
                condition=Q(suspended_at=None),
                name="scoring_card_falls_due",
            ),
        )

    def __str__(self) -> str:
        return f"{self.candidate_id}: {self.question}"


class ReviewEntry(models.Model):
    """One showing of a card: asked, then answered once and rated."""

    card = models.ForeignKey(ReviewCard, on_delete=models.CASCADE, related_name="entries")
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    option_order = models.CharField(max_length=8)
    selected = models.CharField(_("response"), max_length=8, blank=True, default="")
    is_right = models.BooleanField(_("right"), null=True)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True)
    asked_at = models.DateTimeField(_("asked at"), db_default=Now())
    responded_at = models.DateTimeField(_("responded at"), null=True, blank=True)
    seconds = models.PositiveIntegerField(_("seconds"), default=0)

    class Meta:
        verbose_name = _("review entry")
        verbose_name_plural = _("review entries")
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["card"], condition=Q(responded_at=None), name="scoring_entry_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.card_id}: {self.selected}"


class StudyPlan(models.Model):
    """When a candidate wants to sit the real exam, and how much to study until then."""

    candidate = models.ForeignKey(User, on_delete=models.CASCADE, related_name="study_plans")
    certification = models.ForeignKey(Certification, on_delete=models.CASCADE, related_name="+")
    exam_on = models.DateField(_("date of the real exam"), null=True, blank=True)
    weekly_minutes = models.PositiveSmallIntegerField(
        _("weekly goal in minutes"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("study plan")
        verbose_name_plural = _("study plans")
        constraints = (
            models.UniqueConstraint(
                fields=["candidate", "certification"], name="scoring_plan_certification_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.candidate_id}: {self.certification}"


class Reminder(OwedLetter):
    """A letter about reviews due or an exam date near; one of a kind a day."""

    class Kind(models.TextChoices):
        REVIEW = "review", _("reviews are due")
        EXAM = "exam", _("the exam is near")

    candidate = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    certification = models.ForeignKey(
        Certification, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    day = models.DateField(_("day"))

    objects = OwedLetterQuerySet["Reminder"].as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ("-day", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["candidate", "kind", "certification", "day"],
                name="scoring_reminder_one_a_day",
                nulls_distinct=False,
            ),
        )
        indexes = (index_of_owed("scoring_reminder_email_owed"),)

    def __str__(self) -> str:
        return f"{self.candidate_id}: {self.kind} {self.day}"

    @property
    def recipient(self) -> User | None:
        return self.candidate
