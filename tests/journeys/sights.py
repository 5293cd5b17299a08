"""Every page and state there is to see, and how to get there: what is checked and pictured."""

import json
import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.journeys import room
from tests.journeys.after_sights import AFTER_SIGHTS
from tests.journeys.authoring_sights import AUTHORING_SIGHTS
from tests.journeys.plan_sights import PLAN_SIGHTS
from tests.journeys.progress_sights import PROGRESS_SIGHTS
from tests.journeys.study_sights import STUDY_SIGHTS
from tests.journeys.ways import Scene, Sight, Way, visit

CLICK = "document.querySelector('%s').click()"


def send(path: str, **fields: str) -> Way:
    """Fill the form at an address wrongly and send it, so that it comes back with errors."""

    def go(page: Page, scene: Scene) -> None:
        page.goto(path)
        form = page.locator("#main form").filter(has=page.locator(f"[name={next(iter(fields))}]"))
        for name, value in fields.items():
            form.locator(f"[name={name}]").fill(value)
        form.evaluate("(form) => { form.noValidate = true; }")
        form.locator(".button.primary").click()
        expect(page.locator(".errorlist").first).to_be_visible()

    return go


def second_step(page: Page, scene: Scene) -> None:
    """Log in as somebody who is asked for a code."""
    log_in(page, scene["careful"], scene["careful_password"])
    expect(page.get_by_label("Code")).to_be_visible()


def switching_on(page: Page, scene: Scene) -> None:
    """The secret of the second step; the site may ask for the password once more."""
    page.goto("/account/2fa/totp/activate/")
    if "reauthenticate" in page.url:
        page.get_by_label("Password", exact=True).fill("candidate-passline")
        page.get_by_role("button", name="Go on").click()
    expect(page.locator("#main code").first).to_be_visible()


def letter(page: Page, scene: Scene) -> None:
    page.goto("/mailbox/")
    page.get_by_role("link", name=re.compile("Read.*Mock exam 1")).first.click()
    expect(page.frame_locator(".letter-html").locator("h1")).to_be_visible()


def log_in(page: Page, email: str, password: str) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in").click()


# --- The exam room


def enter(page: Page, scene: Scene) -> None:
    page.goto(f"/sittings/{scene['running']}/")
    expect(room.status(page)).not_to_be_empty()


def jump(page: Page, position: int) -> None:
    """Go to a question on any device: the navigator may be folded away."""
    page.evaluate(CLICK % f'.place[data-go="{position}"]')
    expect(room.question(page, position)).to_be_visible()


def of_kind(kind: str) -> Way:
    def go(page: Page, scene: Scene) -> None:
        enter(page, scene)
        element = page.locator(f'[data-kind="{kind}"]').first
        jump(page, int(element.get_attribute("data-question") or 0))

    return go


def then(way: Way, script: str) -> Way:
    def go(page: Page, scene: Scene) -> None:
        way(page, scene)
        page.evaluate(script)

    return go


def opening(dialog: str) -> Way:
    return then(enter, f"document.getElementById('{dialog}-dialog').showModal()")


def answering_saves(page: Page, route: Callable[[Route], None], status: re.Pattern[str]) -> None:
    """Choose another option while saves are answered like this; the queue is emptied after it."""
    page.route("**/responses/**", route)
    jump(page, 60)
    page.locator(".question:visible :is(input, select)").first.evaluate(
        "(one) => { one.matches('select') ? one.selectedIndex = 1 : one.checked = true;"
        " one.dispatchEvent(new Event('change', {bubbles: true})); }"
    )
    expect(room.status(page)).to_have_text(status)
    page.evaluate("localStorage.clear()")


def unsaved(page: Page, scene: Scene) -> None:
    enter(page, scene)
    answering_saves(page, lambda route: route.abort(), re.compile("^Not saved, 1 answer"))


def contested(page: Page, scene: Scene) -> None:
    enter(page, scene)
    state = {"revision": 9, "selected": "", "struck": "", "flagged": False}
    body = json.dumps(state)
    answering_saves(
        page,
        lambda route: route.fulfill(status=409, content_type="application/json", body=body),
        re.compile("^Question 60 was changed in another window$"),
    )
    expect(page.locator(".question:visible [data-notice]")).to_be_visible()


