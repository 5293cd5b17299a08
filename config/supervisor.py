"""`make run`: the servers, the set-up, and every process of Passline under one log.

Ends with everything it started, on Ctrl-C or any polite signal; after a kill -9 the system ends
the rest (see tether.py) and the next run finds its data as it was.
"""

import fcntl
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from config.children import Child, Journal, stop_all
from config.embedded import services
from config.mailserver import email_url
from config.parts import HOST, parts, steps
from config.probe import is_serving
from config.servers import CHECKOUT, HERE, Server, ServerError

DEFAULT_PORT = 8000
# After a kill -9 of an earlier run its web server needs a moment to let go of the port.
PORT_SECONDS = 3.0
READY_SECONDS = 60.0
STOP_SECONDS = 5.0
TICK_SECONDS = 0.2
SERVER_SECONDS = 0.5  # between two looks at the servers
SERVER_PAUSE = 5.0  # after one could not be started

OURSELVES = "passline"


class SetUpError(Exception):
    """Passline cannot start; the message is one line, `code` is for the shell."""

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


def read_port(value: str) -> int:
    """The port to serve on. Raises SetUpError when PORT is none."""
    if not value:
        return DEFAULT_PORT
    if value.isdecimal() and 0 < int(value) < 65536:
        return int(value)
    raise SetUpError(f"PORT is {value!r}; expected a number from 1 to 65535")


def wait_for_port(port: int) -> None:
    """Return once the port is free. Raises SetUpError when another program keeps it."""
    deadline = time.monotonic() + PORT_SECONDS
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
                return
            except OSError as error:
                reason = error.strerror
        if time.monotonic() > deadline:
            raise SetUpError(
                f"Port {port} cannot be used: {reason}; `PORT=8001 make run` takes another"
            )
        time.sleep(TICK_SECONDS)


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the checkout. Raises SetUpError when another supervisor has it."""
    HERE.prepare()
    with (HERE.run / "supervisor.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetUpError("Passline runs from this folder already") from None
        yield


class Supervisor:
    """Runs the set-up, then keeps every part and every server alive until it is told to end."""

    def __init__(self, port: int, servers: list[Server], journal: Journal) -> None:
        self.port = port
        self.servers = servers
        self.journal = journal
        self.children: list[Child] = []
        self.demo: list[str] = []
        self.look_at_servers_at = 0.0
        self.env = os.environ | {
            "PORT": str(port),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def set_up(self) -> None:
        """Run the steps one after another. Raises SetUpError with a failing one's exit code."""
        for step in steps():
            child = Child(step, self.env)
            self.children = [child]
            self.demo = []
            while not child.has_died():
                self.demo += self.pass_on_output()
            self.demo += self.pass_on_output()
            child.output.close()
            code = child.process.returncode
            if code != 0:
                raise SetUpError(f"`manage.py {step.name}` failed", code if code > 0 else 1)
        self.children = []

    def serve(self) -> None:
        """Start the parts and keep them alive; returns only by an exception."""
        self.children = [Child(part, self.env) for part in parts(self.port)]
        deadline = time.monotonic() + READY_SECONDS
        is_ready = False
        while True:
            self.pass_on_output()
            self.revive_servers()
            self.revive_children()
            if not is_ready and (self.is_healthy() or time.monotonic() > deadline):
                is_ready = True
                self.announce()

    def pass_on_output(self) -> list[str]:
        """Wait a tick for output and write it to the journal. Returns the lines."""
        living = [child for child in self.children if not child.restart_at]
        readable, _, _ = select.select(living, [], [], TICK_SECONDS)
        said = [(child.part.name, line) for child in readable for line in child.lines()]
        for name, line in said:
            self.journal.say(name, line)
        return [line for _, line in said]

    def revive_children(self) -> None:
        """Start again what has died, after a pause that grows while it keeps dying."""
        now = time.monotonic()
        for child in self.children:
            if child.restart_at:
                if now >= child.restart_at:
                    child.restart()
            elif child.has_died():
                for line in child.lines():
                    self.journal.say(child.part.name, line)
                pause = child.plan_restart(now)
                ended = f"{child.part.name} ended with {child.process.returncode}"
                self.journal.say(OURSELVES, f"{ended}; again in {pause:g} s")

    def revive_servers(self) -> None:
        """Start a dead server again; it recovers its data by itself."""
        if time.monotonic() < self.look_at_servers_at:
            return
        self.look_at_servers_at = time.monotonic() + SERVER_SECONDS
        for server in self.servers:
            if server.is_gone():
                self.journal.say(OURSELVES, f"{server.name} is gone; starting it again")
                try:
                    server.restart()
                    self.journal.say(OURSELVES, f"{server.name} is back")
                except ServerError as error:
                    self.journal.say(OURSELVES, str(error))
                    self.look_at_servers_at = time.monotonic() + SERVER_PAUSE

    def is_healthy(self) -> bool:
        """Whether the web server answers /healthz."""
        return is_serving(self.port, HOST)

    def announce(self) -> None:
        """Say where everything is."""
        address = f"http://{HOST}:{self.port}"
        mail = "through EMAIL_URL" if os.environ.get("EMAIL_URL") else f"{address}/mailbox/"
        block = [
            "",
            f"Passline   {address}",
            f"E-mail     {mail}",
            "",
            *self.demo,
            "",
            "Ctrl-C ends it.",
        ]
        self.journal.write("\n".join(f"  {line}".rstrip() for line in block) + "\n\n")


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Every polite signal ends the run as Ctrl-C does, and a second one changes nothing."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    raise KeyboardInterrupt


def run(journal: Journal) -> None:
    """Everything, from the first check to the last process. Raises KeyboardInterrupt at the end."""
    port = read_port(os.environ.get("PORT", ""))
    if os.environ.get("EMAIL_URL"):
        email_url()
    with only_one():
        wait_for_port(port)
        journal.say(OURSELVES, "starting")
        with services() as servers:
            supervisor = Supervisor(port, servers, journal)
            try:
                supervisor.set_up()
                supervisor.serve()
            finally:
                stop_all(supervisor.children, STOP_SECONDS)


def main() -> None:
    """Run until told to end; what is wrong with the set-up is one line."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # under nohup
            signal.signal(number, interrupt)
    os.chdir(CHECKOUT)
    colored = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    journal = Journal(sys.stdout, colored)
    try:
        run(journal)
    except KeyboardInterrupt:
        journal.say(OURSELVES, "ended")
    except SetUpError as error:
        print(error, file=sys.stderr)
        sys.exit(error.code)
    except (ServerError, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
