"""What comes after a sitting, as it is seen."""

from playwright.sync_api import Page, expect

from tests.journeys.ways import Scene, Sight, visit


def survey_errors(page: Page, scene: Scene) -> None:
    page.goto(f"/results/{scene['surveyed']}/survey/")
    page.locator("#main form").evaluate("(form) => { form.noValidate = true; }")
    page.get_by_role("button", name="Send and see the result").click()
    expect(page.locator(".errorlist").first).to_be_visible()


def asked_for_a_name(page: Page, scene: Scene) -> None:
    page.goto(f"/results/{scene['nameless']}/")
    page.get_by_role("button", name="Issue the certificate").click()
    expect(page.get_by_label("Name on the certificate")).to_be_visible()


def wrong_code(page: Page, scene: Scene) -> None:
    page.goto("/redeem/")
    page.get_by_label("Access code").fill("AAAA-AAAA-AAAA")
    page.get_by_role("button", name="Open the exam").click()
    expect(page.locator(".errorlist")).to_be_visible()


def to_the_reward(page: Page, scene: Scene) -> None:
    page.goto(f"/results/{scene['rewarded']}/?show=flagged")
    page.locator("#after-heading").evaluate("(one) => one.scrollIntoView()")


AFTER_SIGHTS = (
    Sight("result-waiting", "sitter", visit("/results/{waiting}/")),
    Sight("results-waiting", "sitter", visit("/results/")),
    Sight("survey", "sitter", visit("/results/{surveyed}/survey/")),
    Sight("survey-errors", "sitter", survey_errors),
    Sight("report-rewarded", "sitter", to_the_reward),
    Sight("certificate", "guest", visit("/certificates/{certificate}/")),
    Sight("certificate-withdrawn", "guest", visit("/certificates/{withdrawn}/")),
    Sight("certificate-name", "sitter", asked_for_a_name),
    Sight("instructions-locked", "sitter", visit("/exams/final/")),
    Sight("redeem", "sitter", visit("/redeem/")),
    Sight("redeem-errors", "sitter", wrong_code),
    Sight("admin-codes", "staff", visit("/admin/exams/accesscode/")),
    Sight("admin-release", "staff", visit("/admin/scoring/result/?released=no")),
)
