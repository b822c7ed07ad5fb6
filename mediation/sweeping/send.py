"""Sending what is due: lease → judge again → send outside any transaction → mark.

Delivery is at least once, with the same key every time; the inbox gets exactly one line. There are no windows: what
comes late is sent late, and says so.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import Unavailable
from ..people.masking import scrubbed
from ..reminders.channels import INBOX, Channel, Message, Undelivered
from ..reminders.models import Delivery
from ..runtime import Runtime
from .judge import Due, look, not_now
from .lease import BATCH, MARGIN, Leased, give_back, lease
from .mark import Attempt, Settled, mark
from .recipients import Contact, Directory, Recipients
from .wording import body, subject

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ready:
    """A leased reminder, judged: settled without sending, or messages for some persons."""

    leased: Leased
    settled: Settled | None
    letters: tuple[tuple[Contact, str, str], ...] = ()
    """(to whom, subject, body)"""
    note: str = ""
    remind_at: datetime | None = None
    had: frozenset[str] = frozenset()
    """Keys of what an earlier attempt has delivered."""


@dataclass(slots=True)
class Tally:
    """How many reminders were sent, not sent, put off after a failure, quarantined."""

    sent: int = 0
    not_sent: int = 0
    failed: int = 0
    quarantined: int = 0

    def count(self, state: str) -> None:
        setattr(self, state, getattr(self, state) + 1)


def send_due(runtime: Runtime, channels: Sequence[Channel], *, batch: int = BATCH) -> Tally:
    """Everything that is due now."""
    tally = Tally()
    while True:
        with runtime.database.write() as session:
            leased = lease(session, runtime.clock.now(), batch)
        if not leased:
            return tally
        _Post(runtime, channels, tally).deliver(_judged(runtime, leased))


def _judged(runtime: Runtime, leased: Sequence[Leased]) -> Iterable[Ready]:
    """The present facts of the whole batch first; then one by one, so that a bad case spoils only its own."""
    now = runtime.clock.now()
    ids = [one.id for one in leased]
    with runtime.database.read() as session:
        facts = look(session, ids)
        directory = Directory(session, now.date(), runtime.oversight)
        had = _delivered(session.execute(_SENT.where(Delivery.reminder_id.in_(ids))).all())
        return [
            _ready(session, runtime, directory, one, facts[one.id], now, had.get(one.id, frozenset())) for one in leased
        ]


_SENT = select(Delivery.reminder_id, Delivery.key).where(Delivery.state == "sent")


def _delivered(rows: Iterable[tuple[int | None, str]]) -> dict[int, frozenset[str]]:
    had: dict[int, frozenset[str]] = {}
    for reminder_id, key in rows:
        if reminder_id is not None:
            had[reminder_id] = had.get(reminder_id, frozenset()) | {key}
    return had


def _ready(
    session: Session,
    runtime: Runtime,
    directory: Directory,
    leased: Leased,
    due: Due,
    now: datetime,
    had: frozenset[str],
) -> Ready:
    try:
        if (stopped := not_now(due, now)) is not None:
            return Ready(leased, Settled("not_sent", stopped.why, until=stopped.until))
        found = directory.recipients(due)
        if not found.people:
            return Ready(leased, Settled("quarantined", found.note))
        return Ready(leased, None, _letters(session, runtime, due, found, now), found.note, due.reminder.remind_at, had)
    except Unavailable:
        raise
    except Exception as error:
        log.exception("reminder %s cannot be judged", leased.id)
        return Ready(leased, Settled("quarantined", f"这条提醒无法生成，请联系管理员：{type(error).__name__} {error}"))


def _letters(
    session: Session, runtime: Runtime, due: Due, found: Recipients, now: datetime
) -> tuple[tuple[Contact, str, str], ...]:
    words = subject(runtime, due, now), body(session, runtime, due, now, found.note)
    return tuple((person, *words) for person in found.people)


class _Post:
    """One batch on its way. A channel that is out of order is not tried again for the rest of the batch."""

    def __init__(self, runtime: Runtime, channels: Sequence[Channel], tally: Tally) -> None:
        self._runtime = runtime
        self._channels = channels
        self._tally = tally
        self._broken: dict[str, str] = {}
        self._waiting: list[tuple[Leased, Settled]] = []

    def deliver(self, batch: Iterable[Ready]) -> None:
        """What left the house is noted at once; what only touched rows is noted together at the end."""
        left_over = []
        for ready in batch:
            if self._runtime.clock.now() >= ready.leased.until - MARGIN:
                left_over.append(ready.leased)
                continue
            settled = ready.settled or self._send(ready)
            self._waiting.append((ready.leased, settled))
            if any(attempt.channel != INBOX for attempt in settled.attempts):
                self._note()
        self._note()
        if left_over:
            with self._runtime.database.write() as session:
                give_back(session, left_over)

    def _note(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        try:
            self._mark(waiting)
        except Unavailable:
            raise
        except Exception as error:
            log.exception("%s reminders cannot be noted", len(waiting))
            if len(waiting) == 1:
                why = f"提醒的结果无法保存，请联系管理员：{type(error).__name__}"
                self._mark([(waiting[0][0], Settled("quarantined", why))])
                return
            for one in waiting:
                self._waiting = [one]
                self._note()

    def _mark(self, settled: Sequence[tuple[Leased, Settled]]) -> None:
        with self._runtime.database.write() as session:
            states = mark(session, settled, self._runtime.clock.now())
        for state in states:
            self._tally.count(state)

    def _send(self, ready: Ready) -> Settled:
        attempts = tuple(
            attempt
            for person, head, text in ready.letters
            for channel in self._channels
            if (attempt := self._attempt(ready, person, head, text, channel)) is not None
        )
        errors = dict.fromkeys(attempt.error for attempt in attempts if attempt.error)
        if errors:
            return Settled("failed", "；".join(errors), attempts)
        return Settled("sent", ready.note or None, attempts, remind_at=ready.remind_at)

    def _attempt(self, ready: Ready, person: Contact, head: str, text: str, channel: Channel) -> Attempt | None:
        """None: the person has no address there, or had this message at an earlier attempt."""
        key = f"r{ready.leased.id}-p{person.person_id}-{channel.name}"
        head, text = scrubbed(head), scrubbed(text)
        message = Message(key, person.name, person.email, head, text)
        if key in ready.had or not channel.reaches(message):
            return None
        error = self._broken.get(channel.name) or self._tried(channel, message)
        return Attempt(ready.leased.id, person.person_id, channel.name, key, f"{head}\n{text}", error)

    def _tried(self, channel: Channel, message: Message) -> str | None:
        try:
            channel.send(message)
        except Undelivered as failure:
            if failure.for_everybody:
                self._broken[channel.name] = failure.why
            return failure.why
        except Exception as error:
            log.exception("channel %s failed on %s", channel.name, message.key)
            return f"发送时出错：{type(error).__name__} {error}"
        return None
