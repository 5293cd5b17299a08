"""Without an account: the sample, its report, and an account that keeps it."""

import re

from playwright.sync_api import expect

from tests.journeys import room
from tests.journeys.browsing import Visitors
from tests.journeys.rows import Rows


def test_a_guest_takes_the_result_into_an_account(visitors: Visitors, rows: Rows) -> None:
    page = visitors.arrive()
    page.goto("/")
    page.get_by_role("link", name="Start the sample questions").click()
    page.get_by_role("button", name="Start the exam").click()
    expect(room.status(page)).to_have_text("All saved")
    sitting = room.sitting_id(page)
    asked = rows.questions(sitting)
    for position in range(1, 6):
        room.respond(page, asked[position], asked[position]["key"])
        room.act(page, "next")
    room.expect_saved(page)

    stranger = visitors.arrive()
    visitors.expects_failures = True  # the 404s
    assert stranger.goto(f"/sittings/{sitting}/").status == 404
    room.hand_in(page)
    assert stranger.goto(f"/results/{sitting}/").status == 404
    assert rows.sitting(sitting)["candidate_id"] is None
    expect(page.locator("#verdict")).to_have_text("FAIL")
    said = "5 of 10 scored questions right, 7 needed to pass."
    expect(page.get_by_text(said)).to_be_visible()

    page.get_by_role("link", name="Sign up to keep it").click()
    page.get_by_label("E-mail address").fill(f"guest-{sitting}@passline.example")
    page.get_by_label("Password", exact=True).fill(room.PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page).to_have_url(re.compile(f"/results/{sitting}/$"))
    expect(page.get_by_text("belongs to this browser only")).to_have_count(0)
    holder = rows.one(
        "SELECT u.email FROM exams_sitting s JOIN accounts_user u ON u.id = s.candidate_id"
        " WHERE s.id = %s",
        sitting,
    )
    assert holder == {"email": f"guest-{sitting}@passline.example"}

    elsewhere = visitors.arrive()
    elsewhere.goto("/account/login/")
    elsewhere.get_by_label("E-mail address").fill(holder["email"])
    elsewhere.get_by_label("Password", exact=True).fill(room.PASSWORD)
    elsewhere.get_by_role("button", name="Log in").click()
    elsewhere.get_by_role("link", name="Results", exact=True).click()
    elsewhere.get_by_role("link", name=re.compile("Sample questions")).click()
    room.expect_report(elsewhere)
