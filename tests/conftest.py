"""The cast and the switches every test shares."""

import pytest
from django.db import connection
from hypothesis import settings as hypothesis_settings

from scoring import bell

# The same examples in every run: a suite that passed passes again. New ones are for an evening:
# `pytest -m hypothesis --hypothesis-profile=default`.
hypothesis_settings.register_profile("suite", derandomize=True, deadline=None)
hypothesis_settings.load_profile("suite")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Keep autovacuum out: between tests it finds tables empty, and plans for one row take ages."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = false)')


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
