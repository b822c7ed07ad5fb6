"""A person's inbox: the deliveries of the channel `inbox`, newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, select, update
from sqlalchemy.orm import Session

from ..deadlines.models import Deadline
from .channels import INBOX
from .models import Delivery, Reminder


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One reminder or notice as its recipient reads it. `late`: it was sent more than an hour after its time."""

    id: int
    subject: str
    body: str
    at: datetime
    read_at: datetime | None
    late: bool
    case_id: int | None
    proceeding_id: int | None
    deadline_id: int | None
    deadline: str | None
    """Its name in the definition; None: a notice, of no deadline."""


def _mine(person_id: int, unread_only: bool) -> list[ColumnElement[bool]]:
    mine = [Delivery.person_id == person_id, Delivery.channel == INBOX]
    return [*mine, Delivery.read_at.is_(None)] if unread_only else mine


def inbox(
    session: Session, person_id: int, *, offset: int = 0, limit: int = 50, unread_only: bool = False
) -> Sequence[InboxLine]:
    """One page of it."""
    query = (
        select(
            Delivery,
            func.coalesce(Reminder.late, false()),
            func.coalesce(Deadline.case_id, Delivery.case_id),
            Deadline.proceeding_id,
            Reminder.deadline_id,
            Deadline.name,
        )
        .outerjoin(Reminder, Reminder.id == Delivery.reminder_id)
        .outerjoin(Deadline, Deadline.id == Reminder.deadline_id)
        .where(*_mine(person_id, unread_only))
        .order_by(Delivery.at.desc(), Delivery.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [
        InboxLine(d.id, *_parted(d.text), d.at, d.read_at, bool(late), case_id, proceeding_id, deadline_id, name)
        for d, late, case_id, proceeding_id, deadline_id, name in session.execute(query)
    ]


def _parted(text: str) -> tuple[str, str]:
    subject, _, body = text.partition("\n")
    return subject, body


def unread(session: Session, person_id: int) -> int:
    """How many wait to be read; for the badge."""
    return session.scalar(select(func.count(Delivery.id)).where(*_mine(person_id, True))) or 0


def mark_read(session: Session, person_id: int, *, at: datetime, ids: Iterable[int] | None = None) -> int:
    """Mark these (None: all) of the person's own lines as read; how many were unread until now."""
    change = update(Delivery).where(*_mine(person_id, True)).values(read_at=at)
    if ids is not None:
        change = change.where(Delivery.id.in_(list(ids)))
    done = session.execute(change.returning(Delivery.id), execution_options={"synchronize_session": False})
    return len(done.all())
