"""Uploaded pictures: judged by their bytes, drawn anew, kept small and without metadata."""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from io import BytesIO
from operator import or_
from pathlib import PurePosixPath

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.utils.text import slugify
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from accounts.models import User
from questions.formats.images import FOLDER, IMAGE_NAME, MAX_IMAGE_SIZE, media_type
from questions.models import Option, Prompt, Question, QuestionImage, QuestionVersion

MAX_UPLOAD_SIZE = 8_000_000  # bytes
MAX_PIXELS = 24_000_000
MAX_SIDE = 1600  # pixels, of what is kept
MIN_SIDE = 320  # below it nobody could read what is left
MAX_IMAGES = 20  # a question
NAME_LENGTH = 60

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}
# What Pillow's readers raise on bytes that only look like a picture.
BROKEN = (
    OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError,
    AttributeError, NotImplementedError, AssertionError, ArithmeticError, MemoryError,
    struct.error, zlib.error,
)  # fmt: skip

Encoder = Callable[[Image.Image], bytes]


class ImageRefusedError(ValueError):
    """The upload is no picture that can be kept; the message says why, to its author."""


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept."""

    content: bytes
    suffix: str
    width: int
    height: int


def redrawn(content: bytes) -> Picture:
    """The same picture as PNG, JPEG or WebP of at most MAX_IMAGE_SIZE bytes, and nothing beside it.

    Raises ImageRefusedError.
    """
    if len(content) > MAX_UPLOAD_SIZE:
        limit = MAX_UPLOAD_SIZE // 1_000_000
        raise ImageRefusedError(_("The file has more than %(limit)d MB.") % {"limit": limit})
    kind = FORMATS.get(media_type(content) or "")
    if kind is None:
        raise ImageRefusedError(_("This is none of PNG, JPEG, GIF and WebP."))
    image = _drawn(content, kind)
    for size in _sizes(image):
        smaller = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)
        for name, encode in _encoders(kind):
            if len(encoded := encode(smaller)) <= MAX_IMAGE_SIZE:
                return Picture(encoded, SUFFIXES[name], *size)
    raise ImageRefusedError(
        _("The picture stays above %(limit)d kB however small it is drawn. Please simplify it.")
        % {"limit": MAX_IMAGE_SIZE // 1000}
    )


@transaction.atomic
def add_image(question: Question, content: bytes, *, file_name: str, author: User) -> QuestionImage:
    """Keep an upload under a name of its own; the same picture twice is one.

    Locks the question. Raises ImageRefusedError.
    """
    picture = redrawn(content)
    Question.objects.select_for_update(no_key=True).get(pk=question.pk)
    if same := question.images.filter(content=picture.content).first():
        return same
    names = set(question.images.values_list("name", flat=True))
    if len(names) >= MAX_IMAGES:
        limit = {"limit": MAX_IMAGES}
        raise ImageRefusedError(_("A question has %(limit)d images at the most.") % limit)
    return question.images.create(
        name=_free_name(file_name, picture.suffix, names),
        content=picture.content,
        width=picture.width,
        height=picture.height,
        uploaded_by=author,
    )


def remove_image(question: Question, name: str) -> bool:
    """Delete an image that no version of the question names; false if one does, or it is gone."""
    images = QuestionImage.objects.filter(question=question, name=name)
    deleted, _rows = images.exclude(used_by(QuestionVersion.objects.all())).delete()
    return bool(deleted)


def used_by(versions: QuerySet[QuestionVersion]) -> Q:
    """Whether one of the image's question's `versions` names the image; a name within a longer one
    counts as well.
    """
    address = Concat(Value(f"{FOLDER}/"), OuterRef("name"), output_field=TextField())
    mine = versions.filter(question=OuterRef("question"))
    named = Q(stem__contains=address) | Q(explanation__contains=address)
    in_row = Q(text__contains=address) | Q(rationale__contains=address)
    rows = (
        model.objects.filter(in_row, version__question=OuterRef("question"), version__in=versions)
        for model in (Option, Prompt)
    )
    return reduce(or_, (Q(Exists(each)) for each in rows), Q(Exists(mine.filter(named))))


def keep_images(question: Question, images: Mapping[str, bytes], *, author: User | None) -> None:
    """Make images that came with files, by `images/name.png`, the question's own as they are."""
    names = set(question.images.values_list("name", flat=True))
    QuestionImage.objects.bulk_create(
        _row(question, name.removeprefix(f"{FOLDER}/"), content, author)
        for name, content in images.items()
        if IMAGE_NAME.fullmatch(name) and name.removeprefix(f"{FOLDER}/") not in names
    )


