"""Tables of who may look at a case besides the rule, and of who has looked."""

from datetime import date, datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.classes import ORDINARY, sealed_text

KEPT_YEARS = 3
"""Rows of `readings` are kept at least so long (PIPL 56, and 54 for the audit itself); nothing deletes them sooner."""


class CaseReader(Base):
    """One named person of a restricted case. Whoever handles one of its open proceedings needs no row."""

    __tablename__ = "case_readers"
    __table_args__ = (UniqueConstraint("case_id", "person_id"),)

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id")
    person_id: Mapped[int] = link("persons.id", index=True)
    named_at: Mapped[datetime]
    named_by_id: Mapped[int | None] = link("persons.id", nullable=True)


class EmergencyAccess(Base):
    """紧急查阅: somebody without a right to a case opened it for a few hours and said why; reviewed afterwards."""

    __tablename__ = "emergency_accesses"

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    person_id: Mapped[int] = link("persons.id", index=True)
    roles: Mapped[str] = mapped_column(String(200), info=ORDINARY)
    """What they were elsewhere when they opened it, in words."""
    reason: Mapped[str] = sealed_text("narrative", 1000)
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    review_due: Mapped[date]
    escalated_at: Mapped[datetime | None]
    """When the supervisors of the body above were asked, because nobody had reviewed it in time."""
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    verdict: Mapped[str | None] = mapped_column(String(20), info=ORDINARY)
    """justified, unjustified."""
    review: Mapped[str | None] = sealed_text("narrative", 1000)


class Reading(Base):
    """查阅记录: one look of one person at one case file, or at one paper, file or masked field of it."""

    __tablename__ = "readings"
    __table_args__ = (Index("ix_readings_case_id_at", "case_id", "at"),)

    id: Mapped[int] = key()
    at: Mapped[datetime]
    person_id: Mapped[int | None] = link("persons.id", index=True, nullable=True)
    """None: somebody with the code of the receipt, without an account."""
    case_id: Mapped[int] = link("cases.id")
    kind: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """file, paper, evidence, field, export, progress."""
    what: Mapped[str] = sealed_text("narrative", 300)
    """The page's address, or the name of the paper, file or field."""
    roles: Mapped[str] = mapped_column(String(100), info=ORDINARY)
    """In which roles, as codes with commas; `emergency` for a look without any."""
    why: Mapped[str | None] = sealed_text("narrative", 1000)


class ReadingRequest(Base):
    """A person of the case asked who has looked; answered with a paper that lists the looks (PIPL 45)."""

    __tablename__ = "reading_requests"

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    party_id: Mapped[int] = link("parties.id", index=True)
    """Who asked, or for whom somebody asked."""
    asker: Mapped[str] = sealed_text("identity", 100)
    """Who stood at the counter: the person, or who acts for them."""
    way: Mapped[str] = mapped_column(String(10), info=ORDINARY)
    """codes/consent_ways"""
    asked_on: Mapped[date]
    due_on: Mapped[date]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = link("persons.id", nullable=True)
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    document_id: Mapped[int | None] = link("documents.id", nullable=True)
