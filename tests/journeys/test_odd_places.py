"""Odd places to sit an exam: behind a captive portal, without storage, given more time late."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys import room
from tests.journeys.browsing import Visitors
from tests.journeys.rows import Rows

SAVES = re.compile(r"/responses/\d+/$")
UNSAVED = re.compile("^Not saved, 1 answer")


@pytest.fixture
def page(visitors: Visitors) -> Page:
    visitors.expects_failures = True
    return visitors.arrive()


def single(rows: Rows, sitting: int) -> int:
    return next(at for at, one in rows.questions(sitting).items() if one["kind"] == "single")


def portal(route: Route) -> None:
    """What stands between says yes to everything, and nothing arrives."""
    route.fulfill(status=200, content_type="text/html", body="<p>Welcome to our network</p>")


def drop_the_reply(route: Route) -> None:
    route.fetch()
    route.abort("connectionreset")


def cut(route: Route) -> None:
    route.abort("connectionreset")


def lose_the_first_reply() -> Callable[[Route], None]:
    """The first request arrives and its reply is lost; no later one arrives."""
    ways = [drop_the_reply]
    return lambda route: (ways.pop() if ways else cut)(route)


def test_only_our_server_can_say_yes(page: Page, rows: Rows) -> None:
    sitting = room.start_sample(page)
    position = single(rows, sitting)
    room.go_to(page, position)
    page.route("**/sittings/**", portal)
    room.choose(page, "B")
    expect(room.status(page)).to_have_text(UNSAVED)
    dialog = room.open_end(page)
    dialog.get_by_role("button", name="End the exam and score it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("No connection")

    page.unroute("**/sittings/**")
    dialog.get_by_role("button", name="End the exam and score it").click()
    room.expect_report(page)
    assert rows.selected(sitting) == {position: "B"}


def test_what_is_left_behind_is_shown_as_it_is_saved(page: Page, rows: Rows) -> None:
    sitting = room.start_sample(page)
    position = single(rows, sitting)
    room.go_to(page, position)
    page.route(SAVES, lose_the_first_reply())
    room.choose(page, "A")
    expect(room.status(page)).to_have_text(UNSAVED)
    room.choose(page, "B")
    page.close()
    assert rows.selected(sitting) == {position: "A"}

    later = page.context.new_page()
    later.goto(f"/sittings/{sitting}/")
    room.expect_saved(later)
    assert rows.selected(sitting) == {position: "B"}
    assert room.chosen(later, position) == "B"


def test_the_last_word_arrives_with_the_submit_after_a_lost_reply(page: Page, rows: Rows) -> None:
    sitting = room.start_sample(page)
    position = single(rows, sitting)
    room.go_to(page, position)
    page.route(SAVES, lose_the_first_reply())
    room.choose(page, "A")
    expect(room.status(page)).to_have_text(UNSAVED)
    room.choose(page, "B")
    room.hand_in(page)
    assert rows.selected(sitting) == {position: "B"}


def test_the_submit_takes_along_what_a_closed_tab_left(page: Page, rows: Rows) -> None:
    sitting = room.start_sample(page)
    position = single(rows, sitting)
    closed = page.context.new_page()
    closed.goto(f"/sittings/{sitting}/")
    room.go_offline(closed)
    room.go_to(closed, position)
    room.choose(closed, "B")
    expect(room.status(closed)).to_have_text(UNSAVED)
    closed.close()

    room.go_online(page)
    page.bring_to_front()
    room.hand_in(page)
    assert rows.selected(sitting) == {position: "B"}


def test_what_a_device_kept_arrives_after_the_sitting_was_closed(page: Page, rows: Rows) -> None:
    sitting = room.start_sample(page)
    position = single(rows, sitting)
    elsewhere = page.context.new_page()
    elsewhere.goto(f"/sittings/{sitting}/")
    room.go_to(page, position)
    page.route(SAVES, cut)
    room.choose(page, "A")
    expect(room.status(page)).to_have_text(UNSAVED)
    room.choose(page, "B")
    page.close()
    elsewhere.evaluate(
        "([key, text]) => localStorage.setItem(key, text)",
        [f"passline.response.{sitting}.damaged", '{"position": 99, "at": 1, "sent": []}'],
    )

    later = elsewhere.context.new_page()
    elsewhere.close()
    rows.move_deadline(sitting, timedelta(seconds=-31))
    later.route(SAVES, cut)
    later.goto(f"/sittings/{sitting}/")
    room.expect_report(later)
    assert rows.late(sitting) == {}

    later.unroute(SAVES)
    later.evaluate("dispatchEvent(new Event('online'))")
    told = f"Arrived after time was up, not counted: question {position}"
    expect(later.locator(".facts")).to_contain_text(told)
    expect(later.locator("#verdict")).to_be_visible()
    assert rows.late(sitting) == {position: "B"}
    assert rows.selected(sitting) == {}
    assert later.evaluate("localStorage.length") == 0


def test_time_added_late_keeps_the_room_open(page: Page, rows: Rows) -> None:
    sitting = room.start_mock(page)
    rows.move_deadline(sitting, timedelta(seconds=4))
    page.reload()
    rows.move_deadline(sitting, timedelta(minutes=10))
    clock = page.locator("#timer .value")
    expect(clock).to_have_text("0:00:00")
    expect(clock).to_have_text(re.compile(r"^0:09:5\d$"))
    expect(page.get_by_role("dialog", name="Time is up")).to_be_hidden()
    expect(clock).not_to_have_text(clock.inner_text())  # it runs again
    assert rows.sitting(sitting)["submitted_at"] is None


def test_the_room_works_without_storage(page: Page, rows: Rows) -> None:
    for name in ("localStorage", "sessionStorage"):
        page.add_init_script(
            f"Object.defineProperty(window, '{name}',"
            " {get() { throw new DOMException('denied', 'SecurityError'); }})"
        )
    sitting = room.start_sample(page)
    position = single(rows, sitting)
    room.go_to(page, position)
    room.choose(page, "B")
    room.expect_saved(page)
    assert rows.selected(sitting) == {position: "B"}


@pytest.mark.parametrize("text", ["{", "null", '{"position": 99, "at": 1, "sent": []}'])
def test_a_damaged_entry_stands_in_nobodys_way(page: Page, rows: Rows, text: str) -> None:
    sitting = room.start_sample(page)
    page.evaluate(
        "([key, text]) => localStorage.setItem(key, text)",
        [f"passline.response.{sitting}.damaged", text],
    )
    page.reload()
    position = single(rows, sitting)
    room.go_to(page, position)
    room.choose(page, "B")
    room.expect_saved(page)
    assert rows.selected(sitting) == {position: "B"}
