"""Tables of people and places."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.blind import blind
from ..sealing.classes import NAME, ORDINARY, sealed_date, sealed_json, sealed_text


class Organisation(Base):
    """One union body in the tree district → street → community. `path` ("/1/4/9/") makes subtree queries one LIKE."""

    __tablename__ = "organisations"

    id: Mapped[int] = key()
    parent_id: Mapped[int | None] = link("organisations.id", index=True, nullable=True)
    level: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    name: Mapped[str] = mapped_column(String(200), unique=True, info=ORDINARY)
    short_name: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """The word in front of a document number: 朝 in 朝工调字."""
    path: Mapped[str] = mapped_column(String(200), unique=True, info=ORDINARY)
    address: Mapped[str | None] = mapped_column(String(500), info=ORDINARY)
    phone: Mapped[str | None] = mapped_column(String(40), info=ORDINARY)
    arbitration_committee: Mapped[str | None] = mapped_column(String(200), info=ORDINARY)
    """Where a failed mediation goes on; printed on notices."""
    areas: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]", info=ORDINARY)
    """Words of addresses whose disputes come here (streets, roads, parks); empty: not told."""
    industries: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]", info=ORDINARY)
    """Industries that this body looks after (codes/industries); empty: all alike."""
    audit_seq: Mapped[int] = mapped_column(default=0)
    audit_head: Mapped[str] = mapped_column(String(64), default="", info=ORDINARY)
    closed_on: Mapped[date | None]
    """From this day on nothing new begins here; what was done stays."""


class Placement(Base):
    """Where a body stood, and what it was called, in days gone by (both included). What no row tells is as it is now.

    A street that moves to another district takes its open work along, but the district's figures of the time before
    stay the district's: whoever counts by a day asks for the path of that day (`mediation.people.places`).
    """

    __tablename__ = "placements"
    __table_args__ = (Index("ix_placements_organisation_id_until_on", "organisation_id", "until_on"),)

    id: Mapped[int] = key()
    organisation_id: Mapped[int] = link("organisations.id")
    path: Mapped[str] = mapped_column(String(200), info=ORDINARY)
    name: Mapped[str] = mapped_column(String(200), info=ORDINARY)
    short_name: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    from_on: Mapped[date | None]
    """None: always before."""
    until_on: Mapped[date]


class OutsideBody(Base):
    """A body that is no union: arbitration committee, court, labour bureau …, where our cases go or come from."""

    __tablename__ = "outside_bodies"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[int] = key()
    organisation_id: Mapped[int] = link("organisations.id")
    """The union body in whose area it works; known to all below."""
    kind: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """workflows/codes/outside_bodies.yaml"""
    name: Mapped[str] = mapped_column(String(200), info=ORDINARY)
    address: Mapped[str | None] = mapped_column(String(500), info=ORDINARY)
    phone: Mapped[str | None] = mapped_column(String(40), info=ORDINARY)
    note: Mapped[str] = sealed_text("narrative", 500, default="")
    closed_on: Mapped[date | None]


class Person(Base):
    """A natural person: worker, representative, mediator, lawyer, supervisor."""

    __tablename__ = "persons"
    __table_args__ = (UniqueConstraint("id_kind", "id_number_blind"),)

    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(100), index=True, info=NAME)
    gender: Mapped[str | None] = mapped_column(String(10), info=ORDINARY)
    birth_date: Mapped[date | None] = sealed_date("identity")
    id_kind: Mapped[str | None] = mapped_column(String(30), info=ORDINARY)
    id_number: Mapped[str | None] = sealed_text("identity", 40)
    id_number_blind: Mapped[str | None] = blind()
    phone: Mapped[str | None] = sealed_text("contact", 40)
    phone_blind: Mapped[str | None] = blind(index=True)
    email: Mapped[str | None] = sealed_text("contact", 200)
    address: Mapped[str | None] = sealed_text("contact", 500)
    migrant_worker: Mapped[bool | None]
    union_member: Mapped[bool | None]
    languages: Mapped[list[str]] = sealed_json("identity", default=list)
    """What they speak well enough to be heard in (codes/languages); of staff and of workers."""
    created_at: Mapped[datetime]


class Employer(Base):
    """An employer, shared by all cases. Unique by unified social credit code where that is known."""

    __tablename__ = "employers"

    id: Mapped[int] = key()
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True, info=ORDINARY)
    name: Mapped[str] = mapped_column(String(200), index=True, info=NAME)
    kind: Mapped[str | None] = mapped_column(String(40), info=ORDINARY)
    industry: Mapped[str | None] = mapped_column(String(10), info=ORDINARY)
    legal_representative: Mapped[str | None] = mapped_column(String(500), info=NAME)
    representative_post: Mapped[str | None] = mapped_column(String(60), info=ORDINARY)
    address: Mapped[str | None] = sealed_text("contact", 500)
    contact: Mapped[str | None] = sealed_text("contact", 500)
    phone: Mapped[str | None] = sealed_text("contact", 40)
    has_union: Mapped[bool | None]
    created_at: Mapped[datetime]


class Membership(Base):
    """A person's role at an organisation and everything below it, for a time (both days included)."""

    __tablename__ = "memberships"

    id: Mapped[int] = key()
    person_id: Mapped[int] = link("persons.id", index=True)
    organisation_id: Mapped[int] = link("organisations.id", index=True)
    role: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Interest(Base):
    """利害关系: somebody a mediator or lawyer is or was close to: client, relative, employer, shareholder, adviser."""

    __tablename__ = "interests"

    id: Mapped[int] = key()
    person_id: Mapped[int] = link("persons.id", index=True)
    kind: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """client, relative, employment, shareholder, adviser, other (codes/interest_kinds)."""
    name: Mapped[str] = mapped_column(String(200), index=True, info=NAME)
    employer_id: Mapped[int | None] = link("employers.id", index=True, nullable=True)
    other_person_id: Mapped[int | None] = link("persons.id", nullable=True)
    note: Mapped[str] = sealed_text("narrative", 500, default="")
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    declared_at: Mapped[datetime]
    declared_by_id: Mapped[int | None] = link("persons.id", nullable=True)


