"""Tables of logging in."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.classes import ORDINARY


class RecoveryCode(Base):
    """One of ten codes for somebody whose telephone is gone. Only its hash is kept; it opens once."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = key()
    account_id: Mapped[int] = link("accounts.id", index=True)
    code_hash: Mapped[str] = mapped_column(String(64), info=ORDINARY)
    used_at: Mapped[datetime | None]


class LinkedIdentity(Base):
    """Who somebody is at a provider of single sign-on: opens this account, and gives no right by itself."""

    __tablename__ = "linked_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = key()
    account_id: Mapped[int] = link("accounts.id", index=True)
    issuer: Mapped[str] = mapped_column(String(300), info=ORDINARY)
    subject: Mapped[str] = mapped_column(String(255), info=ORDINARY)
    linked_at: Mapped[datetime]
    linked_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    last_used_at: Mapped[datetime | None]


class ApiToken(Base):
    """令牌: lets a program act for a person, within scopes and until a day. Only the hash is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = key()
    account_id: Mapped[int] = link("accounts.id", index=True)
    name: Mapped[str] = mapped_column(String(60), info=ORDINARY)
    hint: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """The beginning of the token, by which its owner tells it from others."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=ORDINARY)
    scopes: Mapped[list[str]] = mapped_column(info=ORDINARY)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    last_used_from: Mapped[str] = mapped_column(String(64), default="", info=ORDINARY)
    revoked_at: Mapped[datetime | None]


class LoginAttempt(Base):
    """One try to log in: the log of them, and the counter that slows guessing, shared by all replicas."""

    __tablename__ = "login_attempts"
    __table_args__ = (
        Index("ix_login_attempts_address_at", "address", "at"),
        Index("ix_login_attempts_account_id_at", "account_id", "at"),
        Index("ix_login_attempts_at", "at"),
    )

    id: Mapped[int] = key()
    at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(64), info=ORDINARY)
    browser: Mapped[str] = mapped_column(String(200), info=ORDINARY)
    account_id: Mapped[int | None] = link("accounts.id", nullable=True)
    """None: no such log-in name. What was typed is not kept, it may be a password."""
    method: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """password, factor, recovery, sign_on."""
    outcome: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """entered, half (the second factor is next), or why not: wrong, unknown, closed, locked, locking, waiting."""
