"""Tables of the case file."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.blind import blind
from ..sealing.classes import NAME, ORDINARY, sealed_bytes, sealed_json, sealed_text

SEARCHED_ANSWERS = frozenset(
    {
        *("referred_on", "taken_over_on", "advance_ordered_on"),
        *("award_finality", "decision_result", "aid_urgent_ground", "enforcement_title"),
    }
)
"""Answers that SQL looks at; codes and days only. All others stand sealed."""

OPEN = text("ended_at IS NULL")
RED = text("risk_level = 'red'")

UNDONE = "undone"
"""Outcome of a proceeding whose opening event was undone before anything happened in it."""


class Case(Base):
    """案件: the file of one dispute. Its main state is the state of its `dispute` proceeding."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        Index("ix_cases_organisation_id_received_on", "organisation_id", "received_on"),
        Index("ix_cases_red", "id", sqlite_where=RED, postgresql_where=RED),
    )

    id: Mapped[int] = key()
    number: Mapped[str] = mapped_column(String(40), index=True, info=ORDINARY)
    organisation_id: Mapped[int] = link("organisations.id")
    channel: Mapped[str] = mapped_column(String(40), info=ORDINARY)
    cause: Mapped[str] = mapped_column(String(20), index=True, info=ORDINARY)
    summary: Mapped[str] = sealed_text("narrative")
    request: Mapped[str] = sealed_text("narrative", default="")
    received_at: Mapped[datetime]
    received_on: Mapped[date]
    """The day that counts as received: a filing on a rest day counts from the next working day."""
    since_on: Mapped[date | None]
    """When the matter began, as the applicant says: start of the limitation clock."""
    workplace: Mapped[str | None] = sealed_text("contact", 500)
    workers_count: Mapped[int] = mapped_column(default=1)
    workers_count_quality: Mapped[str] = mapped_column(String(20), default="exact", info=ORDINARY)
    gravity: Mapped[str] = mapped_column(String(20), default="ordinary", info=ORDINARY)
    """ordinary or major (重大: ten workers or more)."""
    risk_level: Mapped[str | None] = mapped_column(String(10), info=ORDINARY)
    group_case: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[int | None] = link("cases.id", nullable=True)
    reference: Mapped[str | None] = sealed_text("narrative", 500)
    """Number of another body's file, or of the source the case was taken from."""
    registered_by_id: Mapped[int | None] = link("persons.id", index=True, nullable=True)
    created_at: Mapped[datetime]
    restricted_at: Mapped[datetime | None]
    """限制查阅 since then: only named people (`case_readers`) and those who handle it see the case. None: the rule."""
    restricted_why: Mapped[str | None] = sealed_text("narrative", 1000)


class Proceeding(Base):
    """程序: one run of one workflow definition inside a case, pinned to that definition's version."""

    __tablename__ = "proceedings"
    __table_args__ = (
        Index("ix_proceedings_workflow_ended_at", "workflow", "ended_at", "case_id"),
        Index("ix_proceedings_open", "case_id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_proceedings_case_id", "case_id", "workflow", "ended_at", "owner_id"),
        CheckConstraint("revision >= 0", name="revision"),
    )

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id")
    parent_id: Mapped[int | None] = link("proceedings.id", nullable=True)
    workflow: Mapped[str] = mapped_column(String(40), info=ORDINARY)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(40), info=ORDINARY)
    state_since: Mapped[datetime]
    owner_id: Mapped[int | None] = link("persons.id", index=True, nullable=True)
    outcome: Mapped[str | None] = mapped_column(String(40), info=ORDINARY)
    subgroup_id: Mapped[int | None] = link("subgroups.id", nullable=True)
    """The part of the workers that this procedure is about; None: all of them."""
    answers: Mapped[dict[str, Any]] = sealed_json("narrative", SEARCHED_ANSWERS, default=dict)
    """What the events' forms have said so far; a later answer of the same name replaces the earlier."""
    revision: Mapped[int] = mapped_column(default=0)
    audit_seq: Mapped[int] = mapped_column(default=0)
    audit_head: Mapped[str] = mapped_column(String(64), default="", info=ORDINARY)
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Subgroup(Base):
    """分组: a named part of the workers of a group case, and what became of it."""

    __tablename__ = "subgroups"
    __table_args__ = (UniqueConstraint("case_id", "name"),)

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    name: Mapped[str] = mapped_column(String(100), info=ORDINARY)
    note: Mapped[str] = sealed_text("narrative", 500, default="")
    """What sets them apart: other demands, another agreement, another way."""
    outcome: Mapped[str] = mapped_column(String(20), default="open", info=ORDINARY)
    """What a person says became of it (codes/subgroup_outcomes); what the sums say is derived and stored nowhere."""
    outcome_on: Mapped[date | None]
    outcome_reason: Mapped[str] = sealed_text("narrative", default="")
    created_at: Mapped[datetime]


