"""Tables of groups: lists as they were handed in, sub-groups over time, elections, consents, papers of one person."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.classes import ORDINARY, sealed_text


class Roster(Base):
    """名单: one sheet that was handed in. The file is kept by its hash and read again when it is looked at.

    A list of unpaid workers becomes workers and demands when it is saved; a payroll list is kept to compare with.
    """

    __tablename__ = "rosters"

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    kind: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """payroll (工资表: who worked and what was due) or unpaid (欠薪名单)."""
    name: Mapped[str] = sealed_text("narrative", 500)
    sha256: Mapped[str] = mapped_column(String(64), info=ORDINARY)
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    saved_at: Mapped[datetime | None]
    """When somebody confirmed it; until then it is no part of the case."""


class SubgroupMember(Base):
    """分组成员: a worker belongs to one sub-group at a time; earlier ones stay with the day on which they ended."""

    __tablename__ = "subgroup_members"
    __table_args__ = (Index("ix_subgroup_members_party_id_until_on", "party_id", "until_on"),)

    id: Mapped[int] = key()
    subgroup_id: Mapped[int] = link("subgroups.id", index=True)
    party_id: Mapped[int] = link("parties.id")
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Election(Base):
    """推选: workers chose representatives. A later election ends the earlier one."""

    __tablename__ = "elections"
    __table_args__ = (CheckConstraint("voters > 0", name="voters"),)

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    elected_on: Mapped[date]
    voters: Mapped[int]
    """How many workers signed the record of the election."""
    evidence_id: Mapped[int | None] = link("evidence.id", nullable=True)
    note: Mapped[str] = sealed_text("narrative", 500, default="")
    ended_on: Mapped[date | None]


class ElectedSeat(Base):
    """代表席位: one elected person: the party that speaks, and the worker who was elected."""

    __tablename__ = "elected_seats"
    __table_args__ = (UniqueConstraint("election_id", "worker_id"),)

    id: Mapped[int] = key()
    election_id: Mapped[int] = link("elections.id", index=True)
    party_id: Mapped[int] = link("parties.id")
    worker_id: Mapped[int] = link("parties.id")


class DraftConsent(Base):
    """对协议稿的意见: what one worker says to one draft. Without it, representatives cannot settle for that worker."""

    __tablename__ = "draft_consents"
    __table_args__ = (UniqueConstraint("agreement_id", "party_id"),)

    id: Mapped[int] = key()
    agreement_id: Mapped[int] = link("agreements.id")
    party_id: Mapped[int] = link("parties.id")
    answer: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """agreed, refused, no_answer."""
    answered_on: Mapped[date]
    evidence_id: Mapped[int | None] = link("evidence.id", nullable=True)
    recorded_at: Mapped[datetime]


class PersonalPaper(Base):
    """逐人文书: which worker a paper was issued to, and on which agreement."""

    __tablename__ = "personal_papers"

    id: Mapped[int] = key()
    document_id: Mapped[int] = link("documents.id")
    agreement_id: Mapped[int] = link("agreements.id", index=True)
    party_id: Mapped[int] = link("parties.id")
