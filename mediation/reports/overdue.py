"""What is late: sorted by harm to the worker and then by age, with the owner, the working days, and who was told."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from ..cases.dues import Due, as_due, running
from ..cases.dues import overdue as late
from ..cases.models import Case, Proceeding
from ..deadlines.models import Deadline
from ..engine.oversight import Harm
from ..people.actor import Actor
from ..people.models import Organisation, Person
from ..reminders.models import Delivery, Escalation, Reminder
from ..runtime import Runtime
from .harm import Judged, judged
from .sums import shown
from .waiting_times import held_days, since_with_person

Kind = Literal["outside", "office", "held"]


@dataclass(frozen=True, slots=True)
class Told:
    """One reminder that reached somebody."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Risen:
    """One rung of the ladder of escalation."""

    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Late:
    """One deadline that has passed (or stands still). All ages are working days; holds shorten none of the three:
    since intake, in this state, with this person (None: nobody's)."""

    case_id: int
    main_id: int
    """The main procedure, for an order about the case."""
    number: str
    organisation: str
    cause: str
    workers_count: int
    state: str
    owner_id: int | None
    owner: str | None
    harms: tuple[Harm, ...]
    """Why it stands where it stands, the heaviest first."""
    due: Due
    since_on: date
    days: int
    days_in_case: int
    """Working days since the case was received."""
    days_in_state: int
    days_with_person: int | None
    days_held: int
    """For how many of them a deadline of the procedure stood still: told beside, never taken off."""
    told: tuple[Told, ...]
    risen: tuple[Risen, ...]
    """The rungs of the ladder that it has reached."""

    @property
    def harm(self) -> str:
        return self.harms[0].name


@dataclass(frozen=True, slots=True)
class LatePage:
    """A stretch of the list, and how many there are."""

    rows: tuple[Late, ...]
    total: int


_main = aliased(Proceeding)
_whose: ColumnElement[Any] = func.coalesce(
    Proceeding.owner_id,
    select(func.max(_main.owner_id)).where(_main.case_id == Case.id, _main.workflow == "dispute").scalar_subquery(),
)
"""Who answers: whoever the procedure was given to, else the mediator of the case."""


