"""A browser without an account: known by a random key in its session."""

from uuid import UUID, uuid4

from django.http import HttpRequest

SESSION_KEY = "guest_key"


def guest_key(request: HttpRequest) -> UUID | None:
    """The key of this browser, if it has sat anything as a guest."""
    value = request.session.get(SESSION_KEY)
    return UUID(value) if value else None


def ensure_guest_key(request: HttpRequest) -> UUID:
    """The key of this browser, made on first use."""
    if known := guest_key(request):
        return known
    fresh = uuid4()
    request.session[SESSION_KEY] = str(fresh)
    return fresh
