"""What the tests of foreign formats share: short views of results, and items they can hold."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from questions.formats.item import Item, ItemOption, ItemPrompt
from questions.formats.parsed import Parsed
from tests.questions.formats.items import SINGLE

# What comes back of an item that some other system took.
BARE = replace(SINGLE, angoff=None, verified=None, options=(), references=(), services=())


def notes(parsed: Parsed) -> list[tuple[str, str]]:
    """Place and code of every note on what was imported."""
    return [(note.place, note.code) for each in parsed.items for note in each.notes]


def skipped(parsed: Parsed) -> list[tuple[str, str]]:
    return [(note.place, note.code) for note in parsed.skipped]


def options(item: Item) -> list[tuple[str, bool, str]]:
    return [(option.text, option.is_key, option.rationale) for option in item.options]


def pairs(item: Item) -> list[tuple[str, str]]:
    return [(prompt.text, item.options[prompt.option].text) for prompt in item.prompts]


def only(parsed: Parsed) -> Item:
    """The item of a file that holds one and nothing else."""
    assert parsed.skipped == []
    (found,) = parsed.items
    return found.item


# Round trips

_words = st.text("ab XY09.,;:!?'\"()[]*_`#<>={}%|\\/~$@&-\u00e9\u4e2d", min_size=1, max_size=20)
lines = _words.map(str.strip).filter(lambda text: bool(text) and "![" not in text)
_texts = (
    lines | st.lists(lines, min_size=2, max_size=3).map("\n\n".join) | st.just("```\nx  = 1\n```")
)
_maybe = st.just("") | _texts
_urls = st.sampled_from(["https://e.com/a", "https://e.com/?b=c&d=%20e"])
_titles = lines.filter(lambda text: "](" not in text and not text.endswith("]"))


@st.composite
def choices(draw: st.DrawFn, kind: str, *, texts: st.SearchStrategy[str] = _texts) -> Item:
    """A choice item with metadata, as far as other systems hold it."""
    found = draw(st.lists(texts, min_size=2, max_size=8, unique=True))
    least = 1 if kind == "single" else 2
    keys = draw(
        st.sets(
            st.integers(0, len(found) - 1),
            min_size=least,
            max_size=1 if kind == "single" else len(found),
        )
    )
    options = tuple(
        ItemOption(text, draw(_maybe), index in keys) for index, text in enumerate(found)
    )
    return replace(draw(_bare()), kind=kind, options=options)


@st.composite
def orderings(draw: st.DrawFn, *, texts: st.SearchStrategy[str] = _texts) -> Item:
    found = draw(st.lists(texts, min_size=2, max_size=8, unique=True))
    return replace(
        draw(_bare()), kind="ordering", options=tuple(ItemOption(t, draw(_maybe)) for t in found)
    )


@st.composite
def matchings(draw: st.DrawFn, *, texts: st.SearchStrategy[str] = _texts) -> Item:
    """Prompts and responses; responses stand where reading finds them."""
    responses = draw(st.lists(texts, min_size=2, max_size=6, unique=True))
    paired = sorted(draw(st.sets(st.integers(0, len(responses) - 1), min_size=1)))
    indexes = [*paired, *draw(st.lists(st.sampled_from(paired), min_size=1, max_size=2))]
    prompts = draw(st.lists(texts, min_size=len(indexes), max_size=len(indexes), unique=True))
    return replace(
        draw(_bare()),
        kind="matching",
        options=tuple(
            ItemOption(text, "" if index in paired else draw(_maybe))
            for index, text in enumerate(responses)
        ),
        prompts=tuple(
            ItemPrompt(text, index, draw(_maybe))
            for text, index in zip(prompts, indexes, strict=True)
        ),
    )


def _bare() -> st.SearchStrategy[Item]:
    fields: dict[str, Any] = {
        "external_id": st.just("") | st.from_regex(r"[a-z]{1,3}-[0-9.]{1,3}", fullmatch=True),
        "task": st.sampled_from(["", "1.2", "3.1"]),
        "stem": _texts,
        "explanation": _maybe,
        "references": st.lists(st.tuples(_titles, _urls), max_size=2).map(tuple),
        "services": st.lists(
            st.sampled_from(["Amazon S3", "A] [b", "C\\D"]), unique=True, max_size=2
        ).map(tuple),
    }
    return st.fixed_dictionaries(fields).map(lambda values: replace(BARE, **values))
