"""A real SMTP server that breaks at a chosen step."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class BreakableSMTP(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        place = self.event_handler.place
        if place == "data refused now":
            await self.push("452 4.3.1 no space")
        elif place == "data refused for good":
            await self.push("554 5.7.1 not wanted")
        elif place == "dropped at data":
            self.transport.abort()
        elif place == "dropped before the dot":
            await self.push("354 go on")
            self.transport.abort()
        else:
            await super().smtp_DATA(arg)


class MailServer(Controller):
    """`place` names the step that fails, if any; `received` are the messages it has taken.

    `watchers` are called with the name of a step when it is reached.
    """

    def __init__(self, place: str = "") -> None:
        super().__init__(self, hostname="127.0.0.1", port=free_port(), ready_timeout=20)
        self.place = place
        self.received: list[EmailMessage] = []
        self.watchers: list[Callable[[str], None]] = []

    def factory(self) -> SMTP:
        return BreakableSMTP(self.handler, hostname="mail.example")

    async def watch(self, step: str) -> None:
        for watcher in self.watchers:
            await asyncio.to_thread(watcher, step)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.place == "sender refused":
            return "550 5.1.8 unknown sender"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        await self.watch("rcpt")
        if self.place == "dropped at rcpt":
            server.transport.abort()
        if self.place == "recipient refused":
            return "450 4.2.1 busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        await self.watch("data")
        if self.place == "message refused now":
            return "451 4.3.0 try again"
        if self.place == "message refused for good":
            return "554 5.6.0 not wanted"
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        if self.place == "dropped after the dot":
            server.transport.abort()
        return "299 odd" if self.place == "odd answer" else "250 taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(place: str = "") -> Iterator[MailServer]:
    server = MailServer(place)
    server.start()
    try:
        yield server
    finally:
        server.stop()
