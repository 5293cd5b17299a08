"""Parallel forms by a mixed-integer program: alike in blueprint, tasks, kinds and difficulty.

Pure. A question is on a form or not (van der Linden, Linear Models for Optimal Test Design); every
limit is a row, and the largest distance of a form's mean difficulty from the target is minimized.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from importlib import import_module
from math import inf, isfinite
from typing import Any

from exams.limits import (
    AllTogether,
    BankQuestion,
    EnemiesClash,
    KindsOut,
    Limits,
    NoParallelForms,
    Reason,
    Rule,
    TasksMissed,
    TimeUp,
    TooTight,
    short_domains,
    task_needs,
)

Terms = list[tuple[int, float]]  # place of the variable, factor

CLOSE_ENOUGH = 0.05  # points of difficulty: means this near the target count as on it
SLACK = 1e-6  # above the solver's own rounding
GAP = 0.01
IS_OUT_OF_TIME = 1


# --- The program


@cache
def scipy(part: str) -> Any:
    """Loaded by the first who solves: 70 MB and a second that no other process need spend."""
    return import_module(f"scipy.{part}")


class Program:
    """Variables, and rows of limits on their sums, gathered for the solver."""

    def __init__(self) -> None:
        self.costs: list[float] = []
        self.bounds: list[tuple[float, float]] = []
        self.wholes: list[bool] = []
        self.rows: list[tuple[Terms, float, float]] = []

    def variable(
        self, lower: float = 0, upper: float = 1, *, cost: float = 0, is_whole: bool = False
    ) -> int:
        self.costs.append(cost)
        self.bounds.append((lower, upper))
        self.wholes.append(is_whole)
        return len(self.costs) - 1

    def limit(self, terms: Terms, lower: float, upper: float) -> None:
        self.rows.append((terms, lower, upper))

    def soft_limit(self, terms: Terms, lower: float, upper: float) -> int:
        """A limit that may be missed, at a cost of 1 a unit; the variable that says by how much."""
        miss = self.variable(upper=inf, cost=1)
        if isfinite(lower):
            self.limit([*terms, (miss, 1)], lower, inf)
        if isfinite(upper):
            self.limit([*terms, (miss, -1)], -inf, upper)
        return miss

    def solve(self, seconds: float) -> tuple[Sequence[float] | None, bool]:
        """A value for each variable, or None; and whether time ran out."""
        optimize = scipy("optimize")
        lower, upper = zip(*self.bounds, strict=True)
        _, at_least, at_most = zip(*self.rows, strict=True)
        solved = optimize.milp(
            self.costs,
            integrality=self.wholes,
            bounds=optimize.Bounds(lower, upper),
            constraints=optimize.LinearConstraint(self.matrix(), at_least, at_most),
            options={"time_limit": seconds, "mip_rel_gap": GAP},
        )
        return solved.x, solved.status == IS_OUT_OF_TIME

    def matrix(self) -> Any:
        entries = [
            (row, place, factor)
            for row, (terms, _, _) in enumerate(self.rows)
            for place, factor in terms
        ]
        rows, places, factors = zip(*entries, strict=True)
        return scipy("sparse").csr_array(
            (factors, (rows, places)), shape=(len(self.rows), len(self.costs))
        )


class Assembly:
    """The program for `count` forms under `rules`, one of which may be `relaxed`."""

    def __init__(
        self,
        bank: Sequence[BankQuestion],
        limits: Limits,
        count: int,
        *,
        rules: Collection[Rule] = tuple(Rule),
        relaxed: Rule | None = None,
    ) -> None:
        self.bank, self.limits, self.count, self.relaxed = bank, limits, count, relaxed
        self.program = Program()
        self.misses: list[tuple[str, int]] = []
        self.on = [[self.program.variable(is_whole=True) for _ in range(count)] for _ in bank]
        self.keep_quotas()
        self.keep_exposure()
        writers: dict[Rule, Callable[[], None]] = {
            Rule.DIFFICULTY: self.keep_difficulty,
            Rule.KINDS: self.keep_kinds,
            Rule.TASKS: self.keep_tasks,
            Rule.ENEMIES: self.keep_enemies,
        }
        for rule, write in writers.items():
            if rule in rules:
                write()

    def solve(self, seconds: float) -> tuple[Sequence[float] | None, bool]:
        return self.program.solve(seconds)

    def forms(self, values: Sequence[float]) -> list[list[int]]:
        """The ids on each form, in the order of the bank."""
        return [
            [
                one.id
                for one, places in zip(self.bank, self.on, strict=True)
                if values[places[form]] > 0.5
            ]
            for form in range(self.count)
        ]

    def limit(self, rule: Rule, name: str, terms: Terms, lower: float, upper: float) -> None:
        if rule is self.relaxed:
            self.misses.append((name, self.program.soft_limit(terms, lower, upper)))
        else:
            self.program.limit(terms, lower, upper)

    def on_form(self, form: int, places: Iterable[int]) -> Terms:
        return [(self.on[place][form], 1.0) for place in places]

    def anywhere(self, places: Iterable[int]) -> Terms:
        return [(variable, 1.0) for place in places for variable in self.on[place]]

    def keep_quotas(self) -> None:
        by_domain = places_by(self.bank, "domain")
        for domain, quota in self.limits.quotas.items():
            for form in range(self.count):
                terms = self.on_form(form, by_domain[domain])
                if terms:
                    self.program.limit(terms, quota, quota)

    def keep_exposure(self) -> None:
        if self.limits.most_forms < self.count:
            for place in range(len(self.bank)):
                self.program.limit(self.anywhere([place]), 0, self.limits.most_forms)

    def keep_difficulty(self) -> None:
        """The distance is in points of a form's mean; it need not fall below CLOSE_ENOUGH."""
        limits, is_free = self.limits, self.relaxed is Rule.DIFFICULTY
        tolerance = inf if is_free else limits.tolerance
        cost = 1 if self.relaxed in {None, Rule.DIFFICULTY} else 0
        distance = self.program.variable(min(CLOSE_ENOUGH, tolerance), tolerance + SLACK, cost=cost)
        if is_free:
            self.misses.append(("", distance))
        for form in range(self.count):
            terms = [
                (places[form], (one.difficulty - limits.target) / limits.length)
                for one, places in zip(self.bank, self.on, strict=True)
            ]
            self.program.limit([*terms, (distance, -1)], -inf, 0)
            self.program.limit([*terms, (distance, 1)], 0, inf)

    def keep_kinds(self) -> None:
        by_kind = places_by(self.bank, "kind")
        for kind, (fewest, most) in self.limits.kinds.items():
            for form in range(self.count):
                terms = self.on_form(form, by_kind[kind])
                self.limit(Rule.KINDS, kind, terms, fewest, most)

    def keep_tasks(self) -> None:
        by_domain = places_by(self.bank, "domain")
        for need in task_needs(self.bank, self.limits, self.count):
            places = [
                place for place in by_domain[need.domain] if self.bank[place].task == need.task
            ]
            for form in range(self.count):
                terms = self.on_form(form, places)
                self.limit(Rule.TASKS, need.task, terms, need.fewest, need.most)
            self.limit(Rule.TASKS, need.task, self.anywhere(places), need.in_all, inf)

    def keep_enemies(self) -> None:
        places = {one.id: place for place, one in enumerate(self.bank)}
        for pair in self.limits.enemies:
            if not places.keys() >= set(pair):
                continue
            one, other = (places[each] for each in pair)
            for form in range(self.count):
                name = f"{self.bank[one].name}\n{self.bank[other].name}"
                self.limit(Rule.ENEMIES, name, self.on_form(form, (one, other)), -inf, 1)


