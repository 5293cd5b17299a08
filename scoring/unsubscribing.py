"""One click out of the reminders: a signed address says whose and which, and needs no log-in."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from scoring.models import Reminder

SALT = "scoring.unsubscribe"
SWITCHES = {
    Reminder.Kind.REVIEW: "wants_review_reminders",
    Reminder.Kind.EXAM: "wants_exam_reminders",
}


def address(candidate: User, kind: str) -> str:
    """Good for as long as the account is: an old letter can still be stopped."""
    token = signing.dumps([candidate.pk, kind], salt=SALT)
    return settings.SITE_URL + reverse("unsubscribe", args=[token])


def read(token: str) -> tuple[int, str] | None:
    """Whose reminders and of which kind; None for a token that is not ours."""
    try:
        candidate_id, kind = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (candidate_id, kind) if kind in SWITCHES else None


def switch(candidate_id: int, kind: str, *, is_on: bool) -> None:
    User.objects.filter(pk=candidate_id).update(**{SWITCHES[Reminder.Kind(kind)]: is_on})


def wants(candidate: User, kind: str) -> bool:
    return bool(getattr(candidate, SWITCHES[Reminder.Kind(kind)]))
