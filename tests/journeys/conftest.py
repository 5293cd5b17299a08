"""One running Passline and one Chromium for all journeys."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys import rows as database_rows
from tests.journeys import stack as stacks
from tests.journeys.browsing import Visitors, chromium
from tests.journeys.rows import Rows
from tests.journeys.stack import Stack

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All journeys run in one worker: they share the running site."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    prefix = os.environ.get("TEST_DATABASE", "test_passline")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    with stacks.running(f"journeys_{prefix}_{worker}", tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def rows(stack: Stack) -> Iterator[Rows]:
    with database_rows.connected(stack.database) as rows:
        yield rows


@pytest.fixture
def visitors(stack: Stack, browser: Browser) -> Iterator[Visitors]:
    """New people at new browsers; in the end no console may have complained."""
    visitors = Visitors(browser, stack.url)
    yield visitors
    visitors.leave()
    assert visitors.complaints == []
