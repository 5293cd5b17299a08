"""The same sitting in two tabs: nothing is overwritten without a word."""

import re
from datetime import timedelta

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
    notice = room.question(stale, position).locator("[data-notice]")
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
    notice = room.question(stale, position).locator("[data-notice]")
    expect(notice).to_contain_text(TOLD)

    room.choose(seen(stale), "D")  # now it knows, and its word counts
    room.expect_saved(stale)
    expect(notice).to_be_hidden()
    assert rows.selected(sitting) == {position: "D"}
    assert rows.response(sitting, position)["revision"] == 2


def contest_out_of_sight(stale: Page, other: Page, position: int) -> None:
    """The other tab says B; the stale one says C without a connection, and goes to a neighbor."""
    room.choose(seen(other), "B")
    room.expect_saved(other)
    room.go_offline(stale)
    room.choose(seen(stale), "C")
    room.go_to(stale, position % 10 + 1)
    room.go_online(stale)
    expect(room.status(stale)).to_have_text(f"Question {position} was changed in another window")


def test_what_is_contested_out_of_sight_is_told_until_it_is_decided(
    tabs: tuple[Page, Page], rows: Rows
) -> None:
    stale, other = tabs
    sitting = room.sitting_id(stale)
    position = single(rows, sitting)
    contest_out_of_sight(stale, other, position)
    expect(stale.locator("#save-news")).to_have_text(room.status(stale).inner_text())
    for _ in range(2):
        expect(room.place(stale, position)).to_have_class(re.compile("contested"))
        expect(room.place(stale, position)).to_contain_text("changed in another window")
        stale.reload()  # it is remembered

    question = room.go_to(stale, position)
    expect(question.locator("[data-notice]")).to_contain_text(TOLD)
    expect(question.get_by_role("button", name="Use mine: C")).to_be_visible()
    question.get_by_role("button", name="Keep this: B").click()
    expect(room.status(stale)).to_have_text("All saved")
    expect(question).to_be_focused()
    expect(room.place(stale, position)).not_to_have_class(re.compile("contested"))
    assert stale.evaluate("localStorage.length") == 0
    assert rows.selected(sitting) == {position: "B"}


def test_what_is_contested_may_be_insisted_on_after_a_reload(
    tabs: tuple[Page, Page], rows: Rows
) -> None:
    stale, other = tabs
    position = single(rows, room.sitting_id(stale))
    contest_out_of_sight(stale, other, position)
    stale.reload()
    room.go_to(stale, position).get_by_role("button", name="Use mine: C").click()
    room.expect_saved(stale)
    assert rows.selected(room.sitting_id(stale)) == {position: "C"}
    assert stale.evaluate("localStorage.length") == 0


def test_what_is_undecided_when_the_time_is_up_is_told_and_kept(
    visitors: Visitors, rows: Rows
) -> None:
    visitors.expects_failures = True
    stale = visitors.arrive()
    sitting = room.start_mock(stale)
    other = stale.context.new_page()
    other.goto(f"/sittings/{sitting}/")
    position = single(rows, sitting)
    for tab in (other, stale):
        room.go_to(seen(tab), position)
    contest_out_of_sight(stale, other, position)
    other.close()

    stale.route("**/submit/", lambda route: route.abort())
    rows.move_deadline(sitting, timedelta(seconds=1))
    stale.reload()
    dialog = stale.get_by_role("dialog", name="Time is up")
    expect(dialog).to_contain_text(f"Changed in another window: question {position}.")
    stale.unroute("**/submit/")
    room.expect_report(stale)
    told = f"Arrived after time was up, not counted: question {position}"
    expect(stale.locator(".facts")).to_contain_text(told)
    assert rows.selected(sitting) == {position: "B"}
    assert rows.late(sitting) == {position: "C"}
    assert stale.evaluate("localStorage.length") == 0


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
    expect(room.question(stale, position).locator("[data-notice]")).to_contain_text(TOLD)
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
