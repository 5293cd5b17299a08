"""Saving a response by a bare function and by Passline, in turns, and the size of the room's page.

A database of its own is made and dropped. What counts are the ratios: the machine is shared.
"""

import argparse
import gzip
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from config.embedded import database_url
from config.parts import HOST, MANAGE, parts

DATABASE = "passline_bench"
GOAL = 0.45
ROUNDS = 12
ROUND_SECONDS = 1.5
PACED_SECONDS, PACED_RATE = 5.0, 200.0
START_SECONDS = 60.0
PAGE_VISITS = 30
WITH_DJANGO = "import django; django.setup(); from tests.bench.cast import main; main()"


@contextmanager
def own_database() -> Iterator[str]:
    """The address of a database of our own, dropped in the end."""
    url = database_url()
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{DATABASE}"))
        finally:
            connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def fill() -> Any:
    """Migrate, load the bank, begin the sittings. Returns what cast.py says."""
    for step in ("migrate", "load_bank", "load_exams"):
        subprocess.run([*MANAGE, step], check=True, stdout=subprocess.DEVNULL)
    cast = subprocess.run([sys.executable, "-c", WITH_DJANGO], check=True, stdout=subprocess.PIPE)
    return json.loads(cast.stdout)


# --- One side


@dataclass
class Side:
    """A web server and the load on it, with all that was measured."""

    name: str
    port: int
    web: subprocess.Popen[bytes]
    load: subprocess.Popen[str]
    rates: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    app_cpu: list[float] = field(default_factory=list)
    database_cpu: list[float] = field(default_factory=list)

    def round(self, seconds: float, rate: float = 0.0) -> dict[str, Any]:
        assert self.load.stdin
        assert self.load.stdout
        self.load.stdin.write(f"{seconds} {rate}\n")
        self.load.stdin.flush()
        answer = self.load.stdout.readline()
        if not answer:
            sys.exit(f"{self.name}: the load broke off")
        told: dict[str, Any] = json.loads(answer)
        return told

    def measure(self, seconds: float) -> None:
        app, database = cpu_seconds(self.pids()), cpu_seconds(backends())
        told = self.round(seconds)
        count = len(told["latencies"])
        self.rates.append(count / told["seconds"])
        self.latencies += told["latencies"]
        self.app_cpu.append(1000 * (cpu_seconds(self.pids()) - app) / count)
        self.database_cpu.append(1000 * (cpu_seconds(backends()) - database) / count)

    def pids(self) -> list[int]:
        return [self.web.pid, *children(self.web.pid)]

    def row(self, floor: "Side") -> str:
        p50, p95 = percentile(self.latencies, 50), percentile(self.latencies, 95)
        ratio = statistics.median(
            mine / its for mine, its in zip(self.rates, floor.rates, strict=True)
        )
        return (
            f"{self.name:<10}{statistics.median(self.rates):>12,.0f}{ratio:>10.2f}"
            f"{p50:>10.1f}{p95:>10.1f}{statistics.median(self.app_cpu):>10.2f}"
            f"{statistics.median(self.database_cpu):>14.2f}"
        )


HEADING = (
    f"{'':<10}{'saves/s':>12}{'of bare':>10}{'p50 ms':>10}{'p95 ms':>10}{'CPU app':>10}"
    f"{'+ PostgreSQL':>14}  ms a save"
)


@contextmanager
def side(name: str, application: str, callers: Any) -> Iterator[Side]:
    """Serve the application as `make run` would, and have its load at hand."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    web_command = [
        application if word == "config.wsgi:application" else word
        for word in parts(port)[0].command
    ]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    with ExitStack() as stack:
        web = subprocess.Popen(web_command, stderr=subprocess.DEVNULL, **quiet)
        stack.callback(end, web)
        load = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.load"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(end, load)
        assert load.stdin
        load.stdin.write(json.dumps({"port": port, "callers": callers}) + "\n")
        load.stdin.flush()
        wait_for(port)
        yield Side(name, port, web, load)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.1)
    sys.exit("A web server did not start")


def end(process: "subprocess.Popen[Any]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# --- Measuring


def children(pid: int) -> list[int]:
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True)
    pairs = (map(int, line.split()) for line in listing.stdout.splitlines())
    return [child for child, parent in pairs if parent == pid]


def backends() -> list[int]:
    """The PostgreSQL processes that serve the benchmark's database."""
    with closing(psycopg.connect(os.environ["DATABASE_URL"])) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in found]


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time of the processes; 0 where there is no /proc."""
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[len(values) * percent // 100]


def fetch(port: int, path: str, cookie: str) -> tuple[dict[str, str], bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    headers = {"Cookie": cookie, "Accept-Encoding": "gzip"}
    with closing(connection):
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        assert response.status == 200, f"{path}: {response.status}"
        return {name.lower(): value for name, value in response.getheaders()}, response.read()


def room_page(passline: Side, path: str, cookie: str) -> str:
    times = []
    for _ in range(PAGE_VISITS):
        began = time.monotonic()
        headers, body = fetch(passline.port, path, cookie)
        times.append(1000 * (time.monotonic() - began))
    is_compressed = headers.get("content-encoding") == "gzip"
    whole = gzip.decompress(body) if is_compressed else body
    sent = f"{len(body):,} B sent"
    return f"room page: {len(whole):,} B, {sent}, {statistics.median(times):.0f} ms"


def compare(bare: Side, passline: Side, rounds: int) -> float:
    """Print the table. Returns Passline's speed as a share of the floor's."""
    for each in (bare, passline):
        each.round(1.0)
    for number in range(rounds):
        for each in (bare, passline) if number % 2 else (passline, bare):
            each.measure(ROUND_SECONDS)
    print(f"\n{HEADING}\n{bare.row(bare)}\n{passline.row(bare)}\n")
    return statistics.median(p / b for p, b in zip(passline.rates, bare.rates, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    with own_database() as url:
        os.environ["DATABASE_URL"] = url
        told = fill()
        with (
            side("bare", "tests.bench.bare:application", told["bare"]) as bare,
            side("Passline", "config.wsgi:application", told["passline"]) as passline,
        ):
            ratio = compare(bare, passline, rounds)
            paced = passline.round(PACED_SECONDS, PACED_RATE)["latencies"]
            print(f"paced at {PACED_RATE:.0f} saves/s: p50 {percentile(paced, 50):.1f} ms,", end="")
            print(f" p95 {percentile(paced, 95):.1f} ms")
            print(room_page(passline, **told["room"]))
    print(f"goal: {GOAL} of bare; reached: {ratio:.2f}")
    sys.exit(0 if ratio >= GOAL else 1)


if __name__ == "__main__":
    main()