def places_by(bank: Sequence[BankQuestion], trait: str) -> defaultdict[str, list[int]]:
    places = defaultdict(list)
    for place, one in enumerate(bank):
        places[getattr(one, trait)].append(place)
    return places


# --- Solving


def parallel_forms(
    bank: Sequence[BankQuestion], limits: Limits, *, count: int, seconds: float = 10
) -> list[list[int]]:
    """The ids of the questions on each of `count` forms.

    Another order of the bank may give other forms. Takes up to `seconds` to find them, and then
    keeps the best; when there are none, up to as long again to find out why. Raises
    NoParallelForms with the reasons.
    """
    shortages = short_domains(bank, limits, count)
    if shortages:
        raise NoParallelForms(shortages)
    assembly = Assembly(bank, limits, count)
    values, is_late = assembly.solve(seconds)
    if values is None:
        late = [TimeUp(seconds)] if is_late else []
        raise NoParallelForms([*late, *reasons_against(bank, limits, count, seconds)])
    return assembly.forms(values)


def reasons_against(
    bank: Sequence[BankQuestion], limits: Limits, count: int, seconds: float
) -> list[Reason]:
    """Which group of limits is in the way: found by relaxing one at a time.

    When it takes more than one, which cannot be kept even alone.
    """
    share = seconds / (2 * len(Rule))

    def against(rules: Collection[Rule], relaxed: Rule) -> Reason | None:
        assembly = Assembly(bank, limits, count, rules=rules, relaxed=relaxed)
        values, _ = assembly.solve(share)
        return reason(relaxed, assembly, values) if values is not None else None

    found = [against(tuple(Rule), rule) for rule in Rule]
    found = found if any(found) else [against((rule,), rule) for rule in Rule]
    return [one for one in found if one] or [AllTogether(tuple(Rule))]


def reason(rule: Rule, assembly: Assembly, values: Sequence[float]) -> Reason | None:
    """What would be missed, and by how much; None when nothing would."""
    missed: Counter[str] = Counter()
    for name, place in assembly.misses:
        missed[name] += values[place]  # type: ignore[assignment]
    missed = +Counter({name: miss for name, miss in missed.items() if miss > SLACK})
    limits = assembly.limits
    if rule is Rule.DIFFICULTY:
        closest = missed[""]
        is_missed = closest > limits.tolerance + SLACK
        return TooTight(limits.tolerance, limits.target, closest) if is_missed else None
    if not missed:
        return None
    if rule is Rule.KINDS:
        return KindsOut({name: round(miss) for name, miss in missed.items()})
    if rule is Rule.TASKS:
        return TasksMissed(sorted(missed))
    pairs = (name.partition("\n") for name in missed)
    return EnemiesClash(sorted((one, other) for one, _, other in pairs))
