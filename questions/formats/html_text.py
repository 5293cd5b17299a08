"""HTML of other systems to our Markdown. What no Markdown stands for falls away, never through."""

import html
import re
from dataclasses import dataclass

from questions.formats.html_reader import ImageNames, read_html
from questions.formats.html_tokens import KNOWN_TAGS
from questions.formats.inline_markdown import plain_lines
from questions.markdown import render

_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{1,6});")


@dataclass(frozen=True)
class Converted:
    """Markdown, and the names of tags whose meaning is lost with them."""

    text: str
    lost: tuple[str, ...] = ()


def no_images(_source: str, _alt: str) -> str | None:
    """For texts that have no images: what is left is the alt text."""
    return None


def from_html(source: str, images: ImageNames = no_images) -> Converted:
    """Markdown for HTML however broken; takes time in proportion to its length.

    `images` is asked for the name or address to write for the source and alt text of each image.
    """
    return Converted(*read_html(source, images))


def from_plain(text: str) -> str:
    """Markdown that shows a plain text as it is, with its line breaks."""
    return plain_lines(text)


def to_plain(markdown: str) -> str:
    """What a reader sees of our Markdown, without any formatting; images become their alt text."""
    return text_of(render(markdown))


def text_of(source: str) -> str:
    """The text of HTML that is well-formed; blocks end in a line break."""
    source = re.sub(r"</t[dh]>\n?(?=<t[dh])", "\t", source)
    source = re.sub(r"</?(?:[ou]l|table|thead|tbody|tr|blockquote|div)\b[^>]*>\n?", "\n", source)
    source = re.sub(r"<br */?>\n?|</li>\n?", "\n", source)
    source = re.sub(r"</(?:p|pre|h[1-6])>\n?", "\n\n", source)
    text = html.unescape(re.sub(r"<[^>]*>", "", source))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def has_tags(text: str) -> bool:
    """Whether a text that may be HTML or plain is HTML."""
    tags = re.findall(r"</?([A-Za-z][A-Za-z0-9]{0,15})\b[^<>]{0,500}>", text)
    return any(tag.lower() in KNOWN_TAGS for tag in tags) or bool(_ENTITY.search(text))
