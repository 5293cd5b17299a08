"""Composes a letter to a candidate: HTML and text, in their own language and time zone."""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo
from email.utils import parseaddr
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import User

_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@contextmanager
def speaking_to(recipient: User) -> Iterator[None]:
    with translation.override(recipient.language), timezone.override(zone(recipient.time_zone)):
        yield


def composed(
    template: str, recipient: User, *, subject: str, content: dict[str, Any], message_id: str
) -> EmailMultiAlternatives:
    """The letter of `scoring/email/<template>`, to be called while `speaking_to` its reader."""
    mail = EmailMultiAlternatives(
        subject=one_line(subject),
        body=render_to_string(f"scoring/email/{template}.txt", content).strip() + "\n",
        to=[recipient.email],
        headers={
            "Message-ID": message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    html = _inliner.inline(render_to_string(f"scoring/email/{template}.html", content))
    mail.attach_alternative(html, "text/html")
    return mail


def zone(name: str) -> tzinfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


def message_id(kind: str, row_id: int, resend_count: int) -> str:
    """The same for each try, so that a mailbox can fold what arrived twice."""
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{kind}-{row_id}.{resend_count}@{host}>"


def one_line(text: str) -> str:
    """No name can smuggle in a header of its own."""
    return " ".join(text.split())
