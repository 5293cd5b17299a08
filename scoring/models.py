"""Measurement: what a sitting was worth.

Results can be rebuilt from the other rooms; their revisions are history and cannot.
"""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from exams.models import Sitting
from questions.models import Domain, QuestionVersion

Letter = TypeVar("Letter", bound=models.Model)


class EmailState(models.TextChoices):
    """Where a letter to a candidate stands; staff look for these."""

    NONE = "none", _("none owed")
    OWED = "owed", _("owed")
    SENDING = "sending", _("being sent")
    UNCERTAIN = "uncertain", _("uncertain")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")


class OwedLetterQuerySet(models.QuerySet[Letter]):
    def owed(self) -> Self:
        """Whose letter is due and neither sent, given up, uncertain nor claimed by a sender."""
        return self.filter(
            Q(email_claimed_until=None) | Q(email_claimed_until__lt=Now()),
            email_due_at__lte=Now(),
            email_data_at=None,
            emailed_at=None,
            email_failed_at=None,
        )

    def uncertain(self) -> Self:
        """Handing over began and its end was never seen: staff decide whether to send again."""
        return self.filter(
            email_data_at__isnull=False,
            emailed_at=None,
            email_failed_at=None,
            email_claimed_until__lt=Now(),
        )

    def resendable(self) -> Self:
        """What staff may have sent again."""
        return self.uncertain() | self.filter(email_failed_at__isnull=False)

    def with_email_state(self) -> Self:
        """Each with its `email_state`, one of EmailState by the database's clock."""
        state = Case(
            When(emailed_at__isnull=False, then=Value(EmailState.SENT)),
            When(email_failed_at__isnull=False, then=Value(EmailState.FAILED)),
            When(email_claimed_until__gte=Now(), then=Value(EmailState.SENDING)),
            When(email_data_at__isnull=False, then=Value(EmailState.UNCERTAIN)),
            When(email_due_at__isnull=False, then=Value(EmailState.OWED)),
            default=Value(EmailState.NONE),
        )
        return self.annotate(email_state=state)


class OwedLetter(models.Model):
    """A row that owes its candidate an e-mail until the e-mail is sent.

    The `email_*` columns are the queue: due (empty: none is owed), claimed by one sender until, how
    often tried, when handing over to the mail server began.
    """

    email_due_at = models.DateTimeField(_("e-mail due at"), null=True, blank=True)
    email_claimed_until = models.DateTimeField(null=True, blank=True)
    email_try_count = models.PositiveSmallIntegerField(_("e-mail tries"), default=0)
    email_resend_count = models.PositiveSmallIntegerField(_("e-mails sent again"), default=0)
    email_data_at = models.DateTimeField(_("handing over began at"), null=True, blank=True)
    email_failed_at = models.DateTimeField(_("e-mail given up at"), null=True, blank=True)
    emailed_at = models.DateTimeField(_("e-mailed at"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def recipient(self) -> User | None:
        """Whose letter it is; nobody's while a guest's sitting has no account."""
        raise NotImplementedError

    def is_email_uncertain(self, now: datetime) -> bool:
        return bool(
            self.email_data_at
            and not self.emailed_at
            and not self.email_failed_at
            and self.email_claimed_until
            and self.email_claimed_until < now
        )


def index_of_owed(name: str) -> models.Index:
    return models.Index(
        fields=["email_due_at"], condition=Q(emailed_at=None, email_failed_at=None), name=name
    )


class ResultQuerySet(OwedLetterQuerySet["Result"]):
    def for_candidate(self, user: Any) -> Self:
        return self.filter(sitting__candidate_id=user.pk) if user.is_authenticated else self.none()


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


class DomainResult(models.Model):
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
