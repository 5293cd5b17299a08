from dataclasses import replace

import pytest

from questions.formats.images import MAX_IMAGE_SIZE
from questions.formats.item import Item, ItemImage, ItemOption, ItemPrompt
from questions.formats.item_images import image_problems, with_images
from tests.questions.formats.items import MATCHING, ORDERING, SINGLE
from tests.questions.formats.pictures import GIF, PNG, SVG

IMAGES = {
    "images/a.png": PNG,
    "images/b.png": GIF,
    "images/full.png": PNG.ljust(MAX_IMAGE_SIZE, b"\0"),
    "images/big.png": PNG.ljust(MAX_IMAGE_SIZE + 1, b"\0"),
    "images/svg.png": SVG,
    "images/empty.png": b"",
    "images/.hidden.png": PNG,
}
NO_NAME = "is no file named images/ and letters, digits and . _ -"


def messages(item: Item) -> list[str]:
    return [f"{problem.field}: {problem.message}" for problem in image_problems(item, IMAGES)]


@pytest.mark.parametrize(
    "stem",
    [
        "No image! [a](https://a.b/)",
        "![A plot](images/a.png)",
        '![A plot](images/a.png "Title")',
        "![A GIF by another name](images/b.png)",
        "![At the limit](images/full.png)",
        "![By reference][a]\n\n[a]: images/a.png",
        "In code: `![](images/none.png)`",
        "```\n![](images/none.png)\n```",
        "Escaped: !\\[](images/none.png)",
    ],
)
def test_good_images_have_no_problem(stem: str) -> None:
    assert messages(replace(SINGLE, stem=stem)) == []


@pytest.mark.parametrize(
    ("stem", "message"),
    [
        ("![](images/a.png)", "'images/a.png' has no alt text"),
        ("![ ](images/a.png)", "'images/a.png' has no alt text"),
        ("![![](x)](images/a.png)", "'images/a.png' has no alt text"),
        ("![A](images/none.png)", "'images/none.png' does not exist"),
        ("![A](images/A.png)", "'images/A.png' does not exist"),
        ("![A](images/big.png)", "'images/big.png' has more than 150 kB"),
        ("![A](images/svg.png)", "'images/svg.png' is none of PNG, JPEG, GIF, WebP"),
        ("![A](images/empty.png)", "'images/empty.png' is none of PNG, JPEG, GIF, WebP"),
        ("![A](images/.hidden.png)", f"'images/.hidden.png' {NO_NAME}"),
        ("![A](images/../1.md)", f"'images/../1.md' {NO_NAME}"),
        ("![A](a.png)", f"'a.png' {NO_NAME}"),
        ("![A](/etc/passwd)", f"'/etc/passwd' {NO_NAME}"),
        ("![A](https://a.b/c.png)", f"'https://a.b/c.png' {NO_NAME}"),
        ("![A](data:image/png;base64,AA)", f"'data:image/png;base64,AA' {NO_NAME}"),
        ("![A][a]\n\n[a]: images/none.png", "'images/none.png' does not exist"),
        ("[![A](images/none.png)](https://a.b/)", "'images/none.png' does not exist"),
        ("| a |\n|---|\n| ![A](images/none.png) |", "'images/none.png' does not exist"),
    ],
)
def test_each_broken_rule_is_told(stem: str, message: str) -> None:
    assert messages(replace(SINGLE, stem=stem)) == [f"stem: image {message}"]


BAD = "![A](images/none.png)"


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (replace(SINGLE, explanation=BAD), "explanation"),
        (replace(SINGLE, options=(ItemOption("x", BAD), ItemOption("y"))), "option A"),
        (replace(SINGLE, options=(ItemOption("x"), ItemOption(BAD))), "option B"),
        (replace(ORDERING, options=(ItemOption("x"), ItemOption(BAD))), "step 2"),
        (replace(MATCHING, options=(ItemOption("x"), ItemOption(BAD))), "response B"),
        (replace(MATCHING, prompts=(ItemPrompt("x", 0), ItemPrompt(BAD, 0))), "pair 2"),
        (replace(MATCHING, prompts=(ItemPrompt("x", 0, BAD),)), "pair 1"),
    ],
)
def test_the_place_of_an_image_is_told(item: Item, field: str) -> None:
    assert messages(item) == [f"{field}: image 'images/none.png' does not exist"]


def test_an_item_gets_the_images_it_names_once_each() -> None:
    item = replace(
        SINGLE,
        stem="![B](images/b.png) ![none](images/none.png)",
        explanation="![A](images/a.png) ![B](images/b.png)",
    )
    assert with_images(item, IMAGES).images == (
        ItemImage("images/b.png", GIF),
        ItemImage("images/a.png", PNG),
    )
    assert with_images(SINGLE, IMAGES) == SINGLE


def test_a_changed_picture_changes_the_hash() -> None:
    item = replace(SINGLE, stem="![A](images/a.png)")
    first, second = (with_images(item, {"images/a.png": each}) for each in (PNG, GIF))
    assert first.content_hash == with_images(item, IMAGES).content_hash
    assert len({item.content_hash, first.content_hash, second.content_hash}) == 3
