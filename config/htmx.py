"""The seams between htmx and Django, in one place."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers


class HtmxSeamsMiddleware:
    """Vary on what makes a partial, and turn a redirect to the log-in into a whole-page one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "HX-Request" in request.headers and is_login_redirect(response):
            response.status_code = 204
            response["HX-Redirect"] = response["Location"]
            del response["Location"]
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response


def is_login_redirect(response: HttpResponse) -> bool:
    return response.status_code == 302 and response["Location"].startswith(
        resolve_url(settings.LOGIN_URL)
    )
