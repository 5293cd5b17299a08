"""Progress as it is seen: firm, early, silent, and before anything was sat."""

from playwright.sync_api import Page

from tests.journeys.ways import Scene, Sight, visit


def opened(page: Page, scene: Scene) -> None:
    """With every table and the rules of thumb unfolded."""
    page.goto("/progress/MLS-C01/")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


PROGRESS_SIGHTS = (
    Sight("progress-firm", "staff", visit("/progress/MLS-C01/")),
    Sight("progress-early", "staff", visit("/progress/CLF-C02/")),
    Sight("progress-tables", "staff", opened),
    Sight("progress-silent", "candidate", visit("/progress/MLS-C01/")),
    Sight("progress-begin", "candidate", visit("/progress/CLF-C02/")),
    Sight("progress-nowhere", "author", visit("/progress/")),
    Sight("home-readiness", "staff", visit("/")),
)
