"""What parallel forms have to keep, and the reasons why there may be none. Pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf


class Rule(StrEnum):
    """A group of limits that can be relaxed to see whether it is the one in the way."""

    DIFFICULTY = "difficulty"
    KINDS = "kinds"
    TASKS = "tasks"
    ENEMIES = "enemies"


@dataclass(frozen=True)
class BankQuestion:
    """What the program knows of a question; `difficulty` is 0 to 100, the share expected right."""

    id: int
    name: str
    domain: str
    task: str
    kind: str
    difficulty: float


@dataclass(frozen=True)
class Limits:
    """What each of the forms has to keep.

    `quotas` are exact, by domain; `kinds` are the fewest and the most of a kind; `enemies` are
    pairs of ids; a form's mean difficulty is within `tolerance` of `target`; a question is on
    `most_forms` of the forms at the most. Every task a bank has enough questions of is on each.
    """

    quotas: Mapping[str, int]
    target: float
    tolerance: float = inf
    kinds: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    enemies: Collection[tuple[int, int]] = ()
    most_forms: int = 1
    covers_tasks: bool = True

    @property
    def length(self) -> int:
        return sum(self.quotas.values())


# --- Why not


@dataclass(frozen=True)
class DomainShort:
    domain: str
    needed: int
    found: int

    def __str__(self) -> str:
        short = self.needed - self.found
        needs = f"needs {self.needed} questions and has {self.found}"
        return f"domain {self.domain} {needs}, {short} short"


@dataclass(frozen=True)
class EnemiesClash:
    pairs: Sequence[tuple[str, str]]

    def __str__(self) -> str:
        pairs = ", ".join(f"{one} with {other}" for one, other in self.pairs)
        return f"questions that are never on one form would have to be: {pairs}"


@dataclass(frozen=True)
class TooTight:
    """No choice of questions brings every form nearer to the target than `closest` points."""

    tolerance: float
    target: float
    closest: float

    def __str__(self) -> str:
        return (
            f"the difficulty tolerance of {self.tolerance:g} points around {self.target:.1f} is too"
            f" tight: the closest that every form can get is {self.closest:.2f}"
        )


@dataclass(frozen=True)
class KindsOut:
    """How far, in questions, the forms together would be outside the bounds of each kind."""

    excess: Mapping[str, int]

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} by {count}" for kind, count in self.excess.items())
        return f"the bounds for kinds of question would be missed: {kinds}"


@dataclass(frozen=True)
class TasksMissed:
    tasks: Sequence[str]

    def __str__(self) -> str:
        return f"tasks would be missing from a form: {', '.join(self.tasks)}"


@dataclass(frozen=True)
class AllTogether:
    """Each group of limits can be kept, and any one may be lifted in vain."""

    rules: Sequence[Rule]

    def __str__(self) -> str:
        return f"each can be kept, but not all at once: {', '.join(self.rules)}"


@dataclass(frozen=True)
class TimeUp:
    seconds: float

    def __str__(self) -> str:
        return f"nothing was found within {self.seconds:g} seconds"


Reason = DomainShort | EnemiesClash | TooTight | KindsOut | TasksMissed | AllTogether | TimeUp


class NoParallelForms(Exception):
    def __init__(self, reasons: Sequence[Reason]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(map(str, reasons)))


# --- What a bank has room for


def short_domains(bank: Sequence[BankQuestion], limits: Limits, count: int) -> list[DomainShort]:
    """Domains with too few questions for all forms; each is counted as often as it may be used."""
    found = Counter(one.domain for one in bank)
    uses = min(limits.most_forms, count)
    needed = {domain: -(-quota * count // uses) for domain, quota in limits.quotas.items()}
    return [
        DomainShort(domain, count_needed, found[domain])
        for domain, count_needed in needed.items()
        if found[domain] < count_needed
    ]


@dataclass(frozen=True)
class TaskNeed:
    """How many questions of a task each form has, and all the forms together at least."""

    domain: str
    task: str
    fewest: int
    most: float
    in_all: int


def task_needs(bank: Sequence[BankQuestion], limits: Limits, count: int) -> list[TaskNeed]:
    """What can be asked for of each task, so that forms miss as few as the bank allows."""
    if not limits.covers_tasks:
        return []
    room = defaultdict[str, Counter[str]](Counter)
    for one in bank:
        room[one.domain][one.task] += min(limits.most_forms, count)
    return [
        need
        for domain, quota in limits.quotas.items()
        for need in needs_of_domain(domain, room[domain], quota, count)
    ]


def needs_of_domain(domain: str, room: Mapping[str, int], quota: int, count: int) -> list[TaskNeed]:
    """`room` says how often, at the most, a question of the task can be on some form."""
    reach = {task: min(room[task], count) for task in room}
    if quota < len(room):
        is_enough = sum(reach.values()) >= quota * count
        return [TaskNeed(domain, task, 0, 1, 0) for task in room] if is_enough else []
    return [
        TaskNeed(domain, task, 1, inf, 0)
        if reach[task] == count
        else TaskNeed(domain, task, 0, 1, reach[task])
        for task in room
    ]
