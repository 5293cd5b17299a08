"""One question after the sitting: what was shown, what was said, what is right.

Works on rows already loaded (a response with its form question, version, options and prompts);
every letter here is one the candidate saw.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exams.letters import ALPHABET, EMPTY_PLACE, to_author, to_shown
from exams.models import Response
from questions.models import Option, Prompt, Question, QuestionVersion
from scoring.keys import is_right


class Outcome(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    UNANSWERED = "unanswered"
    CREDITED = "credited"


@dataclass(frozen=True)
class ShownOption:
    """An option under the letter that this sitting gave it."""

    letter: str
    html: str
    rationale_html: str
    is_key: bool
    is_chosen: bool
    is_struck: bool

    @property
    def state(self) -> str:
        """`right` is chosen and key, `wrong` chosen and no key, `missed` key and not chosen."""
        if self.is_chosen:
            return "right" if self.is_key else "wrong"
        return "missed" if self.is_key else ""


@dataclass(frozen=True)
class ReviewedPlace:
    """One place of an order, or one prompt of a matching: what was put there, what belongs."""

    number: int
    prompt: Prompt | None
    said: ShownOption | None
    key: ShownOption

    @property
    def is_right(self) -> bool:
        return self.said == self.key


@dataclass(frozen=True)
class ReviewedQuestion:
    position: int
    question: Question
    version: QuestionVersion
    services: tuple[str, ...]
    outcome: Outcome
    is_scored: bool
    is_flagged: bool
    was_seen: bool
    seconds: int
    is_incomplete: bool
    late_at: datetime | None
    corrected_at: datetime | None
    said_letters: str
    key_letters: str
    options: tuple[ShownOption, ...]
    places: tuple[ReviewedPlace, ...]

    @property
    def is_missed(self) -> bool:
        return self.outcome in {Outcome.WRONG, Outcome.UNANSWERED}

    @property
    def is_corrected(self) -> bool:
        """Whether the key was corrected or the question withdrawn after it was published."""
        return bool(self.version.corrected_key or self.version.withdrawn_at)

    @property
    def is_unanswered(self) -> bool:
        return self.outcome == Outcome.UNANSWERED

    @property
    def spare_options(self) -> tuple[ShownOption, ...]:
        """Of a matching: the options that belong to no prompt."""
        return tuple(option for option in self.options if not option.is_key)


def reviewed(
    response: Response,
    *,
    services: list[str],
    late_at: datetime | None,
    corrected_at: datetime | None = None,
) -> ReviewedQuestion:
    version = response.form_question.version
    options = shown_options(response)
    said = response.selected.strip(EMPTY_PLACE)
    return ReviewedQuestion(
        position=response.position,
        question=version.question,
        version=version,
        services=tuple(services),
        outcome=outcome(response),
        is_scored=response.form_question.is_scored,
        is_flagged=response.is_flagged,
        was_seen=response.was_seen,
        seconds=response.seconds,
        is_incomplete=bool(said) and not response.is_complete,
        late_at=late_at,
        corrected_at=corrected_at,
        said_letters=", ".join(response.selected) if said else "",
        key_letters=key_letters(response),
        options=tuple(options.values()),
        places=places(response, options),
    )


def outcome(response: Response) -> Outcome:
    version = response.form_question.version
    if version.withdrawn_at:
        return Outcome.CREDITED
    if not response.selected.strip(EMPTY_PLACE):
        return Outcome.UNANSWERED
    if is_right(version.kind, response.selected, response.option_order, version.scoring_key):
        return Outcome.RIGHT
    return Outcome.WRONG


def shown_options(response: Response) -> dict[str, ShownOption]:
    """By author letter, in the order shown."""
    version = response.form_question.version
    by_author = {option.letter: option for option in version.options.all()}
    shown = zip(ALPHABET, response.option_order, strict=False)
    return {author: shown_option(letter, by_author[author], response) for letter, author in shown}


def shown_option(letter: str, option: Option, response: Response) -> ShownOption:
    return ShownOption(
        letter=letter,
        html=option.html,
        rationale_html=option.rationale_html,
        is_key=option.letter in response.form_question.version.scoring_key,
        is_chosen=letter in response.selected,
        is_struck=letter in response.struck,
    )


def places(response: Response, options: Mapping[str, ShownOption]) -> tuple[ReviewedPlace, ...]:
    """The places of an order or a matching; none for the other kinds."""
    version = response.form_question.version
    if version.kind not in {QuestionVersion.Kind.ORDERING, QuestionVersion.Kind.MATCHING}:
        return ()
    right = version.scoring_key
    said = to_author(response.selected, response.option_order).ljust(len(right), EMPTY_PLACE)
    prompts: list[Prompt | None] = list(version.prompts.all()) or [None] * len(right)
    return tuple(
        ReviewedPlace(number, prompt, options.get(put), options[key])
        for number, (prompt, put, key) in enumerate(
            zip(prompts, said, right, strict=False), start=1
        )
    )


def key_letters(response: Response) -> str:
    version = response.form_question.version
    shown = to_shown(version.scoring_key, response.option_order)
    return ", ".join(in_kind_order(version, shown))


def in_kind_order(version: QuestionVersion, shown: str) -> str:
    """Letters of a set in order of the alphabet; those of an order or matching as they are."""
    return "".join(sorted(shown)) if version.kind == QuestionVersion.Kind.MULTIPLE else shown
