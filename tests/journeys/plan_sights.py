"""Guides, the study plan and its letters, as they are seen."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.ways import Scene, Sight, visit

CLOUD = "Study plan for CLF-C02"


def planning(page: Page, scene: Scene) -> None:
    """The form of the plan, open on home."""
    page.goto("/")
    page.get_by_label(CLOUD).locator("summary").click()
    expect(page.get_by_label(CLOUD).get_by_role("button", name="Save the plan")).to_be_visible()


def planning_badly(page: Page, scene: Scene) -> None:
    planning(page, scene)
    plan = page.get_by_label(CLOUD)
    plan.locator("form").evaluate("(form) => { form.noValidate = true; }")
    plan.get_by_label("Date of the real exam").fill("2026-01-31")
    plan.get_by_role("button", name="Save the plan").click()
    expect(page.get_by_label(CLOUD).locator(".errorlist")).to_be_visible()


def reminder(page: Page, scene: Scene) -> None:
    page.goto("/mailbox/")
    page.get_by_role("link", name=re.compile("Read.*exam date")).first.click()
    expect(page.frame_locator(".letter-html").locator("h1")).to_be_visible()


PLAN_SIGHTS = (
    Sight("guides", "guest", visit("/certifications/")),
    Sight("guide-current", "candidate", visit("/certifications/CLF-C02/")),
    Sight("guide-retired", "guest", visit("/certifications/MLS-C01/")),
    Sight("guide-outline", "guest", visit("/certifications/MLA-C01/")),
    Sight("plan-open", "candidate", planning),
    Sight("plan-errors", "candidate", planning_badly),
    Sight("plan-page", "candidate", visit("/plans/CLF-C02/")),
    Sight("unsubscribe", "guest", visit("{stop_review}")),
    Sight("unsubscribed", "guest", visit("{stop_exam}")),
    Sight("mailbox-reminder", "candidate", reminder),
)
