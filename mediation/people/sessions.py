"""Log-ins under way. The browser holds a random token, the database only its hash, so a copy of it opens nothing."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from .models import Account, WebSession


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that holds now: whose it is, and the token that its forms must carry."""

    account_id: int
    person_id: int
    csrf_token: str
    expires_at: datetime
    last_seen_at: datetime
    handle: str
    """Names the session to its owner; opens nothing."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a log-in came from: the address, the browser in words, and how the person proved who they are."""

    address: str = ""
    browser: str = ""
    method: str = "password"


NOWHERE = Origin()
HANDLE = 16
"""So many letters of the token's hash name a session."""
SEEN_EVERY = timedelta(minutes=1)
"""`last_seen_at` is written no more often than this, so that reading pages rarely writes."""


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(
    session: Session, account: Account, *, at: datetime, lasts: timedelta, origin: Origin = NOWHERE
) -> tuple[str, WebSession]:
    """A new session of this account, and the token for the cookie; the token cannot be read again."""
    token = secrets.token_urlsafe(32)
    row = WebSession(
        token_hash=_hashed(token),
        account_id=account.id,
        csrf_token=secrets.token_urlsafe(32),
        created_at=at,
        last_seen_at=at,
        expires_at=at + lasts,
        revoked_at=None,
        address=origin.address,
        browser=origin.browser,
        method=origin.method,
    )
    session.add(row)
    session.flush()
    return token, row


def find_session(session: Session, token: str, at: datetime, idle: timedelta | None = None) -> LiveSession | None:
    """The session of this token, unless it has ended, was closed, rested longer than `idle`, or its account is off."""
    row = session.execute(
        select(WebSession, Account.person_id)
        .join(Account, Account.id == WebSession.account_id)
        .where(
            WebSession.token_hash == _hashed(token),
            WebSession.expires_at > at,
            WebSession.revoked_at.is_(None),
            Account.active,
        )
    ).one_or_none()
    found = live(row.WebSession, row.person_id) if row else None
    return None if found and idle is not None and found.last_seen_at <= at - idle else found


def live(row: WebSession, person_id: int) -> LiveSession:
    seen_at = row.last_seen_at or row.created_at
    handle = row.token_hash[:HANDLE]
    return LiveSession(row.account_id, person_id, row.csrf_token, row.expires_at, seen_at, handle)


def seen(session: Session, token: str, *, at: datetime) -> None:
    """Somebody is still there."""
    session.execute(update(WebSession).where(WebSession.token_hash == _hashed(token)).values(last_seen_at=at))


def author_of(session: Session, csrf_token: str) -> int | None:
    """The person in whose session a form with this token was made, also when that session has ended."""
    query = select(Account.person_id).join(WebSession, WebSession.account_id == Account.id)
    return session.scalar(query.where(WebSession.csrf_token == csrf_token)) if csrf_token else None


def close_session(session: Session, token: str, *, at: datetime) -> None:
    """End this session. Nothing happens if it has ended already."""
    query = update(WebSession).where(WebSession.token_hash == _hashed(token), WebSession.revoked_at.is_(None))
    session.execute(query.values(revoked_at=at))


def close_sessions_of(session: Session, account_id: int, *, at: datetime, but: str | None = None) -> int:
    """End every session of an account (`but` the one with this handle); how many were under way."""
    query = update(WebSession).where(
        WebSession.account_id == account_id, WebSession.revoked_at.is_(None), WebSession.expires_at > at
    )
    if but is not None:
        query = query.where(~WebSession.token_hash.startswith(but, autoescape=True))
    return cast("CursorResult[Any]", session.execute(query.values(revoked_at=at))).rowcount


def close_sessions_of_person(session: Session, person_id: int, *, at: datetime) -> int:
    """End every session of a person at once, for instance when a role of theirs ends; how many were under way."""
    accounts = session.scalars(select(Account.id).where(Account.person_id == person_id).order_by(Account.id))
    return sum(close_sessions_of(session, account_id, at=at) for account_id in accounts.all())
