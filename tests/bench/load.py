"""The load, in a process of its own: as many connections as sittings, each with one save under way.

Reads one JSON line that describes it, then one `SECONDS RATE` a round (rate 0: as fast as it
goes), and answers each round with a JSON line.
"""

import json
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

HOST = "127.0.0.1"


class BadAnswer(Exception):
    """Anything but a saved response."""


@dataclass
class Caller:
    """One candidate: asks for each response in turn, with the revision it knows."""

    sitting: int
    token: str
    count: int
    port: int
    turn: int = 0
    revisions: list[int] = field(default_factory=list)
    due_at: float = 0.0
    is_waiting: bool = False

    def connect(self) -> socket.socket:
        self.revisions = self.revisions or [0] * self.count
        self.socket = socket.create_connection((HOST, self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.socket

    def ask(self) -> None:
        place = self.turn % self.count
        revision = self.revisions[place]
        body = f"revision={revision}&selected={'AB'[revision % 2]}&struck="
        self.socket.sendall(
            f"POST /sittings/{self.sitting}/responses/{place + 1}/ HTTP/1.1\r\n"
            f"Host: {HOST}:{self.port}\r\nX-Sitting-Token: {self.token}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        self.is_waiting = True

    def hear(self) -> None:
        """Take the whole answer. Raises BadAnswer unless the response was saved."""
        answer = b""
        while not is_whole(answer):
            piece = self.socket.recv(65536)
            if not piece:
                raise BadAnswer("the connection was closed")
            answer += piece
        if not answer.startswith(b"HTTP/1.1 200"):
            raise BadAnswer(answer.decode(errors="replace")[:300])
        self.revisions[self.turn % self.count] += 1
        self.turn += 1
        self.is_waiting = False


def is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
    return len(body) >= int(length)


def run(callers: list[Caller], seconds: float, rate: float) -> dict[str, Any]:
    """One round. Returns its seconds and the latencies in ms, from when each save was due."""
    pause = len(callers) / rate if rate else 0.0
    latencies: list[float] = []
    with selectors.DefaultSelector() as selector:
        for caller in callers:
            selector.register(caller.connect(), selectors.EVENT_READ, caller)
        began = time.monotonic()
        for number, caller in enumerate(callers):
            caller.due_at = began + pause * number / len(callers)
        while (now := time.monotonic()) < began + seconds or any(c.is_waiting for c in callers):
            if now < began + seconds:
                ask_due(callers, now)
            for key, _ in selector.select(next_wait(callers, now)):
                caller = key.data
                caller.hear()
                heard = time.monotonic()
                latencies.append(1000 * (heard - caller.due_at))
                caller.due_at = caller.due_at + pause if pause else heard
        took = time.monotonic() - began
    for caller in callers:
        caller.socket.close()
    return {"seconds": took, "latencies": latencies}


def ask_due(callers: list[Caller], now: float) -> None:
    for caller in callers:
        if not caller.is_waiting and caller.due_at <= now:
            caller.ask()


def next_wait(callers: list[Caller], now: float) -> float:
    """Seconds until the next save is due; a quarter of one at most, none when one is due now."""
    due = [caller.due_at - now for caller in callers if not caller.is_waiting]
    return min([0.25, *(max(0.0, wait) for wait in due)])


def main() -> None:
    told = json.loads(sys.stdin.readline())
    callers = [Caller(port=told["port"], **each) for each in told["callers"]]
    for line in sys.stdin:
        seconds, rate = map(float, line.split())
        print(json.dumps(run(callers, seconds, rate)), flush=True)


if __name__ == "__main__":
    main()
