"""The two groups that write and judge questions, made once with their permissions.

After every migration and not in one: permissions come into being only then. A group that is there
already is left as it is, since a site may have changed what its people may do.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

AUTHORS = "Authors"
REVIEWERS = "Reviewers"

READ = Q(codename__startswith="view_")
REVIEW = Q(codename="review_questionversion")
# The trail is written by the acts themselves, and a report is closed by a reviewer.
BY_THEMSELVES = Q(content_type__model__in=["trailentry", "questionreport"])

GRANTS = {
    AUTHORS: READ | ~REVIEW & ~BY_THEMSELVES,
    REVIEWERS: READ | REVIEW | Q(codename="change_questionreport"),
}


def make_groups(**_: Any) -> None:
    rights = Permission.objects.filter(content_type__app_label="questions")
    for name, grant in GRANTS.items():
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            group.permissions.set(rights.filter(grant))
    grant_guides(rights.filter(content_type__model="resource"))


def grant_guides(rights: QuerySet[Permission]) -> None:
    """Guides came later than groups: authors who may change a certification may edit its guide.

    Where they have some of these rights, a site has chosen which.
    """
    held = Group.objects.get(name=AUTHORS).permissions
    may_change = held.filter(codename="change_certification").exists()
    if may_change and not held.filter(pk__in=rights).exists():
        held.add(*rights)
