"""Reminders are planned when a deadline opens or moves, cancelled when it ends; rows, in the same transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, bindparam, insert, select, update

from ..clock import SHANGHAI
from ..prepared import Prepared
from .models import WAITING, Reminder

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


_CANCEL = Prepared(
    update(Reminder)
    .where(Reminder.deadline_id == bindparam("deadline"), WAITING)
    .values(state=bindparam("cancelled"), why=bindparam("reason"), settled_at=bindparam("at"))
)
_LAST_ROUND = Prepared(
    select(Reminder.round).where(Reminder.deadline_id == bindparam("deadline")).order_by(Reminder.round.desc()).limit(1)
)


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
        for role, rung, when in rungs(ladder, nominal_due=nominal_due, legal_due=legal_due, due_at=due_at, at=at)
    ]
    _INSERT.run_many(connection, rows)
    return len(rows)


def rungs(
    ladder: Mapping[str, tuple[int, ...]], *, nominal_due: date, legal_due: date, due_at: datetime | None, at: datetime
) -> list[tuple[str, int, datetime]]:
    """(role, rung, when) of every reminder that is still to come at `at`."""
    return [
        (role, rung, when)
        for role, days in ladder.items()
        for rung in days
        if _comes(when := moment(rung, nominal_due, legal_due, due_at), rung, at)
    ]


def moment(rung: int, nominal_due: date, legal_due: date, due_at: datetime | None) -> datetime:
    """When a rung of the ladder is due: nine in the morning of its day, or the same hour for a deadline in hours."""
    if due_at is not None:
        return due_at + timedelta(days=rung)
    day = (nominal_due if rung <= 0 else legal_due) + timedelta(days=rung)
    return datetime.combine(day, MORNING, SHANGHAI)


def _comes(when: datetime, rung: int, at: datetime) -> bool:
    return when > at or (rung == 0 and when.date() == at.date())


def plan_anew(
    connection: Connection,
    deadline_id: int,
    ladder: Mapping[str, tuple[int, ...]],
    *,
    nominal_due: date,
    legal_due: date,
    due_at: datetime | None = None,
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
        due_at=due_at,
        at=at,
        round=(last["round"] + 1) if last else 0,
    )


def revive(connection: Connection, deadline_ids: Sequence[int], at: datetime, reason: str) -> None:
    """Let wait again what was cancelled at that instant for that reason: the deadlines run on. What would have come
    meanwhile comes at the next tick."""
    change = update(Reminder).where(
        Reminder.deadline_id.in_(deadline_ids),
        Reminder.state == "cancelled",
        Reminder.settled_at == at,
        Reminder.why == reason,
    )
    connection.execute(change.values(state="waiting", why=None, settled_at=None))


def cancel_deadline(connection: Connection, deadline_id: int, at: datetime, reason: str) -> None:
    """Cancel what waits for one deadline."""
    cancel_deadlines(connection, [deadline_id], at, reason)


def cancel_deadlines(connection: Connection, deadline_ids: Sequence[int], at: datetime, reason: str) -> None:
    """Cancel what waits for these deadlines."""
    shared = {"at": at, "reason": reason, "cancelled": "cancelled"}
    _CANCEL.run_many(connection, [{**shared, "deadline": id} for id in deadline_ids])
