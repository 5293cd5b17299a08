"""Versions as the candidate meets them, with key and rationales; drafts rendered on the way."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import prefetch_related_objects

from questions.content import Content, images_for, render_content
from questions.formats.rules import is_web_address
from questions.models import LETTERS, Option, Prompt, QuestionVersion

Kind = QuestionVersion.Kind


@dataclass(frozen=True)
class ShownPair:
    """A prompt of a matching question and what belongs to it; None while the draft has a gap."""

    prompt: Prompt
    option: Option | None


@dataclass(frozen=True)
class ShownQuestion:
    """Every row with its HTML, in author letters."""

    content: Content

    @property
    def version(self) -> QuestionVersion:
        return self.content.version

    @property
    def keys(self) -> list[Option]:
        """The right options: of an ordering question in the right order."""
        by_letter = self._by_letter()
        return [by_letter[letter] for letter in self.version.scoring_key if letter in by_letter]

    @property
    def pairs(self) -> list[ShownPair]:
        by_letter, key = self._by_letter(), self.version.scoring_key.ljust(len(LETTERS))
        return [
            ShownPair(prompt, by_letter.get(letter))
            for prompt, letter in zip(self.content.prompts, key, strict=False)
        ]

    @property
    def spare_options(self) -> list[Option]:
        """Of a matching question: the options that belong to no prompt."""
        return [each for each in self.content.options if each not in self.keys]

    @property
    def references(self) -> list[dict[str, str]]:
        """Those one may follow: nobody has checked a draft's yet."""
        return [each for each in self.version.references if is_web_address(each["url"])]

    def _by_letter(self) -> dict[str, Option]:
        return dict(zip(LETTERS, self.content.options, strict=False))


def shown(versions: Iterable[QuestionVersion]) -> list[ShownQuestion]:
    """Three statements for all of them, and one more if there are drafts.

    Select `question__task__domain` along: the page says what the question is about.
    """
    rows = list(versions)
    prefetch_related_objects(rows, "options", "prompts", "question__services")
    drafts = [row for row in rows if row.published_at is None]
    prefetch_related_objects(drafts, "question__images")
    return [_shown(row) for row in rows]


def _shown(version: QuestionVersion) -> ShownQuestion:
    content = Content(version, [*version.options.all()], [*version.prompts.all()])
    if version.published_at is None:
        content = replace(content, images=images_for(content))
        render_content(content)
    return ShownQuestion(content)
