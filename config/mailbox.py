"""The development mailbox: keeps every message as a file and shows it. Never part of production."""

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage as ParsedMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SHOWN = 100


def folder() -> Path:
    if settings.MAILBOX_DIR is None:
        raise Http404
    path = Path(settings.MAILBOX_DIR)
    path.mkdir(parents=True, exist_ok=True)
    return path


class EmailBackend(BaseEmailBackend):
    """Writes each message to a file of its own: whole, or not at all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def send_messages(self, email_messages: Any) -> int:
        return sum(self.keep(message) for message in email_messages)

    def keep(self, message: EmailMessage) -> int:
        name = f"{timezone.now():%Y%m%dT%H%M%S%f}-{uuid4().hex[:8]}"
        unfinished = folder() / f"{name}.part"
        unfinished.write_bytes(message.message().as_bytes())
        unfinished.rename(folder() / f"{name}.eml")
        return 1


@dataclass(frozen=True)
class Letter:
    name: str
    kept_at: datetime
    message: ParsedMessage

    def body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part else ""

    @property
    def text(self) -> str:
        return self.body("plain")

    @property
    def html(self) -> str:
        return self.body("html")

    @property
    def links(self) -> list[str]:
        return list(dict.fromkeys(re.findall(r"https?://[^\s<>\"]+", self.text)))


def read_letter(path: Path) -> Letter:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    kept_at = datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone())
    return Letter(name=path.stem, kept_at=kept_at, message=message)


def find_letter(name: str) -> Letter:
    path = folder() / f"{name}.eml"
    if not path.exists():
        raise Http404
    return read_letter(path)


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    paths = sorted(folder().glob("*.eml"), reverse=True)[:SHOWN]
    return render(request, "mailbox.html", {"letters": [read_letter(path) for path in paths]})


@require_safe
@never_cache
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def letter(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "mailbox_letter.html", {"letter": find_letter(name)})


@require_safe
@never_cache
@csp_replace(  # type: ignore[arg-type]
    {
        "style-src": ["'unsafe-inline'"],
        "script-src": ["'none'"],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def letter_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, as a mail client would show it: sandboxed, no script, its own styles.

    Links open a page of their own, as there: ours refuse to stand in a frame.
    """
    html = find_letter(name).html.replace("<head>", '<head><base target="_blank">', 1)
    response = HttpResponse(html)
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
