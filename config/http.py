"""What every answer of the site has in common: health, readiness, the page for a stale form."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process serves."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 once the database answers and keeps what it says is saved, else 503 with the reason."""
    try:
        loose = loose_durability()
    except DatabaseError:
        return JsonResponse({"ready": False, "reason": "the database does not answer"}, status=503)
    if loose:
        return JsonResponse({"ready": False, "reason": f"not durable: {loose}"}, status=503)
    return JsonResponse({"ready": True})


def loose_durability() -> str:
    """The PostgreSQL settings that could lose a saved response, as `name=value, ...`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(DURABLE)]
        )
        found = dict(cursor.fetchall())
    return ", ".join(f"{name}={found[name]}" for name in DURABLE if found[name] != DURABLE[name])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was older than the log-in: say so and offer the way back."""
    return render(request, "403_csrf.html", status=403)
