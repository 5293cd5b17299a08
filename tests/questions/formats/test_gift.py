"""GIFT: every rule of Moodle's reader that we follow, and what is skipped by name."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.gift import parse, unsupported, write
from questions.formats.item import Item, ItemImage, ItemOption
from questions.formats.parsed import Code, FileRefusedError, Note, Parsed, is_left_out
from tests.questions.formats.foreign import (
    choices,
    lines,
    matchings,
    notes,
    only,
    options,
    orderings,
    pairs,
    skipped,
)
from tests.questions.formats.items import MATCHING, MULTIPLE, ORDERING, SINGLE
from tests.questions.formats.pictures import PNG


def read(text: str) -> Parsed:
    return parse(text.encode(), file="q.txt")


FILE = r"""
// The rivers of the first lesson
// [id:riv-1] [tag:rivers] and [tag:a \[b\]]
::Longest::[html]Which river is <b>longest</b>?{
    =Amazon#Right\: it is.
    ~[plain]Rhine * 2 # [markdown]Not **nearly**.
    ~Elbe
    ####Measured in 2007.
}

$CATEGORY: $course$/top/Lessons/2.1

::Two::Choose both {
  ~%50%a#yes
  ~%-100%b
  ~%50%c
}

The moon is a star.{F#It is no star.#It shines by other light.####Stars shine.}
"""


def test_a_file_is_read_whole() -> None:
    parsed = read(FILE)
    first, second, third = (each.item for each in parsed.items)
    assert (parsed.skipped, parsed.warnings, notes(parsed)) == ([], [], [])
    assert [(each.place, each.name, each.category) for each in parsed.items] == [
        ("line 4", "Longest", ""),
        ("line 13", "Two", "Lessons/2.1"),
        ("line 19", "", "Lessons/2.1"),
    ]
    assert first == Item(
        "riv-1", "single", "", "exam", "Which river is **longest**?",
        (
            ItemOption("Amazon", "Right: it is.", is_key=True),
            ItemOption("Rhine * 2".replace("*", "\\*"), "Not **nearly**."),
            ItemOption("Elbe"),
        ),
        explanation="Measured in 2007.",
        services=("rivers", "a \\[b]"),
    )  # fmt: skip
    assert (first.line, first.kind, second.task, second.kind) == (4, "single", "2.1", "multiple")
    assert options(second) == [("a", True, "yes"), ("b", False, ""), ("c", True, "")]
    assert options(third) == [
        ("True", False, "It is no star."),
        ("False", True, "It shines by other light."),
    ]
    assert third.explanation == "Stars shine."


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("Only a text.", Code.KIND_DESCRIPTION),
        ("Tell me. {}", Code.KIND_ESSAY),
        ("Tell me. {####Well.}", Code.KIND_ESSAY),
        ("How many? {#4:1}", Code.KIND_NUMERIC),
        ("How many? {#\n=4#ok\n=%50%5\n}", Code.KIND_NUMERIC),
        ("Who? {=me =%50%you}", Code.KIND_SHORT_ANSWER),
        ("Who? {me}", Code.KIND_SHORT_ANSWER),
        ("The {=sun ~moon} shines.", Code.KIND_MISSING_WORD),
        ("{=Sun ~Moon} shines.", Code.KIND_MISSING_WORD),
        ("He is {T} here", Code.KIND_MISSING_WORD),
        ("Where {1:MULTICHOICE:=a~b} and {2:SA:=c}", Code.KIND_CLOZE),
        ("Never closed {=a ~b", Code.SYNTAX),
        ("Turned } round {", Code.SYNTAX),
        ("::No end of the name{T}", Code.SYNTAX),
        ("Pair {=a -> b =c}", Code.SYNTAX),
        ("Early {text ~a =b}", Code.SYNTAX),
        ("{=a ~b}", Code.NO_STEM),
        ("None {~a ~b}", Code.NO_KEY),
        ("None {~%-50%a ~b}", Code.NO_KEY),
        ("One {=a ~}", Code.TOO_FEW_OPTIONS),
        ("One {=a -> b =c -> b}", Code.TOO_FEW_OPTIONS),
        ("One {= -> b =c -> a}", Code.TOO_FEW_OPTIONS),
        ("Many {=a " + "~x" * 3 + " ~1 ~2 ~3 ~4 ~5}", Code.TOO_MANY_OPTIONS),
        ("Many {=a " + "~x" * 40 + "}", Code.TOO_MANY_OPTIONS),
        ("Heavy {~%150%a ~b}", Code.BAD_WEIGHT),
        ("Long {=" + "x" * 100_001 + " ~b}", Code.TEXT_TOO_LONG),
    ],
    ids=lambda value: value[:20],
)
def test_what_we_have_no_question_for_is_skipped_by_line(block: str, code: Code) -> None:
    parsed = read(f"Before.{{T}}\n\n// [id:x]\n{block}\n\nAfter.{{T}}")
    assert skipped(parsed) == [("line 4", code)]
    assert [each.item.stem for each in parsed.items] == ["Before.", "After."]


def test_every_note_says_file_and_line() -> None:
    assert str(read("a\n\nb {} ").skipped[1]) == "q.txt: line 3: an essay has no options"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"a\:b \#1 \= \{x\} \~y", "a:b #1 = {x} ~y"),
        (r"one\ntwo", "one\\\ntwo"),
        (r"C\:\\new", "C:\\new"),
        (r"\\\#", "\\\\#"),
        (r"\q \w", "\\q \\w"),
        ("[tex]x", "[tex]x"),
        ("&&058;", "&&058;"),
        ("a\n  // a comment\n b", "a\n\nb"),
    ],
)
def test_escapes_are_undone(text: str, plain: str) -> None:
    item = only(read(f"{text} {{=a ~b}}"))
    assert item.stem.replace("\\&", "&") == plain


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("[html]<p>a</p><p>b*</p>", "a\n\nb\\*"),
        ("[markdown]a *b*", "a *b*"),
        ("[plain]a <b>b</b>", "a <b>b</b>"),
        ("[moodle]a <b>b</b>\nc", "a **b**\\\nc"),
        ("a <b>b</b>", "a **b**"),
        ("a *b* List<T>", "a \\*b\\* List<T>"),
    ],
)
def test_texts_are_in_the_format_they_name(text: str, markdown: str) -> None:
    assert only(read(text + "{T}")).stem == markdown


def test_answers_and_feedback_inherit_the_format() -> None:
    item = only(read("[markdown]q{=*a*#*b* ~[plain]*c*#[html]<i>d</i>####*e*}"))
    assert options(item) == [("*a*", True, "*b*"), ("\\*c\\*", False, "*d*")]
    assert item.explanation == "*e*"


@pytest.mark.parametrize(
    ("body", "keys", "kind", "codes"),
    [
        ("=a ~b", "A", "single", []),
        ("~%50%a ~b =c", "C", "single", ["partial-credit"]),
        ("~%-50%a =b", "B", "single", ["partial-credit"]),
        ("=a =b ~c", "AB", "multiple", ["several-keys"]),
        ("~%50%a ~%50%b ~c", "AB", "multiple", []),
        ("~%33.33333%a ~%33.33333%b ~%33.33333%c ~d", "ABC", "multiple", []),
        ("~%50%a ~%30%b ~c", "AB", "multiple", ["partial-credit"]),
        ("~%60%a ~%40%b ~c", "AB", "multiple", ["partial-credit"]),
        ("~%100%a ~b", "A", "multiple", ["one-key"]),
        ("~%100%a ~%100%b ~c", "AB", "multiple", ["partial-credit"]),
        ("~%50%a ~%50%b", "AB", "multiple", ["all-keys"]),
        ("=%100%a ~b", "A", "single", []),
        ("=a ~a ~b", "A", "single", ["duplicate-option"]),
        ("=a ~#why ~b", "A", "single", ["empty-option"]),
        ("=a ~5% more ~%x%", "A", "single", []),
    ],
)
def test_weights_become_keys(body: str, keys: str, kind: str, codes: list[str]) -> None:
    parsed = read(f"q {{{body}}}")
    item = only(parsed)
    assert (item.key, item.kind, [code for _, code in notes(parsed)]) == (keys, kind, codes)


@pytest.mark.parametrize(
    "body", ["=a#good\n~b#a = 1\n~c", "~%50%a\n~%50%b#x=y", "=a#one =b#two ~c"]
)
def test_an_equals_sign_in_feedback_is_reported_by_line(body: str) -> None:
    parsed = read(f"x{{T}}\n\nq {{\n{body}\n}}")
    (note,) = parsed.skipped
    line = 4 + body[: body.rindex("=")].count("\n")
    assert (note.place, note.code) == ("line 3", Code.STRAY_EQUALS)
    assert note.message.startswith(f"line {line}: ")


@pytest.mark.parametrize("body", ["~a#no =b#yes", "~a#no\n=b#yes", "~a#1 \\= 2\n=b"])
def test_other_equals_signs_are_keys(body: str) -> None:
    assert only(read(f"q {{{body}}}")).key == "B"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("T", [("True", True, ""), ("False", False, "")]),
        ("TRUE#wrong", [("True", True, ""), ("False", False, "wrong")]),
        ("true#wrong#right", [("True", True, "right"), ("False", False, "wrong")]),
        ("F##right", [("True", False, ""), ("False", True, "right")]),
    ],
)
def test_true_or_false_has_one_key(body: str, expected: list[tuple[str, bool, str]]) -> None:
    item = only(read(f"q{{{body}}}"))
    assert (item.kind, options(item)) == ("single", expected)


def test_noise_behind_true_or_false_is_noted() -> None:
    assert notes(read('q{T}";')) == [("line 1", Code.DETAIL_DROPPED)]


def test_pairs_share_responses_and_have_distractors() -> None:
    parsed = read("q{\n=a#1 -> x\n= -> y\n=[html]<b>b</b>->x\n=c -> z -> w\n}")
    item = only(parsed)
    assert [option.text for option in item.options] == ["x", "y", "z -> w"]
    assert pairs(item) == [("a#1", "x"), ("**b**", "x"), ("c", "z -> w")]
    assert notes(parsed) == []


def test_pairs_that_lack_something_are_noted() -> None:
    parsed = read("q{=a -> x =a -> y =b -> }")
    assert pairs(only(parsed)) == [("a", "x"), ("a", "y")]
    assert [code for _, code in notes(parsed)] == [Code.EMPTY_OPTION, Code.DUPLICATE_OPTION]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("3 ALL VERTICAL ALL_OR_NOTHING SHOW 123", []),
        ("2 none", ["partial-credit"]),
        ("", ["partial-credit"]),
        (" 2 CONTIGUOUS H ABSOLUTE HIDE iii", ["partial-credit", "detail-dropped"]),
    ],
)
def test_steps_stand_a_line_each(words: str, codes: list[str]) -> None:
    parsed = read(f"// [id:o-1]\n::n::[html]Sort.{{>{words}\n a = b \n\tc: d#\ne ~\n####Why.}}")
    item = only(parsed)
    assert (item.kind, item.external_id, item.explanation) == ("ordering", "o-1", "Why.")
    assert [option.text for option in item.options] == ["a = b", "c: d#", "e ~"]
    assert [code for _, code in notes(parsed)] == codes


def test_ids_and_tags_are_kept_as_far_as_we_can() -> None:
    parsed = read("// [id:a b/ä] [tag:x,y] [tag: ok ] [tag:ok]\nq{T}\n\n//[id:a-b]\nr{T}")
    assert [(each.item.external_id, each.item.services) for each in parsed.items] == [
        ("a-b", ("ok",)),
        ("a-b", ()),
    ]
    assert notes(parsed) == [
        ("line 2", Code.BAD_ID),
        ("line 2", Code.BAD_TAG),
        ("line 5", Code.DUPLICATE_ID),
    ]


@pytest.mark.parametrize(
    ("path", "category", "task"),
    [
        ("$course$/top/A/B", "A/B", ""),
        ("$course$/Default for x", "Default for x", ""),
        ("$system$/top", "", ""),
        ("topics/1.4", "topics/1.4", "1.4"),
        ("A//B/C\\:D", "A//B/C:D", ""),
    ],
)
def test_categories_hold_until_the_next(path: str, category: str, task: str) -> None:
    parsed = read(
        f"// a comment\n$CATEGORY: {path}\n\na{{T}}\n\nb{{T}}\n\n$CATEGORY: other\nc{{T}}"
    )
    assert [each.category for each in parsed.items] == [category, category, "other"]
    assert parsed.items[0].item.task == task
    assert parsed.items[2].place == "line 9"


def test_a_name_stands_in_for_a_text() -> None:
    parsed = read("::What *is* it?::{=a ~b}")
    assert only(parsed).stem == "What \\*is\\* it?"
    assert notes(parsed) == [("line 1", Code.NAME_AS_STEM)]


def test_images_are_not_in_the_file() -> None:
    html = (
        '<img src\\="https\\://e.com/a.png" alt\\="A"><img src\\="@@PLUGINFILE@@/b.png" alt\\="B">'
    )
    parsed = read(f"[html]q {html}<video></video>{{T}}")
    assert only(parsed).stem == "q ![A](https://e.com/a.png)B"
    assert [code for _, code in notes(parsed)] == [
        Code.IMAGE_REMOTE,
        Code.IMAGE_MISSING,
        Code.HTML_DROPPED,
    ]


def test_an_image_may_stand_in_the_text_itself() -> None:
    html = '<img src\\="data\\:image/png;base64,iVBORw0KGgo\\=" alt\\="A">'
    item = only(read(f"[html]q {html}{{T}}"))
    assert item.stem == "q ![A](images/embedded-1.png)"
    assert item.images == (ItemImage("images/embedded-1.png", b"\x89PNG\r\n\x1a\n"),)


def test_other_encodings_are_chosen_not_guessed() -> None:
    data = "Größe{T}".encode("windows-1252")
    with pytest.raises(FileRefusedError, match="import it as Windows-1252"):
        parse(data, file="q.txt")
    assert only(parse(data, file="q.txt", encoding="windows-1252")).stem == "Größe"
    assert only(parse("Größe{T}".encode("utf-16"), file="q.txt")).stem == "Größe"


@pytest.mark.parametrize("data", [b"", b"\n\n", b"// only\n\n// comments\n"])
def test_a_file_without_questions_is_empty(data: bytes) -> None:
    assert parse(data, file="q.txt") == Parsed()


def test_many_questions_are_counted() -> None:
    parsed = parse(b"a{T}\n\nb{}\n\n" * 1_000, file="q.txt")
    assert (len(parsed.items), len(parsed.skipped)) == (1_000, 1_000)
    with pytest.raises(FileRefusedError, match="more than 20000 questions"):
        parse(b"a{}\n\n" * 20_001, file="q.txt")


# Writing


WRITTEN = r"""$CATEGORY: $course$/top/MLS-C01/1.2

// [id:de-001] [tag:Amazon EBS] [tag:Amazon S3]
::de-001::[markdown]A team keeps records.\n\nWhich storage fits **best**?{
	~Amazon S3#Too slow.
	=Amazon EBS#Fits.
	~None of these#One fits.
	####EBS fits.\n\nReferences\:\n\n- [Amazon EBS](https\://docs.aws.amazon.com/ebs/)
}

// [id:de-001] [tag:Amazon EBS] [tag:Amazon S3]
::de-001::[markdown]A team keeps records.\n\nWhich storage fits **best**?{
	=Missed fraud -> Recall
	= -> RMSE
	=False alarms -> Precision
	=Missed tumors -> Recall
	####EBS fits.\n\nReferences\:\n\n- [Amazon EBS](https\://docs.aws.amazon.com/ebs/)
}
"""


def test_writing_gives_the_documented_text() -> None:
    assert write([SINGLE, MATCHING], category="MLS-C01").decode() == WRITTEN


@pytest.mark.parametrize(
    ("item", "codes"),
    [
        (SINGLE, [Code.LOSES_FIXED_PLACES, Code.LOSES_METADATA]),
        (MULTIPLE, [Code.LOSES_METADATA]),
        (ORDERING, [Code.LOSES_RATIONALES, Code.LOSES_METADATA]),
        (MATCHING, [Code.LOSES_RATIONALES, Code.LOSES_METADATA]),
        (replace(MULTIPLE, angoff=None, verified=None), []),
        (replace(MULTIPLE, images=(ItemImage("images/a.png", PNG),)),
         [Code.LOSES_IMAGES, Code.LOSES_METADATA]),
        (replace(ORDERING, options=tuple(ItemOption(f"`{n}`") for n in "abc")),
         [Code.LOSES_FORMATTING, Code.LOSES_METADATA]),
        (replace(ORDERING, options=(ItemOption("a"), ItemOption("{b}"))),
         [Code.CANNOT_HOLD_TEXT, Code.LOSES_METADATA]),
    ],
)  # fmt: skip
def test_what_gets_lost_is_listed(item: Item, codes: list[Code]) -> None:
    assert [note.code for note in unsupported(item)] == codes


def test_what_cannot_be_held_is_left_out() -> None:
    arrow = replace(MATCHING, prompts=(replace(MATCHING.prompts[0], text="a -> b"),))
    assert unsupported(arrow)[0] == Note(
        "GIFT", "de-001", Code.CANNOT_HOLD_TEXT, "a prompt with '->' cannot be written"
    )
    assert [each.item.kind for each in parse(write([arrow, MULTIPLE]), file="f").items] == [
        "multiple"
    ]


def test_a_task_does_not_linger() -> None:
    items = [SINGLE, replace(SINGLE, task=""), replace(SINGLE, task="2.1")]
    assert [e.item.task for e in parse(write(items), file="f").items] == ["1.2", "", "2.1"]


def held(item: Item) -> Item:
    """The item as it comes back from GIFT."""
    if item.kind in {"single", "multiple"}:
        return item
    return replace(
        item,
        options=tuple(replace(option, rationale="") for option in item.options),
        prompts=tuple(replace(prompt, rationale="") for prompt in item.prompts),
    )


@settings(deadline=None, max_examples=60)
@given(choices("single") | choices("multiple") | orderings(texts=lines) | matchings())
def test_what_is_written_reads_back(item: Item) -> None:
    parsed = parse(write([item]), file="f")
    if is_left_out(unsupported(item)):
        assert parsed.items == []
    else:
        assert only(parsed) == held(item)


_syntax = st.text("ab{}=~#%->:\\[]\n/T$ 015", max_size=60)


@settings(deadline=None, max_examples=60)
@given(_syntax | _syntax.map(lambda text: f"q {{{text}}}") | st.text(max_size=40))
def test_any_text_is_read(text: str) -> None:
    try:
        parsed = read(text)
    except (FileRefusedError, UnicodeEncodeError):
        return
    for each in parsed.items:
        assert 2 <= len(each.item.options) <= 8
        assert each.item.stem
