"""The clock that hides and comes back, the size of text, contrast, and the room on a phone."""

import re

from playwright.sync_api import Page, expect

from tests.journeys import room
from tests.journeys.browsing import Visitors

LISTEN = """() => {
    window.spoken = [];
    const region = document.getElementById("time-warning");
    new MutationObserver(() => spoken.push(region.textContent)).observe(region, {childList: true});
}"""
PHONE = {"width": 390, "height": 844}


def forward_to(page: Page, left: int) -> None:
    """Let the page's clock run until so many seconds are left."""
    hours, minutes, seconds = page.locator("#timer .value").text_content().split(":")
    now = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    page.clock.fast_forward((now - left) * 1000)


def test_the_clock_hides_returns_and_speaks_three_times(visitors: Visitors) -> None:
    visitors.expects_failures = True
    page = visitors.arrive()
    page.clock.install()
    page.route("**/clock/", lambda route: route.abort())  # the server's clock does not jump along
    room.start_mock(page)
    page.evaluate(LISTEN)
    timer, value = page.locator("#timer"), page.locator("#timer .value")
    expect(value).to_have_text(re.compile(r"^2:59:|^3:00:00"))

    page.get_by_role("button", name="Hide the time").click()
    expect(value).to_be_hidden()
    forward_to(page, 1802)
    assert page.evaluate("spoken") == []
    page.clock.run_for(3000)
    assert page.evaluate("spoken") == ["30 minutes left"]
    expect(value).to_be_hidden()

    forward_to(page, 302)
    page.clock.run_for(3000)
    expect(value).to_be_visible()
    expect(timer).to_have_class(re.compile("low"))
    assert page.evaluate("spoken") == ["30 minutes left", "5 minutes left"]

    page.get_by_role("button", name="Hide the time").click()
    forward_to(page, 62)
    page.clock.run_for(3000)
    expect(value).to_be_visible()
    assert page.evaluate("spoken") == ["30 minutes left", "5 minutes left", "1 minute left"]


def test_t_says_the_time_left(visitors: Visitors) -> None:
    page = visitors.arrive()
    room.start_mock(page)
    page.keyboard.press("t")
    expect(page.locator("#time-warning")).to_have_text("180 minutes left")
    page.evaluate(LISTEN)
    page.keyboard.press("t")  # a live region speaks of changes only
    expect(page.locator("#time-warning")).to_have_text("180 minutes left")
    assert page.evaluate("spoken") == ["", "180 minutes left"]


def style(page: Page, selector: str, name: str) -> str:
    script = "([selector, name]) => getComputedStyle(document.querySelector(selector))[name]"
    return str(page.evaluate(script, [selector, name]))


def test_text_size_and_contrast_are_remembered(visitors: Visitors) -> None:
    page = visitors.arrive(color_scheme="light")
    room.start_sample(page)
    before = style(page, ".stem", "fontSize")
    page.get_by_role("button", name="Display").click()
    page.get_by_label("Text size").select_option(label="Larger")
    page.get_by_label("Theme").select_option(label="High contrast")
    page.get_by_role("button", name="Close").click()

    for _ in range(2):
        larger = style(page, ".stem", "fontSize")
        assert float(larger[:-2]) == round(float(before[:-2]) * 1.45, 4)
        assert style(page, "body", "color") == "rgb(0, 0, 0)"
        assert style(page, "body", "backgroundColor") == "rgb(255, 255, 255)"
        page.reload()


def test_the_review_screen_filters(visitors: Visitors) -> None:
    page = visitors.arrive()
    room.start_sample(page)
    room.go_to(page, 4)
    room.act(page, "flag")
    single = page.locator('[data-kind="single"]').first
    answered = int(single.get_attribute("data-question") or 0)
    room.go_to(page, answered)
    room.choose(page, "A")
    room.expect_saved(page)
    room.act(page, "review")

    shown = page.locator("[data-row]:visible")
    expect(shown).to_have_count(10)
    page.get_by_role("button", name=re.compile(r"^Unanswered")).click()
    expect(shown).to_have_count(9)
    expect(page.locator(f'[data-row="{answered}"]')).to_be_hidden()
    page.get_by_role("button", name=re.compile(r"^Flagged")).click()
    expect(shown).to_have_count(1)
    assert page.locator('[data-filter="flagged"] b').text_content() == "1"
    shown.get_by_role("button", name="Question 4").click()
    expect(room.question(page, 4)).to_be_focused()

    room.act(page, "flag")
    room.act(page, "review")
    expect(shown).to_have_count(0)
    expect(page.get_by_text("No question here.")).to_be_visible()


def test_on_a_phone_the_navigator_is_a_sheet(visitors: Visitors) -> None:
    page = visitors.arrive(viewport=PHONE, has_touch=True, is_mobile=True)
    room.start_sample(page)
    sheet = page.locator("#navigator")
    expect(sheet).to_be_hidden()

    page.get_by_role("button", name="Questions").tap()
    expect(sheet).to_be_visible()
    room.place(page, 7).tap()
    expect(sheet).to_be_hidden()
    expect(room.question(page, 7)).to_be_visible()

    page.get_by_role("button", name="Questions").tap()
    page.touchscreen.tap(195, 60)  # beside the sheet
    expect(sheet).to_be_hidden()
    expect(room.question(page, 7)).to_be_visible()


def test_on_a_phone_the_display_can_be_changed(visitors: Visitors) -> None:
    page = visitors.arrive(viewport=PHONE, has_touch=True, is_mobile=True)
    room.start_sample(page)
    page.get_by_role("button", name="Questions").tap()
    page.get_by_role("button", name="Display").tap()
    page.get_by_label("Text size").select_option(label="Large")
    page.get_by_role("button", name="Close").tap()
    expect(page.locator("#navigator")).to_be_hidden()
    expect(page.locator("html")).to_have_attribute("data-text-size", "large")
