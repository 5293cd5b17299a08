"""The time runs out: with the browser gone, and with the page open."""

import re
from datetime import timedelta

from playwright.sync_api import Route, expect

from tests.config.waiting import wait_until
from tests.journeys import room
from tests.journeys.browsing import Visitors
from tests.journeys.rows import Rows

GRACE_OVER = timedelta(seconds=-31)


def test_a_closed_browser_is_handed_in_at_the_deadline(visitors: Visitors, rows: Rows) -> None:
    page = visitors.arrive()
    sitting = room.start_mock(page)
    letter = rows.questions(sitting)[1]["key"]
    room.respond(page, rows.questions(sitting)[1], letter)
    room.expect_saved(page)
    page.close()

    rows.move_deadline(sitting, GRACE_OVER)
    wait_until(lambda: rows.sitting(sitting)["submitted_at"] is not None, 10)
    closed = rows.sitting(sitting)
    assert closed["submitted_at"] == closed["deadline"]
    scored = rows.questions(sitting)[1]["is_scored"]
    assert rows.result(sitting)["raw_score"] == int(scored)
    wait_until(lambda: rows.is_emailed(sitting), 15)

    later = page.context.new_page()
    later.goto(f"/sittings/{sitting}/")
    room.expect_report(later)
    expect(later.locator(".verdict-card")).to_contain_text("Time ran out")
    later.goto("/")
    expect(later.get_by_role("heading", name="Mock exam 1 is running")).to_have_count(0)


def test_an_open_page_hands_in_by_itself(visitors: Visitors, rows: Rows) -> None:
    page = visitors.arrive()
    page.clock.install()
    sitting = room.start_mock(page)
    asked = rows.questions(sitting)
    room.respond(page, asked[1], asked[1]["key"])
    room.expect_saved(page)
    held: list[Route] = []
    page.route("**/submit/", lambda route: held.append(route))

    rows.move_deadline(sitting, timedelta(seconds=0))
    page.clock.fast_forward("03:00:00")
    expect(page.get_by_role("dialog", name="Time is up")).to_be_visible()
    expect(page.locator("#timer .value")).to_have_text("0:00:00")
    held[0].continue_()
    room.expect_report(page)
    expect(page.locator(".verdict-card")).to_contain_text("Time ran out")
    closed = rows.sitting(sitting)
    assert closed["submitted_at"] == closed["deadline"]
    assert rows.selected(sitting) == {1: asked[1]["key"]}


def test_a_page_opened_within_the_grace_hands_in_at_once(visitors: Visitors, rows: Rows) -> None:
    page = visitors.arrive()
    sitting = room.start_mock(page)
    rows.move_deadline(sitting, timedelta(seconds=-1))
    page.reload()

    room.expect_report(page)
    closed = rows.sitting(sitting)
    assert closed["submitted_at"] == closed["deadline"]


def test_what_arrives_too_late_is_shown_and_not_counted(visitors: Visitors, rows: Rows) -> None:
    visitors.expects_failures = True
    page = visitors.arrive()
    sitting = room.start_mock(page)
    asked = rows.questions(sitting)
    room.go_offline(page)
    room.respond(page, asked[1], asked[1]["key"])
    expect(room.status(page)).to_have_text(re.compile("^Not saved, 1 answer"))
    rows.move_deadline(sitting, GRACE_OVER)
    wait_until(lambda: rows.sitting(sitting)["submitted_at"] is not None, 10)

    room.go_online(page)
    room.expect_report(page)
    expect(page.locator(".facts")).to_contain_text("Arrived after time was up, not counted:")
    assert rows.late(sitting) == {1: asked[1]["key"]}
    assert rows.selected(sitting) == {}
