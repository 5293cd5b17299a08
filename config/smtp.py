"""Django's SMTP with the steps of a delivery apart, so that the moment before DATA is known."""

import smtplib
from collections.abc import Callable, Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.message import sanitize_address


class EmailBackend(smtp.EmailBackend):
    def hand_over(self, message: EmailMessage, *, before_data: Callable[[], None]) -> None:
        """Deliver one message and call `before_data` when nothing but DATA is left to do.

        The connection is opened when need be and left open. Raises SMTPException or OSError;
        of these only SMTPDataError is an answer to DATA, so only it says that the message was
        refused once `before_data` was called.
        """
        self.open()
        connection = self.connection
        if connection is None:
            raise smtplib.SMTPServerDisconnected("no connection")
        content = message.message().as_bytes(linesep="\r\n")
        connection.ehlo_or_helo_if_needed()
        envelope(
            connection,
            sender=address(message.from_email),
            recipients=[address(one) for one in message.recipients()],
            size=len(content),
        )
        before_data()
        accept(*connection.data(content))


def address(full: str) -> str:
    return sanitize_address(full, "utf-8")


def envelope(
    connection: smtplib.SMTP, *, sender: str, recipients: Sequence[str], size: int
) -> None:
    """MAIL and RCPT. One recipient refused is a refusal of all."""
    options = [f"size={size}"] if connection.does_esmtp and connection.has_extn("size") else []
    code, answer = connection.mail(sender, options)
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, answer, sender)
    for recipient in recipients:
        code, answer = connection.rcpt(recipient)
        if code not in (250, 251):
            raise smtplib.SMTPRecipientsRefused({recipient: (code, answer)})


def accept(code: int, answer: bytes) -> None:
    if code != 250:
        raise smtplib.SMTPDataError(code, answer)
