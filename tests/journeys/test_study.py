"""From a miss to readiness: misses come back the next day, and the chance of passing moves."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys import room
from tests.journeys.browsing import Visitors
from tests.journeys.rows import Rows, key_shown, wrong

MISSED = 2
YESTERDAY = """
    UPDATE scoring_reviewcard SET due_at = due_at - interval '1 day',
        created_at = created_at - interval '1 day', reviewed_at = reviewed_at - interval '1 day'
    WHERE candidate_id = (SELECT id FROM accounts_user WHERE email = %s)
"""
OPEN_SHOWING = """
    SELECT e.option_order, v.key, v.kind FROM scoring_reviewentry e
    JOIN questions_questionversion v ON v.id = e.version_id
    WHERE e.card_id = %s AND e.responded_at IS NULL
"""


def test_from_a_miss_to_readiness(visitors: Visitors, rows: Rows) -> None:
    page = visitors.arrive()
    email = room.sign_up(page)
    sit(page, rows, "mls-c01-sample", right=10 - MISSED)
    page.goto("/review/")
    expect(page.get_by_role("heading", name="Nothing is due")).to_be_visible()

    rows.do(YESTERDAY, email)  # a day passes
    page.goto("/review/")
    expect(page.get_by_role("heading", name=f"{MISSED} questions are due")).to_be_visible()
    page.get_by_role("link", name="Start the review").click()
    for _ in range(MISSED):
        expect(page.locator(".rationale")).to_have_count(0)
        respond(page, rows)
        expect(page.get_by_role("heading", name="Right", exact=True)).to_be_visible()
        page.get_by_role("link", name=re.compile("Next question|Done for today")).first.click()
    page.goto("/review/")
    expect(page.get_by_role("heading", name="Nothing is due")).to_be_visible()

    page.goto("/progress/MLS-C01/")
    expect(page.get_by_text("Not enough evidence yet")).to_be_visible()
    sit(page, rows, "mls-c01-mock-1", right=40)
    before = chance(page)
    sit(page, rows, "mls-c01-mock-2", right=62)
    assert chance(page) > before


def sit(page: Page, rows: Rows, slug: str, *, right: int) -> None:
    """Sit an exam and hand it in: the first `right` questions right, said where rows are kept."""
    sitting = room.start(page, slug)
    for position, one in rows.questions(sitting).items():
        said = one["key"] if position <= right else wrong(one)
        rows.do(
            "UPDATE exams_response SET selected = %s, first_selected = %s, revision = 1"
            " WHERE sitting_id = %s AND position = %s",
            said,
            said,
            sitting,
            position,
        )
    page.reload()
    expect(room.status(page)).to_have_text("All saved")
    room.hand_in(page)


def respond(page: Page, rows: Rows) -> None:
    """Give the right response to the card in sight."""
    card = int(page.url.rstrip("/").rsplit("/", 1)[1])
    asked: dict[str, Any] = rows.one(OPEN_SHOWING, card)
    for number, letter in enumerate(key_shown(asked)):
        if asked["kind"] in {"single", "multiple"}:
            page.locator(f'input[name="selected"][value="{letter}"]').check()
        else:
            page.locator('select[name="place"]').nth(number).select_option(letter)
    page.get_by_role("button", name="Check").click()


def chance(page: Page) -> int:
    """The chance of passing that progress tells, in percent."""
    page.goto("/progress/MLS-C01/")
    said = page.locator("#readiness .stat").inner_text()
    found = re.search(r"(\d+)\s*%", said)
    assert found, said
    return int(found[1])
