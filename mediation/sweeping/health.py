"""Is the machine alive? When did the scheduler last tick, is anything late, is anything stuck and in which case."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from ..cases.models import Case
from ..deadlines.models import QUARANTINED as STUCK_DEADLINE
from ..deadlines.models import Deadline
from ..people.models import Organisation
from ..reminders.models import QUARANTINED as STUCK_REMINDER
from ..reminders.models import WAITING, Heartbeat, Reminder
from .wording import LATE

FORGOTTEN = timedelta(days=1)
LISTED = 50


@dataclass(frozen=True, slots=True)
class Stuck:
    """A reminder or a missed deadline that the sweep has given up; `path` is the organisation's."""

    case_id: int
    case_number: str
    path: str
    title: str
    why: str
    kind: str = "deadline"
    """reminder or deadline"""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """`last_tick` None: no scheduler has ever run. `late`: reminders due for more than an hour and not yet sent."""

    last_tick: datetime | None
    late: int
    quarantined: tuple[Stuck, ...]
    """At most fifty of each kind."""

    def sound(self, now: datetime, within: timedelta) -> bool:
        """Ticked within this time, and nothing late or stuck."""
        ticking = self.last_tick is not None and now - self.last_tick <= within
        return ticking and self.late == 0 and not self.quarantined


def beat(session: Session, at: datetime, *, sent: int, fired: int, quarantined: int) -> None:
    """This replica has ticked. Replicas not heard of for a day are forgotten."""
    replica = f"{socket.gethostname()[:60]}:{os.getpid()}"
    session.merge(Heartbeat(replica=replica, at=at, sent=sent, fired=fired, quarantined=quarantined))
    session.execute(delete(Heartbeat).where(Heartbeat.at < at - FORGOTTEN))


def health(session: Session, now: datetime) -> Health:
    """For the page footer and for /healthz."""
    last = session.scalar(select(func.max(Heartbeat.at)))
    late = session.scalar(select(func.count(Reminder.id)).where(WAITING, Reminder.remind_at < now - LATE))
    return Health(last, late or 0, (*_deadlines(session), *_reminders(session)))


def _deadlines(session: Session) -> list[Stuck]:
    query = _stuck(Deadline.quarantined_why, Deadline.id).where(STUCK_DEADLINE).order_by(Deadline.id)
    return [Stuck(*row[:4], row[4] or "", "deadline", row[5]) for row in session.execute(query.limit(LISTED))]


def _reminders(session: Session) -> list[Stuck]:
    query = _stuck(Reminder.why, Reminder.id).join(Reminder, Reminder.deadline_id == Deadline.id).where(STUCK_REMINDER)
    rows = session.execute(query.order_by(Reminder.id).limit(LISTED))
    return [Stuck(*row[:4], row[4] or "", "reminder", row[5]) for row in rows]


def _stuck(
    why: InstrumentedAttribute[str | None], id: InstrumentedAttribute[int]
) -> Select[int, str, str, str, str | None, int]:
    return (
        select(Case.id, Case.number, Organisation.path, Deadline.title, why, id)
        .select_from(Deadline)
        .join(Case, Case.id == Deadline.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
    )


def release_quarantined(session: Session) -> int:
    """After the cause was mended: everything that was given up is tried again; how many."""
    reminders = update(Reminder).where(STUCK_REMINDER).values(state="waiting", attempts=0, settled_at=None, why=None)
    deadlines = update(Deadline).where(STUCK_DEADLINE).values(quarantined_why=None)
    found = 0
    for change in (reminders.returning(Reminder.id), deadlines.returning(Deadline.id)):
        found += len(session.execute(change, execution_options={"synchronize_session": False}).all())
    return found
