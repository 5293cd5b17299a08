"""What a sitting was worth, and how that changed.

Results can be rebuilt from the other rooms; their revisions are history and cannot.
"""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from exams.models import Sitting
from questions.models import Domain, QuestionVersion
from scoring.models.owed import OwedLetter, OwedLetterQuerySet, index_of_owed


class ResultQuerySet(OwedLetterQuerySet["Result"]):
    def for_candidate(self, user: Any) -> Self:
        return self.filter(sitting__candidate_id=user.pk) if user.is_authenticated else self.none()

    def released(self) -> Self:
        """Those the candidate may see by the database's clock."""
        return self.filter(release_at__lte=Now())

    def withheld(self) -> Self:
        """All others: a survey, a clock or staff still stand before them."""
        return self.filter(Result.not_yet_shown)

    def with_clock(self) -> Self:
        """Each with `asked_at`, the database's clock at this query."""
        return self.annotate(asked_at=Now())


class Result(OwedLetter):
    """The score of one sitting, with the scale it was measured on; it owes the results summary."""

    sitting = models.OneToOneField(
        Sitting, on_delete=models.CASCADE, related_name="result", primary_key=True
    )
    raw_score = models.PositiveSmallIntegerField(_("raw score"))
    scored_count = models.PositiveSmallIntegerField(_("scored questions"))
    scaled_score = models.PositiveSmallIntegerField(_("scaled score"), null=True)
    has_passed = models.BooleanField(_("passed"), null=True)
    cut_share = models.DecimalField(max_digits=5, decimal_places=4)
    cut_score = models.PositiveSmallIntegerField(_("pass line"))
    floor_score = models.PositiveSmallIntegerField()
    ceiling_score = models.PositiveSmallIntegerField()
    scored_at = models.DateTimeField(_("scored at"))
    release_at = models.DateTimeField(
        _("released at"), null=True, blank=True, help_text=_("Empty: not yet.")
    )

    asked_at: datetime  # only on rows of `with_clock`
    not_yet_shown: ClassVar[Q] = Q(release_at=None) | Q(release_at__gt=Now())

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ("-scored_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(raw_score__lte=models.F("scored_count")),
                name="scoring_result_raw_range",
            ),
        )
        indexes = (index_of_owed("scoring_result_email_owed"),)

    def __str__(self) -> str:
        return f"{self.sitting} {self.scaled_score}"

    @property
    def cut_fraction(self) -> Fraction:
        return Fraction(Decimal(self.cut_share))

    @property
    def recipient(self) -> User | None:
        return self.sitting.candidate

    def is_released(self, now: datetime) -> bool:
        return self.release_at is not None and self.release_at <= now


# Of the rows that hang on a result.
WITHHELD_RESULT = Q(result__release_at=None) | Q(result__release_at__gt=Now())


class DomainResult(models.Model):
    not_yet_shown: ClassVar[Q] = WITHHELD_RESULT

    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="domain_results")
    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="results")
    right_count = models.PositiveSmallIntegerField(_("right"))
    scored_count = models.PositiveSmallIntegerField(_("scored questions"))

    class Meta:
        verbose_name = _("domain result")
        verbose_name_plural = _("domain results")
        ordering = ("result_id", "domain__number")
        constraints = (
            models.UniqueConstraint(
                fields=["result", "domain"], name="scoring_domainresult_domain_unique"
            ),
            models.CheckConstraint(
                condition=Q(right_count__lte=models.F("scored_count")),
                name="scoring_domainresult_right_range",
            ),
        )

    def __str__(self) -> str:
        return f"{self.domain}: {self.right_count}/{self.scored_count}"


class ResultRevision(OwedLetter):
    """What a result was before a correction of the bank, and what it became; never changed.

    It owes its candidate the news. `raw_*`, `scaled_*` and `has_passed_*` are before and after.
    """

    not_yet_shown: ClassVar[Q] = WITHHELD_RESULT

    class Cause(models.TextChoices):
        REKEYED = "rekeyed", _("key corrected")
        WITHDRAWN = "withdrawn", _("question withdrawn")

    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="revisions")
    version = models.ForeignKey(
        QuestionVersion, on_delete=models.PROTECT, related_name="result_revisions"
    )
    cause = models.CharField(_("cause"), max_length=10, choices=Cause.choices)
    reason = models.TextField(_("reason"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(_("at"), db_default=Now())
    raw_before = models.PositiveSmallIntegerField(_("raw score before"))
    raw_after = models.PositiveSmallIntegerField(_("raw score after"))
    scaled_before = models.PositiveSmallIntegerField(_("scaled score before"), null=True)
    scaled_after = models.PositiveSmallIntegerField(_("scaled score after"), null=True)
    has_passed_before = models.BooleanField(_("passed before"), null=True)
    has_passed_after = models.BooleanField(_("passed after"), null=True)

    objects = OwedLetterQuerySet["ResultRevision"].as_manager()

    class Meta:
        verbose_name = _("result revision")
        verbose_name_plural = _("result revisions")
        ordering = ("-at", "-pk")
        indexes = (index_of_owed("scoring_revision_email_owed"),)

    def __str__(self) -> str:
        return f"{self.result_id}: {self.scaled_before} to {self.scaled_after}"

    @property
    def recipient(self) -> User | None:
        return self.result.sitting.candidate

    @property
    def has_verdict_moved(self) -> bool:
        return self.has_passed_before != self.has_passed_after
