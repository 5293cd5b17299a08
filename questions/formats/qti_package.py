"""The zip around QTI items: bounded, its manifest, and files found by what they are called."""

import posixpath
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from urllib.parse import unquote, urlsplit
from zipfile import BadZipFile, ZipFile, ZipInfo

from lxml.etree import _Element

from questions.formats.hostile import MAX_FILE_SIZE, check_size, parse_xml, refused
from questions.formats.parsed import Code, FileRefusedError
from questions.formats.qti_names import normalize
from questions.formats.qti_texts import Found

MAX_PACKAGE = 50_000_000  # bytes of the zip
MAX_ENTRIES = 25_000
MAX_TOTAL = 100_000_000  # bytes unpacked
MAX_RATIO = 200  # unpacked to packed, of a file above SMALL
MAX_MARKUP = 3_000_000  # tags of all XML files together
MAX_PATH = 500  # characters
MAX_KEYWORDS = 50  # of one item
SMALL = 1_000_000  # bytes
MANIFEST = "imsmanifest.xml"
MAGIC = b"PK\x03\x04"

_ARCHIVES = (".zip", ".imscc", ".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz")
_ENTRY = b"PK\x01\x02"  # begins each entry of the directory of a zip
_METHODS = {0, 8}  # stored, deflated
# All that zipfile is known to raise for damaged files.
_BROKEN = (
    BadZipFile, EOFError, LookupError, NotImplementedError, OSError, OverflowError, RuntimeError,
    ValueError, struct.error, zlib.error,
)  # fmt: skip


@dataclass(frozen=True)
class Resource:
    """An item by the manifest; `task` and `services` are what its metadata say."""

    href: str
    identifier: str = ""
    subjects: tuple[str, ...] = ()
    taxons: tuple[str, ...] = ()


@dataclass
class Package:
    """The files of a zip. Nothing is written to disk, nothing read above the limits."""

    file: str
    zip: ZipFile
    entries: dict[str, ZipInfo]
    by_lower: dict[str, str]
    left: int = MAX_TOTAL
    markup: int = 0
    kept: dict[str, bytes] = field(default_factory=dict)

    @property
    def archives(self) -> list[str]:
        """The archives inside, which are never opened."""
        return [path for path in self.entries if path.lower().endswith(_ARCHIVES)]

    def find(self, reference: str, base: str) -> Found | None:
        """The file that `reference` means in the file at path `base`, however it is spelled.

        Raises FileRefusedError above the limits.
        """
        path, is_exact = self.path_of(reference, base)
        return Found(path, self.read(path), is_exact) if path else None

    def path_of(self, reference: str, base: str) -> tuple[str, bool]:
        """The path, empty if there is none, and whether it is spelled as in the reference."""
        target = _target(reference)
        if not target or posixpath.basename(target).lower().endswith(_ARCHIVES):
            return "", False
        near = posixpath.normpath(posixpath.join(posixpath.dirname(base), target.lstrip("/")))
        far = posixpath.normpath(target.lstrip("/"))
        if near in self.entries and not target.startswith("/"):
            return near, True
        for path in (near, far):
            if found := self.by_lower.get(path.lower()):
                return found, False
        return "", False

    def read(self, path: str) -> bytes:
        """The bytes of a file; images and the like are read once. Raises FileRefusedError."""
        if path in self.kept:
            return self.kept[path]
        content = self._unpacked(path)
        if path.lower().endswith(".xml"):
            self._count_markup(content)
        else:
            self.kept[path] = content
        return content

    def _unpacked(self, path: str) -> bytes:
        limit = min(self.left, MAX_FILE_SIZE)
        try:
            with self.zip.open(self.entries[path]) as stream:
                content = stream.read(limit + 1)
        except _BROKEN as error:
            raise refused(self.file, Code.MALFORMED, f"{path!r} in it is damaged") from error
        if len(content) > MAX_FILE_SIZE:
            message = f"{path[:100]!r} in it has more than {MAX_FILE_SIZE // 1_000_000} MB"
            raise refused(self.file, Code.TOO_BIG, message)
        if len(content) > limit:
            raise _too_big(self.file)
        self.left -= len(content)
        return content

    def _count_markup(self, content: bytes) -> None:
        self.markup += content.count(b"<")
        if self.markup > MAX_MARKUP:
            message = "holds too many tags; divide it into several packages"
            raise refused(self.file, Code.TOO_BIG, message)


