import re
from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.images import data_uri
from questions.markdown import (
    ATTRIBUTES,
    TAGS,
    ImageLink,
    images_in,
    render,
    render_inline,
    sanitized,
)
from tests.questions.formats.pictures import HTML, IMAGES, PNG, SVG


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
    "![x](/media/questions/a.png)",
    "![x](images/../secret.png)",
    "![x](images/a.png)",
    '![x" onerror="y](images/a.png "t\\" onload=\\"z")',
    "![x](images/svg.png)",
    "![x](images/html.png)",
    "[x](images/a.png)",
    "![x](javascript:alert(1))",
    "![x](data:text/html,<script>)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](data:image/png;base64,AAAA)",
    "[x](data:image/png;base64,AAAA)",
    '<img src="data:image/svg+xml,<svg onload=x>">',
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "```html onclick=x\n<script>x</script>\n```",
    '```"><script>\nx\n```',
    "| a |\n|:-:|\n| <b onclick=x> |",
    "&lt;script&gt;",
    "<!-- x -->",
    "<svg/onload=x>",
]
NAMED = {"images/a.png": PNG, "images/svg.png": SVG, "images/html.png": HTML}
ADDRESS = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+=*")
_anything = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=20), max_size=6)


@settings(deadline=None)
@given(_anything.map("\n\n".join) | _anything.map("".join))
def test_nothing_that_acts_survives(text: str) -> None:
    for html in (render(text, NAMED), render_inline(text, NAMED)):
        seen = Elements(html)
        assert seen.tags <= TAGS
        for tag, name, value in seen.attributes:
            assert name in ATTRIBUTES[tag] or (tag, name, value) == ("a", "rel", "noopener")
            assert name != "href" or value.lower().startswith(("https://", "http://"))
            assert name != "src" or (tag == "img" and value == data_uri(PNG))


_schemes = st.sampled_from(
    [
        "javascript:alert(1)",
        "data:,x",
        "data:text/html,x",
        "data:image/png,x",
        "DATA:image/png;base64,AA",
        "data:image/svg+xml,x",
        "data:image/svg+xml;base64,AA",
        "https://a.b/",
    ]
)
_written = st.sampled_from(["![x]({})", "![x](<{}>)", "![x][a]\n\n[a]: {}", '<img src="{}">'])


@given(_written, _schemes, st.text(max_size=5))
def test_no_address_of_the_text_becomes_an_image(written: str, scheme: str, rest: str) -> None:
    assert "img" not in Elements(render(written.format(scheme + rest))).tags


@settings(deadline=None)
@given(st.binary(max_size=40) | st.sampled_from(sorted(IMAGES.values())))
def test_an_image_is_one_of_four_types_or_its_alt_text(content: bytes) -> None:
    html = render("![A & B](images/a.png)", {"images/a.png": content})
    values = {name: value for _, name, value in Elements(html).attributes}
    assert html == "<p>A &amp; B</p>" or ADDRESS.fullmatch(values["src"])


GOOD = "data:image/png;base64,AAAA"


@pytest.mark.parametrize(
    ("html", "left"),
    [
        (f'<img src="{GOOD}" alt="A">', f'<img src="{GOOD}" alt="A">'),
        (
            f'<img src="{GOOD}" width="640" height="9">',
            f'<img src="{GOOD}" width="640" height="9">',
        ),
        (f'<img src="{GOOD}" width="0" height="9%">', f'<img src="{GOOD}">'),
        (f'<img src="{GOOD}" srcset="{GOOD}" onload="x">', f'<img src="{GOOD}">'),
        (f'<img src=" {GOOD}">', "<img>"),
        (f'<img src="{GOOD}#x">', "<img>"),
        ('<img src="data:image/png,x">', "<img>"),
        ('<img src="data:image/svg+xml;base64,AAAA">', "<img>"),
        ('<img src="data:text/html;base64,AAAA">', "<img>"),
        ('<img src="javascript:alert(1)">', "<img>"),
        ('<img src="https://a.b/c.png">', "<img>"),
        ('<img src="/media/questions/a.png">', "<img>"),
        (f'<a href="{GOOD}">x</a>', '<a rel="noopener">x</a>'),
        (f'<video src="{GOOD}"></video>', ""),
        (f'<iframe src="{GOOD}"></iframe>', ""),
        (f'<object data="{GOOD}"></object>', ""),
        (f'<div src="{GOOD}" style="background:url({GOOD})">x</div>', "<div>x</div>"),
    ],
)
def test_the_second_wall_alone(html: str, left: str) -> None:
    assert sanitized(html) == left


@given(_schemes, st.text(max_size=5))
def test_the_second_wall_keeps_no_other_address(scheme: str, rest: str) -> None:
    html = f'<img src="{escape(scheme + rest)}"><a href="{escape(scheme + rest)}">x</a>'
    for tag, name, value in Elements(sanitized(html)).attributes:
        assert (tag, name) == ("a", "rel") or (tag == "a" and value.startswith("https://"))


@pytest.mark.parametrize(
    ("name", "size"), [("png", ' width="2" height="259"'), ("jpeg", ""), ("gif", ""), ("webp", "")]
)
def test_an_image_is_put_in_whole(name: str, size: str) -> None:
    uri = data_uri(IMAGES[name])
    html = f'<img src="{uri}" alt="A plot" title="T"{size}>'
    text = '![A *plot*](images/a "T")'
    assert render(text, {"images/a": IMAGES[name]}) == f"<p>{html}</p>"
    assert render_inline(text, {"images/a": IMAGES[name]}) == html


def test_images_are_found_where_they_are_rendered() -> None:
    text = (
        "| a |\n|---|\n| ![A *b*](images/a.png) |\n\n- [![C][c]](https://a.b/) `![](x)`\n\n[c]: d"
    )
    assert images_in(text) == [ImageLink("images/a.png", "A b"), ImageLink("d", "C")]


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
        ("![A](/media/questions/b.png)", "<p>A</p>"),
        ("![A <b>](images/a.png)", "<p>A &lt;b&gt;</p>"),
        ("![A](data:image/png;base64,AAAA)", "<p>A</p>"),
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
