"""Sends the letters owed: never one twice by itself, and none lost without a trace.

The `email_*` columns of an OwedLetter are the queue. A sender claims one row (a lease, and the
number of the try as a fence), commits a mark between RCPT and DATA, and records the end. Whatever
breaks before the mark is tried again. Whatever dies after it may have arrived or not: once the
lease is over it is uncertain, and only staff send it again.
"""

import random
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, cast

import structlog
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import User
from config import smtp
from scoring import news, reminders, summary
from scoring.models import OwedLetter, OwedLetterQuerySet, Reminder, Result, ResultRevision

log = structlog.get_logger()

# Longer than DATA can take: three steps of EMAIL_TIMEOUT.
LEASE = timedelta(seconds=60)
MAX_TRIES = 8
FIRST_PAUSE = timedelta(seconds=30)
JITTER = 0.25
BATCH = 50
BATCH_SECONDS = 15.0

_chance = random.SystemRandom()


class Writer(Protocol):
    """A module that knows how a kind of letter reads, and which relations it needs loaded."""

    @property
    def RELATED(self) -> tuple[str, ...]: ...  # noqa: N802

    def message(self, letter: Any, recipient: User, /) -> EmailMessage | None: ...


# The kinds of letter, in the order in which they are sent.
WRITERS: dict[type[OwedLetter], Writer] = {
    Result: summary,
    ResultRevision: news,
    Reminder: reminders,
}


class ClaimLost(Exception):
    """The claim is no longer ours, or its row is gone; nothing was handed over."""


@dataclass
class Claim:
    """One sender's hold on one letter. What it writes is void once another try has begun."""

    letter: OwedLetter
    try_number: int
    has_begun: bool = False

    @property
    def named(self) -> dict[str, Any]:
        return names(type(self.letter), self.letter.pk)

    def write(self, **columns: Any) -> bool:
        held = letters(type(self.letter)).filter(
            pk=self.letter.pk,
            email_resend_count=self.letter.email_resend_count,
            email_try_count=self.try_number,
        )
        return bool(held.update(**columns))

    def begin(self) -> None:
        """Commit the mark that DATA follows; raises ClaimLost."""
        with transaction.atomic(durable=True):
            if not self.write(email_data_at=Now(), email_claimed_until=Now() + LEASE):
                raise ClaimLost
        self.has_begun = True

    def drop(self) -> None:
        """There is nobody to write to, or nothing to say any more."""
        self.write(email_due_at=None, email_claimed_until=None)

    def finish(self) -> None:
        self.write(emailed_at=Now(), email_claimed_until=None)
        log.info("letter_sent", **self.named, tries=self.try_number)

    def retry(self, reason: object) -> None:
        """Give the letter back, to be tried after a pause; the last try gives it up."""
        if self.try_number >= MAX_TRIES:
            return self.fail(reason)
        pause = pause_after(self.try_number)
        self.write(email_due_at=Now() + pause, email_claimed_until=None, email_data_at=None)
        log.warning(
            "letter_put_off",
            **self.named,
            tries=self.try_number,
            seconds=round(pause.total_seconds()),
            reason=str(reason),
        )
        return None

    def fail(self, reason: object) -> None:
        self.write(email_failed_at=Now(), email_claimed_until=None, email_data_at=None)
        log.error("letter_failed", **self.named, tries=self.try_number, reason=str(reason))

    def break_off(self, reason: object) -> None:
        """Something broke: harmless before the mark; after it the lease makes it uncertain."""
        if not self.has_begun:
            return self.retry(reason)
        log.error("letter_uncertain", **self.named, reason=str(reason))
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


def letters(kind: type[OwedLetter]) -> OwedLetterQuerySet[Any]:
    return cast("OwedLetterQuerySet[Any]", kind._default_manager.all())


def names(kind: type[OwedLetter], letter_id: int) -> dict[str, Any]:
    """How the log names a letter."""
    return {"letter": kind._meta.model_name, "id": letter_id}


# --- Claiming


def claim(letter_id: int, kind: type[OwedLetter] = Result) -> Claim | None:
    """Take hold of a letter that is owed; None when it is not, or another was faster."""
    owed = letters(kind).owed().filter(pk=letter_id)
    letter = owed.select_related(*WRITERS[kind].RELATED).first()
    if letter is None:
        return None
    seen = owed.filter(
        email_resend_count=letter.email_resend_count, email_try_count=letter.email_try_count
    )
    has_won = seen.update(
        email_claimed_until=Now() + LEASE, email_try_count=F("email_try_count") + 1
    )
    return Claim(letter, letter.email_try_count + 1) if has_won else None


# --- Sending


def send(letter_id: int, kind: type[OwedLetter] = Result) -> None:
    """Send one letter if it is owed. Safe to call at any time, any number of times at once."""
    held = claim(letter_id, kind)
    if held is None:
        return
    recipient = held.letter.recipient
    if recipient is None or not recipient.is_active:
        held.drop()
    elif held.try_number > MAX_TRIES:
        held.fail("each try died before its end")
    else:
        deliver(held, recipient)


def deliver(held: Claim, recipient: User) -> None:
    try:
        message = WRITERS[type(held.letter)].message(held.letter, recipient)
        if message is None:
            return held.drop()
        with outgoing() as connection:
            hand_over(connection, message, before_data=held.begin)
            held.finish()
    except smtplib.SMTPDataError as refusal:
        held.settle(refusal)
    except ClaimLost:
        log.info("letter_claim_lost", **held.named, tries=held.try_number)
    except (smtplib.SMTPException, OSError) as error:
        held.break_off(error)
    except Exception as error:
        log.exception("letter_broken", **held.named)
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
    """Send up to `limit` letters of each kind, the longest due first, for about 15 seconds.

    Summaries come before news of old results. One that fails stops no other.
    """
    until = time.monotonic() + BATCH_SECONDS
    for kind in WRITERS:
        owed = letters(kind).owed().order_by("email_due_at").values_list("pk", flat=True)
        for letter_id in owed[:limit]:
            if time.monotonic() > until:
                return
            send_or_log(letter_id, kind)


def send_or_log(letter_id: int, kind: type[OwedLetter]) -> None:
    try:
        send(letter_id, kind)
    except Exception:
        log.exception("letter_not_sent", **names(kind, letter_id))


# --- What staff may do


def send_again(letter: OwedLetter, *, by: User) -> bool:
    """Owe an uncertain or failed letter anew, under a new number; False when it is neither."""
    is_owed = letters(type(letter)).resendable().filter(
        pk=letter.pk, email_resend_count=letter.email_resend_count
    ).update(
        email_resend_count=F("email_resend_count") + 1,
        email_due_at=Now(),
        email_try_count=0,
        email_claimed_until=None,
        email_data_at=None,
        email_failed_at=None,
    )  # fmt: skip
    if is_owed:
        log.info("letter_sent_again", **names(type(letter), letter.pk), by=by.pk)
    return bool(is_owed)