class Account(Base):
    """A log-in. Five wrong passwords lock it for fifteen minutes."""

    __tablename__ = "accounts"

    id: Mapped[int] = key()
    person_id: Mapped[int] = link("persons.id", index=True)
    login: Mapped[str] = mapped_column(String(60), unique=True, info=NAME)
    password_hash: Mapped[str] = mapped_column(String(200), info=ORDINARY)
    active: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    factor_secret: Mapped[str | None] = sealed_text("identity", 400)
    """The shared secret of the second factor; read and written by `mediation.logins.factor` only."""
    factor_since: Mapped[datetime | None]
    """When the second factor was confirmed; until then the secret is only a proposal."""
    factor_step: Mapped[int | None] = mapped_column(BigInteger)
    """The thirty seconds (since 1970) whose code was used last: no code opens anything twice."""
    language: Mapped[str | None] = mapped_column(String(8), info=ORDINARY)
    """What its owner reads (zh, en); None: never chosen."""
    created_at: Mapped[datetime]
    display: Mapped[str | None] = mapped_column(String(20), info=ORDINARY)
    """How its owner wants the pages to look, as the pages write it; None: never chosen."""


class WebSession(Base):
    """A log-in that is under way. Only the hash of the cookie's token is kept."""

    __tablename__ = "web_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True, info=ORDINARY)
    account_id: Mapped[int] = link("accounts.id", index=True)
    csrf_token: Mapped[str] = mapped_column(String(64), index=True, info=ORDINARY)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    """Known to the minute or two; None: not seen since it began."""
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(64), server_default="", info=ORDINARY)
    browser: Mapped[str] = mapped_column(String(200), server_default="", info=ORDINARY)
    """In words: Chrome · Windows."""
    method: Mapped[str] = mapped_column(String(20), server_default="password", info=ORDINARY)
    """How it was opened: password, factor, recovery, sign_on."""
