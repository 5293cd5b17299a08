"""From sign-up to the e-mailed result: all 65 questions, sat as a person sits them."""

import re

from playwright.sync_api import expect

from tests.config.waiting import wait_until
from tests.journeys import room
from tests.journeys.browsing import Visitors
from tests.journeys.rows import Rows, wrong

RIGHT = 55  # of all 65, scored or not
LEFT_BLANK = (64, 65)


def test_from_sign_up_to_the_emailed_result(visitors: Visitors, rows: Rows) -> None:
    page = visitors.arrive()
    email = room.sign_up(page)
    sitting = room.start(page, "mls-c01-mock-1")
    asked = rows.questions(sitting)
    assert {one["kind"] for one in asked.values()} == {"single", "multiple", "ordering", "matching"}
    given = {
        position: one["key"] if position <= RIGHT else wrong(one)
        for position, one in asked.items()
        if position not in LEFT_BLANK
    }

    struck = next(place for place in range(20, 40) if asked[place]["kind"] == "single")
    for position, letters in given.items():
        if position == struck:
            room.strike(page, next(one for one in "ABCD" if one not in letters))
        room.respond(page, asked[position], letters)
        if position in {7, 33}:
            room.act(page, "flag")
        if position in {8, 33}:
            page.locator(".question:visible").get_by_label("I am guessing").check()
        if position == 40:
            room.expect_saved(page)
            page.reload()
            expect(room.question(page, 40)).to_be_visible()
            assert {one: room.chosen(page, one) for one in range(1, 41)} == {
                one: given[one] for one in range(1, 41)
            }
            expect(room.place(page, 33)).to_have_text("33, answered, flagged")
            expect(room.question(page, struck).locator(".struck")).to_have_count(1)
        room.act(page, "next")
    room.expect_saved(page)
    assert rows.selected(sitting) == given
    assert rows.guessed(sitting) == [8, 33]

    dialog = room.open_end(page)
    expect(dialog.locator("[data-unanswered]")).to_have_text(
        "Not answered: 64, 65. A blank counts as wrong."
    )
    dialog.get_by_role("button", name="End the exam and score it").click()
    room.expect_report(page)

    assert rows.seconds(sitting) > 0
    result = rows.result(sitting)
    assert result["raw_score"] == sum(
        one["is_scored"] and given.get(position) == one["key"] for position, one in asked.items()
    )
    assert result["scored_count"] == 50
    expect(page.locator("#verdict")).to_have_text("PASS" if result["has_passed"] else "FAIL")
    expect(page.locator(".score b")).to_have_text(str(result["scaled_score"]))

    missed = len(asked) - RIGHT
    page.get_by_role("link", name=f"Review {missed} missed questions").click()
    expect(page).to_have_url(re.compile(r"\?show=missed#review$"))
    expect(page.locator("article.reviewed")).to_have_count(missed)
    assert page.locator("article.reviewed h3").all_inner_texts() == [
        f"Question {position}" for position in range(RIGHT + 1, 66)
    ]

    wait_until(lambda: rows.is_emailed(sitting), 15)
    page.goto("/mailbox/")
    letter = page.get_by_role("listitem").filter(has_text=email).filter(has_text="Mock exam 1")
    letter.get_by_role("link", name=re.compile("Read")).click()
    scaled = f"Your score: {result['scaled_score']} of 1000. The pass line: 750."
    expect(page.locator(".letter-text")).to_contain_text(scaled)
    html = page.frame_locator(".letter-html")
    expect(html.get_by_text(str(result["scaled_score"])).first).to_be_visible()
    page.locator(".facts a").first.click()
    expect(page).to_have_url(re.compile(rf"/results/{sitting}/\?show=missed"))
    expect(page.locator("article.reviewed")).to_have_count(missed)
