"""The cast and the switches every test shares."""

import pytest

from scoring import bell


@pytest.fixture(autouse=True)
def _plain_settings(settings, tmp_path):
    """Cheap hashing and a mailbox of the test's own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MAILBOX_DIR = tmp_path / "mailbox"


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """The results the bell was rung for; no message leaves for a real broker."""
    rung = []
    monkeypatch.setattr(bell, "publish", rung.append)
    return rung
