"""HTML and plain text of other systems: what is seen stays, what could act does not."""

import html
import re
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.html_text import from_html, from_plain, has_tags, text_of, to_plain
from questions.formats.inline_markdown import BREAK, Run, code_block, paragraph
from questions.markdown import render


@pytest.mark.parametrize(
    ("source", "markdown"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>One</p><p>Two<br>lines</p>", "One\n\nTwo\\\nlines"),
        ("One<br><br>two<br>", "One\n\ntwo"),
        ("<div> a \n&nbsp; b </div>", "a b"),
        ("<b>bold</b>, <em>soft</em>, <del>gone</del>, <code>x_y</code>",
         "**bold**, *soft*, ~~gone~~, `x_y`"),
        ("<b> spaced </b>out", "**spaced** out"),
        ("half<b>bold</b>word", "half**bold**word"),
        ("half<b>(bold)</b>word", "half(bold)word"),
        ("<b><i>both</i></b>", "***both***"),
        ("<b>a <i>b</i> c</b>", "**a *b* c**"),
        ("<b>a</b><b>b</b>", "**ab**"),
        ("<code>`a`</code>", "`` `a` ``"),
        ("<h2>Head</h2>text", "**Head**\n\ntext"),
        ("<h2>A <b>B</b></h2>", "**A B**"),
        ("x<sup>2</sup>, H<sub>2</sub>O, e<sup>ab</sup>, e<sup>a</sup>",
         "x\u00b2, H\u2082O, e^(ab), e^a"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ("<ol start=3><li>a<li><p>b</p><p>c</p></ol>", "3. a\n4. b\n\n   c"),
        ("<li>stray", "- stray"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ('<pre class="language-python">\nif x:\n\n  y &lt; 1\n</pre>',
         "```python\nif x:\n\n  y < 1\n```"),
        ("<pre><code class='lang-sql'>a<br>b</code></pre>", "```sql\na\nb\n```"),
        ("<pre>```</pre>", "````\n```\n````"),
        ("<table><tr><th>a<th>b|c</tr><tr><td><p>1</p><p>2</p></td></tr></table>",
         "| a | b\\|c |\n| --- | --- |\n| 1 2 |  |"),
        ("<table><tr><td>a<table><tr><td>in</td></tr></table>b</td></tr></table>",
         "| a in b |\n| --- |"),
        ('<a href="https://e.com/a_(b)?x=1&amp;y">go]</a>', "[go\\]](https://e.com/a_%28b%29?x=1&y)"),
        ('wow!<a href="https://e.com">x</a>', "wow\\![x](https://e.com)"),
        ('<a href="javascript:alert(1)">x</a> <a href="@@PLUGINFILE@@/a.mp3">y</a>', "x y"),
        ("List<String> &lt;b&gt; a < b", "List<String> <b> a < b"),
        ("<!-- a --><o:p>x</o:p><?y z?><![CDATA[q]]>", "x"),
        ("<script>alert(1)</script><style>p{}</style>x", "x"),
        ("a<script>never closed", "a"),
        ("<p onclick='x()' style='color:red'>x</p>", "x"),
    ],
    ids=lambda value: value[:30],
)  # fmt: skip
def test_html_becomes_markdown(source: str, markdown: str) -> None:
    assert from_html(source).text == markdown


def test_what_is_lost_is_named_once() -> None:
    found = from_html("a<video>x</video><video/><iframe src=x></iframe><input>b<style>c</style>")
    assert (found.text, found.lost) == ("ab", ("video", "iframe", "input"))
    assert from_html("<audio>a<audio>b").text == "ab"


def test_images_get_the_name_they_are_given() -> None:
    asked: list[tuple[str, str]] = []

    def name(source: str, alt: str) -> str | None:
        asked.append((source, alt))
        return "images/a.png" if source == "a.png" else None

    source = '<b><img src="a.png" alt="A [1]"></b> <img src=b.png alt="B"> <img>'
    assert from_html(source, name).text == "**![A \\[1\\]](images/a.png)** B"
    assert asked == [("a.png", "A [1]"), ("b.png", "B"), ("", "")]


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a\nb\n\n\nc ", "a\\\nb\n\nc"),
        ("# no head", "\\# no head"),
        ("1. no list", "1\\. no list"),
        ("- no list", "\\- no list"),
        ("a\n---", "a\\\n\\---"),
        ("> no quote", "\\> no quote"),
        ("2*3*4 and snake_case and _x_", "2\\*3\\*4 and snake_case and \\_x\\_"),
        ("[a](b) [c] &amp; <https://e.com>", "[a\\](b) [c] \\&amp; \\<https://e.com>"),
        ('<html class="cool"> & images', '<html class="cool"> & images'),
        ("C:\\temp, \\(x\\), end\\", "C:\\temp, \\\\(x\\\\), end\\\\"),
        ("~5 and ~~6~~", "~5 and \\~\\~6\\~\\~"),
        ("good!", "good!"),
    ],
)
def test_plain_text_is_shown_as_it_is(text: str, markdown: str) -> None:
    assert from_plain(text) == markdown
    assert to_plain(markdown) == re.sub(r"\n{2,}", "\n\n", text).strip()


