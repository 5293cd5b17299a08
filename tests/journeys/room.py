"""What a candidate does: signs up, starts an exam, works in the exam room, hands in."""

import itertools
import os
import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

PASSWORD = "correct horse battery"  # noqa: S105
_numbers = itertools.count(1)


# --- Getting in


def sign_up(page: Page, next_page: str = "/") -> str:
    """Make an account by hand, go on to `next_page`; the e-mail address."""
    email = f"candidate-{os.getpid()}-{next(_numbers)}@passline.example"
    page.goto(f"/account/signup/?next={next_page}")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page).to_have_url(re.compile(f"{re.escape(next_page)}$"))
    return email


def start(page: Page, slug: str) -> int:
    """Read the instructions and start; the id of the sitting."""
    page.goto(f"/exams/{slug}/")
    page.get_by_role("button", name="Start the exam").click()
    expect(page).to_have_url(re.compile(r"/sittings/\d+/$"))
    expect(status(page)).to_have_text("All saved")
    return sitting_id(page)


def start_mock(page: Page) -> int:
    """Sign up and start the timed exam of 65 questions."""
    sign_up(page)
    return start(page, "mls-c01-mock-1")


def start_sample(page: Page) -> int:
    """Start the ten questions without an account."""
    return start(page, "mls-c01-sample")


def sitting_id(page: Page) -> int:
    found = re.search(r"/(?:sittings|results)/(\d+)/", page.url)
    assert found, page.url
    return int(found[1])


# --- In the room


def status(page: Page) -> Locator:
    return page.locator("#save-status")


def question(page: Page, position: int) -> Locator:
    return page.locator(f"#question-{position}")


def place(page: Page, position: int) -> Locator:
    """The button of the navigator."""
    return page.locator(f'.place[data-go="{position}"]')


def go_to(page: Page, position: int) -> Locator:
    place(page, position).click()
    shown = question(page, position)
    expect(shown).to_be_visible()
    return shown


def act(page: Page, name: str) -> None:
    """Press a button of the footer."""
    page.locator(f'.room-footer [data-act="{name}"]').click()


def choose(page: Page, letter: str) -> None:
    """Click the option with the letter of the question in sight."""
    page.locator(f'.question:visible [data-option="{letter}"] label').click()


def strike(page: Page, letter: str) -> None:
    page.locator(f'.question:visible [data-option="{letter}"] .strike').click()


def respond(page: Page, asked: dict[str, Any], letters: str) -> None:
    """Give the whole response to the question in sight."""
    if asked["kind"] in {"single", "multiple"}:
        for letter in letters:
            choose(page, letter)
        return
    gaps = page.locator(".question:visible select")
    for number, letter in enumerate(letters):
        gaps.nth(number).select_option(letter)


def chosen(page: Page, position: int) -> str:
    """The response that the page shows, in letters."""
    script = """(element) => [...element.querySelectorAll('.options input:checked, select')]
        .map((one) => one.value).join('')"""
    return str(question(page, position).evaluate(script))


def expect_saved(page: Page) -> None:
    expect(status(page)).to_have_text(re.compile(r"^Saved \d\d:\d\d:\d\d$"))


def go_offline(page: Page) -> None:
    page.context.set_offline(True)


def go_online(page: Page) -> None:
    page.context.set_offline(False)


# --- Handing in


def open_end(page: Page) -> Locator:
    """Go to the review screen and ask for the end; the dialog that asks once more."""
    act(page, "review")
    page.locator('#review [data-act="end"]').click()
    dialog = page.get_by_role("dialog", name="End the exam?")
    expect(dialog).to_be_visible()
    return dialog


def hand_in(page: Page) -> None:
    """End the exam and wait for the report."""
    open_end(page).get_by_role("button", name="End the exam and score it").click()
    expect_report(page)


def expect_report(page: Page) -> None:
    expect(page).to_have_url(re.compile(r"/results/\d+/$"))
    expect(page.locator("#verdict")).to_be_visible()
