"""A draft as candidates will meet it: in the exam room, and in the review after a sitting.

The shapes are those that the two templates of the exam ask for; the letters are the author's,
since no sitting has shuffled the options yet.
"""

from dataclasses import dataclass

from django.utils.functional import cached_property

from questions.content import Content, render_content
from questions.formats.rules import is_web_address
from questions.models import LETTERS, NO_RESPONSE, Prompt, Question, QuestionVersion

Kind = QuestionVersion.Kind


@dataclass(frozen=True)
class PreviewOption:
    letter: str
    html: str
    rationale_html: str
    is_key: bool
    is_struck: bool = False

    @property
    def state(self) -> str:
        """Nothing was chosen yet: a key is one that was missed."""
        return "missed" if self.is_key else ""


@dataclass(frozen=True)
class PreviewPlace:
    """One place of an order, or one prompt of a matching; nothing stands there yet."""

    number: int
    prompt: Prompt | None
    key: PreviewOption | None
    said: None = None
    is_right: bool = False
    selected: str = NO_RESPONSE

    @property
    def html(self) -> str:
        return self.prompt.html if self.prompt else ""


class Preview:
    """One question without a response."""

    position = 1
    revision = 0
    selected = ""
    struck = ""
    said_letters = ""
    outcome = "unanswered"
    is_flagged = False
    is_incomplete = False
    is_scored = True
    late_at = None

    def __init__(self, content: Content, *, services: list[str]) -> None:
        render_content(content)
        self.content = content
        self.services = services
        self.version = content.version
        self.version.references = [
            each for each in self.version.references if is_web_address(each["url"])
        ]

    @property
    def question(self) -> Question:
        return self.version.question

    @property
    def kind(self) -> str:
        return self.version.kind

    @property
    def stem_html(self) -> str:
        return self.version.stem_html

    @property
    def choose_count(self) -> int:
        return max(self.version.choose_count, 2 if self.kind == Kind.MULTIPLE else 1)

    @property
    def is_choice(self) -> bool:
        return self.kind in {Kind.SINGLE, Kind.MULTIPLE}

    @property
    def key_letters(self) -> str:
        return ", ".join(self.version.key) or "-"

    @cached_property
    def options(self) -> list[PreviewOption]:
        return [
            PreviewOption(letter, row.html, row.rationale_html, letter in self.version.key)
            for letter, row in zip(LETTERS, self.content.options, strict=False)
        ]

    @cached_property
    def places(self) -> list[PreviewPlace]:
        if self.is_choice:
            return []
        by_letter = {option.letter: option for option in self.options}
        prompts: list[Prompt | None] = [*self.content.prompts]
        key = self.version.key.ljust(len(prompts), NO_RESPONSE)
        if self.kind == Kind.ORDERING:
            prompts = [None] * len(key)
        return [
            PreviewPlace(number, prompt, by_letter.get(letter))
            for number, (prompt, letter) in enumerate(zip(prompts, key, strict=False), start=1)
        ]

    @property
    def spare_options(self) -> list[PreviewOption]:
        """Of a matching: the options that belong to no prompt."""
        return [option for option in self.options if not option.is_key]
