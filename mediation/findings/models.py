"""Table of findings."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.classes import ORDINARY, sealed_text

UNRESOLVED = text("resolved_at IS NULL")


class Finding(Base):
    """One thing found wrong by the nightly check; stays until it is found right again."""

    __tablename__ = "findings"
    __table_args__ = (
        Index("uq_findings_unresolved", "subject", unique=True, sqlite_where=UNRESOLVED, postgresql_where=UNRESOLVED),
    )

    id: Mapped[int] = key()
    kind: Mapped[str] = mapped_column(String(40), info=ORDINARY)
    subject: Mapped[str] = mapped_column(String(80), info=ORDINARY)
    """What it is about: "audit:12", "document:7", "evidence:3"."""
    case_id: Mapped[int | None] = link("cases.id", index=True, nullable=True)
    sentence: Mapped[str] = sealed_text("narrative")
    found_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
