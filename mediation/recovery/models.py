"""Tables of money and duties. Claimed, agreed, awarded and received are four sums that never mix."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.classes import ORDINARY, sealed_json, sealed_text


class Agreement(Base):
    """调解协议: what binds on one day: an agreement of the parties, or the order of an effective award.

    A later one may replace it; a body may void it; an award may take over what is left of its promises.
    """

    __tablename__ = "agreements"

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    proceeding_id: Mapped[int] = link("proceedings.id")
    kind: Mapped[str] = mapped_column(String(20), default="mediation", info=ORDINARY)
    """mediation (before us), settlement (reached in another procedure), award (ordered; no part of `agreed`)."""
    scope: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """full, partial."""
    beside: Mapped[bool] = mapped_column(default=False)
    """Stands beside earlier ones (for the workers or demands they leave open) instead of replacing them."""
    body: Mapped[str | None] = sealed_text("narrative", 500)
    """Where a settlement was reached, or who ordered; None for mediation."""
    paper_number: Mapped[str | None] = sealed_text("narrative", 100)
    clauses: Mapped[dict[str, Any]] = sealed_json("narrative", default=dict)
    drafted_at: Mapped[datetime]
    signed_on: Mapped[date | None]
    recorded_at: Mapped[datetime | None]
    """When we learned that it was signed or took effect."""
    replaced_at: Mapped[datetime | None]
    """Set when a newer one took its place or it was voided; its promises then no longer count as agreed."""
    voided: Mapped[str | None] = mapped_column(String(20), info=ORDINARY)
    """whole, some (of its promises), waiver (only the clause that nothing else is in dispute)."""
    voided_on: Mapped[date | None]
    voided_by: Mapped[str | None] = sealed_text("narrative", 500)
    void_note: Mapped[str] = sealed_text("narrative", default="")


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
    duty: Mapped[str] = sealed_text("narrative", 500, default="")
    head: Mapped[str | None] = mapped_column(String(40), info=ORDINARY)
    due_on: Mapped[date]
    """The day that counts: the agreed one, the latest day of a condition, or the day of an acceleration."""
    planned_on: Mapped[date | None]
    """The day first written, where another counts: a condition's latest, a continuing duty's end, an acceleration."""
    method: Mapped[str | None] = sealed_text("financial", 500)
    condition: Mapped[str | None] = sealed_text("narrative", 500)
    controlled_by: Mapped[str | None] = mapped_column(String(20), info=ORDINARY)
    """Who brings the condition about: nobody, third, debtor (then a latest day was demanded)."""
    latest_on: Mapped[date | None]
    indemnifier_id: Mapped[int | None] = link("parties.id", nullable=True)
    """Who pays if the payer does not."""
    called_on: Mapped[date | None]
    """When the payer's default made the indemnifier the next payer."""
    until_on: Mapped[date | None]
    headcount: Mapped[int | None]
    """For a continuing duty: until when, and for how many people."""
    done_on: Mapped[date | None]
    """For a duty: when it was done. Money is done when the ledger says so."""
    taken_over_at: Mapped[datetime | None]
    """Set when an award ordered what was left: it still counts as agreed, but nothing is owed on it any more."""


class Award(Base):
    """裁决/判决: what another body awarded one worker, in fen. A later instance supersedes it; it stays on record."""

    __tablename__ = "awards"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    party_id: Mapped[int] = link("parties.id", index=True)
    proceeding_id: Mapped[int | None] = link("proceedings.id", nullable=True)
    """The procedure that led to it, where it was recorded there."""
    head: Mapped[str | None] = mapped_column(String(40), info=ORDINARY)
    amount: Mapped[int] = mapped_column(BigInteger)
    """What is still to be paid by it."""
    net_of: Mapped[int | None] = mapped_column(BigInteger)
    """What the body deducted because it had been paid before (a private settlement); no part of `amount`."""
    body: Mapped[str] = sealed_text("narrative", 500)
    decided_on: Mapped[date]
    note: Mapped[str] = sealed_text("narrative", 500, default="")
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    superseded_by_id: Mapped[int | None] = link("awards.id", nullable=True)
    """The first row of the decision that took its place."""


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
    kind: Mapped[str] = mapped_column(String(20), default="payment", info=ORDINARY)
    """payment, advance (垫付: the debtor owes it to who advanced it), set_off (the payer deducts it elsewhere); all
    three reached the worker and count as recovered; credit (paid before the dispute was settled) does not."""
    payer_name: Mapped[str | None] = sealed_text("identity", 500)
    """Who paid, where that is no party of the case."""
    amount: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date]
    method: Mapped[str] = sealed_text("financial", 500)
    proof: Mapped[str] = sealed_text("financial", 500)
    evidence_id: Mapped[int | None] = link("evidence.id", nullable=True)
    reverses_id: Mapped[int | None] = link("receipts.id", nullable=True)
    reason: Mapped[str | None] = sealed_text("narrative")
    second_person_id: Mapped[int | None] = link("persons.id", nullable=True)
    booked_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    booked_at: Mapped[datetime]


class PartyOutcome(Base):
    """调解结果: what the mediation came to for one party. A later ending sets `replaced_at`; the row stays."""

    __tablename__ = "party_outcomes"
    __table_args__ = (Index("ix_party_outcomes_on", "on"),)

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    proceeding_id: Mapped[int] = link("proceedings.id")
    party_id: Mapped[int] = link("parties.id", index=True)
    outcome: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """agreed, agreed_partly, refused, no_contact … (codes/party_outcomes)."""
    reason: Mapped[str | None] = mapped_column(String(40), info=ORDINARY)
    """Why not, where not everything was agreed on (codes/party_outcome_reasons)."""
    on: Mapped[date]
    """The day on which the mediation ended."""
    event: Mapped[str] = mapped_column(String(60), info=ORDINARY)
    at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
