"""Uploads: judged by their bytes, drawn anew, kept small; whatever hurts is refused in words."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from questions.formats.images import IMAGE_NAME, MAX_IMAGE_SIZE, media_type
from questions.imaging import (
    MAX_IMAGES,
    MAX_SIDE,
    MAX_UPLOAD_SIZE,
    ImageRefusedError,
    add_image,
    keep_images,
    redrawn,
    remove_image,
)
from tests.accounts.factories import make_user
from tests.questions.factories import make_item, make_question, make_version
from tests.questions.formats.pictures import OTHERS, PNG

NOISE = Image.effect_noise((1200, 1200), 90)


def drawn(kind="PNG", size=(40, 30), mode="RGB", **options) -> bytes:
    buffer = BytesIO()
    Image.new(mode, size, 1).save(buffer, kind, **options)
    return buffer.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def bomb(width: int, height: int) -> bytes:
    """A tiny PNG that says it is huge."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


@pytest.mark.parametrize(
    ("kind", "suffix", "media"),
    [
        ("PNG", ".png", "image/png"),
        ("JPEG", ".jpg", "image/jpeg"),
        ("WEBP", ".webp", "image/webp"),
        ("GIF", ".png", "image/png"),
    ],
)
def test_every_type_is_drawn_anew(kind, suffix, media):
    picture = redrawn(drawn(kind))
    assert (picture.suffix, picture.width, picture.height) == (suffix, 40, 30)
    assert media_type(picture.content) == media


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_png_can_be_kept(mode):
    assert redrawn(drawn(mode=mode)).suffix == ".png"


def test_colors_of_print_become_those_of_the_screen():
    assert opened(redrawn(drawn("JPEG", mode="CMYK")).content).mode == "RGB"


def test_where_it_was_taken_is_gone_and_it_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "A camera"
    content = drawn("JPEG", exif=exif.tobytes(), comment=b"secret")
    assert b"A camera" in content
    picture = redrawn(content)
    assert (picture.width, picture.height) == (30, 40)
    assert not opened(picture.content).getexif()
    assert b"A camera" not in picture.content
    assert b"secret" not in picture.content


def test_a_page_behind_the_picture_is_gone():
    assert b"<script>" not in redrawn(drawn() + b"<script>alert(1)</script>").content


def test_a_large_picture_is_made_smaller():
    picture = redrawn(drawn(size=(4000, 1000)))
    assert (picture.width, picture.height) == (MAX_SIDE, MAX_SIDE // 4)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_hardly_compresses_still_fits(kind):
    buffer = BytesIO()
    NOISE.convert("RGB").save(buffer, kind)
    picture = redrawn(buffer.getvalue())
    assert len(picture.content) <= MAX_IMAGE_SIZE
    assert opened(picture.content).size == (picture.width, picture.height)


@pytest.mark.parametrize("content", [*OTHERS, b"GIF89a", drawn("BMP"), drawn("TIFF"), b"x" * 99])
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(ImageRefusedError):
        redrawn(content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG".ljust(MAX_UPLOAD_SIZE + 1), "The file has more than 8 MB"),
        (b"plain text", "none of PNG, JPEG, GIF and WebP"),
        (PNG, "damaged"),
        (drawn(size=(400, 300))[:-40], "damaged"),
        (bomb(6000, 6000), "more than 24 million pixels"),
        (bomb(12_000, 12_000), "more than 24 million pixels"),
        (bomb(60_000, 60_000), "more than 24 million pixels"),
    ],
)
def test_the_author_is_told_why(content, message):
    with pytest.raises(ImageRefusedError, match=message):
        redrawn(content)


def test_a_moving_picture_is_refused():
    buffer = BytesIO()
    frames = [Image.new("L", (9, 9), shade) for shade in (0, 90, 180)]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(ImageRefusedError, match="moves"):
        redrawn(buffer.getvalue())


KINDS = {kind: drawn(kind) for kind in ("PNG", "JPEG", "GIF", "WEBP")}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(KINDS)), st.data())
def test_damaged_bytes_never_do_more_than_be_refused(kind, data):
    content = bytearray(KINDS[kind])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(1, len(content)))
    with suppress(ImageRefusedError):
        redrawn(bytes(content[:end]))


# --- Kept with the question


@pytest.mark.django_db
def test_an_upload_gets_a_name_that_markdown_can_hold():
    question, ada = make_question().question, make_user()
    names = [
        add_image(question, drawn(size=(size, 9)), file_name=name, author=ada).name
        for size, name in enumerate(
            ["Learning curve.PNG", "learning curve.gif", "../../etc/passwd", "..", "図.png"], 1
        )
    ]
    assert names == [
        "learning-curve.png", "learning-curve-2.png", "passwd.png", "image.png", "image-2.png"
    ]  # fmt: skip
    assert all(IMAGE_NAME.fullmatch(f"images/{name}") for name in names)


@pytest.mark.django_db
def test_the_same_picture_twice_is_one():
    question, ada = make_question().question, make_user()
    one = add_image(question, drawn(), file_name="a.png", author=ada)
    assert add_image(question, drawn(), file_name="b.png", author=ada) == one
    assert (one.width, one.height, one.uploaded_by) == (40, 30, ada)


@pytest.mark.django_db
def test_a_question_has_so_many_images_and_no_more():
    question, ada = make_question().question, make_user()
    keep_images(question, {f"images/{n}.png": PNG for n in range(MAX_IMAGES)}, author=ada)
    keep_images(question, {"images/1.png": PNG, "elsewhere.png": PNG}, author=ada)
    assert question.images.count() == MAX_IMAGES
    with pytest.raises(ImageRefusedError, match="20 images at the most"):
        add_image(question, drawn(), file_name="one-more.png", author=ada)


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["stem", "explanation", "option", "rationale", "prompt"])
def test_an_image_goes_when_no_version_names_it(place):
    draft = make_question(kind="matching", published=False)
    image = add_image(draft.question, drawn(), file_name="plot", author=make_user("ada"))
    text = f"![A plot](images/{image.name})"
    if place in {"stem", "explanation"}:
        draft.__class__.objects.update(**{place: text})
    else:
        row = (draft.prompts if place == "prompt" else draft.options).first()
        row.__class__.objects.filter(pk=row.pk).update(
            **{"rationale" if place == "rationale" else "text": text}
        )
    assert not remove_image(draft.question, image.name)
    other = make_question(stem=text).question
    assert not remove_image(other, image.name)
    draft.options.update(text="Nothing", rationale="Nothing")
    draft.prompts.update(text="Nothing")
    draft.__class__.objects.update(stem="Nothing", explanation="Nothing")
    assert remove_image(draft.question, image.name)
    assert not remove_image(draft.question, image.name)


@pytest.mark.django_db
def test_what_an_earlier_version_names_stays():
    version = make_question(stem="![A plot](images/plot.png)")
    make_version(version.question, make_item(), published=False)
    add_image(version.question, drawn(), file_name="plot", author=make_user("ada"))
    assert not remove_image(version.question, "plot.png")