def test_markdown_is_read_as_text() -> None:
    markdown = "A **b** `c`\n\n- d\n- ![e](images/f.png)\n\n| g | h |\n| --- | --- |\n| i | j |"
    assert to_plain(markdown) == "A b c\n\nd\ne\n\ng\th\n\ni\tj"


@pytest.mark.parametrize(
    ("text", "is_html"),
    [
        ("<p>a", True), ("a<br/>b", True), ("a &lt; b", True), ("</b>", True),
        ("List<String>", False), ("a < b > c", False), ("A & B; c", False), ("<o:p>", False),
    ],
)  # fmt: skip
def test_html_is_told_from_text(text: str, is_html: bool) -> None:
    assert has_tags(text) is is_html


def test_a_paragraph_is_made_of_runs() -> None:
    runs = [BREAK, Run(" a", ("strong",)), Run("b ", ("strong", "em")), BREAK, Run("1. c"), BREAK]
    assert paragraph(runs) == "**ab**\\\n1\\. c"
    assert code_block("a", "sql") == "```sql\na\n```"


# What is seen stays, whatever stands there

_odd = st.text("ab 1.*_`[]()<>&!#+-=~|\\:;^\"'\u00e9\n%{}", max_size=14)


@st.composite
def _inline(draw: st.DrawFn, depth: int = 0) -> str:
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        tag = (
            draw(st.sampled_from(["", "", "b", "i", "s", "code", "a", "span"])) if depth < 3 else ""
        )
        if not tag or tag == "code":
            text = html.escape(draw(_odd))
            parts.append(f"<code>{text}</code>" if tag else text)
        elif tag == "a" and not depth:
            parts.append(f'<a href="https://e.com/a_b(c)">{draw(_inline(1))}</a>')
        elif tag != "a":
            parts.append(f"<{tag}>{draw(_inline(depth + 1))}</{tag}>")
    return "".join(parts)


@st.composite
def _blocks(draw: st.DrawFn, depth: int = 0) -> str:
    tags = ["p", "h2", "ul", "ol", "pre", "blockquote", "table"] if depth < 2 else ["p"]
    parts = []
    for tag in draw(st.lists(st.sampled_from(tags), min_size=1, max_size=3)):
        if tag in {"ul", "ol"}:
            inner = f"<li>{draw(_inline())}</li><li>{draw(_blocks(depth + 1))}</li>"
        elif tag == "table":
            inner = f"<tr><td>{draw(_inline())}</td><td>{draw(_inline())}</td></tr>"
        elif tag == "pre":
            inner = html.escape(draw(_odd))
        else:
            inner = draw(_blocks(depth + 1) if tag == "blockquote" else _inline())
        parts.append(f"<{tag}>{inner}</{tag}>")
    return "".join(parts)


def seen(source: str) -> str:
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]*>", "", source)))


@settings(deadline=None, max_examples=60)
@given(_blocks())
def test_the_characters_of_html_come_through(source: str) -> None:
    assert seen(render(from_html(source).text)) == seen(source)


@settings(deadline=None, max_examples=60)
@given(st.text("ab 1.*_`[]()<>&!#+-=~|\\:;^\"'\u00e9\n%{}/@", max_size=40))
def test_the_characters_of_text_come_through_and_back(text: str) -> None:
    markdown = from_plain(text)
    assert re.sub(r"\s", "", text_of(render(markdown))) == re.sub(r"\s", "", text)
    assert from_plain(to_plain(markdown)) == markdown


@settings(deadline=None, max_examples=60)
@given(st.text("<>/abpultdrse ='\"!-\n&;", max_size=60))
def test_any_tag_soup_is_read(source: str) -> None:
    assert "<script" not in render(from_html(source).text)


@pytest.mark.parametrize(
    "source",
    ["<a ", '<a "', "<b>x", "<ul><li>x", "<blockquote>", "<table><tr><td>", "a<b>(</b>", "a<br>",
     "<", "<!--", "<b>a</b><i>b</i>", "]", "\\", "_", "&lt;", "<pre>`", "<i id=1>", "</b>", "#\n"],
)  # fmt: skip
def test_time_grows_with_length_only(source: str) -> None:
    start = process_time()
    from_html(source * (10_000 // len(source)))
    assert process_time() - start < 2
