"""A question as plain data: what every format reads into and writes from."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date

KINDS = ("single", "multiple", "ordering", "matching")
POOLS = ("exam", "sample", "practice")
LETTERS = "ABCDEFGH"


@dataclass(frozen=True)
class ItemOption:
    """An option, a step (ordering) or a response (matching)."""

    text: str
    rationale: str = ""
    is_key: bool = False
    is_fixed: bool = False


@dataclass(frozen=True)
class ItemPrompt:
    """A prompt of a matching question; `option` is the index of its response."""

    text: str
    option: int
    rationale: str = ""


@dataclass(frozen=True)
class ItemImage:
    """A file named in the Markdown; `name` is what stands there, as in `images/plot.png`."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Item:
    """A question with its metadata.

    Steps of an ordering question stand in the right order. Responses of a matching question are
    distinct and stand in the order in which they first appear; the rationale of a distractor is the
    option's, that of a true pair is the prompt's. Images stand in the order in which they are first
    named. `line` is where the question began in its file.
    """

    external_id: str
    kind: str
    task: str
    pool: str
    stem: str
    options: tuple[ItemOption, ...]
    prompts: tuple[ItemPrompt, ...] = ()
    explanation: str = ""
    references: tuple[tuple[str, str], ...] = ()
    services: tuple[str, ...] = ()
    angoff: int | None = None
    verified: date | None = None
    images: tuple[ItemImage, ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """The key in author letters: "B", "AC", the steps "ABCD", or a letter for each prompt."""
        if self.kind == "ordering":
            return LETTERS[: len(self.options)]
        if self.kind == "matching":
            return "".join(LETTERS[prompt.option] for prompt in self.prompts)
        return "".join(
            letter for letter, option in zip(LETTERS, self.options, strict=False) if option.is_key
        )

    @property
    def content_hash(self) -> str:
        """SHA-256 in hex of what a candidate may see and what is right.

        Identity and metadata (id, task, pool, services, angoff, verified) are left out: they can
        change without a new version.
        """
        content = [
            self.kind,
            self.stem,
            [[o.text, o.rationale, o.is_key, o.is_fixed] for o in self.options],
            [[p.text, p.option, p.rationale] for p in self.prompts],
            self.explanation,
            self.references,
        ]
        if self.images:
            content.append([[each.name, _digest(each.content)] for each in self.images])
        return _digest(json.dumps(content).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
