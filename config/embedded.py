"""Where PostgreSQL and Redis are, and the embedded ones for when the environment names none.

`python -m config.embedded -- COMMAND ...` runs a command with the servers up;
without a command it keeps them up until it is interrupted.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NoReturn
from urllib.parse import parse_qs, quote, urlsplit

from config.postgresql import NAME, PostgreSQL
from config.servers import HERE, Place, Server, ServerError, tethered
from config.valkey import Valkey

POSTGRESQL_FORM = "postgresql://USER:PASSWORD@HOST:PORT/NAME"
REDIS_FORM = "redis://HOST:PORT/NUMBER"


def database_url() -> str:
    """DATABASE_URL, or the address of the embedded PostgreSQL; starts nothing.

    Raises ValueError with one line when the variable is no address of a PostgreSQL database.
    """
    value = os.environ.get("DATABASE_URL", "").strip()
    if not value:
        return f"postgresql://{NAME}@{quote(str(HERE.sockets), safe='')}/{NAME}"
    _check("DATABASE_URL", value, {"postgresql", "postgres"}, POSTGRESQL_FORM)
    parts = urlsplit(value)
    if not parts.path.strip("/"):
        raise ValueError(f"DATABASE_URL names no database; expected {POSTGRESQL_FORM}")
    if not parts.netloc and "host" not in parse_qs(parts.query):
        raise ValueError(f"DATABASE_URL names no host; expected {POSTGRESQL_FORM}")
    return value


def redis_url() -> str:
    """REDIS_URL, or the address of the embedded Valkey, as redis clients take it; starts nothing.

    Raises ValueError with one line when the variable is no address of a Redis.
    """
    value = os.environ.get("REDIS_URL", "").strip()
    if not value:
        return f"unix://{Valkey(HERE).socket_path}?db=0"
    _check("REDIS_URL", value, {"redis", "rediss", "unix"}, REDIS_FORM)
    parts = urlsplit(value)
    number = parts.path.strip("/")
    if parts.scheme == "unix" and not number:
        raise ValueError("REDIS_URL names no socket; expected unix:///PATH?db=NUMBER")
    if parts.scheme != "unix" and not parts.hostname:
        raise ValueError(f"REDIS_URL names no host; expected {REDIS_FORM}")
    if parts.scheme != "unix" and number and not number.isdecimal():
        raise ValueError(f"REDIS_URL: the database is not a number; expected {REDIS_FORM}")
    return value


def celery_broker_url() -> str:
    """The same server as `redis_url`, in the form that Celery takes."""
    value = redis_url()
    parts = urlsplit(value)
    if parts.scheme == "unix":
        number = parse_qs(parts.query).get("db", ["0"])[0]
        return f"redis+socket://{parts.path}?virtual_host={number}"
    if parts.scheme == "rediss" and "ssl_cert_reqs" not in parts.query:
        return f"{value}{'&' if parts.query else '?'}ssl_cert_reqs=required"
    return value


def _check(variable: str, value: str, schemes: set[str], form: str) -> None:
    """Never shows the value: it may hold a password."""
    try:
        scheme, port = urlsplit(value).scheme, urlsplit(value).port
    except ValueError:
        scheme, port = "", 0
    if scheme not in schemes or port == 0:
        raise ValueError(f"{variable} is no such address; expected {form}")


def embedded_servers(place: Place = HERE) -> list[Server]:
    """The servers that the environment leaves to us. Raises ValueError for a bad variable."""
    database_url()
    redis_url()
    servers: list[Server] = []
    if not os.environ.get("DATABASE_URL", "").strip():
        servers.append(PostgreSQL(place))
    if not os.environ.get("REDIS_URL", "").strip():
        servers.append(Valkey(place))
    return servers


@contextmanager
def services(place: Place = HERE) -> Iterator[list[Server]]:
    """Keep the embedded servers up for a while; those already running are used and left alone.

    Raises ServerError or ValueError with one line.
    """
    with ExitStack() as stack:
        servers = embedded_servers(place)
        for server in servers:
            stack.callback(server.stop)
            server.ensure()
        yield servers


def keep_up(servers: list[Server]) -> NoReturn:
    """Stay until interrupted, and start again what dies in the meantime."""
    print("PostgreSQL and Valkey are up; Ctrl-C ends them.", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    while True:
        time.sleep(1)
        for server in servers:
            if server.is_gone():
                print(f"{server.name} is gone; starting it again", flush=True)
                server.restart()


def run(command: list[str]) -> int:
    """Run the command beside the servers, or only the servers. Returns an exit code."""
    with services() as servers:
        if not command:
            keep_up(servers)
        process = subprocess.Popen(tethered(command, signal.SIGTERM))  # noqa: S603
        # Ctrl-C reaches the command too, which decides; we wait for it.
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        return process.wait()


def main() -> None:
    """Read the command after `--`, run it, print what is wrong with the set-up as one line."""
    command = sys.argv[1:]
    try:
        code = run(command[1:] if command[:1] == ["--"] else command)
    except (ServerError, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
