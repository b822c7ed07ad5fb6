"""Table of consents: one row for each person, purpose and answer; nothing is ever taken out of it."""

from datetime import date, datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.classes import ORDINARY, sealed_text


class Consent(Base):
    """同意、告知: what one person of a case was told or answered about one purpose, under which notice, and how."""

    __tablename__ = "consents"

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    party_id: Mapped[int] = link("parties.id", index=True)
    purpose: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """codes/consent_purposes"""
    ground: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """consent, or the other legal basis that makes consent unnecessary (codes/consent_grounds)."""
    answer: Mapped[str] = mapped_column(String(10), info=ORDINARY)
    """told, given, refused, or based: on another ground (codes/privacy_answers)."""
    notice: Mapped[str] = mapped_column(String(10), info=ORDINARY)
    """The version of the notice that was shown (codes/privacy_notices)."""
    way: Mapped[str] = mapped_column(String(10), info=ORDINARY)
    """paper, counter or online (codes/consent_ways)."""
    given_on: Mapped[date]
    guardian: Mapped[str | None] = sealed_text("identity", 100)
    """Who answered for somebody under fourteen."""
    evidence_id: Mapped[int | None] = mapped_column(BigInteger)
    """The signed paper among the evidence; without a foreign key, as for letters of authority."""
    note: Mapped[str] = sealed_text("narrative", 500, default="")
    """Why there is another basis, or whatever is to be remembered."""
    at: Mapped[datetime]
    by_id: Mapped[int | None] = link("persons.id", nullable=True)
    withdrawn_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_way: Mapped[str | None] = mapped_column(String(10), info=ORDINARY)
    withdrawn_why: Mapped[str | None] = sealed_text("narrative", 500)
    withdrawn_by_id: Mapped[int | None] = link("persons.id", nullable=True)
