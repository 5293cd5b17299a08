"""The connection goes, the server stumbles: nothing that was answered is lost."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.config.waiting import wait_until
from tests.journeys import room
from tests.journeys.browsing import Visitors
from tests.journeys.rows import Rows

ONE_KEPT = "Not saved, 1 answer kept on this device, trying again"
DAMAGE = """(position) => {
    const left = Object.keys(localStorage).filter((key) => key.startsWith("passline.response."));
    for (const key of left) {
        const entry = JSON.parse(localStorage.getItem(key));
        const damaged = {...entry, selected: "?", at: Date.now()};
        if (entry.position === position) localStorage.setItem(key, JSON.stringify(damaged));
    }
}"""


def kept(count: int) -> str:
    return f"Not saved, {count} answers kept on this device, trying again"


def expect_rows(page: Page, rows: Rows, given: dict[int, str]) -> None:
    """The page says saved, and the database holds just what was given."""
    room.expect_saved(page)
    assert rows.selected(room.sitting_id(page)) == given


def choices(rows: Rows, sitting: int, count: int) -> dict[int, str]:
    """A response to each of the first `count` single-choice questions."""
    singles = [at for at, one in rows.questions(sitting).items() if one["kind"] == "single"]
    return {position: "ABCD"[index % 4] for index, position in enumerate(singles[:count])}


def give(page: Page, given: dict[int, str]) -> None:
    for position, letter in given.items():
        room.go_to(page, position)
        room.choose(page, letter)


@pytest.fixture
def page(visitors: Visitors) -> Page:
    visitors.expects_failures = True
    return visitors.arrive()


def test_responses_of_a_cut_arrive_when_the_connection_is_back(page: Page, rows: Rows) -> None:
    sitting = room.start_sample(page)
    given = choices(rows, sitting, 5)
    before, during = dict(list(given.items())[:2]), dict(list(given.items())[2:])
    give(page, before)
    expect_rows(page, rows, before)

    room.go_offline(page)
    give(page, during)
    expect(room.status(page)).to_have_text(kept(3))
    assert rows.selected(sitting) == before

    room.go_online(page)
    expect_rows(page, rows, given)


def test_responses_survive_a_page_closed_without_a_connection(page: Page, rows: Rows) -> None:
    sitting = room.start_sample(page)
    given = choices(rows, sitting, 3)
    room.go_offline(page)
    give(page, given)
    expect(room.status(page)).to_have_text(kept(3))
    page.close()
    assert rows.selected(sitting) == {}

    later = page.context.new_page()
    room.go_online(later)
    later.goto(f"/sittings/{sitting}/")
    expect_rows(later, rows, given)
    assert {at: room.chosen(later, at) for at in given} == given
    assert later.evaluate("localStorage.length") == 0


def test_the_last_word_counts_when_a_question_changes_during_a_cut(page: Page, rows: Rows) -> None:
    sitting = room.start_sample(page)
    (position,) = choices(rows, sitting, 1)
    room.go_offline(page)
    for letter in "ABC":
        give(page, {position: letter})
    expect(room.status(page)).to_have_text(ONE_KEPT)

    room.go_online(page)
    expect_rows(page, rows, {position: "C"})
    assert rows.response(sitting, position)["revision"] == 1


def answering(status: int) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body="")


def drop_the_reply(route: Route) -> None:
    """The server saves, and its answer is lost on the way."""
    route.fetch()
    route.abort("connectionreset")


@pytest.mark.parametrize(
    ("stumble", "revision"),
    [
        (answering(500), 2),
        (answering(429), 2),
        (answering(502), 2),
        (drop_the_reply, 2),
    ],
    ids=["500", "429", "502", "reply lost"],
)
def test_a_stumbling_server_loses_nothing_and_makes_no_conflict(
    page: Page, rows: Rows, stumble: Callable[[Route], Any], revision: int
) -> None:
    sitting = room.start_sample(page)
    (position,) = choices(rows, sitting, 1)
    room.go_to(page, position)
    saves = re.compile(r"/responses/\d+/$")
    page.route(saves, stumble, times=1)

    room.choose(page, "A")
    expect(room.status(page)).to_have_text(ONE_KEPT)
    room.choose(page, "B")  # before what became of A is known
    expect_rows(page, rows, {position: "B"})
    expect(room.question(page, position).locator("[data-notice]")).to_be_hidden()
    assert rows.response(sitting, position)["revision"] <= revision
    assert room.chosen(page, position) == "B"


def test_what_is_unsaved_goes_along_with_the_submit(page: Page, rows: Rows) -> None:
    sitting = room.start_sample(page)
    given = choices(rows, sitting, 2)
    page.route(re.compile(r"/responses/\d+/$"), answering(503))
    give(page, given)
    expect(room.status(page)).to_have_text(kept(2))

    with page.expect_request("**/submit/") as submitted:
        room.hand_in(page)
    unsaved = json.loads(submitted.value.post_data_json["unsaved"])
    assert sorted(one["position"] for one in unsaved) == list(given)
    assert rows.selected(sitting) == given


def test_one_response_the_server_stumbles_over_keeps_no_other_back(page: Page, rows: Rows) -> None:
    sitting = room.start_sample(page)
    given = choices(rows, sitting, 3)
    first, *others = given
    page.route(f"**/responses/{first}/", answering(500))
    give(page, given)
    saved = {position: given[position] for position in others}
    wait_until(lambda: rows.selected(sitting) == saved, 10)
    expect(room.status(page)).to_have_text(ONE_KEPT)

    page.unroute(f"**/responses/{first}/")
    expect_rows(page, rows, given)


def test_what_is_not_understood_is_kept_and_ends_with_the_exam(page: Page, rows: Rows) -> None:
    sitting = room.start_sample(page)
    given = choices(rows, sitting, 2)
    first, second = given
    refused = json.dumps({"errors": {"selected": ["Enter a valid value."]}})
    page.route(
        re.compile(r"/responses/\d+/$"),
        lambda route: route.fulfill(status=422, content_type="application/json", body=refused),
    )
    give(page, given)
    expect(room.status(page)).to_have_text(kept(2))
    # A damaged device says nonsense of the first: the server names the row, the rest is handed in.
    page.evaluate(DAMAGE, first)
    room.hand_in(page)
    assert rows.selected(sitting) == {second: given[second]}


def test_ending_without_a_connection_says_so_and_can_be_tried_again(page: Page, rows: Rows) -> None:
    sitting = room.start_sample(page)
    given = choices(rows, sitting, 1)
    room.go_offline(page)
    give(page, given)
    dialog = room.open_end(page)
    end = dialog.get_by_role("button", name="End the exam and score it")
    end.click()
    expect(dialog.get_by_role("alert")).to_have_text(
        "No connection. Nothing is lost: your responses are kept on this device."
        " Try again in a moment."
    )
    assert rows.sitting(sitting)["submitted_at"] is None

    room.go_online(page)
    end.click()
    room.expect_report(page)
    assert rows.selected(sitting) == given
