"""Items for tests of the formats: one of each kind, and strategies that make many."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from questions.formats.item import POOLS, Item, ItemOption, ItemPrompt

SINGLE = Item(
    external_id="de-001",
    kind="single",
    task="1.2",
    pool="exam",
    stem="A team keeps records.\n\nWhich storage fits **best**?",
    options=(
        ItemOption("Amazon S3", "Too slow."),
        ItemOption("Amazon EBS", "Fits.", is_key=True),
        ItemOption("None of these", "One fits.", is_fixed=True),
    ),
    explanation="EBS fits.",
    references=(("Amazon EBS", "https://docs.aws.amazon.com/ebs/"),),
    services=("Amazon EBS", "Amazon S3"),
    angoff=60,
    verified=date(2026, 11, 24),
)
MULTIPLE = replace(
    SINGLE,
    kind="multiple",
    options=(
        ItemOption("One", "Right.", is_key=True),
        ItemOption("Two", "Wrong."),
        ItemOption("Three", "Right too.", is_key=True),
    ),
)
ORDERING = replace(
    SINGLE,
    kind="ordering",
    options=tuple(ItemOption(f"Step {n}", f"Because {n}.") for n in "abc"),
)
MATCHING = replace(
    SINGLE,
    kind="matching",
    options=(ItemOption("Recall"), ItemOption("RMSE", "Regression."), ItemOption("Precision")),
    prompts=(
        ItemPrompt("Missed fraud", 0, "Misses."),
        ItemPrompt("False alarms", 2, "Alarms."),
        ItemPrompt("Missed tumors", 0, "Misses too."),
    ),
)

_words = st.text("abc XYZ09.,;:!?'\"()[]*_`#<>=&%|\\\u00e9\u4e2d", min_size=1, max_size=30)
_line = _words.map(str.strip).filter(
    # An image would have to exist.
    lambda text: text and not text.startswith(("#", ">", "```", "(fixed)")) and "![" not in text
)
_code = st.sampled_from(
    [
        "```\n## a heading\n### Options\n- [x] no\n```",
        "~~~python\n\tx = 1\n> y\n~~~",
        "````\n```\n````",
    ]
)
_block = st.lists(_line | _code, min_size=1, max_size=3)
texts = st.builds("\n\n".join, _block) | st.builds("\n".join, _block)


def _options(low: int) -> st.SearchStrategy[list[ItemOption]]:
    option = st.builds(ItemOption, text=texts, rationale=texts)
    return st.lists(option, min_size=low, max_size=8, unique_by=lambda each: each.text)


def _chosen(options: list[ItemOption], keys: set[int]) -> tuple[ItemOption, ...]:
    return tuple(
        replace(option, is_key=index in keys, is_fixed=index % 3 == 2)
        for index, option in enumerate(options)
    )


@st.composite
def _choices(draw: st.DrawFn, kind: str) -> Item:
    options = draw(_options(3))
    least = 1 if kind == "single" else 2
    most = 1 if kind == "single" else len(options) - 1
    places = st.integers(0, len(options) - 1)
    keys = draw(st.sets(places, min_size=least, max_size=most))
    return replace(SINGLE, kind=kind, options=_chosen(options, keys))


@st.composite
def _matchings(draw: st.DrawFn) -> Item:
    short = _line.filter(lambda text: "=>" not in text)
    options = draw(st.lists(short, min_size=2, max_size=5, unique=True))
    paired = sorted(draw(st.sets(st.integers(0, len(options) - 1), min_size=1)))
    indexes = paired + draw(st.lists(st.sampled_from(paired), min_size=1, max_size=3))
    prompts = draw(st.lists(short, min_size=len(indexes), max_size=len(indexes), unique=True))
    return replace(
        SINGLE,
        kind="matching",
        options=tuple(
            ItemOption(text, "" if index in paired else draw(texts))
            for index, text in enumerate(options)
        ),
        prompts=tuple(
            ItemPrompt(text, index, draw(texts))
            for text, index in zip(prompts, indexes, strict=True)
        ),
    )


_orderings = _options(3).map(lambda o: replace(SINGLE, kind="ordering", options=tuple(o)))


@st.composite
def valid_items(draw: st.DrawFn) -> Item:
    """Items that keep every rule and that the text bank can hold."""
    item = draw(st.one_of(_choices("single"), _choices("multiple"), _orderings, _matchings()))
    return replace(
        item,
        external_id=draw(st.from_regex(r"[a-z]{1,3}-[0-9]{3}", fullmatch=True)),
        stem=draw(texts),
        explanation=draw(texts),
        pool=draw(st.sampled_from(POOLS)),
        angoff=draw(st.integers(1, 99)),
        verified=draw(st.dates()),
        services=tuple(draw(st.lists(st.sampled_from(["A", "B c", "D"]), unique=True))),
    )
