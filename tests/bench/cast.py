"""The candidates of the benchmark, in its own database: one JSON object on standard output."""

import json
import random
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from exams import delivery, tokens
from exams.models import Exam, Sitting

EXAM = "mls-c01-mock-1"
CONNECTIONS = 8


def begin(email: str) -> Sitting:
    candidate = get_user_model()(email=email)
    candidate.set_unusable_password()
    candidate.save()
    exam = Exam.objects.get(slug=EXAM)
    return delivery.start(exam, candidate=candidate, guest_key=None, rng=random.Random(1))


def caller(email: str) -> dict[str, Any]:
    sitting = begin(email)
    count = sitting.responses.count()
    return {"sitting": sitting.pk, "token": tokens.issue(sitting, None), "count": count}


def room() -> dict[str, str]:
    """A sitting's page and the cookie of the candidate who may see it."""
    sitting, client = begin("room@passline.example"), Client()
    client.force_login(sitting.candidate)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return {"path": f"/sittings/{sitting.pk}/", "cookie": cookie}


def main() -> None:
    told: dict[str, Any] = {
        side: [caller(f"{side}-{number}@passline.example") for number in range(CONNECTIONS)]
        for side in ("bare", "passline")
    }
    print(json.dumps({**told, "room": room()}))