def _row(question: Question, name: str, content: bytes, author: User | None) -> QuestionImage:
    width, height = _size(content)
    return QuestionImage(
        question=question,
        name=name,
        content=content,
        width=width,
        height=height,
        uploaded_by=author,
    )


def _size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels; zeros for what cannot be read."""
    try:
        with Image.open(BytesIO(content), formats=list(FORMATS.values())) as image:
            return image.size
    except (*BROKEN, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return 0, 0


def _drawn(content: bytes, kind: str) -> Image.Image:
    """The pixels, upright. Raises ImageRefusedError before a bomb goes off."""
    try:
        with Image.open(BytesIO(content), formats=[kind]) as image:
            _require_modest(image)
            return _plain(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageRefusedError(_too_many_pixels()) from error
    except ImageRefusedError:
        raise
    except BROKEN as error:
        raise ImageRefusedError(_("The picture is damaged and cannot be read.")) from error


def _require_modest(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise ImageRefusedError(_too_many_pixels())
    if getattr(image, "n_frames", 1) > 1:
        raise ImageRefusedError(_("The picture moves. Please upload a still one."))


def _too_many_pixels() -> str:
    limit = MAX_PIXELS // 1_000_000
    return _("The picture has more than %(limit)d million pixels.") % {"limit": limit}


def _plain(image: Image.Image) -> Image.Image:
    """New pixels with nothing else: gray, color, or color with transparency."""
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value / 256).convert("L")
    has_alpha = image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info
    plain = image.convert("RGBA" if has_alpha else "L" if image.mode in {"1", "L"} else "RGB")
    plain.info.clear()
    return plain


def _sizes(image: Image.Image) -> Iterator[tuple[int, int]]:
    """The size to keep, then ever smaller ones."""
    longest = max(image.size)
    side = min(longest, MAX_SIDE)
    while True:
        width, height = (max(1, round(each * side / longest)) for each in image.size)
        yield width, height
        side = side * 3 // 4
        if side < MIN_SIDE:
            return


def _encoders(kind: str) -> list[tuple[str, Encoder]]:
    """Ways to write a picture, the most faithful first; charts stay sharp, photographs small."""
    if kind == "JPEG":
        return [("JPEG", _jpeg)]
    if kind == "WEBP":
        return [("WEBP", _webp)]
    return [("PNG", _png), ("WEBP", _lossless_webp), ("WEBP", _webp)]


def _png(image: Image.Image) -> bytes:
    return _written(image, "PNG", optimize=True)


def _jpeg(image: Image.Image) -> bytes:
    return _written(image, "JPEG", quality=85, optimize=True, progressive=True)


def _webp(image: Image.Image) -> bytes:
    return _written(image, "WEBP", quality=85)


def _lossless_webp(image: Image.Image) -> bytes:
    return _written(image, "WEBP", lossless=True, quality=60)


def _written(image: Image.Image, kind: str, **options: bool | int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _free_name(file_name: str, suffix: str, taken: set[str]) -> str:
    """A name that Markdown can hold, after the one the file had."""
    stem = slugify(PurePosixPath(file_name.replace("\\", "/")).stem)[:NAME_LENGTH].strip("-_")
    stem = stem or "image"
    name, number = f"{stem}{suffix}", 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}{suffix}"
    return name
