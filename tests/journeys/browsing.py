"""A real Chromium, watched: whatever its console complains about is kept."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests.browser import find

SWITCHES = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
)
WAIT = 10_000  # milliseconds: how long a person's screen may take to show what is expected
expect.set_options(timeout=WAIT)
LOST_CONNECTION = re.compile(r"Failed to load resource: (net::ERR_|the server responded with)")


@contextmanager
def chromium() -> Iterator[Browser]:
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find(), args=[*SWITCHES, *as_root], chromium_sandbox=not as_root
        )
        yield browser
        browser.close()


class Visitors:
    """Makes browser contexts, each a person at a device of their own, and hears their consoles."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.expects_failures = False

    def arrive(self, **options: Any) -> Page:
        """A page of a new person."""
        options.setdefault("viewport", {"width": 1360, "height": 900})
        context = self.browser.new_context(base_url=self.url, **options)
        context.set_default_timeout(WAIT)
        context.on("console", self.hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.contexts.append(context)
        return context.new_page()

    def hear(self, message: ConsoleMessage) -> None:
        """Keep warnings and errors; a failed request only where the journey causes none itself."""
        if message.type not in {"warning", "error"}:
            return
        if self.expects_failures and LOST_CONNECTION.match(message.text):
            return
        self.complaints.append(f"{message.text} ({message.page.url if message.page else ''})")

    def leave(self) -> None:
        for context in self.contexts:
            context.close()
        self.contexts.clear()
