"""What the journeys look up in, and do to, the database: not through Django, as an outsider."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from exams import letters

KEYS = """
    SELECT r.position, r.option_order, r.choose_count, v.key, v.kind, fq.is_scored
    FROM exams_response r
    JOIN exams_formquestion fq ON fq.id = r.form_question_id
    JOIN questions_questionversion v ON v.id = fq.version_id
    WHERE r.sitting_id = %s ORDER BY r.position
"""


class Rows:
    """A connection to the running site's database; every statement is its own transaction."""

    def __init__(self, connection: psycopg.Connection[dict[str, Any]]) -> None:
        self.connection = connection

    def all(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        return self.connection.execute(statement, values).fetchall()

    def one(self, statement: str, *values: Any) -> dict[str, Any]:
        (row,) = self.all(statement, *values)
        return row

    def do(self, statement: str, *values: Any) -> None:
        self.connection.execute(statement, values)

    def sitting(self, sitting_id: int) -> dict[str, Any]:
        return self.one("SELECT * FROM exams_sitting WHERE id = %s", sitting_id)

    def selected(self, sitting_id: int) -> dict[int, str]:
        """Position -> the saved response in shown letters, of every question that has one."""
        rows = self.all("SELECT * FROM exams_response WHERE sitting_id = %s", sitting_id)
        return {row["position"]: row["selected"] for row in rows if row["selected"]}

    def guessed(self, sitting_id: int) -> list[int]:
        """The positions marked as guessed, in order."""
        rows = self.all("SELECT * FROM exams_response WHERE sitting_id = %s", sitting_id)
        return sorted(row["position"] for row in rows if row["is_guessed"])

    def seconds(self, sitting_id: int) -> int:
        """What was spent on all questions together."""
        rows = self.all("SELECT * FROM exams_response WHERE sitting_id = %s", sitting_id)
        return sum(row["seconds"] for row in rows)

    def late(self, sitting_id: int) -> dict[int, str]:
        """Position -> the response that came too late."""
        rows = self.all("SELECT * FROM exams_lateresponse WHERE sitting_id = %s", sitting_id)
        return {row["position"]: row["selected"] for row in rows}

    def response(self, sitting_id: int, position: int) -> dict[str, Any]:
        """What the candidate can change of one question, and its revision."""
        return self.one(
            "SELECT selected, struck, is_flagged, revision FROM exams_response"
            " WHERE sitting_id = %s AND position = %s",
            sitting_id,
            position,
        )

    def result(self, sitting_id: int) -> dict[str, Any]:
        return self.one("SELECT * FROM scoring_result WHERE sitting_id = %s", sitting_id)

    def is_emailed(self, sitting_id: int) -> bool:
        return self.result(sitting_id)["emailed_at"] is not None

    def questions(self, sitting_id: int) -> dict[int, dict[str, Any]]:
        """Position -> kind, choose_count, is_scored and the key in shown letters."""
        return {
            row["position"]: {**row, "key": key_shown(row)} for row in self.all(KEYS, sitting_id)
        }

    def move_deadline(self, sitting_id: int, from_now: timedelta) -> None:
        """Let the time limit end so long from now; the start moves before it."""
        self.do(
            "UPDATE exams_sitting SET deadline = clock_timestamp() + %s,"
            " started_at = clock_timestamp() + %s - interval '3 hours' WHERE id = %s",
            from_now,
            from_now,
            sitting_id,
        )


def key_shown(row: dict[str, Any]) -> str:
    shown = letters.to_shown(row["key"], row["option_order"])
    return "".join(sorted(shown)) if row["kind"] in {"single", "multiple"} else shown


def wrong(question: dict[str, Any]) -> str:
    """A complete response that is not right."""
    key, count = question["key"], question["choose_count"]
    if question["kind"] in {"single", "multiple"}:
        others = [
            one for one in letters.ALPHABET[: len(question["option_order"])] if one not in key
        ]
        return "".join(sorted((others + list(key))[:count]))
    return str(key[1:] + key[0])


@contextmanager
def connected(database: str) -> Iterator[Rows]:
    with psycopg.connect(database, autocommit=True, row_factory=dict_row) as connection:
        yield Rows(connection)
