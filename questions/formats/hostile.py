"""Files of strangers: bounded, decoded without guessing, XML without entities or a DOCTYPE."""

import re

from lxml import etree

from questions.formats.parsed import Code, FileRefusedError, Note

MAX_FILE_SIZE = 25_000_000  # bytes
MAX_QUESTIONS = 20_000
MAX_TEXT = 100_000  # characters of one text
MAX_TAGS = 2_000_000  # tags and attributes, which cost far more memory than their bytes
ENCODINGS = ("utf-8", "utf-16", "windows-1252")

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_DECLARED = re.compile(rb"<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_XML_ENCODINGS = {
    "utf-8": "utf-8",
    "us-ascii": "utf-8",
    "iso-8859-1": "windows-1252",  # as browsers read it
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "windows-1252",
    "cp1252": "windows-1252",
}
_BEFORE_ROOT = re.compile(r"(?:\s++|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)


def refused(file: str, code: str, message: str, *, line: int = 0) -> FileRefusedError:
    """The error to raise for a whole file; line 0 speaks of no line."""
    return FileRefusedError(Note(file, f"line {line}" if line else "", code, message))


def check_size(data: bytes, *, file: str, limit: int = MAX_FILE_SIZE) -> None:
    """Raises FileRefusedError above `limit` bytes."""
    if len(data) > limit:
        message = f"has more than {limit / 1_000_000:g} MB; divide it into several files"
        raise refused(file, Code.TOO_BIG, message)


def check_count(count: int, *, file: str) -> None:
    """Raises FileRefusedError above MAX_QUESTIONS questions."""
    if count > MAX_QUESTIONS:
        message = f"holds more than {MAX_QUESTIONS} questions; divide it into several files"
        raise refused(file, Code.TOO_MANY, message)


def decode(data: bytes, *, file: str, encoding: str | None = None) -> str:
    """The text, lines ended by "\\n", without control characters.

    `encoding` is one of ENCODINGS; without it a byte order mark decides, and else it is UTF-8.
    Nothing is guessed: raises FileRefusedError for bytes that do not fit.
    """
    check_size(data, file=file)
    if encoding is not None and encoding not in ENCODINGS:
        raise refused(file, Code.ENCODING, f"{encoding!r} is none of {', '.join(ENCODINGS)}")
    return _text(data, encoding or "utf-8", file)


def parse_xml(data: bytes, *, file: str, encoding: str | None = None) -> etree._Element:
    """The root of an XML file, with the line numbers of the file.

    `encoding` is meant for a file that declares none or the wrong one. Raises FileRefusedError for
    a DOCTYPE, for what is not well-formed, nests too deep or holds too much.
    """
    check_size(data, file=file)
    text = _text(data, encoding or _declared(data, file), file)
    if declaration := _DECLARATION.match(text):
        text = "\n" * declaration[0].count("\n") + text[declaration.end() :]
    _check_prolog(text, file)
    if text.count("<") + text.count('="') + text.count("='") > MAX_TAGS:
        raise refused(file, Code.TOO_BIG, "holds too many tags; divide it into several files")
    try:
        root = etree.fromstring(text.encode(), _parser())
    except etree.XMLSyntaxError as error:
        raise _malformed(error, file) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype(file)
    return root


def _malformed(error: etree.XMLSyntaxError, file: str) -> FileRefusedError:
    line, message = error.lineno or 0, error.msg.partition(", line ")[0].strip()
    if "XML_PARSE_HUGE" in message:
        message = "its elements nest too deep, or a text has more than 10 MB"
        return refused(file, Code.TOO_BIG, message, line=line)
    return refused(file, Code.MALFORMED, f"is no valid XML: {message}", line=line)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _declared(data: bytes, file: str) -> str:
    """The encoding by the XML declaration; where there is none, XML is UTF-8."""
    match = _DECLARED.match(data[:200].lstrip())
    name = match[1].decode().lower() if match else "utf-8"
    if name not in _XML_ENCODINGS:
        raise refused(file, Code.ENCODING, f"declares the encoding {name!r}; save it as UTF-8")
    return _XML_ENCODINGS[name]


def _text(data: bytes, encoding: str, file: str) -> str:
    """A byte order mark outweighs `encoding`."""
    marked = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    return _plain(_decoded(data, marked or encoding, file), file)


def _decoded(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"is not {encoding.removesuffix('-sig').upper()}"
        if encoding.startswith("utf-8"):
            message += "; if it comes from an older program, import it as Windows-1252"
        raise refused(file, Code.ENCODING, message, line=line) from error


def _plain(text: str, file: str) -> str:
    if "\0" in text:
        raise refused(file, Code.ENCODING, "holds NUL characters; it is no text, or UTF-16")
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return CONTROL.sub("", lines)


def _check_prolog(text: str, file: str) -> None:
    start = _BEFORE_ROOT.match(text)
    if start and text[start.end() : start.end() + 9].upper() == "<!DOCTYPE":
        raise _doctype(file)


def _doctype(file: str) -> FileRefusedError:
    return refused(file, Code.DOCTYPE, "has a DOCTYPE, which may hide entities; remove it")
