# mypy: disable-error-code="import-untyped"
"""Markdown of questions to safe HTML, once, when a version is published."""

import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from questions.formats.images import NO_IMAGES, data_uri, png_size

# The walls stand twice: Markdown lets no HTML in, and this list is all that comes out.
TAGS = {
    "a", "blockquote", "br", "code", "div", "em", "hr", "img", "li", "ol", "p", "pre", "s", "span",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "div": {"class", "tabindex"},
    "img": {"alt", "height", "src", "title", "width"},
    "ol": {"start"},
    "pre": {"class"},
    "span": {"class"},
    "td": {"class"},
    "th": {"class"},
}

_LINK = re.compile(r"https?://[^/]", re.IGNORECASE)
_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")
_EMBEDDED = re.compile(
    r'<img(?: [a-z]+="[^"]*")*? src="data:image/[a-z]+;base64,([A-Za-z0-9+/]+={0,2})"'
)
_ALLOWED = {
    "class": re.compile(r"[a-z][a-z0-9 -]*"),
    "tabindex": re.compile("0"),
    "start": re.compile(r"\d{1,9}"),
    "width": re.compile(r"[1-9]\d{0,4}"),
    "height": re.compile(r"[1-9]\d{0,4}"),
}
_LONE_PARAGRAPH = re.compile(r"<p>((?:(?!</p>).)*)</p>\s*", re.DOTALL)


class ImageLink(NamedTuple):
    """An image as Markdown names it."""

    source: str
    alt: str


def images_in(text: str) -> list[ImageLink]:
    """The images of a text in order; what stands inside code is none."""
    if "![" not in text:
        return []
    markdown = _markdown()
    children = (child for token in markdown.parse(text) for child in token.children or [])
    return [
        ImageLink(_source(token), _alt(token, markdown.options))
        for token in children
        if token.type == "image"
    ]


def embedded_images(text: str, html: str) -> dict[str, bytes]:
    """The images that `render` put into `html`, by the name that `text` gives them."""
    links, uris = images_in(text), _EMBEDDED.findall(html) if "<img" in html else []
    if len(links) != len(uris):
        return {}
    pairs = zip(links, uris, strict=True)
    return {link.source: b64decode(uri) for link, uri in pairs}


def render(text: str, images: Mapping[str, bytes] = NO_IMAGES) -> str:
    """HTML of block Markdown: no script, style, handler or htmx attribute survives.

    Code is colored by classes and wraps, tables can be scrolled sideways with the keyboard. The
    images, by the name the text gives them, are put in whole; any other becomes its alt text.
    """
    return sanitized(_markdown().render(text, {"images": images})).strip()


def sanitized(html: str) -> str:
    """The second wall alone: `html` without what is not on the lists above."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_filtered,
        url_schemes={"data", "http", "https"},  # data: for images alone, see _filtered
        link_rel="noopener",
    )


def render_inline(text: str, images: Mapping[str, bytes] = NO_IMAGES) -> str:
    """The same for a text that is mostly one line: a lone paragraph loses its `<p>`."""
    html = render(text, images)
    match = _LONE_PARAGRAPH.fullmatch(html)
    return match[1] if match else html


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    for name, rule in {
        "fence": _fence,
        "code_block": _fence,
        "heading_open": _heading_open,
        "heading_close": _heading_close,
        "image": _image,
        "table_open": _table_open,
        "table_close": _table_close,
        "td_open": _cell_open,
        "th_open": _cell_open,
    }.items():
        markdown.add_render_rule(name, rule)
    return markdown


def _filtered(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if _LINK.match(value) else None
    if name == "src":
        return value if _IMAGE.fullmatch(value) else None
    allowed = _ALLOWED.get(name)
    return value if allowed is None or allowed.fullmatch(value) else None


def _fence(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType
) -> str:
    token = tokens[at]
    language = (token.info.split() or [""])[0]
    code = _highlighted(token.content.rstrip("\n"), language)
    return f'<pre class="code"><code>{code}</code></pre>\n'


def _highlighted(code: str, language: str) -> str:
    if not language:
        return escapeHtml(code)
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return escapeHtml(code)
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True))).rstrip("\n")


def _heading_open(
    _self: RendererHTML, _tokens: Sequence[Token], _at: int, _options: OptionsDict, _env: EnvType
) -> str:
    # A real heading would tear the outline of the page that shows the question.
    return "<p><strong>"


def _heading_close(
    _self: RendererHTML, _tokens: Sequence[Token], _at: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</strong></p>\n"


def _image(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[at]
    content = env["images"].get(_source(token), b"")
    uri = data_uri(content)
    if not uri:
        return escapeHtml(_alt(token, options))
    token.attrSet("src", uri)
    if size := png_size(content):
        token.attrSet("width", str(size[0]))
        token.attrSet("height", str(size[1]))
    return self.image(tokens, at, options, env)


def _source(token: Token) -> str:
    return str(token.attrGet("src"))


def _alt(token: Token, options: OptionsDict) -> str:
    return RendererHTML().renderInlineAsText(token.children, options, {}).strip()


def _table_open(
    _self: RendererHTML, _tokens: Sequence[Token], _at: int, _options: OptionsDict, _env: EnvType
) -> str:
    return '<div class="table-scroll" tabindex="0"><table>\n'


def _table_close(
    _self: RendererHTML, _tokens: Sequence[Token], _at: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</table></div>\n"


def _cell_open(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType
) -> str:
    token = tokens[at]
    style = str(token.attrGet("style") or "")
    name = style.removeprefix("text-align:")
    return f'<{token.tag} class="align-{name}">' if name else f"<{token.tag}>"
