"""What strangers' files may do: nothing but be read, or be refused with a reason."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.hostile import MAX_FILE_SIZE, check_count, check_size, decode, parse_xml
from questions.formats.parsed import Code, FileRefusedError, Note

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE quiz [
 <!ENTITY a "ha">
 <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
 <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
]>
<quiz>&c;</quiz>"""
OUTSIDE = b'<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>'


def refusal(data: bytes, encoding: str | None = None, *, xml: bool = False) -> Note:
    with pytest.raises(FileRefusedError) as caught:
        (parse_xml if xml else decode)(data, file="f", encoding=encoding)
    return caught.value.note


@pytest.mark.parametrize(
    "data",
    [
        "Zoë\nb".encode(),
        "Zoë\nb".encode("utf-8-sig"),
        "Zoë\nb".encode("utf-16"),
        b"\xfe\xff" + "Zoë\nb".encode("utf-16-be"),
        "Zoë\r\nb".encode(),
        "Zoë\rb".encode(),
        "Z\x0boë\n\x00".replace("\x00", "\x7f").encode() + b"b",
    ],
)
def test_text_is_decoded_with_one_kind_of_line_end(data: bytes) -> None:
    assert decode(data, file="f") == "Zoë\nb"


def test_what_is_not_utf8_is_refused_by_line_and_told_the_way_out() -> None:
    data = "a\nb\nZoë".encode("windows-1252")
    assert refusal(data) == Note(
        "f",
        "line 3",
        Code.ENCODING,
        "is not UTF-8; if it comes from an older program, import it as Windows-1252",
    )
    assert decode(data, file="f", encoding="windows-1252") == "a\nb\nZoë"


@pytest.mark.parametrize(
    ("data", "encoding", "message"),
    [
        (b"\x81", "windows-1252", "is not WINDOWS-1252"),
        (b"\xff\xfea", None, "is not UTF-16"),
        (b"a", "latin-9", "'latin-9' is none of utf-8, utf-16, windows-1252"),
        ("ab".encode("utf-16-le"), None, "holds NUL characters; it is no text, or UTF-16"),
    ],
)
def test_bytes_that_do_not_fit_are_refused(data: bytes, encoding: str | None, message: str) -> None:
    note = refusal(data, encoding)
    assert (note.code, note.message) == (Code.ENCODING, message)


def test_a_mark_outweighs_what_somebody_says() -> None:
    assert decode("Zoë".encode("utf-8-sig"), file="f", encoding="windows-1252") == "Zoë"


def test_a_file_has_a_size_and_a_count() -> None:
    with pytest.raises(FileRefusedError, match="has more than 25 MB") as caught:
        check_size(bytes(MAX_FILE_SIZE + 1), file="f")
    assert caught.value.note.code == Code.TOO_BIG
    with pytest.raises(FileRefusedError, match="holds more than 20000 questions"):
        check_count(20_001, file="f")
    check_size(bytes(10), file="f")
    check_count(20_000, file="f")


@pytest.mark.parametrize(
    "data",
    [
        BOMB,
        OUTSIDE,
        b"<!DOCTYPE quiz><quiz/>",
        b"\xef\xbb\xbf \n<!-- x --><?y z?><!doctype quiz><quiz/>",
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE quiz><quiz/>'.encode("utf-16"),
    ],
)
def test_a_doctype_is_refused_wherever_it_hides(data: bytes) -> None:
    note = refusal(data, xml=True)
    assert (note.code, note.message) == (
        Code.DOCTYPE,
        "has a DOCTYPE, which may hide entities; remove it",
    )


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (b"", Code.MALFORMED, "is no valid XML: "),
        (b"<quiz>\n<a></quiz>", Code.MALFORMED, "is no valid XML: Opening and ending tag"),
        (b"<quiz>&nbsp;</quiz>", Code.MALFORMED, "is no valid XML: Entity 'nbsp' not defined"),
        (b"<a>" * 300 + b"</a>" * 300, Code.TOO_BIG, "its elements nest too deep"),
        (b"<a>" + b"x" * 10_000_001 + b"</a>", Code.TOO_BIG, "its elements nest too deep, or a te"),
        (b"<a>" + b"<b/>" * 2_000_000 + b"</a>", Code.TOO_BIG, "holds too many tags"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', Code.ENCODING, "declares the encoding"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_other_xml_is_refused(data: bytes, code: Code, message: str) -> None:
    note = refusal(data, xml=True)
    assert note.code == code
    assert note.message.startswith(message)


def test_the_declared_encoding_counts_and_lines_stay() -> None:
    text = '<?xml version="1.0"\n encoding="{}"?>\n<quiz>\n<a>Zoë</a></quiz>'
    for name in ("ISO-8859-1", "windows-1252", "utf-8"):
        element = parse_xml(text.format(name).encode(name), file="f")[0]
        assert (element.text, element.sourceline) == ("Zoë", 4)
    data = text.format("utf-8").encode("windows-1252")
    assert refusal(data, xml=True).code == Code.ENCODING
    assert parse_xml(data, file="f", encoding="windows-1252")[0].text == "Zoë"


ODD = st.text("<>?!/ ax\"'=&;\x00\x0b\ufffe", max_size=60)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=60) | ODD.map(str.encode))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    for read in (decode, parse_xml):
        with suppress(FileRefusedError):
            read(data, file="f")
