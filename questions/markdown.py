# mypy: disable-error-code="import-untyped"
"""Markdown of questions to safe HTML, once, when a version is published."""

import re
from collections.abc import Sequence
from functools import cache

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

# The walls stand twice: Markdown lets no HTML in, and this list is all that comes out.
TAGS = {
    "a", "blockquote", "br", "code", "div", "em", "hr", "img", "li", "ol", "p", "pre", "s", "span",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "div": {"class", "tabindex"},
    "img": {"alt", "src", "title"},
    "ol": {"start"},
    "pre": {"class"},
    "span": {"class"},
    "td": {"class"},
    "th": {"class"},
}

_LINK = re.compile(r"https?://[^/]", re.IGNORECASE)
_IMAGE = re.compile(r"/media/questions(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
_ALLOWED = {
    "class": re.compile(r"[a-z][a-z0-9 -]*"),
    "tabindex": re.compile("0"),
    "start": re.compile(r"\d{1,9}"),
}
_LONE_PARAGRAPH = re.compile(r"<p>((?:(?!</p>).)*)</p>\s*", re.DOTALL)


def render(text: str) -> str:
    """HTML of block Markdown: no script, style, handler or htmx attribute survives.

    Code is colored by classes and wraps, tables can be scrolled sideways with the keyboard, images
    come from our own media folder only.
    """
    return nh3.clean(
        _markdown().render(text),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_filtered,
        url_schemes={"http", "https"},
        link_rel="noopener",
    ).strip()


def render_inline(text: str) -> str:
    """The same for a text that is mostly one line: a lone paragraph loses its `<p>`."""
    html = render(text)
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
    if _IMAGE.fullmatch(str(tokens[at].attrGet("src"))):
        return self.image(tokens, at, options, env)
    return escapeHtml(self.renderInlineAsText(tokens[at].children, options, env))


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
