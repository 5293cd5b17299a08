"""The pages of authors, and how to get there."""

from playwright.sync_api import Page, expect

from tests.journeys.ways import Scene, Sight, Way, visit

A = "/authoring"
RETAG = f"{A}/questions/bulk/?act=retag&scope=all&find=certification%3DMLS-C01%26task%3D1.1"
RETIRE = f"{A}/questions/bulk/?act=retire&scope=all&find=service%3DAWS%20Glue"
EDIT = f"{A}/questions/{{draft}}/edit/"


def clicking(path: str, name: str) -> Way:
    """Go to an address and press the button of this name."""
    go_there = visit(path)

    def go(page: Page, scene: Scene) -> None:
        go_there(page, scene)
        page.wait_for_load_state("networkidle")
        page.locator("#main").get_by_role("button", name=name, exact=True).first.click()
        page.wait_for_load_state("networkidle")

    return go


def editor(question: str, view: str = "In the exam") -> Way:
    """The editor with its preview drawn."""
    go_there = visit(f"{A}/questions/{{{question}}}/edit/")

    def go(page: Page, scene: Scene) -> None:
        go_there(page, scene)
        # A second preview would cut off the first, which htmx calls an error.
        expect(page.locator("#preview-page")).to_be_visible()
        page.get_by_role("tab", name=view).click()
        page.wait_for_load_state("networkidle")

    return go


def chosen(page: Page, scene: Scene) -> None:
    page.goto(f"{A}/?certification=MLS-C01&task=1.1&q=stream")
    page.get_by_role("button", name="Choose all on this page").click()


AUTHORING_SIGHTS = (
    Sight("authoring", "staff", visit(f"{A}/")),
    Sight("authoring-found", "staff", chosen),
    Sight("authoring-filters", "staff", visit(f"{A}/?kind=single&verified_before=2026-12-01")),
    Sight("authoring-nothing", "staff", visit(f"{A}/?q=zebra")),
    Sight("authoring-retag", "staff", visit(RETAG)),
    Sight("authoring-retire", "staff", clicking(RETIRE, "Retire")),
    Sight("question-new", "author", visit(f"{A}/questions/new/?certification=MLS-C01&task=1.2")),
    Sight("question-editor", "author", editor("draft")),
    Sight("question-editor-review", "author", editor("pairs", "In the review")),
    Sight("question-editor-asked", "author", clicking(EDIT, "Ask for review")),
    Sight("question-in-review", "author", visit(f"{A}/questions/{{reviewed}}/edit/")),
    Sight("question-life", "staff", visit(f"{A}/questions/{{published}}/life/")),
    Sight("question-retired", "staff", visit(f"{A}/questions/{{retired}}/life/")),
    Sight("question-difference", "staff", visit(f"{A}/questions/{{reviewed}}/difference/")),
    Sight("review-queue", "staff", visit(f"{A}/review/?show=drafts")),
    Sight("review-sent-back", "staff", clicking(f"{A}/review/?show=drafts", "Send back")),
    Sight("review-reports", "staff", visit(f"{A}/review/?show=reports")),
    Sight("key-corrected", "staff", visit(f"{A}/versions/{{version}}/key/")),
    Sight("question-withdrawn", "staff", visit(f"{A}/versions/{{version}}/withdraw/")),
    Sight("imports", "author", visit(f"{A}/imports/")),
    Sight("import-new", "author", visit(f"{A}/imports/new/")),
    Sight("import-review", "author", visit(f"{A}/imports/{{import}}/")),
    Sight("export", "author", visit(f"{A}/export/?certification=MLS-C01&format=gift")),
    Sight("coverage", "staff", visit(f"{A}/coverage/MLS-C01/")),
    Sight("form-assemble", "staff", visit(f"{A}/exams/mls-c01-draft/forms/")),
    Sight("form-draft", "staff", visit(f"{A}/forms/{{draft_form}}/?swap=2")),
)  # fmt: skip
