"""Escalation: what stays late goes up the office's ladder, rung by rung; each rung is a row and a reminder like others.

A deadline found late for the first time tells the highest rung it has reached; the lower ones are noted with it.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from ..cases.dues import overdue, running
from ..deadlines.models import Deadline
from ..engine.oversight import Rung
from ..reminders.models import Escalation, Reminder
from ..runtime import Runtime
from .recipients import step_word

BATCH = 200
ORDER_ANSWER = "order_answer"
"""An order is no limit of the law, and is escalated all the same."""


def escalate(runtime: Runtime, *, batch: int = BATCH) -> int:
    """One row for each rung that a late deadline has newly reached; how many. The highest rungs first."""
    noted = 0
    for rung in reversed(runtime.oversight.ladder):
        while True:
            with runtime.database.write() as session:
                rows = _reached(session, runtime, rung, batch)
                noted += sum(_note(session, runtime, rung, deadline) for deadline in rows)
            if len(rows) < batch:
                break
    return noted


def escalating(now: datetime, table: type[Deadline] = Deadline) -> ColumnElement[bool]:
    """Late before the law, the other side, or the supervisor who wants an answer."""
    order = and_(running(table), table.name == ORDER_ANSWER, table.legal_due < now.date())
    return or_(overdue(now, table), order)


def since_when(runtime: Runtime, rung: Rung) -> date:
    """The latest missed day from which this rung is reached today."""
    return runtime.law.calendar.sub_working(runtime.clock.today() + timedelta(days=1), rung.after) - timedelta(days=1)


def _reached(session: Session, runtime: Runtime, rung: Rung, batch: int) -> list[Deadline]:
    there = aliased(Escalation)
    known = exists().where(
        there.deadline_id == Deadline.id, there.step >= rung.step, there.since_on == Deadline.legal_due
    )
    query = (
        select(Deadline)
        .where(escalating(runtime.clock.now()), Deadline.legal_due <= since_when(runtime, rung), ~known)
        .order_by(Deadline.legal_due, Deadline.id)
        .limit(batch)
    )
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def _note(session: Session, runtime: Runtime, rung: Rung, deadline: Deadline) -> int:
    """This rung with its reminder, and the rungs below that were passed at the same time."""
    now = runtime.clock.now()
    try:
        with session.begin_nested():
            reminder = _remind(session, rung, deadline, now)
            passed = _below(session, runtime, rung, deadline)
            for one in (*passed, rung):
                told = reminder.id if one is rung else None
                session.add(
                    Escalation(
                        deadline_id=deadline.id,
                        step=one.step,
                        title=one.title,
                        since_on=deadline.legal_due,
                        at=now,
                        reminder_id=told,
                    )
                )
    except IntegrityError:  # another replica was faster
        return 0
    return 1 + len(passed)


def _below(session: Session, runtime: Runtime, rung: Rung, deadline: Deadline) -> list[Rung]:
    query = select(Escalation.step).where(
        Escalation.deadline_id == deadline.id, Escalation.since_on == deadline.legal_due
    )
    there = set(session.scalars(query))
    return [one for one in runtime.oversight.ladder if one.step < rung.step and one.step not in there]


def _remind(session: Session, rung: Rung, deadline: Deadline, now: datetime) -> Reminder:
    newest = select(func.max(Reminder.round)).where(Reminder.deadline_id == deadline.id)
    reminder = Reminder(
        deadline_id=deadline.id,
        recipient=step_word(rung.step),
        rung=(now.date() - deadline.legal_due).days,
        round=session.scalar(newest) or 0,
        remind_at=now,
        state="waiting",
    )
    session.add(reminder)
    session.flush()
    return reminder
