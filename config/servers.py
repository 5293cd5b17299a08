"""What the two embedded servers have in common: their place, their lock, their start and end.

A lock file is inherited by the server and all its children, so it is free exactly when none of
them is left, after any kind of death. Whoever finds the server answering uses it; whoever gets
the lock starts it; anyone else waits for one of the two.
"""

import fcntl
import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL
from typing import IO

CHECKOUT = Path(__file__).resolve().parent.parent
TETHER = Path(__file__).resolve().parent / "tether.py"

# The system allows 104 bytes for a socket's path on macOS, 108 on Linux.
LONGEST_SOCKET_PATH = 100
LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432")
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+-]+")

START_SECONDS = 40.0
POLL_SECONDS = 0.05
LARGEST_LOG = 4_000_000  # bytes; a longer one is begun anew


class ServerError(Exception):
    """A server that cannot run; the message is one line for the person at the keyboard."""


@dataclass(frozen=True)
class Place:
    """Where the servers of one checkout live: `run` keeps data and logs, `sockets` is short."""

    run: Path
    sockets: Path

    def prepare(self) -> None:
        """Make both folders. Raises ServerError when somebody else owns the one of the sockets."""
        try:
            self.run.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.run / "logs").mkdir(exist_ok=True)
            self.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
            status = self.sockets.lstat()
            if not self.sockets.is_symlink() and status.st_uid == os.getuid():
                self.sockets.chmod(0o700)
                return
        except OSError as error:
            raise ServerError(f"{error.filename}: {error.strerror}") from error
        raise ServerError(f"{self.sockets} belongs to another user; remove it and try again")


def place_of(checkout: Path, uid: int) -> Place:
    """The place of a checkout: sockets beside the data, or in /tmp when that path is unfit.

    Not TMPDIR: two terminals of one user must agree on the place.
    """
    run = checkout / ".run"
    sockets = run / "sockets"
    length = len(os.fsencode(sockets)) + LONGEST_SOCKET_NAME
    if length <= LONGEST_SOCKET_PATH and PLAIN_PATH.fullmatch(str(sockets)):
        return Place(run, sockets)
    digest = hashlib.sha256(os.fsencode(checkout)).hexdigest()[:12]
    return Place(run, Path("/tmp") / f"passline-{uid}-{digest}")  # noqa: S108


HERE = place_of(CHECKOUT, os.getuid())


def tethered(command: Sequence[str], signal_at_death: signal.Signals) -> list[str]:
    """The command, made to get the signal when the calling process dies."""
    python = [sys.executable, "-I", "-S", str(TETHER)]
    return [*python, str(os.getpid()), str(int(signal_at_death)), *command]


class Server:
    """One embedded server; `process` is set only in the process that started it."""

    name = ""
    stop_signal = signal.SIGTERM
    stop_seconds = 4.0

    def __init__(self, place: Place) -> None:
        self.place = place
        self.log_path = place.run / "logs" / f"{self.name.lower()}.log"
        self.log_start = 0
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """The command line that runs the server in the foreground."""
        raise NotImplementedError

    def prepare(self, run: "Runner") -> None:
        """Make the data folder ready; the lock is held."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether the server takes commands now, asked over its socket."""
        raise NotImplementedError

    def ensure(self) -> None:
        """Use the server that answers, or start it. Raises ServerError with one line."""
        self.place.prepare()
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process is None:
                self._start_if_nobody_else_does()
            elif self.process.poll() is not None:
                raise ServerError(f"{self.name} did not start: {self._last_words()}")
            if time.monotonic() > deadline:
                self.stop()
                raise ServerError(f"{self.name} did not answer; its log is {self.log_path}")
            time.sleep(POLL_SECONDS)

    def is_gone(self) -> bool:
        """Whether our server has ended, or another owner's no longer answers."""
        if self.process is None:
            return not self.answers()
        return self.process.poll() is not None

    def restart(self) -> None:
        """Start again after a death; the server recovers its data by itself."""
        self.process = None
        self.ensure()

    def stop(self) -> None:
        """End the server if this process started it, politely first, within seconds."""
        if self.process is None:
            return
        for number, seconds in ((self.stop_signal, self.stop_seconds), (signal.SIGQUIT, 2.0)):
            self.process.send_signal(number)
            try:
                self.process.wait(seconds)
                break
            except subprocess.TimeoutExpired:
                continue
        else:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _start_if_nobody_else_does(self) -> None:
        with (self.place.run / f"{self.name.lower()}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            if self.answers():
                return
            with self.log_path.open("ab") as log:
                if log.tell() > LARGEST_LOG:
                    log.truncate(0)
                self.log_start = log.tell()
                runner = Runner(lock, log)
                self.prepare(runner)
                self.process = runner.spawn(self.command(), self.stop_signal)

    def _last_words(self) -> str:
        words = self.log_path.read_bytes()[self.log_start :].decode(errors="replace")
        lines = words.strip().splitlines()
        telling = [line for line in lines if re.search("FATAL|ERROR|error|[Ff]ailed", line)]
        return f"{(telling or lines or ['no word'])[-1].strip()} (log: {self.log_path})"


@dataclass(frozen=True)
class Runner:
    """Starts the processes of a server: they inherit its lock and write into its log."""

    lock: IO[str]
    log: IO[bytes]

    def spawn(
        self, command: Sequence[str], signal_at_death: signal.Signals, stdin: int = DEVNULL
    ) -> subprocess.Popen[bytes]:
        """Start a process that ends with this one, deaf to the terminal's Ctrl-C."""
        return subprocess.Popen(  # noqa: S603
            tethered(command, signal_at_death),
            stdin=stdin,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            pass_fds=[self.lock.fileno()],
            start_new_session=True,
        )

    def call(self, command: Sequence[str], text: str = "") -> bool:
        """Run a command to its end with the text as its input. Returns whether it succeeded."""
        process = self.spawn(command, signal.SIGTERM, stdin=subprocess.PIPE)
        process.communicate(text.encode(), timeout=START_SECONDS)
        return process.returncode == 0
