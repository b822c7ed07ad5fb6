"""What somebody sees and ends of their own log-ins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import NotFound
from ..people.accounts import change_password
from ..people.models import WebSession
from ..people.sessions import HANDLE, close_sessions_of
from .models import LoginAttempt
from .noting import note_account


@dataclass(frozen=True, slots=True)
class SessionRow:
    handle: str
    created_at: datetime
    last_seen_at: datetime
    address: str
    browser: str
    method: str


@dataclass(frozen=True, slots=True)
class AttemptRow:
    at: datetime
    address: str
    browser: str
    method: str
    outcome: str


def sessions_of(session: Session, account_id: int, *, at: datetime, idle: timedelta) -> Sequence[SessionRow]:
    """The log-ins under way, the one used last first."""
    query = select(WebSession).where(
        WebSession.account_id == account_id, WebSession.expires_at > at, WebSession.revoked_at.is_(None)
    )
    rows = [
        SessionRow(w.token_hash[:HANDLE], w.created_at, w.last_seen_at or w.created_at, w.address, w.browser, w.method)
        for w in session.scalars(query)
    ]
    return sorted((r for r in rows if r.last_seen_at > at - idle), key=lambda r: r.last_seen_at, reverse=True)


def attempts_of(session: Session, account_id: int, limit: int = 20) -> Sequence[AttemptRow]:
    """The last tries to log in to this account, whoever made them."""
    query = select(LoginAttempt).where(LoginAttempt.account_id == account_id).order_by(LoginAttempt.id.desc())
    return [AttemptRow(a.at, a.address, a.browser, a.method, a.outcome) for a in session.scalars(query.limit(limit))]


def end_other_sessions(session: Session, account_id: int, mine: str, *, at: datetime) -> int:
    """End every log-in but this one; how many there were."""
    ended = close_sessions_of(session, account_id, at=at, but=mine)
    if ended:
        note_account(session, account_id, "end_sessions", {"ended": ended}, at=at)
    return ended


def end_session(session: Session, account_id: int, handle: str, *, at: datetime) -> None:
    """End one log-in of one's own."""
    found = [row for row in _under_way(session, account_id, at) if row.token_hash[:HANDLE] == handle]
    if not found:
        raise NotFound("这个登录已经结束。")
    found[0].revoked_at = at
    session.flush()
    note_account(session, account_id, "end_sessions", {"ended": 1}, at=at)


def replace_password(session: Session, account_id: int, old: str, new: str, mine: str, *, at: datetime) -> None:
    """A new password; every other log-in ends."""
    change_password(session, account_id, old, new)
    ended = close_sessions_of(session, account_id, at=at, but=mine)
    note_account(session, account_id, "change_password", {"ended": ended}, at=at)


def _under_way(session: Session, account_id: int, at: datetime) -> Sequence[WebSession]:
    return session.scalars(
        select(WebSession).where(
            WebSession.account_id == account_id, WebSession.expires_at > at, WebSession.revoked_at.is_(None)
        )
    ).all()
