"""The floor: the same statement behind a WSGI function, without Django and without any check."""

import json
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import psycopg

from exams.clock import GRACE_SECONDS, seconds_left
from exams.statements import RESPOND

_local = threading.local()


def connection() -> psycopg.Connection[tuple[Any, ...]]:
    """This thread's own, kept."""
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    kept: psycopg.Connection[tuple[Any, ...]] = _local.connection
    return kept


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    length = int(environ["CONTENT_LENGTH"])
    fields = parse_qs(environ["wsgi.input"].read(length).decode(), keep_blank_values=True)
    sitting, holder, _signature = environ["HTTP_X_SITTING_TOKEN"].split(":")
    values = {
        "sitting": int(sitting),
        "candidate": int(holder[1:]),
        "guest_key": None,
        "position": int(environ["PATH_INFO"].split("/")[4]),
        "revision": int(fields["revision"][0]),
        "selected": fields["selected"][0],
        "struck": fields["struck"][0],
        "is_flagged": "flagged" in fields,
        "is_guessed": "guessed" in fields,
        "seconds": int(fields.get("seconds", ["0"])[0]),
        "grace": GRACE_SECONDS,
    }
    row = connection().execute(RESPOND, values).fetchone()
    if row is None:
        start_response("409 Conflict", [("Content-Type", "application/json")])
        return [b"{}"]
    revision, saved_at, deadline = row
    left = seconds_left(deadline, saved_at)
    reply = {"revision": revision, "saved_at": saved_at.isoformat(), "seconds_left": left}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(reply).encode()]
