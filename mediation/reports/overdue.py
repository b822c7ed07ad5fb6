"""What is late: sorted by harm to the worker and then by age, with the owner, the working days, and who was told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from ..cases.dues import Due, as_due, running
from ..cases.dues import overdue as late
from ..cases.models import Case, Proceeding
from ..deadlines.models import Deadline
from ..people.actor import Actor
from ..people.models import Organisation, Person
from ..reminders.models import Delivery, Reminder
from ..runtime import Runtime
from .sums import within

MONEY = ("promise_due", "default_action")
"""Deadlines behind which a worker waits for money that was already agreed."""

HARMS = ("danger", "money", "right", "office")
HARM_TITLES = {"danger": "红色预警", "money": "款项未付", "right": "法定期限", "office": "内部目标"}


@dataclass(frozen=True, slots=True)
class Told:
    """One reminder that reached somebody."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Late:
    """One deadline that has passed. `days` are working days since `since_on`; holds hide none of the three ages."""

    case_id: int
    number: str
    organisation: str
    cause: str
    workers_count: int
    state: str
    owner_id: int | None
    owner: str | None
    harm: str
    due: Due
    since_on: date
    days: int
    days_in_case: int
    """Working days since the case was received."""
    days_in_state: int
    told: tuple[Told, ...]


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
    kind: Literal["outside", "office"] = "outside",
    offset: int = 0,
    limit: int = 50,
) -> LatePage:
    """Deadlines past their day in the actor's organisations. `person_id` 0: those of nobody.

    `outside`: late before the law or before the other side. `office`: only behind the office's own targets; the two are
    never shown as one.
    """
    now = runtime.clock.now()
    wanted = _narrowed(actor, late(now) if kind == "outside" else _behind(now), street_id, person_id)
    total = session.scalar(wanted.with_only_columns(func.count(Deadline.id))) or 0
    query = (
        wanted.outerjoin(Person, Person.id == _whose)
        .with_only_columns(
            Deadline, Case, Proceeding, Organisation.name, Person.id, Person.name, _harm(kind).label("harm")
        )
        .order_by("harm", Case.workers_count.desc(), Deadline.legal_due, Deadline.id)
        .offset(offset)
        .limit(limit)
    )
    found = session.execute(query).all()
    told = _told(session, [row[0].id for row in found])
    return LatePage(tuple(_late(runtime, told.get(row[0].id, ()), *row) for row in found), total)


def _behind(now: datetime) -> ColumnElement[bool]:
    gone = case((Deadline.due_at.is_not(None), Deadline.due_at < now), else_=Deadline.legal_due < now.date())
    internal = and_(Deadline.legal.is_(False), Deadline.period.is_not(None))
    return and_(running(), or_(and_(internal, gone), and_(~gone, Deadline.target_on < now.date())))


def _narrowed(actor: Actor, passed: ColumnElement[bool], street_id: int | None, person_id: int | None) -> Select[Any]:
    query = (
        select(Deadline)
        .join(Proceeding, Proceeding.id == Deadline.proceeding_id)
        .join(Case, Case.id == Deadline.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(passed, within(actor))
    )
    if street_id is not None:
        query = query.where(Case.organisation_id == street_id)
    if person_id is not None:
        query = query.where(_whose == person_id if person_id else _whose.is_(None))
    return query


def _harm(kind: str) -> ColumnElement[int]:
    """A place in HARMS: a red warning, a worker who waits for agreed money, then a right or the office's own aim."""
    rest = HARMS.index("right" if kind == "outside" else "office")
    return case((Case.risk_level == "red", 0), (Deadline.name.in_(MONEY), 1), else_=rest)


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
    deadline: Deadline,
    file: Case,
    proceeding: Proceeding,
    organisation: str,
    owner_id: int | None,
    owner: str | None,
    harm: int,
) -> Late:
    now, count = runtime.clock.now(), runtime.law.calendar.count_working
    due, today = as_due(deadline, now), now.date()
    since = due.due_on if due.passed else due.target_on or due.due_on
    machine = runtime.machines.get((proceeding.workflow, proceeding.version))
    state = machine.definition.states.get(proceeding.state) if machine else None
    return Late(
        case_id=file.id,
        number=file.number,
        organisation=organisation,
        cause=runtime.title("causes", file.cause),
        workers_count=file.workers_count,
        state=state.title if state else proceeding.state,
        owner_id=owner_id,
        owner=owner,
        harm=HARMS[harm],
        due=due,
        since_on=since,
        days=count(since, today),
        days_in_case=count(file.received_on, today),
        days_in_state=count(proceeding.state_since.date(), today),
        told=tuple(told),
    )
