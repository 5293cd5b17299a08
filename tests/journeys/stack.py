"""A whole Passline of its own: a database, a Redis number, web, worker with beat, and sweep.

The journeys and the screenshots run against it. It ends with the process that started it.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg

from config.embedded import database_url, redis_url
from config.servers import CHECKOUT, tethered
from tests.config.waiting import wait_until

HOST = "127.0.0.1"
SCENE = "from tests.journeys import scene; scene.prepare()"
START_SECONDS = 120.0


@dataclass(frozen=True)
class Stack:
    """Where a running Passline is."""

    url: str
    database: str
    env: Mapping[str, str]
    folder: Path
    scene: dict[str, Any] = field(default_factory=dict)


@contextmanager
def running(name: str, folder: Path) -> Iterator[Stack]:
    """Everything that serves, over the fresh database `name`; logs go to `folder`."""
    with fresh_database(name) as database, ExitStack() as processes:
        stack = make_stack(name, database, folder)
        stack.scene.update(prepare(stack))
        for part, command in commands(stack).items():
            processes.enter_context(process(part, command, stack))
        wait_until(lambda: is_ready(stack.url), START_SECONDS)
        yield stack


def make_stack(name: str, database: str, folder: Path) -> Stack:
    port = free_port()
    url = f"http://{HOST}:{port}"
    env = {
        "DATABASE_URL": database,
        "REDIS_URL": with_redis_number(redis_url(), 1 + zlib.crc32(name.encode()) % 15),
        "MAILBOX_DIR": str(folder / "mailbox"),
        "PORT": str(port),
        "SITE_URL": url,
        "EMAIL_URL": "",
        "PRODUCTION": "false",
        "GUEST_STARTS": "1000",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
    }
    return Stack(url=url, database=database, env={**os.environ, **env}, folder=folder)


def commands(stack: Stack) -> dict[str, list[str]]:
    beat = f"-B --schedule {stack.folder / 'beat-schedule'}"
    worker = "--pool threads --concurrency 1 --without-gossip --without-mingle"
    return {
        "web": web_command(stack),
        "worker": f"-m celery --quiet --app config worker {worker} {beat}".split(),
        "sweep": ["manage.py", "sweep", "--every", "1"],
    }


def web_command(stack: Stack, workers: int = 2) -> list[str]:
    options = f"--interface wsgi --workers {workers} --blocking-threads 4 --no-ws"
    address = f"--host {HOST} --port {stack.env['PORT']}"
    return f"-m granian config.wsgi:application {options} {address}".split()


# --- The database and Redis


@contextmanager
def fresh_database(name: str) -> Iterator[str]:
    """The address of an empty database, dropped at the end."""
    server = database_url()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def with_redis_number(url: str, number: int) -> str:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return urlunsplit(parts._replace(query=urlencode({"db": number})))
    return urlunsplit(parts._replace(path=f"/{number}"))


# --- The processes


def prepare(stack: Stack) -> dict[str, Any]:
    """Fill the database; where things are, as scene.py says."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", SCENE]
    done = subprocess.run(command, cwd=CHECKOUT, env=stack.env, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    scene: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return scene


@contextmanager
def process(part: str, command: list[str], stack: Stack) -> Iterator[None]:
    """Keep one part running; at the end it and its children are gone."""
    with (stack.folder / f"{part}.log").open("wb") as log:
        running = subprocess.Popen(
            tethered([sys.executable, *command], signal.SIGKILL),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=CHECKOUT,
            env=stack.env,
        )
        try:
            yield
        finally:
            end(running)


def end(running: subprocess.Popen[bytes]) -> None:
    """The database goes away with it, so nothing is worth a polite end."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_ready(url: str) -> bool:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
