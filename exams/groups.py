"""Reviewers put forms together: rights given to their group while it has none of them.

After every migration, since permissions come into being only then; a group that has some of them
is left as the site has made it.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission

from questions.groups import REVIEWERS

CODENAMES = ("view_exam", "view_examform", "add_examform", "change_examform")


def grant_forms(**_: Any) -> None:
    rights = Permission.objects.filter(content_type__app_label="exams", codename__in=CODENAMES)
    reviewers = Group.objects.filter(name=REVIEWERS).first()
    if reviewers and not reviewers.permissions.filter(pk__in=rights).exists():
        reviewers.permissions.add(*rights)
