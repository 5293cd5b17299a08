"""What the columns are called, and the apostrophe that keeps a text from being a formula."""

import re

from questions.formats.item import LETTERS

PLACES = LETTERS.lower()
OPTIONS = [f"option_{letter}" for letter in PLACES]
RATIONALES = [f"feedback_{letter}" for letter in PLACES]
PROMPTS = [f"prompt_{letter}" for letter in PLACES]
PROMPT_RATIONALES = [f"prompt_feedback_{letter}" for letter in PLACES]
COLUMNS = [
    "external_id", "type", "stem", *OPTIONS, "correct", *RATIONALES, "explanation", "category",
    "tags", "difficulty", "image", *PROMPTS, *PROMPT_RATIONALES, "fixed", "references", "pool",
    "verified",
]  # fmt: skip
NEEDED = {"stem", "option_a", "correct"}

BULK_OPTIONS = [f"answer_option_{number}" for number in range(1, 7)]
BULK_RATIONALES = [f"explanation_{number}" for number in range(1, 7)]
BULK_COLUMNS = [
    "question", "question_type",
    *(name for pair in zip(BULK_OPTIONS, BULK_RATIONALES, strict=True) for name in pair),
    "correct_answers", "overall_explanation", "domain",
]  # fmt: skip
BULK_NEEDED = {"question", "answer_option_1", "correct_answers"}

_FORMULA = re.compile("'*(?:\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\\t\\r\\n])")


def names_of(cells: list[str]) -> list[str]:
    """The names in a header as we compare them."""
    return ["_".join(cell.casefold().split()) for cell in cells]


def guarded(text: str) -> str:
    """The text as no spreadsheet takes it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text, 1) else text
