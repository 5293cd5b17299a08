"""The whole sample exam with the keyboard alone, from the home page to the report."""

import re

from playwright.sync_api import Page, expect

from tests.config.waiting import wait_until
from tests.journeys import room
from tests.journeys.browsing import Visitors
from tests.journeys.rows import Rows

FOCUSED = "() => document.activeElement.id || document.activeElement.innerText.trim()"
MOST_TABS = 40


def focused(page: Page) -> str:
    """The id of what has the focus, or else its words."""
    return str(page.evaluate(FOCUSED))


def tab_to(page: Page, name: str) -> None:
    """Press Tab until something with this id or these words has the focus."""
    for _ in range(MOST_TABS):
        if re.match(name, focused(page)):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not within {MOST_TABS} tabs; now at {focused(page)!r}")


def respond_by_keys(page: Page, asked: dict[str, object], letters: str) -> None:
    """Digits choose options; 1 goes to the first gap, where a letter picks what begins with it."""
    if asked["kind"] in {"single", "multiple"}:
        for letter in letters:
            page.keyboard.press(f"Digit{'ABCDEFGH'.index(letter) + 1}")
        return
    page.keyboard.press("Digit1")
    for letter in letters:
        page.keyboard.type(letter)
        page.keyboard.press("Tab")


def test_the_sample_by_keyboard_alone(visitors: Visitors, rows: Rows) -> None:
    page = visitors.arrive()
    page.goto("/")
    tab_to(page, "Start the sample questions")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/exams/clf-c02-sample/$"))
    page.goto("/exams/mls-c01-sample/")  # it has all kinds of question
    tab_to(page, "Start the exam")
    page.keyboard.press("Enter")
    expect(room.status(page)).to_have_text("All saved")
    sitting = room.sitting_id(page)
    asked = rows.questions(sitting)

    for position, one in asked.items():
        expect(room.question(page, position)).to_be_visible()
        respond_by_keys(page, one, one["key"])
        if position == 3:
            page.keyboard.press("f")
        page.keyboard.press("n")
    expect(page.locator("#review")).to_be_focused()
    room.expect_saved(page)
    assert rows.selected(sitting) == {position: one["key"] for position, one in asked.items()}

    page.keyboard.press("p")
    expect(room.question(page, 10)).to_be_focused()
    page.keyboard.press("p")
    expect(room.question(page, 9)).to_be_focused()
    page.keyboard.press("r")
    tab_to(page, "Flagged")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]:visible")).to_have_count(1)
    expect(page.locator('[data-row="3"]')).to_be_visible()
    tab_to(page, "End the exam")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="End the exam?")
    expect(dialog).to_contain_text("You have answered every question.")
    assert focused(page) == "Keep working"
    page.keyboard.press("Tab")
    assert focused(page) == "End the exam and score it"
    page.keyboard.press("Enter")

    room.expect_report(page)
    expect(page.locator("#verdict")).to_have_text("PASS")
    assert rows.result(sitting)["raw_score"] == 10
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_shortcuts_are_listed_and_can_be_switched_off(visitors: Visitors, rows: Rows) -> None:
    page = visitors.arrive()
    sitting = room.start_sample(page)

    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Shortcuts")
    expect(dialog.locator("dd")).to_have_text(
        [
            "choose option A to H, or go to a gap",
            "strike out option A to H",
            "next question",
            "previous question",
            "flag the question",
            "say that you are guessing",
            "review answers",
            "say the time left",
            "this list",
        ]
    )
    page.keyboard.press("n")  # behind a dialog no shortcut works
    expect(room.question(page, 1)).to_be_visible()
    dialog.get_by_label("Shortcuts are on").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()

    for key in ("n", "f", "Digit1", "r"):
        page.keyboard.press(key)
    expect(room.question(page, 1)).to_be_visible()
    page.reload()  # it is remembered
    page.keyboard.press("n")
    expect(room.question(page, 1)).to_be_visible()
    unchanged = {"selected": "", "struck": "", "is_flagged": False, "revision": 0}
    assert rows.response(sitting, 1) == unchanged

    page.keyboard.press("?")
    dialog.get_by_label("Shortcuts are on").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(room.question(page, 2)).to_be_visible()


def test_questions_are_headings_and_only_trouble_is_spoken_of(
    visitors: Visitors, rows: Rows
) -> None:
    visitors.expects_failures = True
    page = visitors.arrive()
    sitting = room.start_sample(page)
    heading = page.get_by_role("heading", level=2, name="Question 1 of 10")
    expect(heading).to_be_visible()
    single = next(at for at, one in rows.questions(sitting).items() if one["kind"] == "single")
    room.go_to(page, single)
    news = page.get_by_role("status").and_(page.locator("#save-news"))
    page.keyboard.press("Digit1")
    room.expect_saved(page)
    expect(news).to_be_empty()

    room.go_offline(page)
    page.keyboard.press("Digit2")
    expect(news).to_have_text("Not saved, 1 answer kept on this device, trying again")
    room.go_online(page)
    room.expect_saved(page)
    expect(news).to_have_text(re.compile("^Saved "))
    said = news.inner_text()
    page.keyboard.press("Digit3")
    wait_until(lambda: rows.selected(sitting) == {single: "C"}, 10)
    room.expect_saved(page)
    assert news.inner_text() == said


def test_strike_out_by_keyboard_takes_the_choice_away(visitors: Visitors, rows: Rows) -> None:
    page = visitors.arrive()
    sitting = room.start_sample(page)
    single = next(at for at, one in rows.questions(sitting).items() if one["kind"] == "single")
    room.go_to(page, single)

    page.keyboard.press("Digit1")
    page.keyboard.press("Shift+Digit1")
    room.expect_saved(page)
    wait = expect(room.question(page, single).locator('[data-option="A"]'))
    wait.to_have_class(re.compile("struck"))
    assert room.chosen(page, single) == ""
