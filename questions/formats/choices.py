"""What other systems call right, turned into keys, steps and pairs, with a note of every change."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from questions.formats.item import Item, ItemOption, ItemPrompt
from questions.formats.parsed import Code, Remarks, SkippedError
from questions.formats.rules import EXTERNAL_ID, MAX_PLACES, MAX_SERVICE_LENGTH

FULL = Decimal(100)
TOLERANCE = Decimal("0.5")  # percent; thirds are written as 33.33333
TASK_CATEGORY = re.compile(r"\d{1,3}\.\d{1,3}")


class Choice(NamedTuple):
    """An option with the share of the credit it brings, in percent from -100 to 100."""

    text: str
    rationale: str
    weight: Decimal
    is_fixed: bool = False


class Pair(NamedTuple):
    """A prompt with its response; without a prompt the response is a distractor."""

    prompt: str
    response: str
    rationale: str = ""


@dataclass(frozen=True)
class Answers:
    """The part of an item that depends on its kind."""

    kind: str
    options: tuple[ItemOption, ...]
    prompts: tuple[ItemPrompt, ...] = ()


def choice_answers(choices: Sequence[Choice], *, is_single: bool, remarks: Remarks) -> Answers:
    """Single or multiple response; raises SkippedError if no option is right, or too few."""
    choices = _filled(choices, remarks)
    if not all(-FULL <= choice.weight <= FULL for choice in choices):
        raise SkippedError(Code.BAD_WEIGHT, "a weight is not between -100% and 100%")
    _check_number(len(choices), "options", least=2)
    is_key = _single_keys(choices, remarks) if is_single else _multiple_keys(choices, remarks)
    _note_repeated((choice.text for choice in choices), "option", remarks)
    options = tuple(
        ItemOption(choice.text, choice.rationale, key, choice.is_fixed)
        for choice, key in zip(choices, is_key, strict=True)
    )
    return Answers("single" if is_single and sum(is_key) == 1 else "multiple", options)


def ordering_answers(steps: Sequence[tuple[str, str]], *, remarks: Remarks) -> Answers:
    """Text and rationale of each step in the right order; raises SkippedError below two."""
    steps = [step for step in steps if step[0]]
    _check_number(len(steps), "steps", least=2)
    _note_repeated((text for text, _ in steps), "step", remarks)
    return Answers("ordering", tuple(ItemOption(text, rationale) for text, rationale in steps))


def matching_answers(pairs: Sequence[Pair], *, remarks: Remarks) -> Answers:
    """Equal responses are one option; raises SkippedError below two prompts or responses."""
    check_count(len(pairs))
    options: dict[str, ItemOption] = {}
    prompts: list[ItemPrompt] = []
    for pair in pairs:
        if not pair.response:
            if pair.prompt:
                remarks.add(Code.EMPTY_OPTION, f"the prompt {pair.prompt!r} has no response")
            continue
        options.setdefault(pair.response, ItemOption(pair.response))
        if pair.prompt:
            index = list(options).index(pair.response)
            prompts.append(ItemPrompt(pair.prompt, index, pair.rationale))
        elif pair.rationale:
            options[pair.response] = replace(options[pair.response], rationale=pair.rationale)
    _check_number(len(prompts), "prompts", least=2)
    _check_number(len(options), "responses", least=2)
    _note_repeated((prompt.text for prompt in prompts), "prompt", remarks)
    return Answers("matching", tuple(options.values()), tuple(prompts))


def check_count(count: int) -> None:
    """Raises SkippedError for so many answers that it is not worth to read them."""
    if count > 2 * MAX_PLACES:
        message = f"{count} answers, at most {MAX_PLACES} options or prompts"
        raise SkippedError(Code.TOO_MANY_OPTIONS, message)


def clean_id(external_id: str, remarks: Remarks) -> str:
    """The id as our bank takes it; what it cannot take is replaced and noted."""
    external_id = external_id.strip()
    if not external_id or EXTERNAL_ID.fullmatch(external_id):
        return external_id
    changed = re.sub(r"[^A-Za-z0-9._-]+", "-", external_id).strip("-._")[:60]
    remarks.add(Code.BAD_ID, f"the id {external_id[:100]!r} is read as {changed!r}")
    return changed


def clean_tags(tags: Sequence[str], remarks: Remarks) -> tuple[str, ...]:
    """The tags that can be names of services, each once."""
    names = dict.fromkeys(tag.strip() for tag in tags)
    for name in names:
        if "," in name or len(name) > MAX_SERVICE_LENGTH:
            remarks.add(Code.BAD_TAG, f"the tag {name[:100]!r} has a comma or is too long")
    return tuple(n for n in names if n and "," not in n and len(n) <= MAX_SERVICE_LENGTH)


def clean_category(path: str) -> str:
    """A category path without what only its own system understands, such as "$course$/top"."""
    path = re.sub(r"^\s*\$[a-z0-9]+\$/?", "", path.strip())
    return re.sub(r"^top(?:/(?!/)|$)", "", path).strip()


def task_of(category: str) -> str:
    """The number of a task, if the last part of the path is one."""
    last = category.rpartition("/")[2].strip()
    return last if TASK_CATEGORY.fullmatch(last) else ""


def note_repeated_ids(parsed: Sequence[tuple[Item, Remarks]]) -> None:
    """A note for every question whose id another one before it has."""
    first: dict[str, str] = {}
    for item, remarks in parsed:
        name = item.external_id
        if name and name in first:
            remarks.add(Code.DUPLICATE_ID, f"the id {name!r} stands at {first[name]} already")
        first.setdefault(name, remarks.place)


def _filled(choices: Sequence[Choice], remarks: Remarks) -> list[Choice]:
    filled = [choice for choice in choices if choice.text]
    if any(choice.rationale or choice.weight for choice in choices if not choice.text):
        remarks.add(Code.EMPTY_OPTION, "an option without text is left out")
    return filled


def _single_keys(choices: Sequence[Choice], remarks: Remarks) -> list[bool]:
    best = max((choice.weight for choice in choices), default=Decimal(0))
    if best <= 0:
        raise SkippedError(Code.NO_KEY, "no option is right")
    keys = [choice.weight == best for choice in choices]
    others = {choice.weight for choice in choices} - {best, Decimal(0)}
    if others or best != FULL:
        message = "options bring part of the credit; only the best one is right now"
        remarks.add(Code.PARTIAL_CREDIT, message)
    if sum(keys) > 1:
        message = f"{sum(keys)} options are right, each alone; all of them are asked for now"
        remarks.add(Code.SEVERAL_KEYS, message)
    return keys


def _multiple_keys(choices: Sequence[Choice], remarks: Remarks) -> list[bool]:
    positive = [choice.weight for choice in choices if choice.weight > 0]
    if not positive:
        raise SkippedError(Code.NO_KEY, "no option is right")
    if max(positive) - min(positive) > TOLERANCE or abs(sum(positive) - FULL) > TOLERANCE:
        message = "the right options do not share the credit evenly; it is all or nothing now"
        remarks.add(Code.PARTIAL_CREDIT, message)
    if len(positive) == 1:
        remarks.add(Code.ONE_KEY, "a multiple-response question with one right option")
    if len(positive) == len(choices):
        remarks.add(Code.ALL_KEYS, "every option is right")
    return [choice.weight > 0 for choice in choices]


def _check_number(count: int, what: str, *, least: int) -> None:
    if count < least:
        raise SkippedError(Code.TOO_FEW_OPTIONS, f"{count} {what}, at least {least}")
    if count > MAX_PLACES:
        raise SkippedError(Code.TOO_MANY_OPTIONS, f"{count} {what}, at most {MAX_PLACES}")


def _note_repeated(texts: Iterable[str], what: str, remarks: Remarks) -> None:
    for text, count in Counter(texts).items():
        if count > 1:
            remarks.add(Code.DUPLICATE_OPTION, f"the {what} {text[:100]!r} stands there twice")
