"""What a reader of another system's format found, and what it says of the rest."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from questions.formats.item import Item


class Code(StrEnum):
    """What a note is about. Codes are stable: pages and scripts may rely on them."""

    # The file as a whole, refused
    TOO_BIG = "too-big"
    TOO_MANY = "too-many"
    ENCODING = "encoding"
    MALFORMED = "malformed"
    DOCTYPE = "doctype"
    NOT_THIS_FORMAT = "not-this-format"
    UNSAFE_ARCHIVE = "unsafe-archive"
    # A question, skipped
    KIND_UNKNOWN = "kind-unknown"
    KIND_NUMERIC = "kind-numeric"
    KIND_SHORT_ANSWER = "kind-short-answer"
    KIND_ESSAY = "kind-essay"
    KIND_DESCRIPTION = "kind-description"
    KIND_MISSING_WORD = "kind-missing-word"
    KIND_CLOZE = "kind-cloze"
    KIND_SEVERAL = "kind-several"
    KIND_TEMPLATE = "kind-template"
    CUSTOM_SCORING = "custom-scoring"
    FILE_MISSING = "file-missing"
    SYNTAX = "syntax"
    TEXT_TOO_LONG = "text-too-long"
    NO_STEM = "no-stem"
    NO_KEY = "no-key"
    STRAY_EQUALS = "stray-equals"
    TOO_FEW_OPTIONS = "too-few-options"
    TOO_MANY_OPTIONS = "too-many-options"
    BAD_WEIGHT = "bad-weight"
    # A question, imported with a change that its author should see
    PARTIAL_CREDIT = "partial-credit"
    ONE_KEY = "one-key"
    SEVERAL_KEYS = "several-keys"
    ALL_KEYS = "all-keys"
    EMPTY_OPTION = "empty-option"
    DUPLICATE_OPTION = "duplicate-option"
    BAD_POSITION = "bad-position"
    NAME_AS_STEM = "name-as-stem"
    LOOKS_LIKE_OPTION = "looks-like-option"
    BAD_ID = "bad-id"
    DUPLICATE_ID = "duplicate-id"
    BAD_TAG = "bad-tag"
    HTML_DROPPED = "html-dropped"
    IMAGE_MISSING = "image-missing"
    IMAGE_REMOTE = "image-remote"
    IMAGE_REFUSED = "image-refused"
    FILE_DROPPED = "file-dropped"
    DETAIL_DROPPED = "detail-dropped"
    NO_SCORING = "no-scoring"
    MATH_AS_TEXT = "math-as-text"
    PATH_CHANGED = "path-changed"
    NO_MANIFEST = "no-manifest"
    # A question that a writer leaves out
    CANNOT_HOLD_KIND = "cannot-hold-kind"
    CANNOT_HOLD_TEXT = "cannot-hold-text"
    # What a writer leaves out of a question
    LOSES_RATIONALES = "loses-rationales"
    LOSES_EXPLANATION = "loses-explanation"
    LOSES_FORMATTING = "loses-formatting"
    LOSES_IMAGES = "loses-images"
    LOSES_FIXED_PLACES = "loses-fixed-places"
    LOSES_ID = "loses-id"
    LOSES_METADATA = "loses-metadata"


LEFT_OUT = frozenset({Code.CANNOT_HOLD_KIND, Code.CANNOT_HOLD_TEXT})


@dataclass(frozen=True)
class Note:
    """One remark; `place` is what a person can look for: "line 12", "question q-7"."""

    file: str
    place: str
    code: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.place, self.message) if part)


class FileRefusedError(ValueError):
    """A file that no reader will go on with; `note` says why."""

    def __init__(self, note: Note) -> None:
        self.note = note
        super().__init__(str(note))


@dataclass(frozen=True)
class ParsedItem:
    """A question with what its author should know about its import.

    `item.external_id` is empty where the file has none, `item.task` where the category is no task
    number; `item.services` are the tags. `name` is what the other system calls the question and
    `category` its path there, parts joined by "/".
    """

    item: Item
    place: str
    notes: list[Note] = field(default_factory=list)
    name: str = ""
    category: str = ""


@dataclass(frozen=True)
class Parsed:
    """All of one file; every question of it is either in `items` or in `skipped`, once.

    `warnings` speak of the file; those of a question are its own `notes`.
    """

    items: list[ParsedItem] = field(default_factory=list)
    skipped: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)


@dataclass
class Remarks:
    """Collects the notes of one question while it is read."""

    file: str
    place: str
    notes: list[Note] = field(default_factory=list)

    def add(self, code: str, message: str) -> None:
        self.notes.append(Note(self.file, self.place, code, message))


class SkippedError(ValueError):
    """A question that cannot be imported; its reader turns it into a note and goes on."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


def is_left_out(notes: Iterable[Note]) -> bool:
    """Whether a writer leaves the question out, by the notes of its `unsupported`."""
    return any(note.code in LEFT_OUT for note in notes)
