"""The load: candidates who save over HTTP without end and write down every acknowledgement."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from itertools import cycle, pairwise
from typing import Any
from urllib.parse import urlencode

from exams.tokens import HEADER
from tests.drill.house import HOST

THINKING_SECONDS = 0.03
RETRY_SECONDS = 0.1
REQUEST_SECONDS = 10.0


@dataclass(frozen=True)
class Place:
    """One question of the sitting: how many letters it takes, out of which."""

    position: int
    choose_count: int
    letters: str


@dataclass(frozen=True)
class Seat:
    sitting_id: int
    email: str
    token: str
    places: list[Place]


@dataclass(frozen=True)
class Acknowledged:
    """A change that the server called saved, `at` seconds of the monotonic clock."""

    at: float
    position: int
    revision: int
    selected: str


class Refused(Exception):
    """An answer that no candidate who does nothing wrong may get."""


class Candidate(threading.Thread):
    """Saves one question after another; what was not acknowledged is sent again, as the room does.

    `acknowledged` holds what the server must still know. `lost` is what it turned out to have
    forgotten. `broken` counts failed requests by kind.
    """

    def __init__(self, seat: Seat, port: int, chance: random.Random) -> None:
        super().__init__(daemon=True, name=seat.email)
        self.seat = seat
        self.port = port
        self.chance = chance
        self.connection: http.client.HTTPConnection | None = None
        self.acknowledged: list[Acknowledged] = []
        self.lost: list[Acknowledged] = []
        self.broken: Counter[str] = Counter()
        self.said = {place.position: (0, "") for place in seat.places}
        self.may_go = threading.Event()
        self.is_idle = threading.Event()
        self.is_to_submit = False
        self.has_submitted = False
        self.failure = ""

    def run(self) -> None:
        try:
            for place in cycle(self.seat.places):
                self.rest()
                if self.is_to_submit:
                    break
                self.save(place)
                time.sleep(THINKING_SECONDS)
            self.submit()
        except Exception as error:  # noqa: BLE001 - told at the end, whatever it was
            self.failure = f"{self.seat.email}: {error!r}"
        self.is_idle.set()

    def rest(self) -> None:
        """Wait, with nothing under way, while the table is read."""
        if not self.may_go.is_set():
            self.is_idle.set()
            self.may_go.wait()
            self.is_idle.clear()

    # --- Saving and submitting

    def save(self, place: Place) -> None:
        """Change one response and insist until it is saved, or shown to have been lost before."""
        revision, before = self.said[place.position]
        selected = self.choose(place, before)
        fields = {"revision": revision, "selected": selected, "struck": ""}
        status, reply = self.insist(f"responses/{place.position}/", fields, {200, 409})
        if status == 200:
            now = time.monotonic()
            self.acknowledged.append(Acknowledged(now, place.position, reply["revision"], selected))
            self.said[place.position] = (reply["revision"], selected)
        else:
            self.meet(place.position, reply["revision"], reply["selected"])

    def submit(self) -> None:
        self.insist("submit/", {}, {200})
        self.has_submitted = True

    def choose(self, place: Place, before: str) -> str:
        while True:
            count = self.chance.randint(1, place.choose_count)
            selected = "".join(sorted(self.chance.sample(place.letters, count)))
            if selected != before:
                return selected

    def meet(self, position: int, revision: int, selected: str) -> None:
        """Compare with what the server says of a question, and go on from there."""
        forgotten = [
            one
            for one in self.acknowledged
            if one.position == position
            and (one.revision > revision or (one.revision == revision and one.selected != selected))
        ]
        self.lost += forgotten
        self.acknowledged = [one for one in self.acknowledged if one not in forgotten]
        self.said[position] = (revision, selected)

    # --- HTTP

    def insist(self, path: str, fields: dict[str, Any], ends: set[int]) -> tuple[int, Any]:
        """Send the same until the answer is one of `ends`; raises Refused for another below 500."""
        while True:
            try:
                status, body = self.request(path, fields)
            except (OSError, http.client.HTTPException) as error:
                self.hang_up()
                self.broken[type(error).__name__] += 1
            else:
                if status in ends:
                    return status, json.loads(body)
                if status < 500:
                    raise Refused(f"{status} for {path}: {body[:200]!r}")
                self.broken[str(status)] += 1
            time.sleep(RETRY_SECONDS)

    def request(self, path: str, fields: dict[str, Any]) -> tuple[int, bytes]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection(HOST, self.port, timeout=REQUEST_SECONDS)
        headers = {
            HEADER: self.seat.token,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        address = f"/sittings/{self.seat.sitting_id}/{path}"
        self.connection.request("POST", address, urlencode(fields), headers)
        response = self.connection.getresponse()
        return response.status, response.read()

    def hang_up(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None

    # --- What a fault did

    def longest_gap(self, since: float, until: float) -> float:
        """The longest time between two acknowledgements that touches the stretch, in seconds."""
        moments = [one.at for one in list(self.acknowledged) if one.at <= until]
        before = [at for at in moments if at < since][-1:]
        inside = [at for at in moments if at >= since]
        return max((b - a for a, b in pairwise([*before, *inside, until])), default=0.0)

    def has_saved_since(self, moment: float) -> bool:
        return bool(self.acknowledged) and self.acknowledged[-1].at > moment
