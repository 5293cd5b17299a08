"""Three log-ins to look around with; never where real people are."""

from typing import Any, NamedTuple

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User


class Demo(NamedTuple):
    role: str
    time_zone: str = "UTC"
    groups: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        return f"{self.role}@passline.example"

    @property
    def password(self) -> str:
        return f"{self.role}-passline"


CAST = (
    Demo("candidate", time_zone="Europe/Zurich"),
    Demo("author", groups=("Authors",)),
    Demo("staff", groups=("Staff", "Reviewers")),
)
STAFF_APPS = ("accounts", "questions", "exams", "scoring")


class Command(BaseCommand):
    help = "Create or reset the demo log-ins and print them."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("create_demo makes log-ins with known passwords: not in production.")
        groups = {name: group_named(name) for demo in CAST for name in demo.groups}
        groups["Staff"].permissions.set(
            Permission.objects.filter(content_type__app_label__in=STAFF_APPS)
        )
        for demo in CAST:
            reset(demo, [groups[name] for name in demo.groups])
        role_width = max(len(demo.role) for demo in CAST)
        email_width = max(len(demo.email) for demo in CAST)
        for demo in CAST:
            line = f"{demo.role:<{role_width}}  {demo.email:<{email_width}}  {demo.password}"
            self.stdout.write(line)


def reset(demo: Demo, groups: list[Group]) -> None:
    """Give the log-in its password, rights and confirmed address, whatever became of it."""
    user, _ = User.objects.get_or_create(email=demo.email)
    user.time_zone = demo.time_zone
    user.is_active = True
    user.is_staff = bool(groups)
    user.is_superuser = False
    user.set_password(demo.password)
    user.save()
    user.user_permissions.clear()
    user.groups.set(groups)
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).exclude(email=demo.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=demo.email, defaults={"verified": True, "primary": True}
    )


def group_named(name: str) -> Group:
    """The bank makes Authors and Reviewers with their rights; only Staff is ours."""
    return Group.objects.get_or_create(name=name)[0]
