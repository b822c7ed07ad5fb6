"""What every test of the sweep starts from: an office on both databases, and a channel that remembers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.reminders.channels import Channel, Inbox, Message, Undelivered
from mediation.reminders.inbox import InboxLine, inbox
from mediation.reminders.models import Delivery, Reminder
from mediation.sweeping.sweep import SweepResult, sweep_once
from tests.office import Office, open_office


@dataclass
class Remembering:
    """A channel that keeps what it was given, and refuses what it is told to refuse."""

    name: str = "remembering"
    got: list[Message] = field(default_factory=list)
    refuses: str | None = None
    """Why everything is refused; None: everything is taken."""

    def reaches(self, message: Message) -> bool:
        return True

    def send(self, message: Message) -> None:
        self.got.append(message)
        if self.refuses:
            raise Undelivered(self.refuses)


@dataclass
class Sweeper:
    """An office together with its sweep."""

    office: Office
    channels: Sequence[Channel] = (Inbox(),)

    def sweep(self, **by: float) -> SweepResult:
        """Let this much time pass, then sweep."""
        self.office.clock.move(**by)
        return sweep_once(self.office.runtime, self.channels)

    def until(self, *when: int) -> SweepResult:
        """Go to a day and hour of 2026 (or year, month, day, hour), then sweep."""
        year, *rest = when if len(when) == 4 else (2026, *when)
        now = self.office.clock.now()
        self.office.clock.set(now.replace(year, rest[0], rest[1], hour=rest[2], minute=0))
        return self.sweep()

    def lines(self, person_id: int | None, about: str = "") -> Sequence[InboxLine]:
        """What this person finds in the inbox (about this deadline), newest first."""
        assert person_id is not None
        with self.office.database.read() as session:
            return [line for line in inbox(session, person_id, limit=500) if about in line.subject]

    def reminders(self, name: str | None = None) -> list[Reminder]:
        """The reminders of the deadlines of this name (all), by time."""
        query = select(Reminder).join(Deadline, Deadline.id == Reminder.deadline_id)
        if name:
            query = query.where(Deadline.name == name)
        with self.office.database.read() as session:
            return list(session.scalars(query.order_by(Reminder.remind_at, Reminder.id)))

    def reminder(self, name: str, recipient: str, rung: int) -> Reminder:
        return next(r for r in reversed(self.reminders(name)) if (r.recipient, r.rung) == (recipient, rung))

    def deadline(self, name: str) -> Deadline:
        """The newest of this name."""
        with self.office.database.read() as session:
            return session.scalars(select(Deadline).where(Deadline.name == name).order_by(Deadline.id.desc())).first()

    def deliveries(self) -> list[Delivery]:
        with self.office.database.read() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


@pytest.fixture
def sweeper(office: Office) -> Sweeper:
    return Sweeper(office)
