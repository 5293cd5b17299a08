"""certification.toml: what a certification is made of."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from questions.formats.faults import BankError, Fault, FaultLog
from questions.formats.rules import TASK_NUMBER

STATUSES = ("current", "announced", "retired")
KINDS = ("single", "multiple", "ordering", "matching", "case")

_SYNTAX_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_MISSING = object()


@dataclass(frozen=True)
class OutlineTask:
    number: str
    name: str


@dataclass(frozen=True)
class OutlineDomain:
    """`weight` is in percent; the weights of a certification add up to 100.

    A domain that is asked about has tasks; a bare outline may have none.
    """

    number: int
    name: str
    weight: int
    tasks: tuple[OutlineTask, ...]


@dataclass(frozen=True)
class OutlineResource:
    """`minutes` is None where it takes as long as one likes; `usefulness` is of 10."""

    name: str
    url: str
    cost: str
    minutes: int | None
    usefulness: int
    is_optional: bool


@dataclass(frozen=True)
class OutlineGuide:
    """What the guide page begins with; once it is in the database, authors go on there."""

    summary: str = ""
    audience: str = ""
    kinds: tuple[str, ...] = ()
    price_usd: int | None = None
    valid_years: int | None = None
    retake_rule: str = ""
    guide_url: str = ""
    advice: str = ""
    resources: tuple[OutlineResource, ...] = ()


@dataclass(frozen=True)
class Outline:
    """`cut_score` is on the scale from 100 to 1000; `unscored_count` is within the total."""

    code: str
    name: str
    status: str
    retired_on: date | None
    successors: tuple[str, ...]
    question_count: int
    unscored_count: int
    minutes: int
    cut_score: int
    domains: tuple[OutlineDomain, ...]
    guide: OutlineGuide = OutlineGuide()


def parse_outline(text: str, *, file: str) -> Outline:
    """The outline; raises BankError with every fault found in it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BankError([_syntax_fault(str(error), file)]) from error
    log = FaultLog(file)
    outline = _outline(_Table(document, "", log))
    log.raise_any()
    _check(outline, log)
    log.raise_any()
    return outline


def _syntax_fault(message: str, file: str) -> Fault:
    match = _SYNTAX_LINE.search(message)
    return Fault(file, int(match[1]) if match else 0, "file", _SYNTAX_LINE.sub("", message))


