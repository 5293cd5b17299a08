"""Versions as the candidate meets them, with key and rationales; drafts rendered on the way."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from questions.content import Content, render_content
from questions.models import LETTERS, Option, Prompt, QuestionImage, QuestionVersion

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

    def _by_letter(self) -> dict[str, Option]:
        return dict(zip(LETTERS, self.content.options, strict=False))


def with_content(versions: "QuerySet[QuestionVersion]") -> "QuerySet[QuestionVersion]":
    """With all that is shown of them, in a number of statements that does not grow."""
    return versions.select_related(
        "author", "question__certification", "question__task__domain"
    ).prefetch_related("options", "prompts", "question__services")


def shown(versions: Iterable[QuestionVersion]) -> list[ShownQuestion]:
    """From rows of `with_content`; one statement more if there are drafts."""
    rows = list(versions)
    images = _images([row for row in rows if row.published_at is None])
    return [_shown(row, images[row.question_id]) for row in rows]


def _shown(version: QuestionVersion, images: Mapping[str, bytes]) -> ShownQuestion:
    content = Content(version, [*version.options.all()], [*version.prompts.all()], images)
    if version.published_at is None:
        render_content(content)
    return ShownQuestion(content)


def _images(drafts: Sequence[QuestionVersion]) -> defaultdict[int, dict[str, bytes]]:
    by_question: defaultdict[int, dict[str, bytes]] = defaultdict(dict)
    if drafts:
        ids = [draft.question_id for draft in drafts]
        for image in QuestionImage.objects.filter(question__in=ids):
            by_question[image.question_id][f"images/{image.name}"] = bytes(image.content)
    return by_question
