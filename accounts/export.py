"""Everything the site holds about one person: exactly what erasing the account would delete.

Only what the person may not see yet is left out: a model says so by `not_yet_shown`, a Q.
"""

from typing import Any

from django.contrib.admin.utils import NestedObjects
from django.db.models import Model

from accounts.models import User

SECRETS = {"accounts.user": {"password"}, "mfa.authenticator": {"data"}}

Row = dict[str, Any]


def owned_rows(user: User) -> dict[str, list[Row]]:
    """Rows by model label, found by following the cascade of a deletion; later apps included."""
    collector = NestedObjects(using=str(user._state.db))
    collector.collect([user])
    found = {model._meta.label_lower: rows for model, rows in collector.data.items()}
    return {
        label: [
            _row(row, without=SECRETS.get(label, set()))
            for row in sorted(_shown(list(found[label])), key=_key)
        ]
        for label in sorted(found)
    }


def _shown(rows: list[Model]) -> list[Model]:
    model = type(rows[0])
    hidden = getattr(model, "not_yet_shown", None)
    if hidden is None:
        return rows
    ids = model._base_manager.filter(hidden, pk__in=[row.pk for row in rows])
    withheld = set(ids.values_list("pk", flat=True))
    return [row for row in rows if row.pk not in withheld]


def _key(row: Model) -> Any:
    return row.pk


def _row(row: Model, *, without: set[str]) -> Row:
    return {
        field.attname: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if field.name not in without
    }
