"""Table of offers and counter-offers."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.classes import ORDINARY, sealed_text


class Offer(Base):
    """出价: what one side would settle for. A newer one of the same side stands in its place."""

    __tablename__ = "offers"
    __table_args__ = (UniqueConstraint("case_id", "number"), CheckConstraint("amount >= 0", name="amount"))

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    number: Mapped[int]
    party_id: Mapped[int] = link("parties.id")
    side: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """worker or employer: whose offer it is."""
    amount: Mapped[int | None] = mapped_column(BigInteger)
    """Fen, in all; None where no money is spoken of."""
    terms: Mapped[str] = sealed_text("narrative", default="")
    made_on: Mapped[date]
    valid_until: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(20), default="open", info=ORDINARY)
    """open, superseded, withdrawn, accepted (codes/offer_states)."""
    ended_on: Mapped[date | None]
    ended_why: Mapped[str] = sealed_text("narrative", 500, default="")
    released_on: Mapped[date | None]
    """Since when the other side may hear of it; None: to the mediator only."""
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = link("persons.id", nullable=True)
