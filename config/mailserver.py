"""Where the mail server is, by EMAIL_URL."""

import os
from urllib.parse import urlsplit

FORM = "smtp://USER:PASSWORD@HOST:PORT, or smtp+tls:// or smtp+ssl:// with the same"
SCHEMES = {"smtp", "smtps", "smtp+tls", "smtp+ssl"}


def email_url() -> str:
    """EMAIL_URL. Raises ValueError with one line when it is no address of a mail server."""
    value = os.environ.get("EMAIL_URL", "").strip()
    try:
        parts = urlsplit(value)
        is_address = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        # Never shows the value: it may hold a password.
        raise ValueError(f"EMAIL_URL is no such address; expected {FORM}")
    return value