class Party(Base):
    """当事人: a worker, an employer, a representative or a third party of one case; groups have one row per worker."""

    __tablename__ = "parties"
    __table_args__ = (Index("ix_parties_name", "name", "case_id"),)

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    side: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """worker, employer, third."""
    role: Mapped[str] = mapped_column(String(40), info=ORDINARY)
    """party, representative, elected_representative, host, dispatcher, contractor … (codes/party_roles)."""
    name: Mapped[str] = mapped_column(String(500), info=NAME)
    person_id: Mapped[int | None] = link("persons.id", index=True, nullable=True)
    employer_id: Mapped[int | None] = link("employers.id", index=True, nullable=True)
    represents_id: Mapped[int | None] = link("parties.id", nullable=True)
    authority: Mapped[str | None] = mapped_column(String(20), info=ORDINARY)
    """general or special (授权范围), for representatives."""
    authority_until: Mapped[date | None]
    powers: Mapped[list[str]] = mapped_column(JSON, default=list, info=ORDINARY)
    """What a special authority names (codes/authority_powers)."""
    authority_evidence_id: Mapped[int | None] = mapped_column(BigInteger)
    """The letter of authority; without a foreign key, because evidence points to the party that handed it in."""
    needs: Mapped[list[str]] = sealed_json("health", default=list)
    """Of a worker: interpreter, minor, pregnant … (codes/party_needs); only for those who work on the case."""
    phone: Mapped[str | None] = sealed_text("contact", 40)
    phone_blind: Mapped[str | None] = blind(index=True)
    address: Mapped[str | None] = sealed_text("contact", 500)
    consent: Mapped[str | None] = mapped_column(String(20), info=ORDINARY)
    """agreed, refused, unreachable, no_answer: four different facts."""
    consent_on: Mapped[date | None]
    signed_on: Mapped[date | None]
    joined_on: Mapped[date | None]
    """When a worker joined a case that was there already; None: from the day the row was added."""
    left_on: Mapped[date | None]
    liability: Mapped[str | None] = mapped_column(String(20), info=ORDINARY)
    """direct, joint, first_payer (with recourse), none; None: not settled yet (codes/liabilities)."""
    liability_basis: Mapped[str | None] = sealed_text("narrative", 500)
    condition: Mapped[str | None] = mapped_column(String(20), info=ORDINARY)
    """missing, dead, deregistered …; None: nothing special (codes/party_conditions)."""
    condition_on: Mapped[date | None]
    succeeds_id: Mapped[int | None] = link("parties.id", nullable=True)
    """The party whose place this one has taken."""
    employed: Mapped[bool | None]
    """A worker who still works there; None: nobody has said (LMA 27(4): for wages no year runs while employed)."""
    employment_ended_on: Mapped[date | None]
    added_at: Mapped[datetime]


class CaseLink(Base):
    """关联: two cases that belong together; where a case was split off, `other_id` is the one it comes from."""

    __tablename__ = "case_links"
    __table_args__ = (
        UniqueConstraint("case_id", "other_id", "kind"),
        CheckConstraint("case_id <> other_id", name="two_cases"),
    )

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    other_id: Mapped[int] = link("cases.id", index=True)
    kind: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """same_matter, same_employer, split_from, merged_from, counter (codes/case_link_kinds)."""
    note: Mapped[str] = sealed_text("narrative", 500, default="")
    at: Mapped[datetime]
    by_id: Mapped[int | None] = link("persons.id", nullable=True)


