"""Writing the text bank, so that it reads back as it was."""

from collections.abc import Callable, Iterable, Iterator

from questions.formats.faults import BankError, Fault
from questions.formats.item import Item, ItemOption
from questions.formats.text_bank_reader import BODIES, FIELDS, parse_bank_text


def write_bank_text(heading: str, items: Iterable[Item]) -> str:
    """The file of one domain; `heading` is its number and name, as in "1 Data Engineering".

    What it returns reads back as equal items; raises BankError if an item cannot be written so,
    naming the line it would have had.
    """
    items = list(items)
    text = f"# {heading}\n\n" + "\n".join(_written(item) for item in items)
    images = {each.name: each.content for item in items for each in item.images}
    again = parse_bank_text(text, file=heading, images=images)
    if again != items:
        lost = next((a for a, b in zip(items, again, strict=False) if a != b), items[-1])
        message = f"{lost.external_id} holds text that this format cannot hold"
        raise BankError([Fault(heading, 0, "file", message)])
    return text


def _written(item: Item) -> str:
    bodies: dict[str, Callable[[Item], Iterator[str]]] = {
        "Options": _written_options,
        "Order": _written_order,
        "Pairs": _written_pairs,
    }
    body = BODIES.get(item.kind, "Options")
    parts = [
        f"## {item.external_id}",
        *_written_fields(item),
        f"\n{item.stem}\n",
        f"### {body}\n",
        *bodies[body](item),
        f"\n### Explanation\n\n{item.explanation}\n",
        "### References\n",
        *(f"- [{title}]({url})" for title, url in item.references),
    ]
    return "\n".join(parts) + "\n"


def _written_fields(item: Item) -> Iterator[str]:
    values = {name: getattr(item, name) for name in FIELDS} | {"services": ", ".join(item.services)}
    for name, value in values.items():
        if value not in (None, ""):
            yield f"{name}: {value}"


def _written_options(item: Item) -> Iterator[str]:
    for option in item.options:
        marker = f"- [{'x' if option.is_key else ' '}] {'(fixed) ' if option.is_fixed else ''}"
        yield _written_entry(marker, option.text, option.rationale, 2)


def _written_order(item: Item) -> Iterator[str]:
    for number, option in enumerate(item.options, start=1):
        yield _written_entry(f"{number}. ", option.text, option.rationale, 3)


def _written_pairs(item: Item) -> Iterator[str]:
    # Distractors stand where reading finds the responses in the same order again.
    paired = {prompt.option for prompt in item.prompts}
    distractors = [index for index in range(len(item.options)) if index not in paired]
    for prompt in item.prompts:
        while distractors and distractors[0] < prompt.option:
            yield _written_distractor(item.options[distractors.pop(0)])
        arrow = "\n=> " if "\n" in prompt.text else " => "
        text = prompt.text + arrow + item.options[prompt.option].text
        yield _written_entry("- ", text, prompt.rationale, 2)
    for index in distractors:
        yield _written_distractor(item.options[index])


def _written_distractor(option: ItemOption) -> str:
    return _written_entry("- ", f"=> {option.text}", option.rationale, 2)


def _written_entry(marker: str, text: str, rationale: str, width: int) -> str:
    if text.startswith(("```", "~~~", "(fixed)", " ", ">")):
        text = "\n" + text
    lines = [*text.split("\n"), *(f"> {line}" for line in rationale.split("\n"))]
    indented = [f"{' ' * width}{line}".rstrip() for line in lines[1:]]
    return "\n".join([f"{marker}{lines[0]}".rstrip(), *indented])
