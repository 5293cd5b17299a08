"""Practice in a browser: counts that follow, a choice kept while flagging, the end of time."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.journeys.browsing import Visitors
from tests.journeys.rows import Rows
from tests.journeys.sights import log_in

ADDRESS = re.compile(r"/practice/(\d+)/1/$")


def begin(page: Page, who: str, *, pace: str = "") -> int:
    """A practice of ten questions of MLS-C01, its first question shown."""
    log_in(page, f"{who}@passline.example", f"{who}-passline")
    page.goto("/practice/?certification=MLS-C01")
    page.get_by_label("How many").fill("10")
    page.get_by_label("Time", exact=False).select_option(pace)
    page.get_by_role("button", name=re.compile("Start practicing|start this one")).click()
    page.wait_for_url(ADDRESS)
    found = ADDRESS.search(page.url)
    assert found
    return int(found[1])


def choose_one(page: Page, rows: Rows, sitting: int) -> int:
    """Choose A of the first question that has one key; its place."""
    asked = rows.questions(sitting)
    place = next(place for place, one in asked.items() if one["kind"] == "single")
    page.goto(f"/practice/{sitting}/{place}/")
    page.get_by_role("radio").first.check()
    return place


def test_the_count_follows_and_no_token_is_in_an_address(visitors: Visitors) -> None:
    page = visitors.arrive()
    log_in(page, "staff@passline.example", "staff-passline")
    page.goto("/practice/?certification=MLS-C01")
    count = page.locator("#practice-form p[role=status] b")
    before = int(count.inner_text())
    with page.expect_response("**/practice/?*") as sent:
        page.get_by_label("1 Data Engineering").first.check()
    assert "csrf" not in sent.value.url
    expect(count).not_to_have_text(str(before))
    expect(page.get_by_label("1 Data Engineering").first).to_be_checked()


def test_a_flag_leaves_the_choice_alone(visitors: Visitors, rows: Rows) -> None:
    page = visitors.arrive()
    choose_one(page, rows, begin(page, "staff"))
    page.get_by_role("button", name="Flag").click()
    expect(page.get_by_role("button", name="Flag")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#practice-places .flagged")).to_have_count(1)
    expect(page.get_by_role("radio").first).to_be_checked()


def test_time_that_ends_takes_what_is_chosen(visitors: Visitors, rows: Rows) -> None:
    page = visitors.arrive()
    page.clock.install()
    sitting = begin(page, "staff", pace="1")
    place = choose_one(page, rows, sitting)
    rows.move_deadline(sitting, timedelta(seconds=0))
    page.clock.fast_forward("03:00:00")
    expect(page.locator(".reviewed")).to_be_visible()
    page.clock.fast_forward("00:05")
    page.wait_for_url(f"**/results/{sitting}/")
    expect(page.get_by_text("Time ran out").first).to_be_visible()
    assert rows.selected(sitting) == {place: "A"}


def test_without_javascript_all_of_it_works(visitors: Visitors) -> None:
    page = visitors.arrive(java_script_enabled=False)
    sitting = begin(page, "staff")
    page.get_by_role("button", name="Flag").click()
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".reviewed")).to_be_visible()
    page.get_by_role("link", name="Next", exact=True).click()
    page.get_by_role("link", name="Previous").click()
    page.get_by_text("End the practice").click()
    page.get_by_role("button", name="End it now").click()
    page.wait_for_url(f"**/results/{sitting}/")
    expect(page.get_by_role("heading", name="0 of 10 right")).to_be_visible()
    page.goto("/practice/?certification=MLS-C01")
    page.get_by_label("1 Data Engineering").first.check()
    page.get_by_role("button", name="Count again").click()
    expect(page.get_by_label("1 Data Engineering").first).to_be_checked()
