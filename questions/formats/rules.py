"""What a question must be to enter the bank, whatever format it came from."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from questions.formats.item import KINDS, LETTERS, POOLS, Item, ItemOption

MAX_PLACES = len(LETTERS)
MAX_SERVICE_LENGTH = 100
EXTERNAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
TASK_NUMBER = re.compile(r"\d+(\.\d+)*")


class Problem(NamedTuple):
    """A broken rule; `field` names the field or the place, such as "option B" or "pair 2"."""

    field: str
    message: str


def place(kind: str, index: int) -> str:
    """What a fault calls the option at `index` (from 0)."""
    if kind == "ordering":
        return f"step {index + 1}"
    letter = LETTERS[index] if index < MAX_PLACES else str(index + 1)
    return f"{'response' if kind == 'matching' else 'option'} {letter}"


def problems(item: Item) -> Iterator[Problem]:
    """Every broken rule of one question."""
    yield from _metadata(item)
    if not item.stem:
        yield Problem("stem", "is empty")
    if item.kind in KINDS:
        yield from _options(item)
        yield from _CHECKS[item.kind](item)
    if not item.explanation:
        yield Problem("explanation", "is empty")
    yield from _references(item)


def is_web_address(url: str) -> bool:
    """Whether `url` is an absolute http or https address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _metadata(item: Item) -> Iterator[Problem]:
    if not EXTERNAL_ID.fullmatch(item.external_id):
        message = f"{item.external_id!r} is not up to 60 letters, digits and . _ -"
        yield Problem("external_id", message)
    if item.kind not in KINDS:
        yield Problem("kind", f"{item.kind!r} is none of {', '.join(KINDS)}")
    if item.pool not in POOLS:
        yield Problem("pool", f"{item.pool!r} is none of {', '.join(POOLS)}")
    if not TASK_NUMBER.fullmatch(item.task):
        yield Problem("task", f"{item.task!r} is not a task number such as 1.2")
    if item.angoff is not None and not 1 <= item.angoff <= 99:
        yield Problem("angoff", f"{item.angoff} is not between 1 and 99")
    for name in item.services:
        if not name or "," in name or len(name) > MAX_SERVICE_LENGTH:
            yield Problem("services", f"{name!r} is not a name of at most {MAX_SERVICE_LENGTH}")
    for name in _repeated(item.services):
        yield Problem("services", f"{name!r} is named twice")


def _options(item: Item) -> Iterator[Problem]:
    if len(item.options) > MAX_PLACES:
        yield Problem("options", f"{len(item.options)} options, at most {MAX_PLACES}")
    for index, option in enumerate(item.options):
        yield from _option(item, index, option)
    for text in _repeated(option.text for option in item.options):
        yield Problem("options", f"{text!r} stands there twice")


def _option(item: Item, index: int, option: ItemOption) -> Iterator[Problem]:
    where = place(item.kind, index)
    if not option.text:
        yield Problem(where, "has no text")
    is_paired = any(prompt.option == index for prompt in item.prompts)
    if not option.rationale and not is_paired:
        yield Problem(where, "has no rationale")
    if item.kind in {"ordering", "matching"} and (option.is_key or option.is_fixed):
        yield Problem(where, f"the {item.kind} kind has neither keys nor fixed places")


def _single(item: Item) -> Iterator[Problem]:
    yield from _no_prompts(item)
    keys = len(item.key)
    if len(item.options) < 2:
        yield Problem("options", f"{len(item.options)} options, at least 2")
    if keys != 1:
        yield Problem("options", f"{keys} keys, the single kind has exactly 1")


def _multiple(item: Item) -> Iterator[Problem]:
    yield from _no_prompts(item)
    keys = len(item.key)
    if keys < 2:
        yield Problem("options", f"{keys} keys, the multiple kind has at least 2")
    if keys == len(item.options):
        yield Problem("options", "no distractor, the multiple kind has at least 1")


def _ordering(item: Item) -> Iterator[Problem]:
    yield from _no_prompts(item)
    if len(item.options) < 3:
        yield Problem("options", f"{len(item.options)} steps, at least 3")


def _matching(item: Item) -> Iterator[Problem]:
    if not 2 <= len(item.prompts) <= MAX_PLACES:
        yield Problem("options", f"{len(item.prompts)} prompts, from 2 to {MAX_PLACES}")
    if len(item.options) < 2:
        yield Problem("options", f"{len(item.options)} different responses, at least 2")
    for number, prompt in enumerate(item.prompts, start=1):
        if not prompt.text:
            yield Problem(f"pair {number}", "has no prompt")
        if not prompt.rationale:
            yield Problem(f"pair {number}", "has no rationale")
        if not 0 <= prompt.option < len(item.options):
            yield Problem(f"pair {number}", "has no response")
    for text in _repeated(prompt.text for prompt in item.prompts):
        yield Problem("options", f"the prompt {text!r} stands there twice")


def _no_prompts(item: Item) -> Iterator[Problem]:
    if item.prompts:
        yield Problem("options", f"the {item.kind} kind has no prompts")


def _references(item: Item) -> Iterator[Problem]:
    if not item.references:
        yield Problem("references", "there is none")
    for number, (title, url) in enumerate(item.references, start=1):
        if not title:
            yield Problem(f"reference {number}", "has no title")
        if not is_web_address(url):
            yield Problem(f"reference {number}", f"{url!r} is not an http(s) address")


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if value and count > 1]


_CHECKS = {
    "single": _single,
    "multiple": _multiple,
    "ordering": _ordering,
    "matching": _matching,
}
