"""Sends the summaries owed: never one twice by itself, and none lost without a trace.

A result's `email_*` columns are the queue. A sender claims one row (a lease, and the number of the
try as a fence), commits a mark between RCPT and DATA, and records the end. Whatever breaks before
the mark is tried again. Whatever dies after it may have arrived or not: once the lease is over it
is uncertain, and only staff send it again.
"""

import random
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import User
from config import smtp
from scoring import summary
from scoring.models import Result

log = structlog.get_logger()

# Longer than DATA can take: three steps of EMAIL_TIMEOUT.
LEASE = timedelta(seconds=60)
MAX_TRIES = 8
FIRST_PAUSE = timedelta(seconds=30)
JITTER = 0.25
BATCH = 50
BATCH_SECONDS = 15.0

_chance = random.SystemRandom()


class ClaimLost(Exception):
    """The claim is no longer ours, or its row is gone; nothing was handed over."""


@dataclass
class Claim:
    """One sender's hold on one summary. What it writes is void once another try has begun."""

    result: Result
    try_number: int
    has_begun: bool = False

    def write(self, **columns: Any) -> bool:
        held = Result.objects.filter(
            pk=self.result.pk,
            email_resend_count=self.result.email_resend_count,
            email_try_count=self.try_number,
        )
        return bool(held.update(**columns))

    def begin(self) -> None:
        """Commit the mark that DATA follows; raises ClaimLost."""
        with transaction.atomic(durable=True):
            if not self.write(email_data_at=Now(), email_claimed_until=Now() + LEASE):
                raise ClaimLost
        self.has_begun = True

    def finish(self) -> None:
        self.write(emailed_at=Now(), email_claimed_until=None)
        log.info("summary_sent", result=self.result.pk, tries=self.try_number)

    def retry(self, reason: object) -> None:
        """Give the summary back, to be tried after a pause; the last try gives it up."""
        if self.try_number >= MAX_TRIES:
            return self.fail(reason)
        pause = pause_after(self.try_number)
        self.write(email_due_at=Now() + pause, email_claimed_until=None, email_data_at=None)
        log.warning(
            "summary_put_off",
            result=self.result.pk,
            tries=self.try_number,
            seconds=round(pause.total_seconds()),
            reason=str(reason),
        )
        return None

    def fail(self, reason: object) -> None:
        self.write(email_failed_at=Now(), email_claimed_until=None, email_data_at=None)
        log.error(
            "summary_failed", result=self.result.pk, tries=self.try_number, reason=str(reason)
        )

    def break_off(self, reason: object) -> None:
        """Something broke: harmless before the mark; after it the lease makes it uncertain."""
        if not self.has_begun:
            return self.retry(reason)
        log.error("summary_uncertain", result=self.result.pk, reason=str(reason))
        return None

    def settle(self, refusal: smtplib.SMTPDataError) -> None:
        """The answer to DATA was a no, which is certain: 4xx not now, 5xx never."""
        if 400 <= refusal.smtp_code < 500:
            self.retry(refusal)
        elif 500 <= refusal.smtp_code < 600:
            self.fail(refusal)
        else:
            self.break_off(refusal)


def pause_after(try_number: int) -> timedelta:
    """30 s after the first try, doubled after each further one, and up to a quarter longer."""
    return FIRST_PAUSE * (1 << (try_number - 1)) * (1 + _chance.uniform(0, JITTER))


# --- Claiming


def claim(result_id: int) -> Claim | None:
    """Take hold of a summary that is owed; None when it is not, or another was faster."""
    result = Result.objects.owed().select_related(*summary.RELATED).filter(pk=result_id).first()
    if result is None:
        return None
    seen = Result.objects.owed().filter(
        pk=result_id,
        email_resend_count=result.email_resend_count,
        email_try_count=result.email_try_count,
    )
    has_won = seen.update(
        email_claimed_until=Now() + LEASE, email_try_count=F("email_try_count") + 1
    )
    return Claim(result, result.email_try_count + 1) if has_won else None


# --- Sending


def send(result_id: int) -> None:
    """Send one summary if it is owed. Safe to call at any time, any number of times at once."""
    held = claim(result_id)
    if held is None:
        return
    candidate = held.result.sitting.candidate
    if candidate is None or not candidate.is_active:
        held.write(email_due_at=None, email_claimed_until=None)
    elif held.try_number > MAX_TRIES:
        held.fail("each try died before its end")
    else:
        deliver(held, candidate)


def deliver(held: Claim, candidate: User) -> None:
    try:
        message = summary.message(held.result, candidate)
        with outgoing() as connection:
            hand_over(connection, message, before_data=held.begin)
            held.finish()
    except smtplib.SMTPDataError as refusal:
        held.settle(refusal)
    except ClaimLost:
        log.info("summary_claim_lost", result=held.result.pk, tries=held.try_number)
    except (smtplib.SMTPException, OSError) as error:
        held.break_off(error)
    except Exception as error:
        log.exception("summary_broken", result=held.result.pk)
        held.break_off(error)


def hand_over(
    connection: BaseEmailBackend, message: EmailMessage, *, before_data: Callable[[], None]
) -> None:
    """Only our SMTP knows the moment before DATA; for others it is before they begin at all."""
    if isinstance(connection, smtp.EmailBackend):
        connection.hand_over(message, before_data=before_data)
    else:
        before_data()
        connection.send_messages([message])


@contextmanager
def outgoing() -> Iterator[BaseEmailBackend]:
    """A connection that is opened when first used. How it ends changes nothing any more."""
    connection: BaseEmailBackend = get_connection()
    try:
        yield connection
    finally:
        with suppress(smtplib.SMTPException, OSError):
            connection.close()


def send_owed(limit: int = BATCH) -> None:
    """Send up to `limit` summaries that are owed, the longest due first, for about 15 seconds.

    One that fails stops no other.
    """
    until = time.monotonic() + BATCH_SECONDS
    owed = Result.objects.owed().order_by("email_due_at").values_list("pk", flat=True)
    for result_id in owed[:limit]:
        if time.monotonic() > until:
            break
        send_or_log(result_id)


def send_or_log(result_id: int) -> None:
    try:
        send(result_id)
    except Exception:
        log.exception("summary_not_sent", result=result_id)


# --- What staff may do


def send_again(result: Result, *, by: User) -> bool:
    """Owe an uncertain or failed summary anew, under a new number; False when it is neither."""
    is_owed = Result.objects.resendable().filter(
        pk=result.pk, email_resend_count=result.email_resend_count
    ).update(
        email_resend_count=F("email_resend_count") + 1,
        email_due_at=Now(),
        email_try_count=0,
        email_claimed_until=None,
        email_data_at=None,
        email_failed_at=None,
    )  # fmt: skip
    if is_owed:
        log.info("summary_sent_again", result=result.pk, by=by.pk)
    return bool(is_owed)