def last_minutes(page: Page, scene: Scene) -> None:
    def with_little_time(route: Route) -> None:
        answer = route.fetch()
        little = re.sub(r'data-seconds-left="\d+"', 'data-seconds-left="240"', answer.text())
        route.fulfill(response=answer, body=little)

    page.route(f"**/sittings/{scene['running']}/", with_little_time)
    enter(page, scene)
    expect(page.locator("#timer")).to_have_class(re.compile("low"))


# --- The list

SIGHTS = (
    Sight("home-guest", "guest", visit("/")),
    Sight("results-guest", "guest", visit("/results/")),
    Sight("instructions-guest", "guest", visit("/exams/mls-c01-mock-1/")),
    Sight("sign-up", "guest", visit("/account/signup/")),
    Sight(
        "sign-up-errors",
        "guest",
        send("/account/signup/", email="nobody", password1="1234"),
    ),
    Sight("log-in", "guest", visit("/account/login/")),
    Sight(
        "log-in-errors",
        "guest",
        send("/account/login/", login="nobody@passline.example", password="wrong"),
    ),
    Sight("reset", "guest", visit("/account/password/reset/")),
    Sight("reset-errors", "guest", send("/account/password/reset/", email="nobody")),
    Sight("reset-sent", "guest", visit("/account/password/reset/done/")),
    Sight("reset-key", "guest", visit("{reset}")),
    Sight("reset-key-bad", "guest", visit("/account/password/reset/key/1-bad-key/")),
    Sight("confirm-email", "guest", visit("{confirm}")),
    Sight("confirm-email-bad", "guest", visit("/account/confirm-email/bad/")),
    Sight("not-found", "guest", visit("/nothing-here/")),
    Sight("admin-log-in", "guest", visit("/admin/login/")),
    Sight("second-step", "guest", second_step),
    Sight("home", "candidate", visit("/")),
    Sight("instructions", "candidate", visit("/exams/mls-c01-sample/")),
    Sight("instructions-running", "candidate", visit("/exams/mls-c01-mock-1/")),
    Sight("results", "candidate", visit("/results/")),
    Sight("report-all", "candidate", visit("/results/{sample}/")),
    Sight("report-pass", "candidate", visit("/results/{passed}/?show=flagged")),
    Sight("report-fail", "candidate", visit("/results/{failed}/?show=unanswered")),
    Sight("report-missed", "candidate", visit("/results/{sample}/?show=missed")),
    Sight("report-run-out", "candidate", visit("/results/{run_out}/?show=flagged")),
    Sight("preferences", "candidate", visit("/account/")),
    Sight("email", "candidate", visit("/account/email/")),
    Sight("email-errors", "candidate", send("/account/email/", email="nobody")),
    Sight("password", "candidate", visit("/account/password/change/")),
    Sight(
        "password-errors",
        "candidate",
        send("/account/password/change/", oldpassword="wrong", password1="1"),
    ),
    Sight("delete", "candidate", visit("/account/delete/")),
    Sight("reauthenticate", "candidate", visit("/account/reauthenticate/")),
    Sight("two-steps", "candidate", visit("/account/2fa/")),
    Sight("two-steps-on", "candidate", switching_on),
    Sight("not-allowed", "candidate", visit("/admin/")),
    Sight("mailbox", "candidate", visit("/mailbox/")),
    Sight("mailbox-letter", "candidate", letter),
    Sight("room-single", "candidate", of_kind("single")),
    Sight("room-multiple", "candidate", of_kind("multiple")),
    Sight("room-ordering", "candidate", of_kind("ordering")),
    Sight("room-matching", "candidate", of_kind("matching")),
    Sight("room-review", "candidate", then(enter, CLICK % "[data-act=review]")),
    Sight("room-display", "candidate", opening("display")),
    Sight("room-shortcuts", "candidate", opening("shortcuts")),
    Sight("room-end", "candidate", then(enter, CLICK % "#review [data-act=end]")),
    Sight("room-time-up", "candidate", opening("time-up")),
    Sight("room-last-minutes", "candidate", last_minutes),
    Sight("room-unsaved", "candidate", unsaved),
    Sight("room-contested", "candidate", contested),
    Sight("admin", "staff", visit("/admin/")),
    Sight("admin-results", "staff", visit("/admin/scoring/result/")),
    Sight("admin-users", "staff", visit("/admin/accounts/user/")),
    Sight("admin-questions", "staff", visit("/admin/questions/question/")),
    *AUTHORING_SIGHTS,
    *AFTER_SIGHTS,
    *PLAN_SIGHTS,
    *PROGRESS_SIGHTS,
    *STUDY_SIGHTS,
)
