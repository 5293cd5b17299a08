"""Letters a row owes to its candidate until they are sent."""

from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User

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
