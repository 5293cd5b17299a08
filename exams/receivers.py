"""A guest who signs up or logs in takes along what this browser has sat."""

from typing import Any

from allauth.account.signals import user_logged_in
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from exams import delivery
from exams.guests import SESSION_KEY, guest_key
from exams.models import Sitting


@receiver(user_logged_in)
def take_sittings_along(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Signing up logs in too, so one signal serves both."""
    if key := guest_key(request):
        adopted = delivery.adopt(key, user)
        del request.session[SESSION_KEY]
        for sitting in adopted.handed_in:
            tell_of_the_end(request, sitting)


def tell_of_the_end(request: HttpRequest, sitting: Sitting) -> None:
    text = _(
        "%(exam)s was already running in your account. The sitting you began before logging in"
        " was handed in as it was; it is among your results."
    )
    messages.info(request, text % {"exam": sitting.exam.name})
