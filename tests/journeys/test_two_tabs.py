"""The same sitting in two tabs: nothing is overwritten without a word."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import room
from tests.journeys.browsing import Visitors
from tests.journeys.rows import Rows

TOLD = "This question was changed in another window, and its response is shown now."


@pytest.fixture
def tabs(visitors: Visitors, rows: Rows) -> tuple[Page, Page]:
    """Both at the first single-choice question."""
    visitors.expects_failures = True  # Chromium reports each 409 and 410
    first = visitors.arrive()
    sitting = room.start_sample(first)
    second = first.context.new_page()
    second.goto(f"/sittings/{sitting}/")
    for tab in (second, first):
        room.go_to(seen(tab), single(rows, sitting))
    return first, second


def seen(tab: Page) -> Page:
    """The tab, brought to the front: one that nobody sees hardly moves."""
    tab.bring_to_front()
    return tab


def single(rows: Rows, sitting: int) -> int:
    return next(at for at, one in rows.questions(sitting).items() if one["kind"] == "single")


def test_a_stale_tab_is_told_and_may_insist(tabs: tuple[Page, Page], rows: Rows) -> None:
    stale, other = tabs
    sitting = room.sitting_id(stale)
    position = single(rows, sitting)
    room.choose(seen(other), "B")
    room.expect_saved(other)

    room.choose(seen(stale), "C")
    notice = room.question(stale, position).locator("[data-conflict]")
    expect(notice).to_contain_text(TOLD)
    assert room.chosen(stale, position) == "B"
    assert rows.selected(sitting) == {position: "B"}

    notice.get_by_role("button", name="Use mine: C").click()
    room.expect_saved(stale)
    expect(notice).to_be_hidden()
    assert room.chosen(stale, position) == "C"
    assert rows.selected(sitting) == {position: "C"}


def test_a_stale_tab_may_leave_it(tabs: tuple[Page, Page], rows: Rows) -> None:
    stale, other = tabs
    sitting = room.sitting_id(stale)
    position = single(rows, sitting)
    room.choose(seen(other), "B")
    room.expect_saved(other)
    room.choose(seen(stale), "C")
    notice = room.question(stale, position).locator("[data-conflict]")
    expect(notice).to_contain_text(TOLD)

    room.choose(seen(stale), "D")  # now it knows, and its word counts
    room.expect_saved(stale)
    expect(notice).to_be_hidden()
    assert rows.selected(sitting) == {position: "D"}
    assert rows.response(sitting, position)["revision"] == 2


def test_ending_stops_where_a_response_differs(tabs: tuple[Page, Page], rows: Rows) -> None:
    stale, other = tabs
    sitting = room.sitting_id(stale)
    position = single(rows, sitting)
    room.choose(seen(other), "B")
    room.expect_saved(other)

    room.go_offline(stale)
    room.choose(seen(stale), "C")
    dialog = room.open_end(stale)
    room.go_online(stale)
    dialog.get_by_role("button", name="End the exam and score it").click()
    expect(room.question(stale, position).locator("[data-conflict]")).to_contain_text(TOLD)
    expect(room.question(stale, position)).to_be_visible()
    assert rows.sitting(sitting)["submitted_at"] is None

    room.hand_in(seen(stale))  # told, and content with it
    assert rows.selected(sitting) == {position: "B"}


def test_a_tab_left_behind_learns_that_the_other_handed_in(
    tabs: tuple[Page, Page], rows: Rows
) -> None:
    left, other = tabs
    sitting = room.sitting_id(left)
    position = single(rows, sitting)
    room.choose(seen(other), "B")
    room.expect_saved(other)
    room.hand_in(seen(other))

    room.choose(seen(left), "C")
    room.expect_report(left)
    assert rows.selected(sitting) == {position: "B"}
    assert rows.late(sitting) == {position: "C"}
    told = "Arrived after the exam was handed in, not counted:"
    expect(left.locator(".facts")).to_contain_text(told)


def test_an_idle_tab_learns_it_when_it_is_looked_at(tabs: tuple[Page, Page]) -> None:
    idle, other = tabs
    room.hand_in(seen(other))
    seen(idle).evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    room.expect_report(idle)
