"""What happens to a question: each step of its life, and what candidates report."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from questions.models.questions import Question, QuestionVersion


class TrailEntry(models.Model):
    """Who did what to a question, when and why. Rows are added and never changed."""

    class Act(models.TextChoices):
        CREATED = "created", _("created")
        EDITED = "edited", _("edited")
        ASKED = "asked", _("sent to review")
        RETURNED = "returned", _("sent back")
        PUBLISHED = "published", _("published")
        DISCARDED = "discarded", _("draft discarded")
        RETIRED = "retired", _("retired")
        RESTORED = "restored", _("restored")
        TAGGED = "tagged", _("retagged")
        VERIFIED = "verified", _("verified")
        IMPORTED = "imported", _("imported")
        REKEYED = "rekeyed", _("key corrected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="trail")
    version = models.ForeignKey(
        QuestionVersion, on_delete=models.SET_NULL, null=True, related_name="trail"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    act = models.CharField(_("step"), max_length=10, choices=Act.choices)
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("trail entry")
        verbose_name_plural = _("trail entries")
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.question_id} {self.act}"


class QuestionReport(models.Model):
    """A candidate's word that something about a question is wrong."""

    class Reason(models.TextChoices):
        KEY = "key", _("The key is wrong")
        UNCLEAR = "unclear", _("The question is unclear")
        OUTDATED = "outdated", _("It is out of date")
        TYPO = "typo", _("A typing error")
        OTHER = "other", _("Something else")

    version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    text = models.TextField(_("what is wrong"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("reported at"), auto_now_add=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    resolution = models.TextField(_("resolution"), blank=True)

    class Meta:
        verbose_name = _("report of a question")
        verbose_name_plural = _("reports of questions")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["version", "reporter"],
                condition=Q(resolved_at=None, reporter__isnull=False),
                name="questions_report_one_open_a_reporter",
            ),
        )
        indexes = (
            models.Index(
                fields=["created_at"], condition=Q(resolved_at=None), name="questions_report_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.version}: {self.reason}"
