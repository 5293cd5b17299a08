"""People for tests."""

from typing import Any

from allauth.account.models import EmailAddress

from accounts.models import User

PASSWORD = "brisk-otter-lantern"  # noqa: S105


def make_user(email: str = "ada@example.org", *, verified: bool = True, **fields: Any) -> User:
    """Somebody with PASSWORD, whose address is confirmed unless told otherwise."""
    user = User.objects.create_user(email, PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user
