"""Tables of reminders."""

from datetime import date, datetime

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.classes import ORDINARY, sealed_text

WAITING = text("state = 'waiting'")
QUARANTINED = text("state = 'quarantined'")


class Reminder(Base):
    """提醒: one rung of one deadline for one role. The unique index is what makes "never twice" true."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("deadline_id", "rung", "recipient", "round"),
        Index("ix_reminders_waiting", "remind_at", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_reminders_quarantined", "id", sqlite_where=QUARANTINED, postgresql_where=QUARANTINED),
    )

    id: Mapped[int] = key()
    deadline_id: Mapped[int] = link("deadlines.id")
    recipient: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """A role; who that is, is found out at the moment of sending."""
    rung: Mapped[int]
    """Days from the due date: -2, 0, 1."""
    round: Mapped[int] = mapped_column(default=0)
    """Counts up when the deadline moves and the ladder is planned anew."""
    remind_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default="waiting", info=ORDINARY)
    """waiting, sent, not_sent (judged at the moment of sending, `why` says it), cancelled, quarantined."""
    why: Mapped[str | None] = mapped_column(Text, info=ORDINARY)
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(default=False)


class Escalation(Base):
    """升级: one rung of the office's ladder that a late deadline has reached; its reminder is sent like others."""

    __tablename__ = "escalations"
    __table_args__ = (UniqueConstraint("deadline_id", "step", "since_on"),)

    id: Mapped[int] = key()
    deadline_id: Mapped[int] = link("deadlines.id")
    step: Mapped[int]
    """1, 2, 3: the place in workflows/oversight/escalation.yaml."""
    title: Mapped[str] = mapped_column(String(40), info=ORDINARY)
    since_on: Mapped[date]
    """The day that was missed; a deadline that moves begins anew."""
    at: Mapped[datetime]
    reminder_id: Mapped[int | None] = link("reminders.id", index=True, nullable=True)
    """None: a higher rung was reached at the same moment and was told instead."""


class Delivery(Base):
    """One message to one person over one channel. `key` is the same at every attempt. Without a reminder it is a notice
    (`notices.tell`): something that has happened, in a case or not."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("reminder_id", "person_id", "channel"),)

    id: Mapped[int] = key()
    reminder_id: Mapped[int | None] = link("reminders.id", nullable=True)
    case_id: Mapped[int | None] = link("cases.id", nullable=True)
    """Of a notice, where it is about a case; a reminder's is its deadline's."""
    person_id: Mapped[int] = link("persons.id", index=True)
    channel: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    key: Mapped[str] = mapped_column(String(80), unique=True, info=ORDINARY)
    text: Mapped[str] = sealed_text("narrative")
    state: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """sent, failed."""
    error: Mapped[str | None] = sealed_text("narrative")
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    """In the inbox: when the person opened it."""


class Heartbeat(Base):
    """When each replica's scheduler last ticked, and what it did."""

    __tablename__ = "heartbeats"

    replica: Mapped[str] = mapped_column(String(80), primary_key=True, info=ORDINARY)
    at: Mapped[datetime]
    sent: Mapped[int] = mapped_column(default=0)
    fired: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
