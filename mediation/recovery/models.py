"""Tables of money and duties. Claimed, agreed, awarded and received are four sums that never mix."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link


class Agreement(Base):
    """调解协议: what the parties promised each other on one day. A later one may replace it."""

    __tablename__ = "agreements"

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    proceeding_id: Mapped[int] = link("proceedings.id")
    scope: Mapped[str] = mapped_column(String(20))
    """full, partial."""
    clauses: Mapped[dict[str, Any]] = mapped_column(default=dict)
    drafted_at: Mapped[datetime]
    signed_on: Mapped[date | None]
    replaced_at: Mapped[datetime | None]
    """Set when a newer draft or agreement took its place; its promises then no longer count as agreed."""


class Promise(Base):
    """履行义务: one row of an agreement: who owes what to whom by when. `amount` is fen; None for a duty."""

    __tablename__ = "promises"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(amount IS NOT NULL) OR (duty <> '')", name="something"),
    )

    id: Mapped[int] = key()
    agreement_id: Mapped[int] = link("agreements.id", index=True)
    case_id: Mapped[int] = link("cases.id", index=True)
    party_id: Mapped[int] = link("parties.id", index=True)
    """The worker to whom it is owed."""
    payer_id: Mapped[int | None] = link("parties.id", nullable=True)
    amount: Mapped[int | None] = mapped_column(BigInteger)
    duty: Mapped[str] = mapped_column(String(500), default="")
    head: Mapped[str | None] = mapped_column(String(40))
    due_on: Mapped[date]
    method: Mapped[str | None] = mapped_column(String(500))
    done_on: Mapped[date | None]
    """For a duty: when it was done. Money is done when the ledger says so."""


class Award(Base):
    """裁决/判决: what another body awarded one worker, in fen."""

    __tablename__ = "awards"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    party_id: Mapped[int] = link("parties.id", index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[str] = mapped_column(String(500))
    decided_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(500), default="")
    recorded_at: Mapped[datetime]


class Receipt(Base):
    """到账: one line of the ledger, append-only. A correction is a second line with the opposite sign."""

    __tablename__ = "receipts"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_receipts_paid_on", "paid_on"),
        Index("uq_receipts_reverses_id", "reverses_id", unique=True),
    )

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    party_id: Mapped[int] = link("parties.id", index=True)
    promise_id: Mapped[int | None] = link("promises.id", index=True, nullable=True)
    payer_id: Mapped[int | None] = link("parties.id", nullable=True)
    kind: Mapped[str] = mapped_column(String(20), default="payment")
    """payment counts as recovered; credit (paid before the dispute was settled) does not."""
    amount: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date]
    method: Mapped[str] = mapped_column(String(500))
    proof: Mapped[str] = mapped_column(String(500))
    evidence_id: Mapped[int | None] = link("evidence.id", nullable=True)
    reverses_id: Mapped[int | None] = link("receipts.id", nullable=True)
    reason: Mapped[str | None] = mapped_column(Text)
    second_person_id: Mapped[int | None] = link("persons.id", nullable=True)
    booked_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    booked_at: Mapped[datetime]
