"""What a whole certification of the text bank must keep beyond its format: docs/bank-quality.md.

Pure. Every limit is a constant here; what forms need of each domain is told from outside.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from questions.formats.bank_folder import BankFolder
from questions.formats.faults import Fault
from questions.formats.item import LETTERS, Item
from questions.formats.outline import Outline
from questions.formats.rules import problems
from questions.wording import ALIKE, Pair, near_duplicates, pairs, wording_problems

LEAST_POSITION, MOST_POSITION = 0.15, 0.35
MOST_LONGEST = 0.35
# Fewer questions cannot keep within the limits, however they are laid out.
ENOUGH_TO_SHARE = 8


@dataclass(frozen=True)
class Figures:
    """Counts of one certification; `singles` have four options, Angoff is (least, mean, most)."""

    pools: Mapping[str, tuple[int, ...]]
    kinds: Mapping[str, int]
    positions: Mapping[str, int]
    longest: int
    singles: int
    angoff: Mapping[str, tuple[int, float, int]]
    closest: Pair | None


@dataclass(frozen=True)
class Checked:
    """`domains` and the tuples of `figures.pools` follow the outline."""

    code: str
    figures: Figures
    needs: Mapping[str, Sequence[int]]
    faults: tuple[Fault, ...]


def check(
    folder: BankFolder, *, needs: Mapping[str, Sequence[int]], files: Mapping[str, str]
) -> Checked:
    """All faults of a certification, and its figures.

    `needs` holds for each pool how many questions of each domain its forms take; `files` names the
    file of each id.
    """
    found = pairs({item.external_id: item.stem for item in folder.items})
    figures = figures_of(folder, found)
    faults = [
        *(fault for item in folder.items for fault in _item_faults(item, files)),
        *_pair_faults(found, folder.items, files),
        *(Fault(folder.file, 0, *fault) for fault in _share_faults(figures)),
        *(Fault(folder.file, 0, *fault) for fault in _blueprint_faults(folder, figures, needs)),
    ]
    return Checked(folder.outline.code, figures, needs, tuple(faults))


def figures_of(folder: BankFolder, found: Sequence[Pair]) -> Figures:
    singles = [item for item in folder.items if item.kind == "single" and len(item.options) == 4]
    positions = Counter(item.key for item in singles)
    pools = sorted({item.pool for item in folder.items})
    return Figures(
        pools={pool: _by_domain(folder, pool) for pool in pools},
        kinds=Counter(item.kind for item in folder.items),
        positions={letter: positions[letter] for letter in LETTERS[:4]},
        longest=sum(map(is_key_longest, singles)),
        singles=len(singles),
        angoff={pool: spread for pool in pools if (spread := _angoff(folder.items, pool))},
        closest=found[0] if found else None,
    )


def is_key_longest(item: Item) -> bool:
    """Whether no distractor is as long as the key of a single question."""
    length = next(len(option.text) for option in item.options if option.is_key)
    return all(option.is_key or len(option.text) < length for option in item.options)


def files_by_id(root: Path, folder: BankFolder) -> dict[str, str]:
    """The file of each question, named from `root`."""
    return {
        line[3:].strip(): path.relative_to(root).as_posix()
        for path in (root / folder.file).parent.glob("*.md")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    }


def _item_faults(item: Item, files: Mapping[str, str]) -> Iterator[Fault]:
    found = [*problems(item), *wording_problems(item)]
    for place, message in found:
        yield _fault(item, files, place, message)
    if item.angoff is None:
        yield _fault(item, files, "angoff", "is missing")


def _pair_faults(
    found: Iterable[Pair], items: Iterable[Item], files: Mapping[str, str]
) -> Iterator[Fault]:
    by_id = {item.external_id: item for item in items}
    for pair in near_duplicates(found):
        message = f"is {pair.likeness:.0%} like {pair.second} in {files.get(pair.second, '?')}"
        yield _fault(by_id[pair.first], files, "stem", f"{message} (limit {ALIKE:.0%})")


def _fault(item: Item, files: Mapping[str, str], place: str, message: str) -> Fault:
    file = files.get(item.external_id, "?")
    return Fault(file, item.line, f"{item.external_id} {place}", message)


def _share_faults(figures: Figures) -> Iterator[tuple[str, str]]:
    count = figures.singles
    if count < ENOUGH_TO_SHARE:
        return
    for letter, keys in figures.positions.items():
        if not LEAST_POSITION <= keys / count <= MOST_POSITION:
            limits = f"{LEAST_POSITION:.0%} to {MOST_POSITION:.0%}"
            yield f"keys at {letter}", f"{keys} of {count} ({keys / count:.0%}), not {limits}"
    if figures.longest / count > MOST_LONGEST:
        share = f"{figures.longest} of {count} ({figures.longest / count:.0%})"
        yield "longest option", f"is the key in {share}, more than {MOST_LONGEST:.0%}"


def _blueprint_faults(
    folder: BankFolder, figures: Figures, needs: Mapping[str, Sequence[int]]
) -> Iterator[tuple[str, str]]:
    domains = folder.outline.domains
    for pool, needed in needs.items():
        counts = figures.pools.get(pool, (0,) * len(domains))
        for domain, count, need in zip(domains, counts, needed, strict=True):
            if count < need:
                message = f"{count} questions in pool {pool}, its forms need {need}"
                yield f"domain {domain.number}", message
    used = {item.task for item in folder.items if item.pool == "exam"}
    for task in _tasks(folder.outline) if folder.items else ():
        if task not in used:
            yield f"task {task}", "has no question in pool exam"


def _tasks(outline: Outline) -> Iterator[str]:
    yield from (task.number for domain in outline.domains for task in domain.tasks)


def _by_domain(folder: BankFolder, pool: str) -> tuple[int, ...]:
    counts = Counter(item.task for item in folder.items if item.pool == pool)
    return tuple(
        sum(counts[task.number] for task in domain.tasks) for domain in folder.outline.domains
    )


def _angoff(items: Iterable[Item], pool: str) -> tuple[int, float, int] | None:
    values = [item.angoff for item in items if item.pool == pool and item.angoff is not None]
    return (min(values), fmean(values), max(values)) if values else None
