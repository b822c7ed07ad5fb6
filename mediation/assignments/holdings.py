"""What lies with one person: every open procedure they answer for, with all that hangs on it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from ..cases.dues import running
from ..cases.models import Case, Proceeding
from ..cases.queries import open_to, state_of
from ..deadlines.models import Deadline
from ..people.actor import Actor
from ..people.models import Organisation
from ..reminders.models import WAITING, Reminder
from ..runtime import Runtime
from .models import Assignment

ORDER = "follow_up_order"
"""The workflow of a supervisor's order (督办)."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One procedure in somebody's hands. `role`: as what they hold it. The counts are of this procedure; those of the
    main one count also the orders of its case."""

    proceeding_id: int
    case_id: int
    number: str
    path: str
    organisation: str
    cause: str
    workflow: str
    title: str
    state: str
    role: str
    next_title: str
    next_due: date | None
    deadlines: int
    reminders: int
    orders: int


def held(session: Session, runtime: Runtime, actor: Actor, person_id: int, *, limit: int = 5000) -> list[Holding]:
    """All that lies with this person in the places where the actor is a supervisor, by the nearest day."""
    lawyer = exists().where(
        Assignment.proceeding_id == Proceeding.id, Assignment.person_id == person_id, Assignment.ended_at.is_(None)
    )
    query = (
        select(Proceeding, Case.number, Case.cause, Organisation.path, Organisation.name, lawyer.label("lawyer"))
        .join(Case, Case.id == Proceeding.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(Proceeding.ended_at.is_(None), supervised(actor), or_(_owned(person_id), lawyer))
        .order_by(Case.id, Proceeding.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    hanging = _hanging(session, _with_children(session, rows))
    orders = _orders(session, {row[0].case_id for row in rows})
    found = [_holding(runtime, hanging.get(row[0].id, ("", None, 0, 0)), orders, *row) for row in rows]
    return sorted(found, key=lambda one: (one.next_due or date.max, one.case_id, one.proceeding_id))


def supervised(actor: Actor) -> ColumnElement[bool]:
    """Cases (joined with their organisation) that the actor answers for as a supervisor."""
    return and_(
        or_(false(), *(Organisation.path.startswith(path) for path in actor.paths("supervisor"))), open_to(actor)
    )


def _owned(person_id: int) -> ColumnElement[bool]:
    """Theirs, or taken in by them and nobody's yet, or what goes on after their case was closed. What has no owner of
    its own in an open case goes with the case."""
    main = aliased(Proceeding)
    outlives = exists().where(
        main.case_id == Proceeding.case_id,
        main.workflow == "dispute",
        main.owner_id == person_id,
        main.ended_at.is_not(None),
    )
    ownerless = Proceeding.owner_id.is_(None)
    return or_(
        Proceeding.owner_id == person_id,
        and_(ownerless, Proceeding.workflow == "dispute", Case.registered_by_id == person_id),
        and_(ownerless, outlives),
    )


def _with_children(session: Session, rows: Sequence[Any]) -> Mapping[int, int]:
    """Procedure → the one on the list that it hangs on: itself, or the case's where it has no owner of its own."""
    listed = {row[0].id: row[0].id for row in rows}
    of_case = {row[0].case_id: row[0].id for row in rows if row[0].workflow == "dispute"}
    query = select(Proceeding.id, Proceeding.case_id).where(
        Proceeding.case_id.in_(of_case), Proceeding.ended_at.is_(None), Proceeding.owner_id.is_(None)
    )
    return {**{id: of_case[case_id] for id, case_id in session.execute(query)}, **listed}


def _hanging(session: Session, places: Mapping[int, int]) -> Mapping[int, tuple[str, date | None, int, int]]:
    """(title and day of the next deadline, how many run, how many reminders wait) by procedure."""
    waits = (
        select(func.count(Reminder.id))
        .where(Reminder.deadline_id == Deadline.id, WAITING)
        .correlate(Deadline)
        .scalar_subquery()
    )
    query: Select[Any] = (
        select(Deadline.proceeding_id, Deadline.title, Deadline.legal_due, waits)
        .where(Deadline.proceeding_id.in_(places), running())
        .order_by(Deadline.legal_due, Deadline.id)
    )
    found: dict[int, tuple[str, date | None, int, int]] = {}
    for id, title, due, count in session.execute(query):
        place = places[id]
        first, day, deadlines, reminders = found.get(place, (title, due, 0, 0))
        found[place] = (first, day, deadlines + 1, reminders + count)
    return found


def _orders(session: Session, case_ids: Collection[int]) -> Mapping[int, int]:
    """Open orders by case."""
    order = aliased(Proceeding)
    query = (
        select(order.case_id, func.count(order.id))
        .where(order.workflow == ORDER, order.ended_at.is_(None), order.case_id.in_(case_ids))
        .group_by(order.case_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _holding(
    runtime: Runtime,
    hanging: tuple[str, date | None, int, int],
    orders: Mapping[int, int],
    row: Proceeding,
    number: str,
    cause: str,
    path: str,
    organisation: str,
    lawyer: bool,
) -> Holding:
    state = state_of(runtime, row.workflow, row.version, row.state)
    machine = runtime.machines.get((row.workflow, row.version))
    return Holding(
        proceeding_id=row.id,
        case_id=row.case_id,
        number=number,
        path=path,
        organisation=organisation,
        cause=runtime.title("causes", cause),
        workflow=row.workflow,
        title=machine.definition.title if machine else row.workflow,
        state=state.title if state else row.state,
        role="lawyer" if lawyer else "mediator",
        next_title=hanging[0],
        next_due=hanging[1],
        deadlines=hanging[2],
        reminders=hanging[3],
        orders=orders.get(row.case_id, 0) if row.workflow == "dispute" else 0,
    )


def loads(session: Session, person_ids: Collection[int]) -> Mapping[int, int]:
    """How many open procedures each of these people answers for."""
    query = (
        select(Proceeding.owner_id, func.count(Proceeding.id))
        .where(Proceeding.owner_id.in_(person_ids), Proceeding.ended_at.is_(None))
        .group_by(Proceeding.owner_id)
    )
    found = {row[0]: row[1] for row in session.execute(query)}
    return {id: found.get(id, 0) for id in person_ids}


def givers(session: Session, actor: Actor) -> Sequence[int]:
    """Everybody with whom something lies in the actor's places, though their role may have ended."""
    query = (
        select(Proceeding.owner_id)
        .join(Case, Case.id == Proceeding.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(Proceeding.ended_at.is_(None), Proceeding.owner_id.is_not(None), supervised(actor))
        .distinct()
    )
    return [id for id in session.scalars(query) if id is not None]
