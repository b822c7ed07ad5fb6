"""Log-ins under way. The browser holds a random token, the database only its hash, so a copy of it opens nothing."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from .models import Account, WebSession


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that holds now: whose it is, and the token that its forms must carry."""

    account_id: int
    person_id: int
    csrf_token: str
    expires_at: datetime


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(session: Session, account: Account, *, at: datetime, lasts: timedelta) -> tuple[str, WebSession]:
    """A new session of this account, and the token for the cookie; the token cannot be read again."""
    token = secrets.token_urlsafe(32)
    row = WebSession(
        token_hash=_hashed(token),
        account_id=account.id,
        csrf_token=secrets.token_urlsafe(32),
        created_at=at,
        expires_at=at + lasts,
        revoked_at=None,
    )
    session.add(row)
    session.flush()
    return token, row


def find_session(session: Session, token: str, at: datetime) -> LiveSession | None:
    """The session of this token, unless it has ended, was closed, or its account was switched off."""
    row = session.execute(
        select(WebSession.account_id, Account.person_id, WebSession.csrf_token, WebSession.expires_at)
        .join(Account, Account.id == WebSession.account_id)
        .where(
            WebSession.token_hash == _hashed(token),
            WebSession.expires_at > at,
            WebSession.revoked_at.is_(None),
            Account.active,
        )
    ).one_or_none()
    return LiveSession(*row) if row else None


def close_session(session: Session, token: str, *, at: datetime) -> None:
    """End this session. Nothing happens if it has ended already."""
    query = update(WebSession).where(WebSession.token_hash == _hashed(token), WebSession.revoked_at.is_(None))
    session.execute(query.values(revoked_at=at))


def close_sessions_of(session: Session, account_id: int, *, at: datetime) -> None:
    """End every session of an account, for instance after its password was changed."""
    query = update(WebSession).where(WebSession.account_id == account_id, WebSession.revoked_at.is_(None))
    session.execute(query.values(revoked_at=at))
