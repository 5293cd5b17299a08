"""The order of the faults, what each is measured by, and the table at the end."""

import http.client
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

from tests.drill import books
from tests.drill.candidates import Candidate
from tests.drill.house import HOST, House, kill, wait_until

CANDIDATES = 20
QUIET_SECONDS = 4.0  # of saving before a fault
SETTLE_SECONDS = 5.0  # of saving after it, at least
RECOVERY_SECONDS = 60.0
POST_SECONDS = 120.0  # a killed sender's lease is 60 s
MUTANT_ROUNDS = 6
PAGES = ("/", "/account/login/", "/readyz")
VISITS = 8  # of each page, so that every thread is likely to be asked


@dataclass
class Line:
    """One row of the table."""

    fault: str
    acknowledged: int = 0
    lost: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    gap: float = 0.0
    bad_pages: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        broken, gap = self.broken.total(), f"{self.gap:.1f}"
        return (
            f"{self.fault:<38}{self.acknowledged:>13,}{self.lost:>6}{broken:>17}{gap:>15}"
            f"{self.bad_pages.total():>11}"
        )


HEADING = (
    f"{'fault (kill -9)':<38}{'acknowledged':>13}{'lost':>6}{'broken requests':>17}"
    f"{'longest gap s':>15}{'bad pages':>11}"
)


class Rehearsal:
    """Twenty candidates in one house, and what is done to it."""

    def __init__(self, house: House, candidates: list[Candidate]) -> None:
        self.house = house
        self.candidates = candidates
        self.lines: list[Line] = []

    @property
    def sitting(self) -> list[Candidate]:
        """Those who have not been told to submit."""
        return [one for one in self.candidates if not one.is_to_submit]

    # --- Steps of a fault

    def endure(self, fault: str, strike: Callable[[], None]) -> Line:
        """Save, strike, save until all do so again, then compare with the table."""
        line = Line(fault)
        self.go()
        time.sleep(QUIET_SECONDS)
        struck_at = time.monotonic()
        strike()
        wait_until(lambda: self.is_well(struck_at), RECOVERY_SECONDS, f"recovery from: {fault}")
        line.bad_pages = self.visit_pages()
        ended_at = time.monotonic()
        line.gap = max((one.longest_gap(struck_at, ended_at) for one in self.sitting), default=0.0)
        self.pause()
        self.note(line)
        return line

    def is_well(self, struck_at: float) -> bool:
        now = time.monotonic()
        return now > struck_at + SETTLE_SECONDS and all(
            one.has_saved_since(now - 1.0) or one.failure for one in self.sitting
        )

    def go(self) -> None:
        for candidate in self.candidates:
            candidate.may_go.set()

    def pause(self) -> None:
        """Return when nothing is under way: what was said to be saved is then all in the table."""
        for candidate in self.candidates:
            candidate.may_go.clear()
        for candidate in self.candidates:
            if not candidate.is_idle.wait(RECOVERY_SECONDS):
                raise TimeoutError(f"{candidate.name} never came to rest")

    def note(self, line: Line) -> None:
        books.compare(self.candidates)
        said = sum(len(one.acknowledged) + len(one.lost) for one in self.candidates)
        lost = sum(len(one.lost) for one in self.candidates)
        broken = sum((one.broken for one in self.candidates), Counter[str]())
        line.acknowledged = said - sum(each.acknowledged for each in self.lines)
        line.lost = lost - sum(each.lost for each in self.lines)
        line.broken = broken - sum((each.broken for each in self.lines), Counter[str]())
        self.lines.append(line)
        print(line, *kinds(line.broken + line.bad_pages), sep="\n", flush=True)

    def visit_pages(self) -> Counter[str]:
        """Ordinary pages, each from a new connection; what was not answered 200."""
        answers = Counter(f"{path} {self.visit(path)}" for path in PAGES for _ in range(VISITS))
        return Counter({text: n for text, n in answers.items() if not text.endswith(" 200")})

    def visit(self, path: str) -> str:
        connection = http.client.HTTPConnection(HOST, self.house.port, timeout=10)
        try:
            connection.request("GET", path)
            return str(connection.getresponse().status)
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            connection.close()

    # --- Faults

    def submit_next(self, count: int) -> None:
        for candidate in islice(self.sitting, count):
            candidate.is_to_submit = True

    def kill_worker_at_work(self) -> None:
        """Twice: five submit, and the worker dies as soon as it writes the first letter."""
        for _ in range(2):
            wait_until(lambda: len(self.house.worker()) >= 3, RECOVERY_SECONDS, "a Celery worker")
            before, pids = books.letter_paths(), self.house.worker()
            self.submit_next(5)
            wait_for_letter(before)
            kill(pids)

    def kill_redis_while_some_submit(self) -> None:
        kill(self.house.valkey())
        self.submit_next(5)

    def faults(self) -> list[tuple[str, Callable[[], None]]]:
        house = self.house
        return [
            ("nothing", lambda: None),
            ("one web worker", lambda: kill(house.web()[1:2])),
            ("all web workers", lambda: kill(house.web()[1:])),
            ("the web server and its workers", lambda: kill(house.web())),
            ("PostgreSQL, all of it", lambda: kill(house.postgresql())),
            ("Celery, twice while 10 submit", self.kill_worker_at_work),
            ("Redis, while 5 submit", self.kill_redis_while_some_submit),
        ]

    # --- The whole

    def run(self) -> bool:
        """Every fault, then the end of all sittings. Returns whether all is well."""
        for fault, strike in self.faults():
            self.endure(fault, strike)
        self.submit_next(CANDIDATES)
        self.go()
        for candidate in self.candidates:
            candidate.join(RECOVERY_SECONDS)
        return all([self.is_nothing_lost(), self.are_results_right(), self.is_post_right()])

    def run_loosened(self) -> bool:
        """PostgreSQL may forget the last moments: returns whether that is found."""
        print(f"synchronous_commit was {books.loosen()} and is off; /readyz says", end=" ")
        print(self.visit("/readyz"), flush=True)
        kills: Callable[[], None] = lambda: kill(self.house.postgresql())  # noqa: E731
        for number in range(1, MUTANT_ROUNDS + 1):
            if self.endure(f"PostgreSQL, loosened, round {number}", kills).lost:
                return True
        return False

    def is_nothing_lost(self) -> bool:
        failures = [one.failure for one in self.candidates if one.failure]
        for failure in failures:
            print(f"Failed: {failure}")
        books.compare(self.candidates)
        said = sum(len(one.acknowledged) + len(one.lost) for one in self.candidates)
        lost = sum(len(one.lost) for one in self.candidates)
        print(f"\nAcknowledged {said:,}, of these lost {lost}")
        return not lost and not failures

    def are_results_right(self) -> bool:
        wrong = books.wrong_results(self.candidates)
        right = len(self.candidates) - len(wrong)
        print(f"Submitted with one result, equal to a recount: {right} of {len(self.candidates)}")
        return not wrong

    def is_post_right(self) -> bool:
        try:
            seconds = wait_until(lambda: not books.is_anything_owed(), POST_SECONDS, "the e-mails")
        except TimeoutError as error:
            print(f"{error}: {dict(books.email_states())}")
            return False
        post = books.post(self.candidates)
        print(
            f"E-mails: {post.once} once, {post.uncertain} shown as uncertain, {post.twice} twice,"
            f" {post.missing} missing; the last {seconds:.0f} s after the last submit"
        )
        return not post.twice and not post.missing


