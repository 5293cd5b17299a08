"""What a version says, as rows and as a plain item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from questions.formats.images import FOLDER
from questions.formats.item import Item, ItemOption, ItemPrompt
from questions.formats.item_images import with_images
from questions.markdown import embedded_images, images_in, render, render_inline
from questions.models import LETTERS, NO_RESPONSE, Option, Prompt, Question, QuestionVersion


@dataclass(frozen=True)
class Content:
    """A version with its options and prompts in order, saved or not.

    `images` are those there are for its texts, by the name these give them: `images/plot.png`.
    """

    version: QuestionVersion
    options: Sequence[Option]
    prompts: Sequence[Prompt]
    images: Mapping[str, bytes] = field(default_factory=dict)


def rows_of(item: Item, *, question: Question, number: int) -> Content:
    """Unsaved rows for an item that keeps the rules."""
    version = QuestionVersion(
        question=question,
        number=number,
        kind=item.kind,
        stem=item.stem,
        explanation=item.explanation,
        references=[{"title": title, "url": url} for title, url in item.references],
        key=item.key,
        content_hash=item.content_hash,
    )
    options = [
        Option(
            version=version,
            position=position,
            text=option.text,
            rationale=option.rationale,
            is_fixed=option.is_fixed,
        )
        for position, option in enumerate(item.options)
    ]
    prompts = [
        Prompt(version=version, position=position, text=prompt.text, rationale=prompt.rationale)
        for position, prompt in enumerate(item.prompts)
    ]
    images = {each.name: each.content for each in item.images}
    return Content(version, options, prompts, images)


def content_of(version: QuestionVersion) -> Content:
    """The rows of a saved version, in two statements, and a third if a draft names images."""
    options = version.options.order_by("position")
    prompts = version.prompts.order_by("position")
    content = Content(version, list(options), list(prompts))
    return replace(content, images=images_for(content))


def images_for(content: Content) -> dict[str, bytes]:
    """What was published stands whole in its HTML; a draft's images are those of its question."""
    texts = _texts(content)
    if content.version.published_at:
        pairs = (embedded_images(text, html) for text, html in texts)
        return {name: image for found in pairs for name, image in found.items()}
    if not any(images_in(text) for text, _ in texts):
        return {}
    images = content.version.question.images.all()
    return {f"{FOLDER}/{image.name}": bytes(image.content) for image in images}


def item_of(content: Content) -> Item:
    """The content as an item, with what identifies and tags its question.

    Raises ValueError if the key does not fit the options or the prompts.
    """
    check_key(content)
    return draft_item(content)


def draft_item(content: Content) -> Item:
    """The same as far as it is written; a prompt without a letter points at option -1."""
    version, question = content.version, content.version.question
    key = version.key.ljust(len(content.prompts), NO_RESPONSE)
    item = Item(
        external_id=question.external_id,
        kind=version.kind,
        task=question.task.number,
        pool=question.pool,
        stem=version.stem,
        options=_options(content),
        prompts=tuple(
            ItemPrompt(prompt.text, LETTERS.find(letter), prompt.rationale)
            for prompt, letter in zip(content.prompts, key, strict=False)
        ),
        explanation=version.explanation,
        references=tuple((each["title"], each["url"]) for each in version.references),
        services=tuple(service.name for service in question.services.all()),
        angoff=question.angoff,
        verified=question.verified_on,
    )
    return with_images(item, content.images)


def check_key(content: Content) -> None:
    """Raises ValueError if the key does not fit the options or the prompts."""
    key, letters = content.version.key, LETTERS[: len(content.options)]
    fits = {
        "single": len(key) == 1,
        "multiple": key == "".join(sorted(set(key))),
        "ordering": sorted(key) == list(letters),
        "matching": len(key) == len(content.prompts),
    }
    if not set(key) <= set(letters) or not fits[content.version.kind]:
        raise ValueError(f"the key {key!r} does not fit the options")


def render_content(content: Content) -> None:
    """Fill every HTML field, in memory."""
    version, images = content.version, content.images
    version.stem_html = render(version.stem, images)
    version.explanation_html = render(version.explanation, images)
    rows: list[Option | Prompt] = [*content.options, *content.prompts]
    for row in rows:
        row.html = render_inline(row.text, images)
        row.rationale_html = render_inline(row.rationale, images)


def _texts(content: Content) -> list[tuple[str, str]]:
    """Everything written in Markdown, each with its HTML."""
    version = content.version
    rows: list[Option | Prompt] = [*content.options, *content.prompts]
    return [
        (version.stem, version.stem_html),
        (version.explanation, version.explanation_html),
        *((row.text, row.html) for row in rows),
        *((row.rationale, row.rationale_html) for row in rows),
    ]


def _options(content: Content) -> tuple[ItemOption, ...]:
    kind, key = content.version.kind, content.version.key
    rows = content.options
    if kind == "ordering" and len(key) == len(rows):
        rows = [rows[LETTERS.index(letter)] for letter in key]
    has_keys = kind in {"single", "multiple"}
    return tuple(
        ItemOption(
            row.text, row.rationale, has_keys and row.letter in key, has_keys and row.is_fixed
        )
        for row in rows
    )
