"""A folder of the bank: certification.toml and the text banks of its domains, checked together."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from questions.formats.faults import BankError, Fault
from questions.formats.images import FOLDER, MAX_IMAGE_SIZE
from questions.formats.item import Item
from questions.formats.outline import Outline, parse_outline
from questions.formats.text_bank import BankText, read_bank_text

OUTLINE_FILE = "certification.toml"
T = TypeVar("T")


@dataclass(frozen=True)
class BankFolder:
    """`file` is the outline's name in faults."""

    file: str
    outline: Outline
    items: tuple[Item, ...]


@dataclass
class _Reader:
    """Goes on after a bad file, so that all faults of a bank are told at once."""

    root: Path
    faults: list[Fault]

    def read(self, path: Path, parse: Callable[[str, str], T]) -> T | None:
        file = self.name(path)
        try:
            return parse(path.read_bytes().decode(), file)
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            self.faults.append(Fault(file, line, "file", "is not UTF-8"))
        except BankError as error:
            self.faults.extend(error.faults)
        return None

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def read_bank(root: Path) -> list[BankFolder]:
    """Every certification below `root`, or the one that `root` itself is.

    Raises BankError with every fault of every file.
    """
    reader = _Reader(root, [])
    paths = sorted([*root.glob(OUTLINE_FILE), *root.glob(f"*/{OUTLINE_FILE}")])
    if not paths:
        raise BankError([Fault(str(root), 0, "file", f"holds no {OUTLINE_FILE}")])
    folders = [folder for path in paths if (folder := _read_folder(path, reader))]
    for code in _repeated(folder.outline.code for folder in folders):
        reader.faults.append(Fault(str(root), 0, "code", f"{code} has two folders"))
    if reader.faults:
        raise BankError(reader.faults)
    return folders


def read_images(folder: Path) -> dict[str, bytes]:
    """The files of `images/` in the folder of a certification, by the name Markdown gives them.

    Of a file that is too big no more is read than tells so; links out of the folder are left out.
    """
    home = folder.resolve()
    return {
        path.relative_to(folder).as_posix(): _start_of(path)
        for path in sorted((folder / FOLDER).glob("*"))
        if path.is_file() and path.resolve().is_relative_to(home)
    }


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_IMAGE_SIZE + 1)


def _read_folder(path: Path, reader: _Reader) -> BankFolder | None:
    outline = reader.read(path, lambda text, file: parse_outline(text, file=file))
    images = read_images(path.parent)
    banks: list[tuple[str, BankText]] = []
    for bank_path in sorted(path.parent.glob("*.md")):
        bank = reader.read(
            bank_path, lambda text, file: read_bank_text(text, file=file, images=images)
        )
        if bank:
            banks.append((reader.name(bank_path), bank))
    reader.faults.extend(_shared_ids(banks))
    if not outline:
        return None
    for file, bank in banks:
        reader.faults.extend(_strangers(file, bank, outline))
    if banks:
        reader.faults.extend(_without_tasks(reader.name(path), outline))
    return BankFolder(
        reader.name(path), outline, tuple(item for _, bank in banks for item in bank.items)
    )


def _shared_ids(banks: Iterable[tuple[str, BankText]]) -> Iterable[Fault]:
    first: dict[str, str] = {}
    for file, bank in banks:
        for item in bank.items:
            if item.external_id in first:
                message = f"{item.external_id!r} stands in {first[item.external_id]} already"
                yield Fault(file, item.line, "external_id", message)
            first.setdefault(item.external_id, f"{file}:{item.line}")


def _strangers(file: str, bank: BankText, outline: Outline) -> Iterable[Fault]:
    """What does not belong to the domain that the heading names."""
    domain = next((d for d in outline.domains if d.number == bank.domain_number), None)
    if not domain or domain.name != bank.domain_name:
        message = f"'{bank.domain_number} {bank.domain_name}' is no domain of {outline.code}"
        yield Fault(file, 1, "heading", message)
        return
    numbers = {task.number for task in domain.tasks}
    for item in bank.items:
        if item.task not in numbers:
            message = f"{item.external_id}: {item.task} is no task of domain {domain.number}"
            yield Fault(file, item.line, "task", message)


def _without_tasks(file: str, outline: Outline) -> Iterable[Fault]:
    """Only a certification without questions may leave its tasks out."""
    for domain in outline.domains:
        if not domain.tasks:
            yield Fault(file, 0, "domains", f"domain {domain.number} has no tasks")


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]
