"""What the sweep has given up or has not sent in time: to be read, tried again, or dropped with a reason."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..cases.models import Case
from ..cases.queries import CLOSED, closed_among, open_to
from ..deadlines.models import Deadline
from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..people.models import Organisation
from ..reminders.models import WAITING, Heartbeat, Reminder
from ..runtime import Runtime
from .health import Health, Stuck
from .wording import LATE

Kind = Literal["reminder", "deadline"]
GONE = "没有这一项，或者它已经处理过了。"


@dataclass(frozen=True, slots=True)
class LateReminder:
    """A reminder that is due for more than an hour and not sent."""

    case_id: int
    number: str
    title: str
    recipient: str
    remind_at: datetime
    attempts: int
    why: str


@dataclass(frozen=True, slots=True)
class StuckItem:
    """What the sweep has given up, for its supervisors. `case_id` and `number` None: of a restricted case that the
    reader may not see; it is counted, and whoever may see the case sets it right."""

    kind: Kind
    id: int
    case_id: int | None
    number: str | None
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Beat:
    """One process that sweeps."""

    replica: str
    at: datetime
    sent: int
    fired: int
    quarantined: int


def late_reminders(session: Session, actor: Actor, now: datetime, *, limit: int = 50) -> Sequence[LateReminder]:
    """Those of the actor's places, the latest first."""
    mine = or_(false(), *(Organisation.path.startswith(path) for path in actor.paths()))
    query = (
        select(
            Case.id,
            Case.number,
            Deadline.title,
            Reminder.recipient,
            Reminder.remind_at,
            Reminder.attempts,
            Reminder.why,
        )
        .join(Deadline, Deadline.id == Reminder.deadline_id)
        .join(Case, Case.id == Deadline.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(WAITING, Reminder.remind_at < now - LATE, mine, open_to(actor))
        .order_by(Reminder.remind_at, Reminder.id)
        .limit(limit)
    )
    return [LateReminder(*row[:6], row[6] or "") for row in session.execute(query)]


def stuck_items(session: Session, actor: Actor, found: Health, *roles: str) -> Sequence[StuckItem]:
    """Those of the places where the actor has one of these roles; without any named, of all the actor's places."""
    mine = [one for one in found.quarantined if one.path.startswith(actor.paths(*roles))]
    closed = closed_among(session, actor.person_id, (one.case_id for one in mine))
    return [_item(one, one.case_id in closed) for one in mine]


def _item(one: Stuck, closed: bool) -> StuckItem:
    kind: Kind = "reminder" if one.kind == "reminder" else "deadline"
    if closed:
        return StuckItem(kind, one.id, None, None, CLOSED, "")
    return StuckItem(kind, one.id, one.case_id, one.case_number, one.title, one.why)


def beats(session: Session) -> Sequence[Beat]:
    """Every process that has swept within a day, the latest first."""
    rows = session.scalars(select(Heartbeat).order_by(Heartbeat.at.desc()))
    return [Beat(row.replica, row.at, row.sent, row.fired, row.quarantined) for row in rows]


def retry(session: Session, runtime: Runtime, kind: Kind, id: int, *, key: str, actor: Actor) -> None:
    """The cause was mended: the next sweep tries it again."""
    with _handling(session, runtime, "retry_stuck", kind, id, "", key, actor) as change:
        if change.repeated is None:
            row = _stuck(session, kind, id)
            if isinstance(row, Reminder):
                row.state, row.attempts, row.settled_at, row.why, row.lease_until = "waiting", 0, None, None, None
            else:
                row.quarantined_why = None


def drop(session: Session, runtime: Runtime, kind: Kind, id: int, reason: str, *, key: str, actor: Actor) -> None:
    """Nobody need try it again; the reason stays in the trail of the case."""
    if not reason.strip():
        raise BadInput("填写的内容有误，请按提示修改。", {"reason": "请写明为什么不再办理，例如“已人工办理”。"})
    with _handling(session, runtime, "drop_stuck", kind, id, reason.strip()[:500], key, actor) as change:
        if change.repeated is None:
            row, now = _stuck(session, kind, id), runtime.clock.now()
            if isinstance(row, Reminder):
                row.state, row.settled_at, row.why = "cancelled", now, f"主管放弃：{reason.strip()[:500]}"
            else:
                row.quarantined_why, row.missed_at = None, now


def _handling(
    session: Session, runtime: Runtime, word: str, kind: Kind, id: int, reason: str, key: str, actor: Actor
) -> AbstractContextManager[Change]:
    return changing(
        session,
        runtime,
        _case_of(session, kind, id),
        word,
        {"kind": kind, "row": id, "reason": reason},
        revision=None,
        key=key,
        actor=actor,
        bumps=False,
    )


def _case_of(session: Session, kind: Kind, id: int) -> int:
    query = select(Deadline.case_id).where(Deadline.id == id)
    if kind == "reminder":
        query = select(Deadline.case_id).join(Reminder, Reminder.deadline_id == Deadline.id).where(Reminder.id == id)
    found = session.scalar(query)
    if found is None:
        raise NotFound(GONE)
    return found


def _stuck(session: Session, kind: Kind, id: int) -> Reminder | Deadline:
    """The row, locked, if it is still given up."""
    if kind == "reminder":
        reminder = session.get(Reminder, id, with_for_update=True)
        if reminder is not None and reminder.state == "quarantined":
            return reminder
    else:
        deadline = session.get(Deadline, id, with_for_update=True)
        if deadline is not None and deadline.quarantined_why is not None:
            return deadline
    raise NotFound(GONE)
