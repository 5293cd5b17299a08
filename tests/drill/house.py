"""The running Passline under drill: started by its own supervisor, killed part by part."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from config.probe import is_serving
from config.servers import HERE

HOST = "127.0.0.1"
START_SECONDS = 240.0
STOP_SECONDS = 30.0
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    command: str


def processes() -> list[Process]:
    """Every process of this machine."""
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True
    ).stdout
    rows = (line.split(None, 2) for line in listing.splitlines())
    return [Process(int(row[0]), int(row[1]), row[2]) for row in rows if len(row) == 3]


def below(root: int, everything: Iterable[Process]) -> list[Process]:
    """The children of `root` and theirs, nearest first."""
    found: list[Process] = []
    parents = {root}
    while True:
        level = [process for process in everything if process.parent in parents]
        if not level:
            return found
        found += level
        parents = {process.pid for process in level}


def free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


def wait_until(is_so: Callable[[], bool], seconds: float, what: str) -> float:
    """Returns the seconds it took. Raises TimeoutError naming `what`."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        time.sleep(POLL_SECONDS)
    return time.monotonic() - began


class House:
    """One supervisor and what it runs, on a free port, in the current folder."""

    def __init__(self) -> None:
        self.port = free_port()
        self.log: IO[bytes]
        self.supervisor: subprocess.Popen[bytes]

    def start(self) -> float:
        """Returns the seconds until it served. Raises TimeoutError or SystemExit."""
        HERE.prepare()
        self.log = (HERE.run / "logs" / "supervisor.log").open("wb")
        self.supervisor = subprocess.Popen(
            [sys.executable, "-m", "config.supervisor"],
            env=os.environ | {"PORT": str(self.port)},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        return wait_until(self.is_serving, START_SECONDS, "the start")

    def is_serving(self) -> bool:
        if self.supervisor.poll() is not None:
            sys.exit(f"The supervisor ended with {self.supervisor.returncode}")
        return is_serving(self.port, HOST)

    def stop(self) -> list[Process]:
        """End it as Ctrl-C does. Returns what is left of it, which should be nothing."""
        before = below(self.supervisor.pid, processes())
        self.supervisor.send_signal(signal.SIGINT)
        try:
            self.supervisor.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.supervisor.kill()
        self.log.close()
        alive = {process.pid: process.command for process in processes()}
        left = [process for process in before if alive.get(process.pid) == process.command]
        kill(process.pid for process in left)
        return left

    def part(self, word: str) -> list[int]:
        """The process whose command holds the word, and all below it; empty while it is down."""
        everything = processes()
        for process in below(self.supervisor.pid, everything):
            if word in process.command:
                return [process.pid, *(child.pid for child in below(process.pid, everything))]
        return []

    def web(self) -> list[int]:
        return self.part("granian")

    def postgresql(self) -> list[int]:
        return self.part("bin/postgres ")

    def valkey(self) -> list[int]:
        return self.part("valkey-server") or self.part("redis-server")

    def worker(self) -> list[int]:
        return self.part(" config worker ")


def kill(pids: Iterable[int]) -> None:
    """kill -9 of each."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
