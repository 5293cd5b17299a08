"""What the exam room of 65 questions costs a browser that has nothing: bytes and requests.

Without the icon of the tab, which a browser asks for once a site, and without the pictures of
questions, which stand in the page.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from config.servers import CHECKOUT
from tests.config.waiting import wait_until
from tests.journeys import room
from tests.journeys.browsing import Visitors
from tests.journeys.sights import log_in
from tests.journeys.stack import HOST, Stack, free_port, is_ready, process, web_command

MOST_BYTES = 90_000
MOST_REQUESTS = 12
PICTURES = "[...document.images].reduce((sum, one) => sum + one.src.length, 0) * 3 / 4"


@pytest.fixture(scope="module")
def production(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A second web server over the same database, with static files as production has them."""
    folder = tmp_path_factory.mktemp("production")
    port = str(free_port())
    env = {
        **stack.env,
        "DJANGO_SETTINGS_MODULE": "tests.journeys.production",
        "STATIC_ROOT": str(folder / "static"),
        "PORT": port,
    }
    collect(env)
    served = replace(stack, url=f"http://{HOST}:{port}", env=env, folder=folder)
    with process("web", web_command(served, workers=1), served):
        wait_until(lambda: is_ready(served.url), 60)
        yield served


def collect(env: dict[str, str]) -> None:
    """Without the admin's files, whose compression takes longest and which the room never asks."""
    command = ["manage.py", "collectstatic", "--noinput", "--ignore", "admin", "--verbosity", "0"]
    subprocess.run([sys.executable, *command], cwd=CHECKOUT, env=env, check=True)


@pytest.fixture
def page(production: Stack, browser: Browser) -> Iterator[Page]:
    visitors = Visitors(browser, production.url)
    page = visitors.arrive()
    log_in(page, "candidate@passline.example", "candidate-passline")
    expect(page.get_by_role("heading", name="Mock exam 1 is running")).to_be_visible()
    yield page
    visitors.leave()
    assert visitors.complaints == []


def test_the_room_is_light(page: Page, production: Stack) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def asked(event: dict[str, Any]) -> None:
        names[event["requestId"]] = event["request"]["url"]

    def arrived(event: dict[str, Any]) -> None:
        sizes[names[event["requestId"]]] = int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.loadingFinished", arrived)
    page.goto(f"/sittings/{production.scene['running']}/", wait_until="networkidle")
    expect(room.status(page)).to_have_text("All saved")

    is_counted = re.compile(r"^http(?!.*favicon)").match
    loaded = {name: size for name, size in sizes.items() if is_counted(name)}
    size = sum(loaded.values()) - int(page.evaluate(PICTURES))
    listing = "\n".join(f"{size:>7} {Path(name).name}" for name, size in loaded.items())
    print(f"\n{listing}\n{size:>7} in {len(loaded)} requests")
    assert size < MOST_BYTES, listing
    assert len(loaded) <= MOST_REQUESTS, listing
