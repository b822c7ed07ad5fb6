"""What will happen to a case in the coming days if nobody does anything: the test clock of the product."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ..cases.models import Proceeding
from ..clock import SHANGHAI
from ..deadlines.models import Deadline
from ..engine.definition import Definition, Event
from ..procedures.windows import WINDOW
from ..reminders.models import WAITING, Reminder
from ..runtime import Runtime
from .wording import nature_words

_ORDER = {"deadline": 1, "reminder": 0, "clock": 2}


@dataclass(frozen=True, slots=True)
class Coming:
    """One thing to come. `kind`: reminder, deadline (its last day) or clock (what the system then does by itself).

    `at` is None where only the day is known; a deadline that is over already comes first, with its past day.
    """

    on: date
    at: datetime | None
    kind: str
    title: str
    detail: str
    proceeding_id: int
    deadline_id: int
    legal: bool
    provisional: bool


def upcoming(session: Session, runtime: Runtime, case_id: int, *, days: int = 30) -> Sequence[Coming]:
    """In order of time, from now to the end of the last day. Suspended deadlines stand still and are left out."""
    now = runtime.clock.now()
    last = now.date() + timedelta(days=days)
    rows = session.execute(
        _running(case_id).add_columns(Proceeding.workflow, Proceeding.version, Proceeding.state)
    ).all()
    coming: list[Coming] = []
    for deadline, workflow, version, state in rows:
        definition = runtime.machine(workflow, version).definition
        coming += [*_dues(deadline), *_clock(deadline, definition, state, now)]
    coming += _reminders(session, runtime, {row[0].id: row[0] for row in rows})
    return sorted((c for c in coming if c.on <= last), key=_when)


def enforceable(session: Session, case_id: int) -> Sequence[Coming]:
    """The titles that can still be enforced, each with its last day, however far away that is."""
    query = _running(case_id).where(Deadline.name == WINDOW).order_by(Deadline.legal_due, Deadline.id)
    return [coming for deadline in session.scalars(query) for coming in _dues(deadline)]


def _running(case_id: int) -> Select[Deadline]:
    return (
        select(Deadline)
        .join(Proceeding, Proceeding.id == Deadline.proceeding_id)
        .where(Proceeding.case_id == case_id, Deadline.closed_at.is_(None), Deadline.suspended_on.is_(None))
    )


def _when(coming: Coming) -> tuple[date, bool, datetime | None, int, int]:
    """By day; within a day what has an hour first, then the deadline itself, then what follows from it."""
    return coming.on, coming.at is None, coming.at, _ORDER[coming.kind], coming.deadline_id


def _dues(deadline: Deadline) -> Iterable[Coming]:
    yield _coming(deadline, deadline.legal_due, deadline.due_at, "deadline", nature_words(deadline))


def _coming(deadline: Deadline, on: date, at: datetime | None, kind: str, detail: str) -> Coming:
    return Coming(
        on,
        at,
        kind,
        deadline.title,
        detail,
        deadline.proceeding_id,
        deadline.id,
        deadline.legal,
        deadline.provisional,
    )


def _clock(deadline: Deadline, definition: Definition, state: str, now: datetime) -> Iterable[Coming]:
    """Only what could happen from the state in which the proceeding is now."""
    event = definition.events.get(deadline.on_missed or "")
    settled = deadline.missed_at is not None or deadline.quarantined_why is not None
    if event is None or settled or state not in event.from_:
        return
    at = deadline.due_at or datetime.combine(deadline.legal_due + timedelta(days=1), time(0), SHANGHAI)
    at = max(at, now)
    detail = f"届时仍未办结的，系统自动办理“{event.title}”，转为“{_lands(definition, event, state)}”"
    yield _coming(deadline, at.date(), at, "clock", detail)


def _lands(definition: Definition, event: Event, state: str) -> str:
    places = dict.fromkeys(definition.states[branch.lands_in(state)].title for branch in event.branches)
    return "”或“".join(places)


def _reminders(session: Session, runtime: Runtime, deadlines: dict[int, Deadline]) -> Iterable[Coming]:
    rows = session.scalars(select(Reminder).where(WAITING, Reminder.deadline_id.in_(list(deadlines))))
    for reminder in rows:
        role = runtime.title("roles", reminder.recipient)
        at = reminder.remind_at
        yield _coming(deadlines[reminder.deadline_id], at.date(), at, "reminder", f"提醒{role}")
