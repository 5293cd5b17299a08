"""Writes the reminders: how many reviews wait, or how near the exam date is."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from scoring import review_queue, studying, unsubscribing
from scoring.composing import composed, message_id, speaking_to
from scoring.models import Reminder, StudyPlan

RELATED = ("candidate",)

# What is worth doing from so many days on, down to the next number.
ADVICE = (
    (8, gettext_lazy("Time for a full mock exam under the clock, and for what it shows you.")),
    (2, gettext_lazy("Review what you missed, and sit one more mock exam in one go.")),
    (0, gettext_lazy("No new subjects now. A short look at what you missed, then rest.")),
)


def message(reminder: Reminder, recipient: User) -> EmailMultiAlternatives | None:
    """The letter; None when it is not wanted any more, or there is nothing left to remind of.

    One statement, two for reviews; the relations in RELATED are taken as loaded.
    """
    if not unsubscribing.wants(recipient, reminder.kind):
        return None
    with speaking_to(recipient):
        content = CONTENTS[Reminder.Kind(reminder.kind)](reminder, recipient)
        if content is None:
            return None
        stop_url = unsubscribing.address(recipient, reminder.kind)
        mail = composed(
            f"reminder_{reminder.kind}",
            recipient,
            subject=content["subject"],
            content=content | {"stop_url": stop_url, "language": translation.get_language()},
            message_id=message_id("reminder", reminder.pk, reminder.email_resend_count),
        )
    mail.extra_headers["List-Unsubscribe"] = f"<{stop_url}>"
    mail.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return mail


def of_reviews(reminder: Reminder, recipient: User) -> dict[str, Any] | None:
    """Only on its own day: the next has a letter of its own."""
    count = studying.due(recipient).count()
    if not count or timezone.localdate() != reminder.day:
        return None
    minutes = -(-count * review_queue.seconds_of_one(recipient) // 60)
    subject = ngettext("%(count)d question to review", "%(count)d questions to review", count)
    return {
        "subject": subject % {"count": count},
        "count": count,
        "minutes": minutes,
        "review_url": settings.SITE_URL + reverse("review"),
    }


def of_exam(reminder: Reminder, recipient: User) -> dict[str, Any] | None:
    """As many days as are left when it is written, which may be later than it was owed."""
    plans = StudyPlan.objects.filter(candidate=recipient, certification=reminder.certification_id)
    plan = plans.select_related("certification").first()
    days = (plan.exam_on - timezone.localdate()).days if plan and plan.exam_on else -1
    if plan is None or days < 0:
        return None
    return {
        "subject": subject_of_exam(days, plan.certification.code),
        "certification": plan.certification,
        "exam_on": plan.exam_on,
        "days": days,
        "advice": next(str(text) for least, text in ADVICE if days >= least),
        "home_url": f"{settings.SITE_URL}{reverse('home')}#shelf-{plan.certification_id}",
    }


def subject_of_exam(days: int, code: str) -> str:
    if days == 0:
        return _("Your exam date is today: %(code)s") % {"code": code}
    subject = ngettext(
        "Your exam date is tomorrow: %(code)s", "Your exam date is in %(days)d days: %(code)s", days
    )
    return subject % {"code": code, "days": days}


CONTENTS = {Reminder.Kind.REVIEW: of_reviews, Reminder.Kind.EXAM: of_exam}