def open_package(data: bytes, *, file: str) -> Package:
    """Raises FileRefusedError for what is damaged, unsafe or too big, before unpacking any."""
    check_size(data, file=file, limit=MAX_PACKAGE)
    if data.count(_ENTRY) > MAX_ENTRIES:
        message = f"holds more than {MAX_ENTRIES} files; divide it into several packages"
        raise refused(file, Code.TOO_MANY, message)
    try:
        archive = ZipFile(BytesIO(data))
    except _BROKEN as error:
        raise refused(file, Code.MALFORMED, "is no zip file, or a damaged one") from error
    files = [info for info in archive.infolist() if not info.filename.endswith(("/", "\\"))]
    entries = {_safe_path(info, file): info for info in files}
    _check_sizes(entries, file)
    return Package(file, archive, entries, {path.lower(): path for path in entries})


def resources_of(package: Package) -> tuple[list[Resource], str, str]:
    """The items of a package, the path of its manifest, and what is odd about that.

    Raises FileRefusedError for a manifest that cannot be read, and where there is nothing.
    """
    manifests = [p for p in package.entries if posixpath.basename(p).lower() == MANIFEST]
    if not manifests:
        paths = sorted(path for path in package.entries if path.lower().endswith(".xml"))
        return [Resource(path) for path in paths], "", "has no imsmanifest.xml; all XML is read"
    path = min(manifests, key=lambda each: (each.count("/"), each))
    root = parse_xml(package.read(path), file=f"{package.file}: {path}")
    normalize(root)
    oddity = "" if path == MANIFEST else f"its manifest is read from {path!r}"
    return [*_resources(root)], path, oddity


def _resources(root: _Element) -> Iterator[Resource]:
    for element in root.iterfind("resources/resource"):
        kind = element.get("type", "").lower()
        if "imsqti" not in kind or "item" not in kind:
            continue
        yield Resource(
            element.get("href") or next((f.get("href", "") for f in element.iter("file")), ""),
            element.get("identifier", ""),
            tuple(islice(_strings(element, "keyword"), MAX_KEYWORDS)),
            tuple(islice(_strings(element, "taxon"), MAX_KEYWORDS)),
        )


def _strings(element: _Element, name: str) -> Iterator[str]:
    for each in element.iter(name):
        for part in each.iter("string", "langstring", "id"):
            if text := " ".join((part.text or "").split()):
                yield text


def _safe_path(info: ZipInfo, file: str) -> str:
    """Raises FileRefusedError for a path that leads out, a link, or what we cannot unpack."""
    path = info.filename.replace("\\", "/")
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    parts = path.split("/")
    if not path or path.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in path:
        raise _unsafe(file, f"the path {path[:100]!r}, which leads out of it")
    if len(path) > MAX_PATH:
        raise _unsafe(file, f"a path of more than {MAX_PATH} characters")
    if is_link:
        raise _unsafe(file, f"a symbolic link, {path[:100]!r}")
    if info.flag_bits & 1:
        raise _unsafe(file, f"{path[:100]!r}, which is encrypted")
    if info.compress_type not in _METHODS:
        raise _unsafe(file, f"{path[:100]!r}, packed by an unusual method")
    return posixpath.normpath(path)


def _check_sizes(entries: dict[str, ZipInfo], file: str) -> None:
    if sum(info.file_size for info in entries.values()) > MAX_TOTAL:
        raise _too_big(file)
    for path, info in entries.items():
        if info.file_size > SMALL and info.file_size > MAX_RATIO * info.compress_size:
            message = f"{path[:100]!r}, which unpacks to more than {MAX_RATIO} times its size"
            raise _unsafe(file, message)


def _target(reference: str) -> str:
    """The path part of a reference; empty for an address on the web."""
    try:
        parts = urlsplit(reference.strip().replace("\\", "/"))
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else unquote(parts.path)


def _unsafe(file: str, what: str) -> FileRefusedError:
    return refused(file, Code.UNSAFE_ARCHIVE, f"holds {what}")


def _too_big(file: str) -> FileRefusedError:
    message = f"unpacks to more than {MAX_TOTAL // 1_000_000} MB; divide it into several packages"
    return refused(file, Code.TOO_BIG, message)
