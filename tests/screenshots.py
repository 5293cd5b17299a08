"""Pictures of every page into docs/screenshots: desktop, phone and dark.

`python -m tests.screenshots [NAME ...]` starts a Passline of its own; with names, only these.
"""

import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from config.servers import CHECKOUT
from tests.journeys.browsing import Visitors, chromium
from tests.journeys.sights import SIGHTS, log_in
from tests.journeys.stack import Stack, running
from tests.journeys.ways import Sight

FOLDER = CHECKOUT / "docs" / "screenshots"
LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1360, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "dark": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "dark"},
}


class Photographer:
    """Walks through the sights in one look; each person logs in once."""

    def __init__(self, browser: Browser, stack: Stack, look: str) -> None:
        self.visitors = Visitors(browser, stack.url)
        self.stack = stack
        self.look = look
        self.pages: dict[str, Page] = {}

    def page_of(self, who: str) -> Page:
        if who not in self.pages:
            page = self.visitors.arrive(
                reduced_motion="reduce", timezone_id="Europe/Zurich", **LOOKS[self.look]
            )
            self.pages[who] = page
            if who != "guest":
                log_in(page, f"{who}@passline.example", f"{who}-passline")
                expect(page.get_by_role("button", name="Log out")).to_be_visible()
        return self.pages[who]

    def take(self, sight: Sight) -> None:
        page = self.page_of(sight.who).context.new_page()
        sight.go(page, self.stack.scene)
        page.evaluate("document.fonts.ready")
        page.mouse.move(0, 0)
        save(page.screenshot(), FOLDER / f"{sight.name}-{self.look}.png")
        page.close()


def save(picture: bytes, path: Path) -> None:
    """In 256 colors: flat pages look the same, and the repository stays small."""
    with Image.open(BytesIO(picture)) as image:
        colors = image.convert("RGB").quantize(256, kmeans=1, dither=Image.Dither.NONE)
        colors.save(path, optimize=True)


def take_all(names: list[str]) -> None:
    """All sights in all looks, or those named."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    sights = [sight for sight in SIGHTS if not names or sight.name in names]
    with (
        tempfile.TemporaryDirectory() as folder,
        running("journeys_screenshots", Path(folder)) as stack,
        chromium() as browser,
    ):
        for look in LOOKS:
            photographer = Photographer(browser, stack, look)
            for sight in sights:
                photographer.take(sight)
            photographer.visitors.leave()
    print(f"{len(sights) * len(LOOKS)} pictures in {FOLDER.relative_to(CHECKOUT)}")


if __name__ == "__main__":
    take_all(sys.argv[1:])
