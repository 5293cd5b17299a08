"""Every page and state: accessible to the letter of axe, in light and dark, on any width."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.journeys.browsing import Visitors
from tests.journeys.sights import SIGHTS, log_in
from tests.journeys.stack import Stack
from tests.journeys.ways import Sight

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FULL = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
# The theme changes colors and nothing else.
COLORS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
NARROW = (390, 320)
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SETTLED = "() => Promise.all(document.getAnimations().map((one) => one.finished))"
# What is hidden is not checked, yet the 64 other questions of the room cost seconds to walk.
WITHOUT_HIDDEN = """() => document.querySelectorAll('#room > [hidden]')
    .forEach((one) => one.remove())"""
WIDEST = """() => [...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 3).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def cast(stack: Stack, browser: Browser) -> Iterator[dict[str, Visitors]]:
    """One browser context a person, logged in once: who -> their visitors, a page open."""
    cast = {who: Visitors(browser, stack.url) for who in sorted({one.who for one in SIGHTS})}
    for who, visitors in cast.items():
        page = visitors.arrive(reduced_motion="reduce", color_scheme="light")
        if who != "guest":
            log_in(page, f"{who}@passline.example", f"{who}-passline")
    yield cast
    for visitors in cast.values():
        visitors.leave()


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for one in found
        for node in one["nodes"]
    ]


def sideways(page: Page) -> list[str]:
    """What makes the page scroll sideways at a narrow width."""
    problems = []
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate(TOO_WIDE) > 0:
            problems.append(f"{width} px: {page.evaluate(WIDEST)}")
    page.set_viewport_size({"width": 1360, "height": 900})
    return problems


@pytest.mark.parametrize("sight", SIGHTS, ids=[sight.name for sight in SIGHTS])
def test_is_accessible(sight: Sight, cast: dict[str, Visitors], stack: Stack) -> None:
    visitors = cast[sight.who]
    visitors.complaints.clear()
    visitors.expects_failures = True  # sights include 404, 403, 422 and cut saves
    page = visitors.contexts[0].new_page()
    sight.go(page, stack.scene)
    page.evaluate(WITHOUT_HIDDEN)

    problems = violations(page, FULL)
    page.emulate_media(color_scheme="dark")
    page.evaluate(SETTLED)
    problems += [f"dark: {one}" for one in violations(page, COLORS)]
    page.emulate_media(color_scheme="light")
    problems += sideways(page)
    page.close()
    assert problems + visitors.complaints == []