@dataclass
class _Table:
    """Takes typed values out of one TOML table; a fault leaves a stand-in behind."""

    values: dict[str, Any]
    path: str
    log: FaultLog

    def text(self, name: str, longest: int, default: Any = _MISSING) -> str:
        value = self._take(name, default)
        if value is _MISSING or value is default:
            return ""
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            self.fault(name, f"{value!r} is not a text of 1 to {longest} characters")
            return ""
        return value

    def whole(self, name: str, low: int, high: int, default: Any = _MISSING) -> int:
        value = self._take(name, default)
        if value is _MISSING:
            return low
        if type(value) is not int or not low <= value <= high:
            self.fault(name, f"{value!r} is not a whole number from {low} to {high}")
            return low
        return value

    def some(self, name: str, low: int, high: int) -> int | None:
        """A whole number that may be left out."""
        return self.whole(name, low, high) if name in self.values else None

    def truth(self, name: str) -> bool:
        value = self._take(name, False)
        if not isinstance(value, bool):
            self.fault(name, f"{value!r} is neither true nor false")
        return value is True

    def day(self, name: str) -> date | None:
        value = self._take(name, None)
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            self.fault(name, f"{value!r} is not a day such as 2026-03-31")
            return None
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._take(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.fault(name, f"{value!r} is not a list of texts")
            return ()
        return tuple(value)

    def table(self, name: str) -> "_Table":
        """The table of that name; an empty one when it is left out."""
        value = self._take(name, {})
        if not isinstance(value, dict):
            self.fault(name, "is not a table")
            value = {}
        return _Table(value, f"{self.path}{name}.", self.log)

    def tables(self, name: str, *, may_lack: bool = False) -> "list[_Table]":
        if may_lack and name not in self.values:
            return []
        value = self._take(name)
        if value is _MISSING:
            return []
        if not isinstance(value, list) or not value or not all(isinstance(v, dict) for v in value):
            self.fault(name, "is not a list of tables")
            return []
        path = f"{self.path}{name}"
        return [_Table(v, f"{path}[{n}].", self.log) for n, v in enumerate(value, start=1)]

    def end(self) -> None:
        """Reports what nobody asked for."""
        for name in self.values:
            self.fault(name, "is no field of this table")

    def fault(self, name: str, message: str) -> None:
        self.log.add(0, f"{self.path}{name}", message)

    def _take(self, name: str, default: Any = _MISSING) -> Any:
        value = self.values.pop(name, default)
        if value is _MISSING:
            self.fault(name, "is missing")
        return value


def _outline(table: _Table) -> Outline:
    outline = Outline(
        code=table.text("code", 20),
        name=table.text("name", 200),
        status=table.text("status", 10),
        retired_on=table.day("retired_on"),
        successors=table.texts("successors"),
        question_count=table.whole("question_count", 1, 500),
        unscored_count=table.whole("unscored_count", 0, 499, default=0),
        minutes=table.whole("minutes", 1, 1440),
        cut_score=table.whole("cut_score", 100, 1000),
        domains=tuple(_domain(each) for each in table.tables("domains")),
        guide=_guide(table.table("guide")),
    )
    table.end()
    return outline


def _domain(table: _Table) -> OutlineDomain:
    domain = OutlineDomain(
        number=table.whole("number", 1, 99),
        name=table.text("name", 200),
        weight=table.whole("weight", 1, 100),
        tasks=tuple(_task(each) for each in table.tables("tasks", may_lack=True)),
    )
    table.end()
    return domain


def _task(table: _Table) -> OutlineTask:
    task = OutlineTask(number=table.text("number", 10), name=table.text("name", 300))
    table.end()
    return task


def _guide(table: _Table) -> OutlineGuide:
    guide = OutlineGuide(
        summary=table.text("summary", 2000, ""),
        audience=table.text("audience", 2000, ""),
        kinds=table.texts("kinds"),
        price_usd=table.some("price_usd", 0, 9999),
        valid_years=table.some("valid_years", 1, 99),
        retake_rule=table.text("retake_rule", 2000, ""),
        guide_url=table.text("guide_url", 200, ""),
        advice=table.text("advice", 4000, ""),
        resources=tuple(_resource(each) for each in table.tables("resources", may_lack=True)),
    )
    table.end()
    return guide


def _resource(table: _Table) -> OutlineResource:
    resource = OutlineResource(
        name=table.text("name", 200),
        url=table.text("url", 200, ""),
        cost=table.text("cost", 60),
        minutes=table.some("minutes", 1, 100_000),
        usefulness=table.whole("usefulness", 1, 10),
        is_optional=table.truth("is_optional"),
    )
    table.end()
    return resource


def _check(outline: Outline, log: FaultLog) -> None:
    if outline.status not in STATUSES:
        log.add(0, "status", f"{outline.status!r} is none of {', '.join(STATUSES)}")
    if outline.unscored_count >= outline.question_count:
        log.add(0, "unscored_count", "leaves no scored question")
    for code in outline.successors:
        if not 1 <= len(code) <= 20:
            log.add(0, "successors", f"{code!r} is not a code of 1 to 20 characters")
    weight = sum(domain.weight for domain in outline.domains)
    if weight != 100:
        log.add(0, "domains", f"the weights add up to {weight}, not 100")
    _check_numbers(outline, log)
    _check_guide(outline.guide, log)


def _check_guide(guide: OutlineGuide, log: FaultLog) -> None:
    for kind in guide.kinds:
        if kind not in KINDS:
            log.add(0, "guide.kinds", f"{kind!r} is none of {', '.join(KINDS)}")
    for address in (guide.guide_url, *(resource.url for resource in guide.resources)):
        if address and not address.startswith(("https://", "http://")):
            log.add(0, "guide", f"{address!r} is not an http or https address")


def _check_numbers(outline: Outline, log: FaultLog) -> None:
    tasks = [task.number for domain in outline.domains for task in domain.tasks]
    for number in _repeated(domain.number for domain in outline.domains):
        log.add(0, "domains", f"number {number} stands there twice")
    for number in _repeated(tasks):
        log.add(0, "tasks", f"number {number} stands there twice")
    for number in tasks:
        if not TASK_NUMBER.fullmatch(number):
            log.add(0, "tasks", f"{number!r} is not a task number such as 1.2")


def _repeated(values: Iterable[Any]) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]
