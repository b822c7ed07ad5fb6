"""A real SMTP server on this machine, for as long as a test needs it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from mediation.reminders.channels import Email

SENDER = "tixing@union.example.cn"


@dataclass
class Post:
    """What the server does with letters. It knows no mailbox that stands in `refuses`."""

    refuses: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    known: list[bool] = field(default_factory=list)
    """Of each letter: whether its sender had logged in."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.asked.append(address)
        if address in self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        if "太大" in letter["Subject"]:
            return "552 too big"
        self.taken.append(letter)
        self.known.append(session.authenticated)
        return "250 OK"


@contextmanager
def mail_server(post: Post, **options: Any) -> Iterator[Email]:
    """The server, as a channel to it."""
    controller = Controller(post, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield Email("127.0.0.1", controller.port, SENDER)
    finally:
        controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
