# mypy: disable-error-code="import-untyped"
"""Our Markdown as the XHTML that QTI allows."""

from collections.abc import Sequence
from functools import cache

from lxml import etree
from lxml.etree import _Element
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

STRUCK = "strikethrough"  # QTI has no <s>


def blocks_of(text: str) -> _Element:
    """A <div> with the blocks of a text; images have the address that the text gives them.

    Raises ValueError for control characters.
    """
    try:
        root = etree.fromstring(f"<div>{_markdown().render(text)}</div>")
    except etree.XMLSyntaxError as error:
        raise ValueError(f"cannot stand in XML: {text[:40]!r}") from error
    for element in root.iter("s"):
        element.tag = "span"
        element.set("class", STRUCK)
    for element in root.iter("td", "th"):
        element.attrib.pop("style", "")
    return root


def append_text(parent: _Element, text: str) -> None:
    """Put a text behind all that `parent` has; a lone paragraph goes in without its <p>."""
    root = blocks_of(text)
    source = root[0] if is_lone_paragraph(root) else root
    _append_string(parent, (source.text or "").rstrip("\n") if source is root else source.text)
    parent.extend(list(source))


def has_start_number(text: str) -> bool:
    """Whether a numbered list of the text, however deep, begins with another number than 1."""
    tokens = _markdown().parse(text)
    lists = [each for each in tokens if each.type == "ordered_list_open"]
    return any(each.attrGet("start") is not None for each in lists)


def is_lone_paragraph(root: _Element) -> bool:
    """Whether the blocks are a single paragraph, which can stand within a line."""
    return len(root) == 1 and root[0].tag == "p"


def _append_string(parent: _Element, text: str | None) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + (text or "")
    else:
        parent.text = (parent.text or "") + (text or "")


@cache
def _markdown() -> MarkdownIt:
    options = {"html": False, "xhtmlOut": True}
    markdown = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    markdown.add_render_rule("heading_open", _heading_open)
    markdown.add_render_rule("heading_close", _heading_close)
    return markdown


def _heading_open(
    _self: RendererHTML, _tokens: Sequence[Token], _at: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "<p><strong>"


def _heading_close(
    _self: RendererHTML, _tokens: Sequence[Token], _at: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</strong></p>\n"
