"""Missed deadlines: what is to happen by itself, happens; each in its own transaction under the row lock.

A deadline counts as missed when its legal day (its hour, for periods in hours) is over, it still runs and is not
suspended. One whose event was not possible then is judged again whenever its proceeding has changed its state.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.orm import Session

from ..cases.advance import advance
from ..cases.models import Proceeding
from ..deadlines.models import Deadline
from ..errors import MediationError, Refused, Unavailable
from ..people.actor import CLOCK
from ..reminders.plan import cancel_deadlines
from ..runtime import Runtime

log = logging.getLogger(__name__)

BATCH = 500


@dataclass(frozen=True, slots=True)
class Missed:
    deadline_id: int
    proceeding_id: int
    event: str | None
    legal_due: date
    provisional: bool
    period: str | None


@dataclass(slots=True)
class MissedTally:
    """`missed`: deadlines found to be over; `fired` and `quarantined` of them."""

    missed: int = 0
    fired: int = 0
    quarantined: int = 0


def fire_missed(runtime: Runtime, *, batch: int = BATCH) -> MissedTally:
    """Everything that time has made happen until now."""
    tally, tried = MissedTally(), set[int]()
    while found := _found(runtime, batch, tried):
        silent = [one for one in found if one.event is None]
        lapsed = [one.deadline_id for one in silent if _is_window(runtime, one)]
        tally.missed += _settle(runtime, [one.deadline_id for one in silent if not _is_window(runtime, one)])
        tally.missed += _settle(runtime, lapsed, closed_by=LAPSED)
        for one in found:
            tried.add(one.deadline_id)
            if one.event is not None:
                _fire(runtime, one, one.event, tally)
    return tally


def missing(now: datetime) -> Select[int, int, str | None, date, bool, str | None]:
    """The statement that finds them. The partial index on `legal_due` of open deadlines serves it."""
    today = now.date()
    over = and_(
        Deadline.legal_due <= today,
        or_(Deadline.due_at < now, and_(Deadline.due_at.is_(None), Deadline.legal_due < today)),
    )
    again = and_(Deadline.on_missed.is_not(None), Deadline.missed_at < Proceeding.state_since)
    return (
        select(
            Deadline.id,
            Deadline.proceeding_id,
            Deadline.on_missed,
            Deadline.legal_due,
            Deadline.provisional,
            Deadline.period,
        )
        .join(Proceeding, Proceeding.id == Deadline.proceeding_id)
        .where(*_running(), over, or_(Deadline.missed_at.is_(None), again))
        .order_by(Deadline.legal_due, Deadline.id)
    )


def _running() -> Iterable[ColumnElement[bool]]:
    return Deadline.closed_at.is_(None), Deadline.suspended_on.is_(None), Deadline.quarantined_why.is_(None)


def _found(runtime: Runtime, batch: int, tried: set[int]) -> list[Missed]:
    """The next batch without what this sweep has tried and could not settle."""
    with runtime.database.read() as session:
        rows = session.execute(missing(runtime.clock.now()).limit(batch + len(tried))).all()
    return [Missed(*row) for row in rows if row[0] not in tried][:batch]


LAPSED = "lapsed"
"""Closed by nothing but time: a right that nobody used. It is no duty, so nobody is late with it."""


def _is_window(runtime: Runtime, one: Missed) -> bool:
    """Whether the period is a right that has ended for certain; a provisional end stays open until it is known."""
    versions = runtime.law.periods.get(one.period or "", ())
    return not one.provisional and any(version.kind == "right" for version in versions)


def _settle(runtime: Runtime, ids: list[int], closed_by: str | None = None) -> int:
    """Deadlines at which nothing happens: noted, so that each is counted once; windows are closed."""
    if not ids:
        return 0
    now = runtime.clock.now()
    values: dict[str, object] = {"missed_at": now}
    if closed_by:
        values |= {"closed_at": now, "closed_by": closed_by}
    free = select(Deadline.id).where(Deadline.id.in_(ids), *_running(), Deadline.missed_at.is_(None))
    held = free.order_by(Deadline.id).with_for_update(skip_locked=True).cte("held")
    change = update(Deadline).where(Deadline.id.in_(select(held.c.id))).values(values).returning(Deadline.id)
    with runtime.database.write() as session:
        settled = session.scalars(change, execution_options={"synchronize_session": False}).all()
        if closed_by:
            cancel_deadlines(session.connection(), settled, now, "期间已过")
        return len(settled)


PROVISIONAL = (
    "期限所在年份尚无放假安排，日期是暂定的，系统不自动办理。请补充当年日历并重算（mediation calendar moved --apply）。"
)


def _fire(runtime: Runtime, found: Missed, event: str, tally: MissedTally) -> None:
    """A provisional day is no ground for a legal consequence: the supervisor reads why nothing happened."""
    if found.provisional:
        with runtime.database.write() as session:
            _set(session, found, quarantined_why=PROVISIONAL)
        tally.missed += 1
        tally.quarantined += 1
        return
    try:
        with runtime.database.write() as session:
            fired = _happen(session, runtime, found, event)
    except Unavailable:
        log.warning("deadline %s is left for the next sweep: the database was busy", found.deadline_id)
    except Exception as error:
        log.exception("deadline %s: %s went wrong", found.deadline_id, event)
        _quarantine(runtime, found, event, error)
        tally.missed += 1
        tally.quarantined += 1
    else:
        tally.missed += fired is not None
        tally.fired += fired is True


def _happen(session: Session, runtime: Runtime, found: Missed, event: str) -> bool | None:
    """Whether the event happened; None: the deadline is no longer missed. The proceeding is locked first."""
    lock = select(Proceeding.revision).where(Proceeding.id == found.proceeding_id).with_for_update()
    revision = session.scalars(lock).one()
    still = missing(runtime.clock.now()).where(Deadline.id == found.deadline_id)
    if session.execute(still).first() is None:
        return None
    key = f"missed:{found.deadline_id}:{found.legal_due.isoformat()}"
    fired = False
    try:
        with session.begin_nested():
            done = advance(session, runtime, found.proceeding_id, event, {}, revision=revision, key=key, actor=CLOCK)
        fired = not done.repeated
    except Refused:
        log.info("deadline %s: %s is not possible now", found.deadline_id, event)
    _set(session, found, missed_at=runtime.clock.now())
    return fired


def _quarantine(runtime: Runtime, found: Missed, event: str, error: Exception) -> None:
    """The case stays as it was; the supervisor reads why and what to do."""
    said = error.sentence if isinstance(error, MediationError) else f"{type(error).__name__} {error}"
    why = f"期限已过，系统自动办理“{event}”时出错：{said[:800]}。请主管核对本案，并联系管理员。"
    with runtime.database.write() as session:
        _set(session, found, quarantined_why=why)


def _set(session: Session, found: Missed, **values: object) -> None:
    change = update(Deadline).where(Deadline.id == found.deadline_id).values(values)
    session.execute(change, execution_options={"synchronize_session": False})
