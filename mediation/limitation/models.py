"""Table of what makes limitation begin anew or stand still."""

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.classes import ORDINARY, sealed_text


class LimitationEvent(Base):
    """时效中断、中止: one dated fact, of one demand or of the whole case. Never changed; a wrong one is struck out."""

    __tablename__ = "limitation_events"

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    demand_id: Mapped[int | None] = link("demands.id", nullable=True)
    """None: every demand of the case."""
    kind: Mapped[str] = mapped_column(String(12), info=ORDINARY)
    """interrupted, suspended, resumed."""
    ground: Mapped[str] = mapped_column(String(40), info=ORDINARY)
    """A code of limitation_grounds."""
    on: Mapped[date]
    note: Mapped[str] = sealed_text("narrative", default="")
    """What shows it: for claims made to the other side the law asks for proof."""
    source_event: Mapped[str] = mapped_column(String(60), info=ORDINARY)
    """The event of the dispute that brought it about, or add_limitation_event."""
    evidence_id: Mapped[int | None] = link("evidence.id", nullable=True)
    by_id: Mapped[int | None] = link("persons.id", nullable=True)
    at: Mapped[datetime]
    struck_at: Mapped[datetime | None]
    struck_why: Mapped[str | None] = sealed_text("narrative")
