"""Tables of who works on what."""

from datetime import date, datetime

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.classes import NAMED, ORDINARY, sealed_text

LIVE = text("ended_at IS NULL")


class Assignment(Base):
    """One person works on one proceeding in one role, from then until then. The index decides the race for a case."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index(
            "uq_assignments_live",
            "proceeding_id",
            "role",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )

    id: Mapped[int] = key()
    proceeding_id: Mapped[int] = link("proceedings.id", index=True)
    person_id: Mapped[int] = link("persons.id", index=True)
    role: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(40), info=ORDINARY)
    end_note: Mapped[str | None] = sealed_text("narrative", 500)


class HandOver(Base):
    """移交: everything that lies with one person goes to others, for good or until they are back."""

    __tablename__ = "hand_overs"
    __table_args__ = (
        Index(
            "ix_hand_overs_unfinished",
            "id",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    id: Mapped[int] = key()
    organisation_id: Mapped[int] = link("organisations.id", index=True)
    """Where the supervisor acts for; its chain keeps the entry."""
    giver_id: Mapped[int] = link("persons.id", index=True)
    kind: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """leaving, absence (codes/hand_over_kinds)."""
    reason: Mapped[str] = sealed_text("narrative", 500)
    back_on: Mapped[date | None]
    """Of an absence: the day on which what is still open goes back by itself."""
    made_by_id: Mapped[int] = link("persons.id")
    made_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    """When the last item had been tried; until then the next batch goes on."""
    returned_at: Mapped[datetime | None]
    idempotency_key: Mapped[str] = mapped_column(String(100), unique=True, info=ORDINARY)


class HandOverItem(Base):
    """One procedure on the list, with what was due next when it went over."""

    __tablename__ = "hand_over_items"
    __table_args__ = (UniqueConstraint("hand_over_id", "proceeding_id"),)

    id: Mapped[int] = key()
    hand_over_id: Mapped[int] = link("hand_overs.id")
    case_id: Mapped[int] = link("cases.id")
    proceeding_id: Mapped[int] = link("proceedings.id", index=True)
    role: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """mediator or lawyer: as what the giver held it and the receiver holds it now."""
    receiver_id: Mapped[int] = link("persons.id", index=True)
    next_title: Mapped[str] = mapped_column(String(300), default="", info=NAMED)
    next_due: Mapped[date | None]
    deadlines: Mapped[int]
    reminders: Mapped[int]
    orders: Mapped[int]
    moved_at: Mapped[datetime | None]
    refused: Mapped[str | None] = sealed_text("narrative")
    """Why it could not go to this receiver; it stays where it is until somebody else is chosen."""
    returned_at: Mapped[datetime | None]
    stayed: Mapped[str | None] = sealed_text("narrative", 200)
    """Why it did not come back."""


class HandOverSignature(Base):
    """Who must confirm a hand-over list, and did. `leg`: out or back."""

    __tablename__ = "hand_over_signatures"
    __table_args__ = (UniqueConstraint("hand_over_id", "person_id", "leg"),)

    id: Mapped[int] = key()
    hand_over_id: Mapped[int] = link("hand_overs.id")
    person_id: Mapped[int] = link("persons.id", index=True)
    leg: Mapped[str] = mapped_column(String(10), info=ORDINARY)
    asked_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    recorded_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    """The person, or the supervisor who holds the signed paper."""
    note: Mapped[str] = sealed_text("narrative", 500, default="")
