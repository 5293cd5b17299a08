"""The sitting token: what the exam room's page carries instead of a session.

It names one sitting and its holder. How long it is good for is not written into it: the statement
that takes a response compares with the sitting's own deadline, by the database's clock.
"""

from dataclasses import dataclass
from uuid import UUID

from django.core.signing import BadSignature, Signer

from exams.models import Sitting

HEADER = "X-Sitting-Token"
_signer = Signer(salt="exams.sitting")


@dataclass(frozen=True)
class SittingToken:
    sitting_id: int
    candidate_id: int | None
    guest_key: UUID | None


def issue(sitting: Sitting, guest_key: UUID | None) -> str:
    """The token for whoever opens the room: the candidate, or the guest with this key."""
    holder = f"c{sitting.candidate_id}" if sitting.candidate_id else f"g{guest_key}"
    return _signer.sign(f"{sitting.pk}:{holder}")


def read(text: str) -> SittingToken | None:
    """What the token says, or None when it is not one of ours."""
    try:
        sitting_id, holder = _signer.unsign(text).split(":")
        if holder.startswith("c"):
            return SittingToken(int(sitting_id), int(holder[1:]), None)
        return SittingToken(int(sitting_id), None, UUID(holder[1:]))
    except (BadSignature, ValueError):
        return None
