"""Reviews and practice, as they are seen."""

from playwright.sync_api import Page, expect

from tests.journeys.ways import Scene, Sight, visit


def building_badly(page: Page, scene: Scene) -> None:
    page.goto("/practice/?certification=MLS-C01")
    page.locator("form#practice-form").evaluate("(form) => { form.noValidate = true; }")
    page.get_by_label("How many").fill("299")
    page.get_by_role("button", name="Start practicing").click()
    expect(page.locator(".errorlist")).to_be_visible()


def building(page: Page, scene: Scene) -> None:
    """The builder with a domain unfolded."""
    page.goto("/practice/?certification=MLS-C01&source=unseen&length=20&pace=1.5")
    page.locator(".practice-domain summary").first.click()
    with page.expect_response("**/practice/?*"):
        page.get_by_role("checkbox").nth(1).check()


def beside_another(page: Page, scene: Scene) -> None:
    """What was missed, while a practice of the certification is open."""
    page.goto(f"/results/{scene['practice_ended']}/")
    page.get_by_role("button", name="Practice what I missed").click()
    expect(page.get_by_role("link", name="Go on with it")).to_be_visible()


def laid_aside(page: Page, scene: Scene) -> None:
    page.goto("/review/")
    page.get_by_text("put aside").click()
    expect(page.get_by_role("button", name="Take it back").first).to_be_visible()


STUDY_SIGHTS = (
    Sight("review", "candidate", visit("/review/")),
    Sight("review-nothing", "author", visit("/review/")),
    Sight("review-question", "candidate", visit("/review/{card}/")),
    Sight("review-order", "candidate", visit("/review/{order_card}/")),
    Sight("review-pairs", "candidate", visit("/review/{pairs_card}/")),
    Sight("review-aside", "candidate", laid_aside),
    Sight("review-outcome", "candidate", visit("/review/{reviewed_card}/")),
    Sight("practice", "candidate", building),
    Sight("practice-errors", "candidate", building_badly),
    Sight("practice-question", "candidate", visit("/practice/{practice}/4/")),
    Sight("practice-right", "candidate", visit("/practice/{practice}/1/")),
    Sight("practice-wrong", "candidate", visit("/practice/{practice}/2/")),
    Sight("practice-running", "candidate", visit("/practice/")),
    Sight("practice-beside", "candidate", beside_another),
    Sight("practice-paused", "author", visit("/practice/{practice_paused}/4/")),
    Sight("practice-report", "candidate", visit("/results/{practice_ended}/")),
)
