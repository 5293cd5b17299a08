"""No rate limit of one test reaches the next; Ada has an account."""

import pytest
from django.core.cache import cache

from tests.accounts.factories import make_user


@pytest.fixture(autouse=True)
def _no_limits_left(db):
    cache.clear()


@pytest.fixture
def ada(db):
    return make_user(name="Ada")