def kinds(counts: Counter[str]) -> list[str]:
    """One indented line that says what the failures were, or none."""
    text = ", ".join(f"{kind} {count}" for kind, count in counts.most_common())
    return [f"    {text}"] if text else []


def wait_for_letter(before: set[books.Path]) -> None:
    """Look at the mailbox as often as one can until something is being written."""
    until = time.monotonic() + RECOVERY_SECONDS
    while books.letter_paths() <= before:
        if time.monotonic() > until:
            raise TimeoutError("no e-mail was begun")
        time.sleep(0.001)


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def rehearse(*, is_mutant: bool) -> bool:
    """Start, strike, count, stop. Returns whether it went as it must."""
    began = time.monotonic()
    house = House()
    try:
        print(f"Started in {house.start():.0f} s on port {house.port}", flush=True)
        seats = books.take_seats(CANDIDATES)
        candidates = [
            Candidate(seat, house.port, random.Random(number)) for number, seat in enumerate(seats)
        ]
        for candidate in candidates:
            candidate.start()
        print(f"\n{HEADING}")
        rehearsal = Rehearsal(house, candidates)
        is_well = rehearsal.run_loosened() if is_mutant else rehearsal.run()
    finally:
        left = house.stop()
    print(f"Processes left: {len(left)}; {time.monotonic() - began:.0f} s in all")
    return is_well and not left


def main() -> None:
    signal.signal(signal.SIGTERM, interrupt)
    is_mutant = "--mutant" in sys.argv
    is_well = rehearse(is_mutant=is_mutant)
    if is_mutant:
        print("The loss was found" if is_well else "No loss was found: this proves nothing")
    sys.exit(0 if is_well else 1)
