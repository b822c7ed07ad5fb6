"""Tables of deadlines."""

from datetime import date, datetime

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.classes import NAMED, ORDINARY, sealed_text

OPEN = text("closed_at IS NULL")
RUNNING = text("closed_at IS NULL AND suspended_on IS NULL")
QUARANTINED = text("quarantined_why IS NOT NULL")


class Deadline(Base):
    """期限: one running or ended period of one proceeding. `nominal_due` is unrolled, `legal_due` is what counts."""

    __tablename__ = "deadlines"
    __table_args__ = (
        Index("ix_deadlines_proceeding_id_name", "proceeding_id", "name"),
        Index("ix_deadlines_due", "legal_due", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_deadlines_running", "case_id", "legal_due", sqlite_where=RUNNING, postgresql_where=RUNNING),
        Index("ix_deadlines_quarantined", "id", sqlite_where=QUARANTINED, postgresql_where=QUARANTINED),
    )

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    proceeding_id: Mapped[int] = link("proceedings.id")
    name: Mapped[str] = mapped_column(String(60), info=ORDINARY)
    subject: Mapped[str] = mapped_column(String(60), default="", info=ORDINARY)
    """Which one, where a rule has many: "promise:12"."""
    title: Mapped[str] = mapped_column(String(300), info=NAMED)
    period: Mapped[str | None] = mapped_column(String(60), info=ORDINARY)
    owner: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """The role that must act."""
    start_on: Mapped[date]
    nominal_due: Mapped[date]
    legal_due: Mapped[date]
    due_at: Mapped[datetime | None]
    """Only for periods in hours."""
    target_on: Mapped[date | None]
    """Internal target, earlier than the legal date; lateness against it is never shown as legal lateness."""
    provisional: Mapped[bool] = mapped_column(default=False)
    legal: Mapped[bool] = mapped_column(default=True)
    """False: an internal or agreed date, not a period of the law."""
    verified: Mapped[bool] = mapped_column(default=True)
    explanation: Mapped[str] = mapped_column(Text, info=ORDINARY)
    """JSON: {"reasons": [...], "cites": [{law, article, source, verified, …}]}."""
    calendar: Mapped[str] = mapped_column(String(40), info=ORDINARY)
    on_missed: Mapped[str | None] = mapped_column(String(60), info=ORDINARY)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(60), info=ORDINARY)
    """The event that closed it, or "replaced", or "undone": the event that opened it was taken back."""
    missed_at: Mapped[datetime | None]
    """When the clock found it over (the last time it judged that); late since when is `legal_due`."""
    suspended_on: Mapped[date | None]
    quarantined_why: Mapped[str | None] = sealed_text("narrative")
    """Set when firing `on_missed` went wrong; the sweep then leaves the deadline to a person."""


class DeadlineChange(Base):
    """One extension, suspension, resumption, correction of the start, or recalculation: the ledger of a deadline."""

    __tablename__ = "deadline_changes"

    id: Mapped[int] = key()
    deadline_id: Mapped[int] = link("deadlines.id", index=True)
    kind: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """extended, suspended, resumed, start_corrected, calendar_changed, limitation; undone: takes back the last of the
    first three."""
    on: Mapped[date]
    reason: Mapped[str] = sealed_text("narrative", 500)
    document_id: Mapped[int | None] = link("documents.id", nullable=True)
    evidence_id: Mapped[int | None] = link("evidence.id", nullable=True)
    nominal_before: Mapped[date]
    legal_before: Mapped[date]
    nominal_after: Mapped[date]
    legal_after: Mapped[date]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = link("persons.id", nullable=True)
