"""The ways a reminder reaches a person: the inbox of the pages, e-mail, the standard output.

A channel sends one message and returns, or raises `Undelivered`. The same message may be handed over twice (a crash
between sending and noting it); its `key` is then the same, and e-mail carries it as Message-ID.
"""

import smtplib
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Protocol, TextIO

from ..settings import Settings

INBOX = "inbox"


@dataclass(frozen=True, slots=True)
class Message:
    """What one person is to read. The subject names no worker: mail servers and telephones show it to anybody."""

    key: str
    name: str
    email: str | None
    subject: str
    body: str


class Undelivered(Exception):
    """Not delivered now; `why` is Chinese. `for_everybody`: the channel itself is out of order, not one address."""

    def __init__(self, why: str, *, for_everybody: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.for_everybody = for_everybody


class Channel(Protocol):
    @property
    def name(self) -> str:
        """The word in delivery rows and keys."""

    def reaches(self, message: Message) -> bool:
        """Whether the person has an address here at all."""

    def send(self, message: Message) -> None:
        """Deliver, or raise Undelivered."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """The person's page. The delivery row is the delivery: its unique index makes it exactly one."""

    name: str = INBOX

    def reaches(self, message: Message) -> bool:
        return True

    def send(self, message: Message) -> None:
        return


@dataclass(frozen=True, slots=True)
class Console:
    """Prints each reminder; for demonstrations and for offices that read the log."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)
    name: str = "console"

    def reaches(self, message: Message) -> bool:
        return True

    def send(self, message: Message) -> None:
        self.stream.write(f"{message.name}：{message.subject}\n{message.body}\n\n")
        self.stream.flush()


@dataclass(frozen=True, slots=True)
class Email:
    """SMTP. `timeout` is seconds for each step of the conversation with the server."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: bool = False
    timeout: float = 10
    name: str = "email"

    def reaches(self, message: Message) -> bool:
        return bool(message.email)

    def send(self, message: Message) -> None:
        letter = self._letter(message)
        with _as_undelivered(), smtplib.SMTP(self.host, self.port, timeout=self.timeout) as server:
            if self.tls:
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            server.send_message(letter)

    def _letter(self, message: Message) -> EmailMessage:
        letter = EmailMessage()
        letter["Subject"] = message.subject
        letter["From"] = self.sender
        letter["To"] = _address(message)
        letter["Message-ID"] = f"<{message.key}@{self.sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.body, cte="base64")
        return letter


def _address(message: Message) -> Address:
    try:
        address = Address(message.name, addr_spec=message.email)
    except (ValueError, MessageError, IndexError) as error:
        raise Undelivered(f"“{message.email}”不是可用的邮箱地址，请更正。") from error
    if not address.addr_spec.isascii():
        raise Undelivered(f"“{message.email}”不是可用的邮箱地址，请更正。")
    return address


@contextmanager
def _as_undelivered() -> Iterator[None]:
    """The server's answers as sentences. Whatever is not about this one address is about everybody's."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as refused:
        said = "；".join(f"{code} {_words(text)}" for code, text in refused.recipients.values())
        raise Undelivered(f"邮件服务器拒收这个邮箱地址：{said}") from refused
    except smtplib.SMTPDataError as refused:
        raise Undelivered(f"邮件服务器拒收这封邮件：{refused.smtp_code} {_words(refused.smtp_error)}") from refused
    except OSError as error:
        if TimeoutError in (type(error), type(error.__context__)):
            raise Undelivered("邮件服务器没有及时应答。", for_everybody=True) from error
        raise Undelivered(f"连不上邮件服务器，或邮件服务器不接受本系统：{error}", for_everybody=True) from error


def _words(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def channels_from(settings: Settings) -> tuple[Channel, ...]:
    """The inbox always; e-mail and standard output where the settings name them."""
    channels: list[Channel] = [Inbox()]
    if settings.smtp_host:
        channels.append(
            Email(
                settings.smtp_host,
                settings.smtp_port,
                settings.smtp_sender,
                settings.smtp_user,
                settings.smtp_password,
                settings.smtp_tls,
            )
        )
    if settings.console_channel:
        channels.append(Console())
    return tuple(channels)
