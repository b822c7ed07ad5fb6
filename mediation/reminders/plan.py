"""Reminders are planned when a deadline opens or moves, cancelled when it ends; rows, in the same transaction."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, bindparam, insert, select, update

from ..clock import SHANGHAI
from ..db import Prepared
from ..deadlines.models import Deadline
from .models import Reminder

MORNING = time(9, 0)

_INSERT = Prepared(
    insert(Reminder).values(
        deadline_id=bindparam("deadline_id"),
        recipient=bindparam("recipient"),
        rung=bindparam("rung"),
        round=bindparam("round"),
        remind_at=bindparam("remind_at"),
        state=bindparam("state"),
        attempts=bindparam("attempts"),
        late=bindparam("late"),
    )
)


def _cancel(*conditions: object) -> Prepared:
    ended = select(Deadline.id).where(Deadline.proceeding_id == bindparam("proceeding"), *conditions)  # type: ignore[arg-type]
    return Prepared(
        update(Reminder)
        .where(Reminder.state == bindparam("waiting"), Reminder.deadline_id.in_(ended))
        .values(state=bindparam("cancelled"), why=bindparam("reason"), settled_at=bindparam("at"))
    )


_CANCEL_NAME = _cancel(Deadline.name == bindparam("name"), Deadline.closed_at == bindparam("at"))
_CANCEL_ENDED = _cancel(Deadline.closed_at.is_not(None))


def plan(
    connection: Connection,
    deadline_id: int,
    ladder: Mapping[str, tuple[int, ...]],
    *,
    nominal_due: date,
    legal_due: date,
    due_at: datetime | None,
    at: datetime,
    round: int = 0,
) -> int:
    """One row per role and rung; how many. Rungs up to the day itself count from the nominal day, so that nobody is
    reminded during the holiday that follows it; later rungs count from the legal day. Rungs that would lie before the
    deadline was opened are left out: the person has just opened it.
    """
    rows = [
        {
            "deadline_id": deadline_id,
            "recipient": role,
            "rung": rung,
            "round": round,
            "remind_at": when,
            "state": "waiting",
            "attempts": 0,
            "late": False,
        }
        for role, rungs in ladder.items()
        for rung in rungs
        if (when := _moment(rung, nominal_due, legal_due, due_at, at)) is not None
    ]
    _INSERT.run_many(connection, rows)
    return len(rows)


def _moment(rung: int, nominal_due: date, legal_due: date, due_at: datetime | None, at: datetime) -> datetime | None:
    if due_at is not None:
        when = due_at + timedelta(days=rung)
    else:
        day = (nominal_due if rung <= 0 else legal_due) + timedelta(days=rung)
        when = datetime.combine(day, MORNING, SHANGHAI)
    return when if when > at or (rung == 0 and when.date() == at.date()) else None


def cancel_of(connection: Connection, proceeding_id: int, name: str, at: datetime) -> int:
    """Cancel what waits for the deadlines of this name that were closed at `at`."""
    values = {"proceeding": proceeding_id, "name": name, "at": at, "reason": "期限已结束"}
    return _CANCEL_NAME.run(connection, {**values, "waiting": "waiting", "cancelled": "cancelled"})


def cancel_ended(connection: Connection, proceeding_id: int, at: datetime) -> int:
    """Cancel whatever still waits for any closed deadline of the proceeding."""
    values = {"proceeding": proceeding_id, "at": at, "reason": "期限已结束"}
    return _CANCEL_ENDED.run(connection, {**values, "waiting": "waiting", "cancelled": "cancelled"})


_CANCEL_DEADLINE = Prepared(
    update(Reminder)
    .where(Reminder.state == bindparam("waiting"), Reminder.deadline_id == bindparam("deadline"))
    .values(state=bindparam("cancelled"), why=bindparam("reason"), settled_at=bindparam("at"))
)
_LAST_ROUND = Prepared(
    select(Reminder.round).where(Reminder.deadline_id == bindparam("deadline")).order_by(Reminder.round.desc()).limit(1)
)


def plan_anew(
    connection: Connection,
    deadline_id: int,
    ladder: Mapping[str, tuple[int, ...]],
    *,
    nominal_due: date,
    legal_due: date,
    at: datetime,
    reason: str,
) -> int:
    """The deadline has moved: cancel its waiting ladder and plan a new round; how many rows."""
    cancel_deadline(connection, deadline_id, at, reason)
    last = _LAST_ROUND.one(connection, {"deadline": deadline_id})
    return plan(
        connection,
        deadline_id,
        ladder,
        nominal_due=nominal_due,
        legal_due=legal_due,
        due_at=None,
        at=at,
        round=(last["round"] + 1) if last else 0,
    )


def cancel_deadline(connection: Connection, deadline_id: int, at: datetime, reason: str) -> int:
    """Cancel what waits for one deadline."""
    values = {"deadline": deadline_id, "at": at, "reason": reason, "waiting": "waiting", "cancelled": "cancelled"}
    return _CANCEL_DEADLINE.run(connection, values)
