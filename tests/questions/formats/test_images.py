from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.formats.images import IMAGE_NAME, data_uri, media_type, png_size
from tests.questions.formats.pictures import GIF, IMAGES, OTHERS, PNG


@pytest.mark.parametrize("name", IMAGES)
def test_the_bytes_tell_the_type(name: str) -> None:
    assert media_type(IMAGES[name]) == f"image/{name}"


@pytest.mark.parametrize("content", OTHERS)
def test_what_only_calls_itself_an_image_has_no_type(content: bytes) -> None:
    assert media_type(content) is None
    assert data_uri(content) is None


@given(st.sampled_from(sorted(IMAGES)), st.binary())
def test_an_address_holds_the_image_whole(name: str, rest: bytes) -> None:
    content = IMAGES[name] + rest
    head, _, body = (data_uri(content) or "").partition(",")
    assert (head, b64decode(body)) == (f"data:image/{name};base64", content)


@pytest.mark.parametrize(
    ("content", "size"), [(PNG, (2, 259)), (PNG[:20], None), (GIF, None), (b"", None)]
)
def test_the_header_of_a_png_tells_its_size(content: bytes, size: tuple[int, int] | None) -> None:
    assert png_size(content) == size


@pytest.mark.parametrize(
    ("name", "is_good"),
    [
        ("images/a.png", True),
        ("images/A-b_2.3", True),
        ("images/../a.png", False),
        ("images/.hidden.png", False),
        ("images/deeper/a.png", False),
        ("images//a.png", False),
        ("images/", False),
        ("../images/a.png", False),
        ("./images/a.png", False),
        ("/images/a.png", False),
        ("a.png", False),
        ("images/a.png\n", False),
        ("images/%2e%2e/a.png", False),
        ("https://example.com/images/a.png", False),
        ("data:image/png;base64,AAAA", False),
    ],
)
def test_names_stay_inside_the_folder(name: str, is_good: bool) -> None:
    assert bool(IMAGE_NAME.fullmatch(name)) is is_good
