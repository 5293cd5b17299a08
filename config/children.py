"""The processes of a running Passline: one log for all, and an end that leaves none behind."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO

from config.servers import CHECKOUT, tethered

NAME_WIDTH = 11
COLORS = (36, 32, 35, 34, 33, 96, 92, 95)
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
STEADY_SECONDS = 30.0  # a process that ran this long has earned the first pause again
POLL_SECONDS = 0.05


class Journal:
    """One line at a time, after the fixed-width name of who says it."""

    def __init__(self, out: TextIO, colored: bool) -> None:
        self.out = out
        self.colors = dict[str, int]() if colored else None

    def say(self, name: str, line: str) -> None:
        """Write one line; a reader who has gone away is no reason to stop."""
        prefix = f"{name:<{NAME_WIDTH}} |"
        if self.colors is not None:
            color = self.colors.setdefault(name, COLORS[len(self.colors) % len(COLORS)])
            prefix = f"\x1b[{color}m{prefix}\x1b[0m"
        self.write(f"{prefix} {line}\n")

    def write(self, text: str) -> None:
        """Write the text as it is."""
        try:
            self.out.write(text)
            self.out.flush()
        except BrokenPipeError:
            self.out = open(os.devnull, "w")  # noqa: SIM115, PTH123


@dataclass(frozen=True)
class Part:
    """What one process is called, how it is run, and what it gets if the supervisor is killed."""

    name: str
    command: Sequence[str]
    signal_at_death: signal.Signals = signal.SIGTERM


class Child:
    """One process in a session of its own, so that only we tell it and its children to end."""

    def __init__(self, part: Part, env: Mapping[str, str]) -> None:
        self.part = part
        self.env = env
        self.pause = FIRST_PAUSE
        self.restart_at = 0.0
        self.rest = b""
        self.start()

    def start(self) -> None:
        """Start the process; it ends when this one does."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603
            tethered(self.part.command, self.part.signal_at_death),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=CHECKOUT,
            env=self.env,
        )
        assert self.process.stdout is not None  # noqa: S101
        self.output = self.process.stdout
        os.set_blocking(self.output.fileno(), False)

    def fileno(self) -> int:
        """Where `select` looks for the output."""
        return self.output.fileno()

    def lines(self) -> list[str]:
        """The whole lines said since the last call, and the unfinished one of a dead process."""
        *whole, self.rest = (self.rest + self._read()).split(b"\n")
        if self.rest and self.has_died():
            whole, self.rest = [*whole, self.rest], b""
        return [line.decode(errors="replace").rstrip() for line in whole]

    def _read(self) -> bytes:
        pieces = []
        with suppress(BlockingIOError):
            while piece := os.read(self.output.fileno(), 65536):
                pieces.append(piece)
        return b"".join(pieces)

    def has_died(self) -> bool:
        """Whether the process has ended."""
        return self.process.poll() is not None

    def kill_group(self) -> None:
        """Kill whatever is left of the process and its children."""
        with suppress(ProcessLookupError, PermissionError):  # the latter: macOS, of a dead group
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def plan_restart(self, now: float) -> float:
        """Clear the remains and choose the moment to start again. Returns the seconds until then.

        `now` is of the monotonic clock.
        """
        self.kill_group()
        if now - self.started_at > STEADY_SECONDS:
            self.pause = FIRST_PAUSE
        pause, self.pause = self.pause, min(2 * self.pause, LONGEST_PAUSE)
        self.restart_at = now + pause
        return pause

    def restart(self) -> None:
        """Start anew."""
        self.output.close()
        self.restart_at = 0.0
        self.start()


def stop_all(children: Sequence[Child], seconds: float) -> None:
    """Ask all to end, wait so long at most, and kill what is left of each."""
    for child in children:
        if not child.has_died():
            child.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not all(child.has_died() for child in children):
        time.sleep(POLL_SECONDS)
    for child in children:
        child.kill_group()
