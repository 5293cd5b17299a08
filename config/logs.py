"""One line a request, and an id that every other line of the same request carries too."""

import logging
import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger()


class RequestLogMiddleware:
    """Asks neither session nor user, who would cost every save two statements.

    A response saved is no news: its row tells the moment, and the line would be most of the log.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=uuid4().hex)
        response = self.get_response(request)
        log.log(
            logging.DEBUG if is_routine(request, response) else logging.INFO,
            "answered",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round(1000 * (time.perf_counter() - began), 1),
        )
        return response


def is_routine(request: HttpRequest, response: HttpResponse) -> bool:
    view = request.resolver_match and request.resolver_match.func
    return response.status_code == 200 and getattr(view, "reads_no_session", False)