class Demand(Base):
    """请求: what one party asks, by head. `amount` is fen; None where not published or not money."""

    __tablename__ = "demands"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    party_id: Mapped[int] = link("parties.id", index=True)
    head: Mapped[str] = mapped_column(String(40), info=ORDINARY)
    item: Mapped[str] = sealed_text("financial", 500)
    amount: Mapped[int | None] = mapped_column(BigInteger)
    quality: Mapped[str] = mapped_column(String(20), default="exact", info=ORDINARY)
    """exact, over, nearly, about, rounded_wan, unknown: how the sum was stated."""
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    monetary: Mapped[bool] = mapped_column(default=True)
    withdrawn_on: Mapped[date | None]
    calculation: Mapped[dict[str, Any] | None] = sealed_json("financial")
    """What computed the sum (`mediation.entitlements.fill`): formula, version, inputs, result, as_of. Not the demand:
    less or more may be asked for."""
    added_at: Mapped[datetime]


class Activity(Base):
    """活动: a note, a call, a visit, a session: something done that moves no state."""

    __tablename__ = "activities"

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    proceeding_id: Mapped[int | None] = link("proceedings.id", nullable=True)
    kind: Mapped[str] = mapped_column(String(40), info=ORDINARY)
    text: Mapped[str] = sealed_text("narrative", default="")
    private: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = link("persons.id", nullable=True)


class StoredFile(Base):
    """The bytes of an uploaded file, by content hash; in the database, so that replicas and backups share them."""

    __tablename__ = "stored_files"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True, info=ORDINARY)
    size: Mapped[int]
    content: Mapped[bytes] = sealed_bytes("narrative", deferred=True)


class Evidence(Base):
    """证据: one item on the evidence list. The hash stays even if the file should vanish."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    number: Mapped[int]
    name: Mapped[str] = sealed_text("narrative", 500)
    category: Mapped[str] = mapped_column(String(40), info=ORDINARY)
    visibility: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """both_sides, own_side, mediator."""
    proves: Mapped[str] = sealed_text("narrative", 500, default="")
    submitted_by_id: Mapped[int | None] = link("parties.id", nullable=True)
    media_type: Mapped[str] = mapped_column(String(100), info=ORDINARY)
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True, info=ORDINARY)
    received_at: Mapped[datetime]
    received_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    checklist_item: Mapped[str | None] = mapped_column(String(40), info=ORDINARY)
    """What it stands for on the checklist (workflows/checklists/evidence.yaml); None: only its category tells."""


class AuditEntry(Base):
    """审计: one thing that was done, in the hash chain of a proceeding or of an organisation. Never changed."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        UniqueConstraint("proceeding_id", "seq"),
        Index(
            "uq_audit_organisation",
            "organisation_id",
            "seq",
            unique=True,
            sqlite_where=text("organisation_id IS NOT NULL"),
            postgresql_where=text("organisation_id IS NOT NULL"),
        ),
        Index(
            "uq_audit_idempotency_key",
            "idempotency_key",
            unique=True,
            sqlite_where=text("idempotency_key IS NOT NULL"),
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
        CheckConstraint("(proceeding_id IS NULL) <> (organisation_id IS NULL)", name="one_chain"),
    )

    id: Mapped[int] = key()
    proceeding_id: Mapped[int | None] = link("proceedings.id", nullable=True)
    organisation_id: Mapped[int | None] = link("organisations.id", nullable=True)
    """Set only for entries outside any case: the organisation's own chain."""
    seq: Mapped[int]
    event: Mapped[str] = mapped_column(String(60), info=ORDINARY)
    from_state: Mapped[str] = mapped_column(String(40), info=ORDINARY)
    to_state: Mapped[str] = mapped_column(String(40), info=ORDINARY)
    actor_id: Mapped[int | None] = link("persons.id", nullable=True)
    role: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    at: Mapped[datetime]
    revision: Mapped[int]
    """The proceeding's revision after this entry."""
    payload: Mapped[str] = sealed_text("narrative")
    """Canonical JSON of what was given and what followed."""
    definition: Mapped[str] = mapped_column(String(80), info=ORDINARY)
    """workflow@version#digest and calendar version that this was decided under."""
    idempotency_key: Mapped[str | None] = mapped_column(String(100), info=ORDINARY)
    request_hash: Mapped[str | None] = mapped_column(String(64), info=ORDINARY)
    previous: Mapped[str] = mapped_column(String(64), info=ORDINARY)
    hash: Mapped[str] = mapped_column(String(64), info=ORDINARY)
