"""Noting what became of leased reminders. Only the holder of the lease may settle one; deliveries are noted anyway."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..reminders.models import WAITING, Delivery, Reminder
from .lease import TRIES, Leased, back_off
from .wording import LATE


@dataclass(frozen=True, slots=True)
class Attempt:
    """One message handed to one channel; `error` None: it was taken."""

    reminder_id: int
    person_id: int
    channel: str
    key: str
    text: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """sent; not_sent (`until`: to be judged again then, else never); failed (comes again later); quarantined."""

    state: str
    why: str | None
    attempts: tuple[Attempt, ...] = ()
    until: datetime | None = None
    remind_at: datetime | None = None


def mark(session: Session, settled: Sequence[tuple[Leased, Settled]], at: datetime) -> list[str]:
    """Write deliveries and states; the states as they were written, of the reminders that were still ours.

    One reminder waits for whoever has locked its row. Of several, a locked one is left alone: an event that cancels
    them may hold another, and waiting for two rows in two orders would make a deadlock. It comes again when its lease
    has run out; the inbox line that is there already is not repeated.
    """
    for _, end in settled:
        for attempt in end.attempts:
            session.execute(_noting(session, attempt, at))
    ours = _held(session, [leased for leased, _ in settled])
    written = []
    for leased, end in settled:
        if leased.id in ours:
            state, values = _written(leased, end, at)
            session.execute(update(Reminder).where(Reminder.id == leased.id).values(values))
            written.append(state)
    return written


def _held(session: Session, leased: Iterable[Leased]) -> set[int]:
    """Those still waiting under our lease, now locked."""
    attempts = {one.id: one.attempts for one in leased}
    query = select(Reminder.id, Reminder.attempts).where(WAITING, Reminder.id.in_(list(attempts)))
    rows = session.execute(query.with_for_update(skip_locked=len(attempts) > 1))
    return {id for id, now in rows if attempts[id] == now}


def _noting(session: Session, attempt: Attempt, at: datetime) -> Any:
    """Insert the delivery; a failed one may become sent, a sent one stays as it is."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    outcome = {"state": "failed" if attempt.error else "sent", "error": attempt.error, "at": at, "text": attempt.text}
    return (
        insert(Delivery)
        .values(
            reminder_id=attempt.reminder_id,
            person_id=attempt.person_id,
            channel=attempt.channel,
            key=attempt.key,
            **outcome,
        )
        .on_conflict_do_update(
            index_elements=["reminder_id", "person_id", "channel"], set_=outcome, where=Delivery.state == "failed"
        )
    )


def _written(leased: Leased, end: Settled, at: datetime) -> tuple[str, dict[str, Any]]:
    if end.until is not None:
        return end.state, {"remind_at": end.until, "why": end.why, "lease_until": None, "attempts": 0}
    if end.state == "failed" and leased.attempts < TRIES:
        return "failed", {"why": end.why, "lease_until": at + back_off(leased.attempts)}
    if end.state == "failed":
        why = f"发送{leased.attempts}次都没有成功：{end.why}"
        return "quarantined", {"state": "quarantined", "why": why, "settled_at": at, "lease_until": None}
    late = end.remind_at is not None and at - end.remind_at > LATE
    return end.state, {"state": end.state, "why": end.why, "settled_at": at, "lease_until": None, "late": late}
