"""Tables of who works on what."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link

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
    role: Mapped[str] = mapped_column(String(20))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(40))
    end_note: Mapped[str | None] = mapped_column(String(500))
