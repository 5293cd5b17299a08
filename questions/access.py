"""Who may write in the bank and who may judge it. An outsider is told that there is nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import User

AUTHOR = "questions.change_questionversion"
REVIEWER = "questions.review_questionversion"

View = Callable[..., HttpResponse]


def allowed(*permissions: str) -> Callable[[View], View]:
    """For whoever has any of `permissions`; a guest is sent to log in, anybody else gets 404."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not any(request.user.has_perm(each) for each in permissions):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return guard


author_required = allowed(AUTHOR)
reviewer_required = allowed(REVIEWER)


def person(request: HttpRequest) -> User:
    """Who is signed in, behind one of the guards above or in the admin."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user
