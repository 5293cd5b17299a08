"""The images of questions, as bytes: what they are and how they stand inside HTML."""

import re
from base64 import b64encode
from collections.abc import Mapping
from types import MappingProxyType

FOLDER = "images"
MAX_IMAGE_SIZE = 150_000  # bytes
IMAGE_NAME = re.compile(rf"{FOLDER}/[A-Za-z0-9_-][A-Za-z0-9._-]*")
NO_IMAGES: Mapping[str, bytes] = MappingProxyType({})

_TYPES = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}
_PNG_HEADER = re.compile(rb"\x89PNG\r\n\x1a\n.{4}IHDR(.{4})(.{4})", re.DOTALL)


def media_type(content: bytes) -> str | None:
    """PNG, JPEG, GIF or WebP by the first bytes; None for anything else."""
    return next((name for name, magic in _TYPES.items() if magic.match(content)), None)


def data_uri(content: bytes) -> str | None:
    """The image as an address that holds it whole; None if it is of no type we take."""
    name = media_type(content)
    return f"data:{name};base64,{b64encode(content).decode()}" if name else None


def png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels by the header of a PNG; None for other types."""
    match = _PNG_HEADER.match(content)
    return (int.from_bytes(match[1]), int.from_bytes(match[2])) if match else None
