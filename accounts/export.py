"""Everything the site holds about one person: exactly what erasing the account would delete."""

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
            _row(row, without=SECRETS.get(label, set())) for row in sorted(found[label], key=_key)
        ]
        for label in sorted(found)
    }


def _key(row: Model) -> Any:
    return row.pk


def _row(row: Model, *, without: set[str]) -> Row:
    return {
        field.attname: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if field.name not in without
    }
