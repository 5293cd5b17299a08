"""The images that a question names: whether they are as they must be, and their bytes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from questions.formats.images import FOLDER, IMAGE_NAME, MAX_IMAGE_SIZE, media_type
from questions.formats.item import Item, ItemImage
from questions.formats.rules import Problem, place
from questions.markdown import ImageLink, images_in


def with_images(item: Item, images: Mapping[str, bytes]) -> Item:
    """The item with the bytes of each image it names, as far as `images` has them."""
    names = dict.fromkeys(link.source for _, link in _links(item))
    found = (ItemImage(name, images[name]) for name in names if name in images)
    return replace(item, images=tuple(found))


def image_problems(item: Item, images: Mapping[str, bytes]) -> Iterator[Problem]:
    """Every broken rule of its images; `images` are those there are, by `images/name.png`."""
    for where, link in _links(item):
        for message in _messages(link, images):
            yield Problem(where, f"image {link.source!r} {message}")


def _messages(link: ImageLink, images: Mapping[str, bytes]) -> Iterator[str]:
    if not link.alt:
        yield "has no alt text"
    content = images.get(link.source)
    if not IMAGE_NAME.fullmatch(link.source):
        yield f"is no file named {FOLDER}/ and letters, digits and . _ -"
    elif content is None:
        yield "does not exist"
    elif len(content) > MAX_IMAGE_SIZE:
        yield f"has more than {MAX_IMAGE_SIZE // 1000} kB"
    elif not media_type(content):
        yield "is none of PNG, JPEG, GIF, WebP"


def _links(item: Item) -> Iterator[tuple[str, ImageLink]]:
    for where, text in _texts(item):
        for link in images_in(text):
            yield where, link


def _texts(item: Item) -> Iterator[tuple[str, str]]:
    """Everything written in Markdown, with what a fault calls its place."""
    yield "stem", item.stem
    for index, option in enumerate(item.options):
        yield place(item.kind, index), option.text
        yield place(item.kind, index), option.rationale
    for number, prompt in enumerate(item.prompts, start=1):
        yield f"pair {number}", prompt.text
        yield f"pair {number}", prompt.rationale
    yield "explanation", item.explanation
