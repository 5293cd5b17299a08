"""Texts of Moodle: five formats of writing, and the files that come with them."""

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote

from questions.formats.hostile import MAX_TEXT
from questions.formats.html_text import from_html, from_plain, has_tags
from questions.formats.images import FOLDER, IMAGE_NAME, NO_IMAGES, media_type
from questions.formats.parsed import Code, Remarks, SkippedError
from questions.formats.rules import is_web_address
from questions.markdown import images_in

MAX_EMBEDDED = 5_000_000  # bytes of one image
PLUGIN_FILE = "@@PLUGINFILE@@/"
SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
FORMATS = {
    "html": "html",
    "moodle": "moodle",
    "moodle_auto_format": "moodle",
    "markdown": "markdown",
    "plain": "plain",
    "plain_text": "plain",
}

_SUFFIXES = {".png", ".jpg", ".jpeg", ".gif", ".webp"}
_DATA = re.compile(r"data:image/[a-z0-9.+-]{1,20};base64,([A-Za-z0-9+/=\s]*)")
_MARKDOWN_SOURCE = re.compile(r"(?<=\]\()<?@@PLUGINFILE@@/([^)>\s]+)>?")
_BLOCK_TAG = re.compile(r"<(?:p|br|div|ul|ol|table|pre|h\d)\b", re.IGNORECASE)


@dataclass
class TextReader:
    """Reads the texts of one question and gathers the images they name."""

    remarks: Remarks
    images: dict[str, bytes] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    def markdown(self, text: str, format_name: str, files: Mapping[str, bytes] = NO_IMAGES) -> str:
        """Our Markdown for a text; `files` are those that came with it, by name.

        Raises SkippedError if the text is too long to be one of a question.
        """
        source = _TextFiles(self, dict(files))
        text = _DATA.sub(source.named, text)
        if len(text) > MAX_TEXT:
            raise SkippedError(Code.TEXT_TOO_LONG, f"a text has more than {MAX_TEXT} characters")
        markdown = self._markdown(text, format_name, source)
        for name in source.unused:
            self.remarks.add(Code.FILE_DROPPED, f"left out: the file {name[:100]!r}")
        return markdown

    def finish(self) -> None:
        """Note what was lost with tags, in one note for the question."""
        if self.lost:
            names = ", ".join(f"<{name}>" for name in dict.fromkeys(self.lost))
            self.remarks.add(Code.HTML_DROPPED, f"left out: {names}")

    def _markdown(self, text: str, format_name: str, source: "_TextFiles") -> str:
        if format_name == "markdown":
            return source.in_markdown(text.strip())
        if format_name == "html" or (format_name == "moodle" and has_tags(text)):
            return self._from_html(text, source, has_breaks=format_name == "moodle")
        return from_plain(text)

    def _from_html(self, text: str, source: "_TextFiles", *, has_breaks: bool) -> str:
        if has_breaks and not _BLOCK_TAG.search(text):
            text = re.sub(r"\n\s*\n", "<p>", text).replace("\n", "<br>")
        converted = from_html(text, source.name_for)
        self.lost.extend(converted.lost)
        return converted.text

    def keep(self, name: str, content: bytes) -> str | None:
        """The name under which the question has this image now; None if it is refused."""
        kind = media_type(content)
        if not kind or len(content) > MAX_EMBEDDED:
            limit = f"at most {MAX_EMBEDDED // 1_000_000} MB"
            message = f"{name!r} is no PNG, JPEG, GIF or WebP of {limit}"
            self.remarks.add(Code.IMAGE_REFUSED, message)
            return None
        name = _image_name(name, SUFFIXES[kind])
        stem, dot, suffix = name.rpartition(".")
        number = 1
        while self.images.setdefault(name, content) != content:
            number += 1
            name = f"{stem}-{number}{dot}{suffix}"
        return name


@dataclass
class _TextFiles:
    """Finds the images of one text."""

    reader: TextReader
    files: dict[str, bytes]
    used: set[str] = field(default_factory=set)

    @property
    def unused(self) -> list[str]:
        return [name for name in self.files if name not in self.used]

    def named(self, match: re.Match[str]) -> str:
        """Turns an image that stands in the text itself into a file."""
        name = f"embedded-{len(self.files) + 1}"
        self.files[name] = decoded_file(match[1])
        return PLUGIN_FILE + name

    def name_for(self, source: str, alt: str) -> str | None:
        """What Markdown writes for an image; what cannot be had is noted."""
        if is_web_address(source):
            message = f"the image {source[:200]} stays where it is, on another server"
            self.reader.remarks.add(Code.IMAGE_REMOTE, message)
            return source
        name = unquote(source.removeprefix(PLUGIN_FILE))
        if name not in self.files:
            shown = source[:100] or alt[:100]
            self.reader.remarks.add(Code.IMAGE_MISSING, f"the image {shown!r} is not in the file")
            return None
        self.used.add(name)
        return self.reader.keep(name, self.files[name])

    def in_markdown(self, text: str) -> str:
        """The text with the names its images have now."""
        text = _MARKDOWN_SOURCE.sub(self._renamed, text)
        for link in images_in(text):
            if link.source not in self.reader.images:
                self.name_for(link.source, link.alt)
        return text

    def _renamed(self, match: re.Match[str]) -> str:
        name = unquote(match[1])
        if name not in self.files:
            return match[0]
        self.used.add(name)
        return self.reader.keep(name, self.files[name]) or match[0]


def decoded_file(text: str) -> bytes:
    """The bytes of base64; none if it is damaged."""
    try:
        return b64decode(text)
    except ValueError:
        return b""


def _image_name(name: str, suffix: str) -> str:
    """A name as Markdown of the bank has it; a good one is kept."""
    if IMAGE_NAME.fullmatch(f"{FOLDER}/{name}") and PurePosixPath(name).suffix in _SUFFIXES:
        return f"{FOLDER}/{name}"
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", PurePosixPath(name).stem).strip("-")[:60] or "image"
    return f"{FOLDER}/{stem}.{suffix}"
