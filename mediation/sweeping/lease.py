"""Taking hold of due reminders: many replicas may sweep at once, each row is with one of them at a time.

PostgreSQL skips what another replica (or a running event) has locked; on SQLite, which ignores the lock clause, every
write transaction is alone anyway (BEGIN IMMEDIATE).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Update, or_, select, update
from sqlalchemy.orm import Session

from ..reminders.models import WAITING, Reminder

BATCH = 500
LEASE = timedelta(minutes=2)
MARGIN = timedelta(seconds=30)
"""Nothing is begun in the last half minute of a lease: a slow mail server must not make two replicas send."""

TRIES = 5


@dataclass(frozen=True, slots=True)
class Leased:
    """A reminder that is ours until `until`. `attempts` counts this one too; it tells our lease from a later one."""

    id: int
    attempts: int
    until: datetime


def leasing(now: datetime, limit: int = BATCH) -> Update:
    """The statement that finds and takes, in one."""
    free = or_(Reminder.lease_until.is_(None), Reminder.lease_until < now)
    due = (
        select(Reminder.id)
        .where(WAITING, Reminder.remind_at <= now, free)
        .order_by(Reminder.remind_at, Reminder.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        update(Reminder)
        .where(Reminder.id.in_(select(due.c.id)))
        .values(lease_until=now + LEASE, attempts=Reminder.attempts + 1)
        .returning(Reminder.id, Reminder.attempts)
        .execution_options(synchronize_session=False)
    )


def lease(session: Session, now: datetime, limit: int = BATCH) -> list[Leased]:
    """Take up to `limit` due reminders for two minutes. What has failed before comes last: if one of them brings the
    process down, the others have been sent by then."""
    rows = [Leased(id, attempts, now + LEASE) for id, attempts in session.execute(leasing(now, limit))]
    return sorted(rows, key=lambda leased: (leased.attempts, leased.id))


def give_back(session: Session, leased: Iterable[Leased]) -> None:
    """Time has run out before these were tried: free at once, and not counted as an attempt."""
    for one in leased:
        session.execute(
            update(Reminder)
            .where(Reminder.id == one.id, Reminder.attempts == one.attempts)
            .values(lease_until=None, attempts=Reminder.attempts - 1)
            .execution_options(synchronize_session=False)
        )


def back_off(attempts: int) -> timedelta:
    """How long to wait after the n-th failure: 2, 8, 32, 128 minutes."""
    factor: int = 4 ** (attempts - 1)
    return LEASE * factor
