"""Tables of what is due to be destroyed, of what stops that, and of what people ask about their own data."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.classes import ORDINARY, sealed_text

WAITING = ("due", "proposed")


class Deletion(Base):
    """销毁: the personal data of some classes of one case, from the night it was found due until it is gone.

    `state`: due, proposed, done. Whoever declines a proposal makes it due again, or puts a hold on the case.
    """

    __tablename__ = "deletions"
    __table_args__ = (
        Index(
            "uq_deletions_waiting",
            "case_id",
            unique=True,
            sqlite_where=text("state <> 'done'"),
            postgresql_where=text("state <> 'done'"),
        ),
        Index("ix_deletions_state_due_on", "state", "due_on"),
    )

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    organisation_id: Mapped[int] = link("organisations.id")
    classes: Mapped[list[str]] = mapped_column(JSON, info=ORDINARY)
    closed_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    ground: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """period, or request: the person asked for it and no law keeps it."""
    found_at: Mapped[datetime]
    proposed_at: Mapped[datetime | None]
    proposed_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    declined: Mapped[str | None] = sealed_text("narrative", 1000)
    """Why the last proposal was declined."""
    counts: Mapped[dict[str, Any] | None] = mapped_column(JSON, info=ORDINARY)
    """What was destroyed: values by class, files, papers."""
    backups_until: Mapped[date | None]
    """The last day on which a backup may still hold it."""
    document_id: Mapped[int | None] = link("documents.id", nullable=True)
    """The certificate."""


class LegalHold(Base):
    """暂停销毁: nothing of this case is destroyed until it is lifted."""

    __tablename__ = "legal_holds"

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    reason: Mapped[str] = sealed_text("narrative", 1000)
    placed_at: Mapped[datetime]
    placed_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = link("persons.id", nullable=True)


class PersonalRequest(Base):
    """个人信息请求: what somebody asked about their own data (PIPL 44 to 50), and what they were answered."""

    __tablename__ = "personal_requests"

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    party_id: Mapped[int] = link("parties.id")
    kind: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """delete, copy, correct; who asks who has looked stands in `reading_requests`."""
    words: Mapped[str] = sealed_text("narrative", 1000, default="")
    received_on: Mapped[date]
    due_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    answer: Mapped[str | None] = mapped_column(String(20), info=ORDINARY)
    """granted or refused."""
    reason: Mapped[str | None] = sealed_text("narrative", 1000)


class TrainingMark(Base):
    """练习数据: where there is a row, this database is an anonymised copy, and every page and paper says so."""

    __tablename__ = "training_marks"

    id: Mapped[int] = key()
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(100), info=ORDINARY)
    """The log-in of whoever runs the computer, in words of their own."""
