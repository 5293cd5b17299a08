"""The cast and the switches every test shares."""

import pytest


@pytest.fixture(autouse=True)
def _plain_settings(settings, tmp_path):
    """Cheap hashing, no broker, and a mailbox of the test's own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.MAILBOX_DIR = tmp_path / "mailbox"
