"""A guest who signs up or logs in takes along what this browser has sat."""

from typing import Any

from allauth.account.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from exams import delivery
from exams.guests import SESSION_KEY, guest_key


@receiver(user_logged_in)
def take_sittings_along(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Signing up logs in too, so one signal serves both."""
    if key := guest_key(request):
        delivery.adopt(key, user)
        del request.session[SESSION_KEY]
