"""What the database and the mailbox say, beside what the candidates wrote down."""

import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from accounts.models import User
from config.mailbox import read_letter
from exams import delivery, letters, tokens
from exams.models import Exam, Response, Sitting
from scoring import keys
from scoring.models import EmailState, Result
from tests.drill.candidates import Candidate, Place, Seat

EXAM = "mls-c01-mock-1"


def take_seats(count: int) -> list[Seat]:
    """So many new candidates, each with a sitting of the mock exam just begun."""
    exam = Exam.objects.get(slug=EXAM)
    return [take_seat(exam, number) for number in range(1, count + 1)]


def take_seat(exam: Exam, number: int) -> Seat:
    candidate = User(email=f"drill-{number:02}@passline.example")
    candidate.set_unusable_password()
    candidate.save()
    sitting = delivery.start(exam, candidate=candidate, guest_key=None, rng=random.Random(number))
    rows = sitting.responses.values_list("position", "choose_count", "option_order")
    places = [
        Place(position, choose_count, letters.ALPHABET[: len(option_order)])
        for position, choose_count, option_order in rows
    ]
    return Seat(sitting.pk, candidate.email, tokens.issue(sitting, None), places)


def compare(candidates: list[Candidate]) -> None:
    """Let each candidate meet the table; nothing may be under way."""
    connection.close()  # the server may have been another one
    of = {candidate.seat.sitting_id: candidate for candidate in candidates}
    rows = Response.objects.filter(sitting__in=of).values_list(
        "sitting", "position", "revision", "selected"
    )
    for sitting_id, position, revision, selected in rows:
        of[sitting_id].meet(position, revision, selected)


def wrong_results(candidates: list[Candidate]) -> list[str]:
    """Whose sitting has not exactly the one result that follows from what was acknowledged."""
    return [one.seat.email for one in candidates if not has_right_result(one)]


def has_right_result(candidate: Candidate) -> bool:
    sitting_id = candidate.seat.sitting_id
    is_submitted = Sitting.objects.submitted().filter(pk=sitting_id).exists()
    found = list(Result.objects.filter(sitting=sitting_id).values_list("raw_score", flat=True))
    return is_submitted and found == [recount(candidate)]


def recount(candidate: Candidate) -> int:
    """The raw score by the candidate's own notes; only keys and orders are read."""
    scored = Response.objects.filter(
        sitting=candidate.seat.sitting_id, form_question__is_scored=True
    ).select_related("form_question__version")
    return sum(
        keys.is_right(
            response.form_question.version.kind,
            candidate.said[response.position][1],
            response.option_order,
            response.form_question.version.key,
        )
        for response in scored
    )


def email_states() -> Counter[str]:
    """How many summaries stand where."""
    connection.close()
    states = Result.objects.with_email_state().values_list("email_state", flat=True)
    return Counter(str(state) for state in states)


def is_anything_owed() -> bool:
    states = email_states()
    return bool(states[EmailState.OWED] or states[EmailState.SENDING])


def letter_paths() -> set[Path]:
    return set(Path(settings.MAILBOX_DIR or "").glob("*"))


@dataclass(frozen=True)
class Post:
    """How the summaries fared; only `once` and `uncertain` may be more than 0."""

    once: int
    uncertain: int
    twice: int
    missing: int


def post(candidates: list[Candidate]) -> Post:
    letters_to = Counter(
        str(read_letter(path).message["To"]) for path in letter_paths() if path.suffix == ".eml"
    )
    uncertain = set(Result.objects.uncertain().values_list("sitting__candidate__email", flat=True))
    emails = [candidate.seat.email for candidate in candidates]
    return Post(
        once=sum(letters_to[email] == 1 and email not in uncertain for email in emails),
        uncertain=sum(letters_to[email] < 2 and email in uncertain for email in emails),
        twice=sum(letters_to[email] > 1 for email in emails),
        missing=sum(letters_to[email] == 0 and email not in uncertain for email in emails),
    )


def loosen() -> str:
    """Turn off `synchronous_commit` for every later session. Returns what it said before."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        before = str(cursor.fetchone()[0])
        cursor.execute("ALTER ROLE CURRENT_USER SET synchronous_commit = off")
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    connection.close()
    return before
