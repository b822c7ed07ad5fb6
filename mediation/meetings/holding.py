"""Rooms and colleagues are taken in half hours, each a row; a unique index decides between two who want the same.

`ON CONFLICT DO NOTHING` waits for the other transaction on PostgreSQL (SQLite has only one writer), so that whoever
comes second is told and nothing is lost. The rows are taken in one order, so that two cannot wait for each other.
"""

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, text
from sqlalchemy.orm import Session

from ..db import Instant
from .models import Meeting, MeetingHold
from .opening import cells
from .slots import Who

_TAKE = text(
    "INSERT INTO meeting_holds (meeting_id, kind, subject_id, cell) VALUES (:meeting, :kind, :subject, :cell) "
    "ON CONFLICT (kind, subject_id, cell) DO NOTHING RETURNING id"
).bindparams(bindparam("cell", type_=Instant()))


def take(session: Session, meeting: Meeting, wanted: Iterable[Who]) -> list[Who]:
    """Take these for the whole meeting; those that somebody else has, in which case nothing of them is kept."""
    lost = [who for who in sorted(set(wanted)) if not _take_one(session, meeting, who)]
    for kind, subject in lost:
        release(session, meeting, (kind, subject))
    return lost


def _take_one(session: Session, meeting: Meeting, who: Who) -> bool:
    for cell in cells(meeting.starts_at, meeting.ends_at):
        values = {"meeting": meeting.id, "kind": who[0], "subject": who[1], "cell": cell}
        if session.execute(_TAKE, values).first() is None:
            return False
    return True


def release(session: Session, meeting: Meeting, who: Who | None = None) -> None:
    """Give back what the meeting had taken: of one, or everything."""
    mine = delete(MeetingHold).where(MeetingHold.meeting_id == meeting.id)
    if who is not None:
        mine = mine.where(MeetingHold.kind == who[0], MeetingHold.subject_id == who[1])
    session.execute(mine, execution_options={"synchronize_session": False})
