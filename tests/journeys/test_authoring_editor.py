"""Two authors write on one question: autosave, order by keyboard and drag, preview, conflict."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.journeys.browsing import Visitors
from tests.journeys.rows import Rows
from tests.journeys.sights import log_in

SAVED = re.compile(r"^Saved \d\d:\d\d:\d\d$")
SAVE = re.compile("/save/$")
QUESTION = """
    SELECT v.question_id AS id FROM questions_questionversion v
    WHERE v.kind = %s AND v.published_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM questions_questionversion d
        WHERE d.question_id = v.question_id AND d.published_at IS NULL
    ) ORDER BY v.question_id LIMIT 1
"""
DRAFT = "SELECT * FROM questions_questionversion WHERE question_id = %s AND published_at IS NULL"
OPTIONS = """
    SELECT o.text FROM questions_option o JOIN questions_questionversion v ON v.id = o.version_id
    WHERE v.question_id = %s AND v.published_at IS NULL ORDER BY o.position
"""


def arrive(visitors: Visitors, who: str) -> Page:
    page = visitors.arrive()
    log_in(page, f"{who}@passline.example", f"{who}-passline")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    return page


def begin(page: Page, rows: Rows, kind: str) -> int:
    """A new draft of some published question."""
    question = int(rows.one(QUESTION, kind)["id"])
    page.goto(f"/authoring/questions/{question}/edit/")
    page.get_by_role("button", name="Write the next version").click()
    expect(status(page)).to_have_text(SAVED)
    expect(page.locator("#options [data-place]").first).not_to_be_empty()
    page.wait_for_load_state("networkidle")
    return question


def status(page: Page) -> Locator:
    return page.locator("#save-status")


def stem(page: Page) -> Locator:
    return page.get_by_label("Stem", exact=True)


def expect_saved(page: Page, rows: Rows, question: int, **fields: object) -> None:
    """The page says so, and the row holds it."""
    expect(page.locator("#draft-revision")).not_to_have_value("")
    page.wait_for_function("document.getElementById('save-status').matches('.saved')")
    draft = rows.one(DRAFT, question)
    assert {name: draft[name] for name in fields} == fields


def type_and_save(page: Page, text: str) -> None:
    """Type over the stem and wait for the save of its own accord."""
    with page.expect_response(SAVE) as answer:
        stem(page).fill(text)
    assert answer.value.status == 200
    expect(status(page)).to_have_text(SAVED)


def option_texts(rows: Rows, question: int) -> list[str]:
    return [row["text"] for row in rows.all(OPTIONS, question)]


def key_text(rows: Rows, question: int) -> str:
    key = rows.one(DRAFT, question)["key"]
    return option_texts(rows, question)["ABCD".index(key)]


def drag(page: Page, place: int, *, onto: int) -> None:
    """Drag the option at a place (from 0) up, to just above the middle of another, and save."""
    target = page.locator("#options > li").nth(onto)
    target.evaluate("(row) => row.scrollIntoView({block: 'center'})")
    start = page.locator("#options [data-handle]").nth(place).bounding_box()
    end = target.bounding_box()
    assert start
    assert end
    with page.expect_response(SAVE):
        page.mouse.move(start["x"] + 5, start["y"] + 5)
        page.mouse.down()
        page.mouse.move(start["x"] + 5, end["y"] + end["height"] / 2 - 20, steps=8)
        page.mouse.up()


def test_what_is_typed_is_saved_and_shown_as_candidates_see_it(
    visitors: Visitors, rows: Rows
) -> None:
    page = arrive(visitors, "author")
    question = begin(page, rows, "single")
    type_and_save(page, "What is **bold** here?")
    expect_saved(page, rows, question, stem="What is **bold** here?", revision=1)
    preview = page.locator("#preview")
    expect(preview.locator(".stem strong")).to_have_text("bold")
    expect(preview.locator(".option .strike")).to_have_count(4)

    page.get_by_role("tab", name="In the exam").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="In the review")).to_be_focused()
    expect(preview.get_by_text("Right, not chosen")).to_be_visible()
    expect(preview.locator(".rationale")).to_have_count(4)

    page.reload()
    expect(stem(page)).to_have_value("What is **bold** here?")


def test_options_are_ordered_by_keyboard_and_by_drag(visitors: Visitors, rows: Rows) -> None:
    page = arrive(visitors, "author")
    question = begin(page, rows, "single")
    a, b, c, d = option_texts(rows, question)
    right = key_text(rows, question)
    down = page.get_by_role("button", name="Move down option A")
    down.focus()
    with page.expect_response(SAVE):
        page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_have_text("option A is now at place 2 of 4")
    expect(page.get_by_role("button", name="Move down option B")).to_be_focused()
    assert option_texts(rows, question) == [b, a, c, d]
    assert key_text(rows, question) == right

    drag(page, 3, onto=2)
    assert option_texts(rows, question) == [b, a, d, c]
    assert key_text(rows, question) == right

    page.get_by_role("button", name="Add an option").click()
    with page.expect_response(SAVE):
        page.keyboard.type("A fifth one")
    assert option_texts(rows, question) == [b, a, d, c, "A fifth one"]
    page.get_by_role("button", name="Remove option E").click()
    expect(page.locator("#announcer")).to_have_text("Removed option E")


@pytest.mark.parametrize("kind", ["multiple", "ordering", "matching"])
def test_every_kind_can_be_written(visitors: Visitors, rows: Rows, kind: str) -> None:
    page = arrive(visitors, "author")
    question = begin(page, rows, kind)
    before = rows.one(DRAFT, question)
    type_and_save(page, "Is the rest as it was?")
    after = rows.one(DRAFT, question)
    assert (after["key"], after["revision"]) == (before["key"], 1)
    assert page.locator("#preview .question").is_visible()


def test_without_a_connection_the_text_stays_on_the_device(visitors: Visitors, rows: Rows) -> None:
    visitors.expects_failures = True
    page = arrive(visitors, "author")
    question = begin(page, rows, "single")
    page.context.set_offline(True)
    stem(page).fill("Typed on a train?")
    expect(status(page)).to_contain_text("no connection. Your text is kept on this device")
    page.context.set_offline(False)
    expect(status(page)).to_have_text(SAVED)
    expect_saved(page, rows, question, stem="Typed on a train?")

    page.route("**/save/", lambda route: route.abort())
    stem(page).fill("Typed before a crash?")
    page.get_by_role("button", name="Move down option A").click()
    expect(status(page)).to_contain_text("Your text is kept on this device")
    order = option_texts(rows, question)
    page.unroute("**/save/")
    with page.expect_response(SAVE):
        page.reload()
    expect(stem(page)).to_have_value("Typed before a crash?")
    expect_saved(page, rows, question, stem="Typed before a crash?")
    assert option_texts(rows, question) == [order[1], order[0], *order[2:]]


def test_two_authors_lose_nothing(visitors: Visitors, rows: Rows) -> None:
    visitors.expects_failures = True
    ada, bea = arrive(visitors, "author"), arrive(visitors, "staff")
    question = begin(ada, rows, "single")
    bea.goto(f"/authoring/questions/{question}/edit/")
    type_and_save(ada, "The text of the first author?")

    stem(bea).fill("The text of the second author?")
    conflict = bea.locator("#conflict")
    expect(conflict).to_contain_text("author@passline.example saved this draft at")
    expect(conflict.locator("del")).to_have_text(["first"])
    expect(conflict.locator("ins")).to_have_text(["second"])
    expect_saved(ada, rows, question, stem="The text of the first author?")
    bea.get_by_role("button", name="Save mine over theirs").click()
    expect(status(bea)).to_have_text(SAVED)
    expect(conflict).to_be_hidden()
    expect_saved(bea, rows, question, stem="The text of the second author?")

    stem(ada).fill("A third text?")
    expect(ada.locator("#conflict")).to_contain_text("staff@passline.example saved this draft at")
    ada.get_by_role("button", name="Take theirs, set mine aside").click()
    expect(stem(ada)).to_have_value("The text of the second author?")
    with ada.expect_response(SAVE):
        ada.get_by_role("button", name="Bring it in").click()
    expect(stem(ada)).to_have_value("A third text?")
    expect_saved(ada, rows, question, stem="A third text?")
    expect(ada.locator("#left-behind")).to_be_hidden()


def test_a_picture_goes_where_one_last_wrote(visitors: Visitors, rows: Rows) -> None:
    page = arrive(visitors, "author")
    question = begin(page, rows, "single")
    type_and_save(page, "What does it show? ")
    stem(page).press("End")
    buffer = BytesIO()
    Image.new("RGB", (60, 40), "teal").save(buffer, "JPEG")
    picture = {"name": "Loss.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}
    page.get_by_label("Picture", exact=True).set_input_files(picture)
    page.get_by_label("What it shows").fill("A loss curve")
    with page.expect_response(SAVE):
        page.get_by_role("button", name="Upload and put it into the text").click()
    assert rows.one(DRAFT, question)["stem"].endswith("![A loss curve](images/loss.jpg)")
    expect(page.locator("#preview img[alt='A loss curve']")).to_be_visible()


def test_a_draft_goes_to_review_when_it_is_complete(visitors: Visitors, rows: Rows) -> None:
    visitors.expects_failures = True
    page = arrive(visitors, "author")
    question = begin(page, rows, "single")
    stem(page).fill("")
    page.get_by_role("button", name="Ask for review").click()
    expect(page.locator("#readiness")).to_contain_text("Not sent to review yet")
    expect(page.locator("#check-stem")).to_have_text("Nothing is written here yet.")
    stem(page).fill("Which one is it now?")
    page.get_by_role("button", name="Ask for review").click()
    expect(page.get_by_role("button", name="Take it back and write on")).to_be_visible()
    assert rows.one(DRAFT, question)["review_asked_at"] is not None
    assert rows.one(DRAFT, question)["stem"] == "Which one is it now?"
