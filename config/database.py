"""Notices that PostgreSQL went away before a request finds out, at the cost of no statement."""

import select
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse


class FreshConnectionMiddleware:
    """Drops a connection that the server closed while it idled, so that the next query opens one.

    An idle connection has nothing to say; when its socket is readable it is the end, or close to
    it. Django's own health check would put a statement in front of every saved response.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not connection.in_atomic_block and has_ended():
            connection.close()
        return self.get_response(request)


def has_ended() -> bool:
    """Whether this thread's connection is open but its other end has spoken out of turn."""
    raw = connection.connection
    if raw is None or raw.closed:
        return False
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(0))
