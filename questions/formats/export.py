"""What the writers of foreign formats share: shares of the credit, pairs, categories, losses."""

from collections.abc import Iterator

from questions.formats.choices import Pair
from questions.formats.item import Item
from questions.formats.parsed import Code


def even_share(item: Item) -> str:
    """The percentage that each key of a multiple-response item brings, as Moodle writes it."""
    keys = sum(option.is_key for option in item.options)
    return f"{100 / max(1, keys):.5f}".rstrip("0").rstrip(".")


def pairs_of(item: Item) -> Iterator[Pair]:
    """Pairs and distractors in an order in which reading finds the responses as they stand."""
    paired = {prompt.option for prompt in item.prompts}
    distractors = [index for index in range(len(item.options)) if index not in paired]
    for prompt in item.prompts:
        while distractors and distractors[0] < prompt.option:
            yield _distractor(item, distractors.pop(0))
        yield Pair(prompt.text, item.options[prompt.option].text, prompt.rationale)
    for index in distractors:
        yield _distractor(item, index)


def category_of(item: Item, parent: str) -> str:
    """The path of a category; its last part is the task of the item."""
    return "/".join(part for part in (parent, item.task) if part)


def loses_rationales(item: Item) -> bool:
    """Whether there are rationales where Moodle has none, beside steps and pairs."""
    rationales = [each.rationale for each in item.options]
    rationales.extend(each.rationale for each in item.prompts)
    return item.kind in {"ordering", "matching"} and any(rationales)


def metadata_losses(item: Item) -> Iterator[tuple[Code, str]]:
    """What no format of another system has a place for."""
    fields = {"pool": item.pool != "exam", "Angoff rating": item.angoff, "date": item.verified}
    if lost := [name for name, value in fields.items() if value]:
        yield Code.LOSES_METADATA, f"left out: {', '.join(lost)}"


def texts_of(item: Item) -> Iterator[str]:
    """Everything that is written of an item."""
    yield from (item.external_id, item.task, item.stem, item.explanation, *item.services)
    yield from (text for option in item.options for text in (option.text, option.rationale))
    yield from (text for prompt in item.prompts for text in (prompt.text, prompt.rationale))
    yield from (text for reference in item.references for text in reference)


def _distractor(item: Item, index: int) -> Pair:
    return Pair("", item.options[index].text, item.options[index].rationale)
