from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.markdown import ATTRIBUTES, TAGS, render, render_inline


class Elements(HTMLParser):
    """Collects the tags and attributes a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str, str]] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name, value or "") for name, value in attrs}


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<div hx-get="/x" data-hx-post="/y" style="color:red">',
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>)",
    "[x](//evil.example)",
    "[x](https://ok.example 'onclick=\"x\"')",
    "![x](https://evil.example/pixel.png)",
    "![x](/media/questions/../secret.png)",
    "![x](/media/questions/a.png)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "```html onclick=x\n<script>x</script>\n```",
    '```"><script>\nx\n```',
    "| a |\n|:-:|\n| <b onclick=x> |",
    "&lt;script&gt;",
    "<!-- x -->",
    "<svg/onload=x>",
]
_anything = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=20), max_size=6)


@settings(deadline=None)
@given(_anything.map("\n\n".join) | _anything.map("".join))
def test_nothing_that_acts_survives(text: str) -> None:
    for html in (render(text), render_inline(text)):
        seen = Elements(html)
        assert seen.tags <= TAGS
        for tag, name, value in seen.attributes:
            assert name in ATTRIBUTES[tag] or (tag, name, value) == ("a", "rel", "noopener")
            assert name != "href" or value.lower().startswith(("https://", "http://"))
            assert name != "src" or (value.startswith("/media/questions/") and ".." not in value)


CODE = (
    '<pre class="code"><code>\n<span class="k">if</span> '
    '<span class="n">x</span><span class="p">:</span></code></pre>'
)
TABLE = (
    '<div class="table-scroll" tabindex="0"><table>\n<thead>\n<tr>\n<th>a</th>\n'
    '<th class="align-right">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n'
    '<td class="align-right">2</td>\n</tr>\n</tbody>\n</table></div>'
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("A **bold** `code`.", "<p>A <strong>bold</strong> <code>code</code>.</p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("#### Note", "<p><strong>Note</strong></p>"),
        ("[x](https://a.b/)", '<p><a href="https://a.b/" rel="noopener">x</a></p>'),
        ("![A *graph*](https://a.b/c.png)", "<p>A graph</p>"),
        ("![A](/media/questions/a/b.png)", '<p><img src="/media/questions/a/b.png" alt="A"></p>'),
        ("```\n<x>\n```", '<pre class="code"><code>&lt;x&gt;</code></pre>'),
        ("```nolanguage\nx\n```", '<pre class="code"><code>x</code></pre>'),
        (
            "```python\n\nif x:\n```",
            CODE,
        ),
        (
            "| a | b |\n|---|--:|\n| 1 | 2 |",
            TABLE,
        ),
    ],
)
def test_blocks(text: str, html: str) -> None:
    assert render(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One line with `code`", "One line with <code>code</code>"),
        ("Two\nlines", "Two\nlines"),
        ("One\n\ntwo", "<p>One</p>\n<p>two</p>"),
        ("- a", "<ul>\n<li>a</li>\n</ul>"),
        ("", ""),
    ],
)
def test_a_lone_paragraph_is_unwrapped(text: str, html: str) -> None:
    assert render_inline(text) == html