def overdue(
    session: Session,
    runtime: Runtime,
    actor: Actor,
    *,
    street_id: int | None = None,
    person_id: int | None = None,
    kind: Kind = "outside",
    cause: str = "",
    deadline: str = "",
    offset: int = 0,
    limit: int = 50,
) -> LatePage:
    """Deadlines past their day in the actor's organisations. `person_id` 0: those of nobody; `cause` is the case's,
    `deadline` the name of what was missed.

    `outside`: late before the law or before the other side. `office`: only behind the office's own targets; the two are
    never shown as one. `held`: suspended, and waiting all the same.
    """
    now = runtime.clock.now()
    passed = _PASSED[kind](now)
    wanted = _narrowed(actor, passed, street_id, person_id)
    if cause:
        wanted = wanted.where(Case.cause == cause)
    if deadline:
        wanted = wanted.where(Deadline.name == deadline)
    harm = judged(runtime.oversight, now, outside=kind != "office")
    # sorted by their ids first: whole rows are read, and what is sealed in them opened, for this page alone
    total = session.scalar(wanted.with_only_columns(func.count(Deadline.id))) or 0
    first = (
        wanted.with_only_columns(Deadline.id)
        .order_by(harm.score.desc(), Case.workers_count.desc(), Deadline.legal_due, Deadline.id)
        .offset(offset)
        .limit(limit)
    )
    ids = list(session.scalars(first))
    query = (
        select(Deadline, Case, Proceeding, Organisation.name, Person.id, Person.name, *harm.columns)
        .join(Proceeding, Proceeding.id == Deadline.proceeding_id)
        .join(Case, Case.id == Deadline.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .outerjoin(Person, Person.id == _whose)
        .where(Deadline.id.in_(ids))
    )
    rows = {row[0].id: row for row in session.execute(query)}
    found = [rows[id] for id in ids]
    return LatePage(_shown(session, runtime, found, harm), total)


def causes_of_lateness(session: Session, actor: Actor, now: datetime, kind: Kind) -> tuple[tuple[str, str, int], ...]:
    """(name, title, how many) of every kind of deadline that is late now."""
    query = (
        _narrowed(actor, _PASSED[kind](now), None, None)
        .with_only_columns(Deadline.name, func.min(Deadline.title), func.count(Deadline.id))
        .group_by(Deadline.name)
        .order_by(Deadline.name)
    )
    return tuple((name, title.partition("：")[0], count) for name, title, count in session.execute(query))


def _held(_now: datetime) -> ColumnElement[bool]:
    return and_(Deadline.closed_at.is_(None), Deadline.suspended_on.is_not(None))


def _shown(session: Session, runtime: Runtime, found: Sequence[Any], harm: Judged) -> tuple[Late, ...]:
    ids = [row[0].id for row in found]
    told, risen = _told(session, ids), _risen(session, ids)
    mains = _mains(session, {row[1].id for row in found})
    places = {row[0].id: row[2].id if row[2].owner_id else mains.get(row[1].id, row[2].id) for row in found}
    since = since_with_person(session, {(places[row[0].id], row[4]) for row in found if row[4]})
    still = held_days(session, runtime, {row[2].id for row in found})
    return tuple(
        _late(
            runtime,
            told.get(row[0].id, ()),
            risen.get(row[0].id, ()),
            harm.told(runtime.oversight, row[6:]),
            since.get((places[row[0].id], row[4] or 0)),
            still.get(row[2].id, 0),
            mains.get(row[1].id, row[2].id),
            *row[:6],
        )
        for row in found
    )


def _mains(session: Session, case_ids: Collection[int]) -> Mapping[int, int]:
    """The main procedure of each case."""
    query = select(Proceeding.case_id, Proceeding.id).where(
        Proceeding.case_id.in_(case_ids), Proceeding.workflow == "dispute"
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _risen(session: Session, ids: Collection[int]) -> Mapping[int, Sequence[Risen]]:
    """The rungs reached for the day that is missed now, from the bottom up."""
    query = (
        select(Escalation.deadline_id, Escalation.title, Escalation.at)
        .join(Deadline, and_(Deadline.id == Escalation.deadline_id, Deadline.legal_due == Escalation.since_on))
        .where(Escalation.deadline_id.in_(ids))
        .order_by(Escalation.step)
    )
    found: dict[int, list[Risen]] = {}
    for deadline_id, title, at in session.execute(query):
        found.setdefault(deadline_id, []).append(Risen(title, at))
    return found


def _behind(now: datetime) -> ColumnElement[bool]:
    gone = case((Deadline.due_at.is_not(None), Deadline.due_at < now), else_=Deadline.legal_due < now.date())
    internal = and_(Deadline.legal.is_(False), Deadline.period.is_not(None))
    return and_(running(), or_(and_(internal, gone), and_(~gone, Deadline.target_on < now.date())))


_PASSED: Mapping[Kind, Callable[[datetime], ColumnElement[bool]]] = {"outside": late, "office": _behind, "held": _held}


def _narrowed(actor: Actor, passed: ColumnElement[bool], street_id: int | None, person_id: int | None) -> Select[Any]:
    query = (
        select(Deadline)
        .join(Proceeding, Proceeding.id == Deadline.proceeding_id)
        .join(Case, Case.id == Deadline.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(passed, shown(actor))
    )
    if street_id is not None:
        query = query.where(Case.organisation_id == street_id)
    if person_id is not None:
        query = query.where(_whose == person_id if person_id else _whose.is_(None))
    return query


def _told(session: Session, ids: Collection[int]) -> Mapping[int, Sequence[Told]]:
    """Who was reminded of these deadlines, the latest first; each person once."""
    query = (
        select(Reminder.deadline_id, Person.name, func.max(Delivery.at))
        .join(Delivery, Delivery.reminder_id == Reminder.id)
        .join(Person, Person.id == Delivery.person_id)
        .where(Reminder.deadline_id.in_(ids), Delivery.state == "sent")
        .group_by(Reminder.deadline_id, Person.id, Person.name)
        .order_by(func.max(Delivery.at).desc(), Person.name)
    )
    found: dict[int, list[Told]] = {}
    for deadline_id, name, at in session.execute(query):
        found.setdefault(deadline_id, []).append(Told(name, at))
    return found


def _late(
    runtime: Runtime,
    told: Sequence[Told],
    risen: Sequence[Risen],
    harms: tuple[Harm, ...],
    with_since: datetime | None,
    days_held: int,
    main_id: int,
    deadline: Deadline,
    file: Case,
    proceeding: Proceeding,
    organisation: str,
    owner_id: int | None,
    owner: str | None,
) -> Late:
    now, count = runtime.clock.now(), runtime.law.calendar.count_working
    due, today = as_due(deadline, now), now.date()
    since = deadline.suspended_on or (due.due_on if due.passed else due.target_on or due.due_on)
    held_since = with_since or proceeding.opened_at
    machine = runtime.machines.get((proceeding.workflow, proceeding.version))
    state = machine.definition.states.get(proceeding.state) if machine else None
    return Late(
        case_id=file.id,
        main_id=main_id,
        number=file.number,
        organisation=organisation,
        cause=runtime.title("causes", file.cause),
        workers_count=file.workers_count,
        state=state.title if state else proceeding.state,
        owner_id=owner_id,
        owner=owner,
        harms=harms,
        due=due,
        since_on=since,
        days=count(since, today),
        days_in_case=count(file.received_on, today),
        days_in_state=count(proceeding.state_since.date(), today),
        days_with_person=count(held_since.date(), today) if owner_id else None,
        days_held=days_held,
        told=tuple(told),
        risen=tuple(risen),
    )
