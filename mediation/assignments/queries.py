"""Reading the lawyers' queue. Before a claim nobody's name is shown: what is told must not tell who it is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, false, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from ..cases.dues import Due, as_due
from ..cases.facts import total
from ..cases.models import Case, Demand, Party, Proceeding
from ..cases.queries import open_to
from ..deadlines.models import Deadline
from ..people.actor import Actor
from ..people.models import Organisation, Person
from .models import Assignment

WORKFLOW, WAITING = "legal_aid", "waiting"
BANDS: Sequence[tuple[int, str]] = (
    (0, "未写明金额"),
    (1_000_000, "1万元以下"),
    (5_000_000, "1万至5万元"),
    (20_000_000, "5万至20万元"),
)
"""Upper ends in fen. A band tells how big a case is without telling whose it is."""
ABOVE = "20万元以上"
HIDDEN = "（姓名略）"


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """One case in the queue, without names. `hours` is what the mediator expects, `sum_band` what is claimed; `urgent`:
    it cannot wait (LAL 44: a limitation that is about to end, and the like)."""

    proceeding_id: int
    cause: str
    street: str
    matter: str
    since: datetime
    hours: int | None
    sum_band: str
    urgent: bool
    needs: tuple[str, ...] = ()
    """What the workers need (codes/party_needs): who it is, it does not tell."""


@dataclass(frozen=True, slots=True)
class HeldCase:
    """One case that a lawyer works on, with its nearest deadline."""

    proceeding_id: int
    case_id: int
    number: str
    cause: str
    state: str
    version: int
    revision: int
    matter: str
    workers: str
    claimed_at: datetime
    due: Due | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who works on a proceeding since when."""

    person_id: int
    name: str
    since: datetime


def in_places(actor: Actor) -> ColumnElement[bool]:
    """The organisations where the actor is a lawyer."""
    return or_(false(), *(Organisation.path.startswith(path) for path in actor.paths("lawyer")))


URGENT = func.coalesce(Proceeding.answers["aid_urgent_ground"].as_string(), "none") != "none"
"""What cannot wait, as told when the aid was asked for."""


def queue(actor: Actor, *columns: Any) -> Select[Any]:
    """The waiting proceedings of the lawyer's places: what cannot wait, then the longest waiting."""
    return (
        select(*columns)
        .select_from(Proceeding)
        .join(Case, Case.id == Proceeding.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(
            Proceeding.workflow == WORKFLOW,
            Proceeding.ended_at.is_(None),
            Proceeding.state == WAITING,
            in_places(actor),
            open_to(actor),
        )
        .order_by(case((URGENT, 0), else_=1), Proceeding.state_since, Proceeding.id)
    )


def waiting(session: Session, actor: Actor, *, offset: int = 0, limit: int = 20) -> Sequence[WaitingCase]:
    """One page of the queue."""
    return _shown(session, queue(actor, *_COLUMNS).offset(offset).limit(limit))


def count_waiting(session: Session, actor: Actor) -> int:
    """How many cases wait in the lawyer's places."""
    return session.scalar(queue(actor, func.count(Proceeding.id)).order_by(None)) or 0


def others_waiting(session: Session, actor: Actor, proceeding_id: int, limit: int = 2) -> Sequence[WaitingCase]:
    """Instead of a case that was lost: those about the same cause first, then the longest waiting."""
    lost = select(Case.cause).join(Proceeding, Proceeding.case_id == Case.id).where(Proceeding.id == proceeding_id)
    alike = case((Case.cause == lost.scalar_subquery(), 0), else_=1)
    query = queue(actor, *_COLUMNS).order_by(None).order_by(alike, Proceeding.state_since, Proceeding.id)
    return _shown(session, query.where(Proceeding.id != proceeding_id).limit(limit))


_COLUMNS = (
    Proceeding.id,
    Proceeding.case_id,
    Proceeding.answers,
    Proceeding.state_since,
    Case.cause,
    Organisation.name.label("street"),
    select(total(Demand.amount))
    .where(Demand.case_id == Case.id, Demand.withdrawn_on.is_(None))
    .correlate(Case)
    .scalar_subquery()
    .label("claimed"),
)


def _shown(session: Session, query: Select[Any]) -> Sequence[WaitingCase]:
    rows = session.execute(query).all()
    names = _names(session, {row.case_id for row in rows})
    needs = _needs(session, {row.case_id for row in rows})
    return [
        WaitingCase(
            row.id,
            row.cause,
            row.street,
            _without(names.get(row.case_id, ()), str(row.answers.get("aid_matter") or "")),
            row.state_since,
            row.answers.get("aid_hours"),
            _band(row.claimed),
            row.answers.get("aid_urgent_ground", "none") != "none",
            tuple(needs.get(row.case_id, ())),
        )
        for row in rows
    ]


def _needs(session: Session, case_ids: Collection[int]) -> Mapping[int, Sequence[str]]:
    """What the live workers of each case need, each code once."""
    query = select(Party.case_id, Party.needs).where(
        Party.case_id.in_(case_ids), Party.side == "worker", Party.left_on.is_(None)
    )
    found: dict[int, dict[str, None]] = {}
    for case_id, needs in session.execute(query.order_by(Party.id)):
        found.setdefault(case_id, {}).update(dict.fromkeys(needs))
    return {case_id: list(codes) for case_id, codes in found.items()}


def _names(session: Session, case_ids: Collection[int], *sides: str) -> Mapping[int, Sequence[str]]:
    """The names of the parties by case."""
    query = select(Party.case_id, Party.name).where(Party.case_id.in_(case_ids)).order_by(Party.id)
    if sides:
        query = query.where(Party.side.in_(sides), Party.left_on.is_(None), Party.represents_id.is_(None))
    found: dict[int, list[str]] = {}
    for case_id, name in session.execute(query):
        found.setdefault(case_id, []).append(name)
    return found


def _without(names: Collection[str], text: str) -> str:
    """The form asks not to write names; where somebody did all the same, they are taken out."""
    for name in sorted((n for n in names if len(n) > 1), key=len, reverse=True):
        text = text.replace(name, HIDDEN)
    return text


def _band(claimed: int) -> str:
    return next((title for upper, title in BANDS if claimed <= upper), ABOVE)


def holder_of(session: Session, proceeding_id: int) -> Holder | None:
    """The lawyer who works on this proceeding now."""
    query = (
        select(Person.id, Person.name, Assignment.began_at)
        .join(Assignment, Assignment.person_id == Person.id)
        .where(Assignment.proceeding_id == proceeding_id, Assignment.role == "lawyer", Assignment.ended_at.is_(None))
    )
    row = session.execute(query).first()
    return Holder(row.id, row.name, row.began_at) if row else None


def held_by(session: Session, person_id: int, now: datetime) -> Sequence[HeldCase]:
    """What this lawyer works on, the nearest deadline first."""
    query = (
        select(Proceeding, Case.number, Case.cause, Assignment.began_at)
        .join(Case, Case.id == Proceeding.case_id)
        .join(Assignment, Assignment.proceeding_id == Proceeding.id)
        .where(Assignment.person_id == person_id, Assignment.role == "lawyer", Assignment.ended_at.is_(None))
    )
    rows = session.execute(query).all()
    due = _nearest(session, [row.Proceeding.id for row in rows], now)
    workers = _names(session, {row.Proceeding.case_id for row in rows}, "worker")
    held = [_held(row, due.get(row.Proceeding.id), workers.get(row.Proceeding.case_id, ())) for row in rows]
    return sorted(held, key=lambda h: (h.due.due_on if h.due else date.max, h.claimed_at, h.proceeding_id))


def _nearest(session: Session, proceeding_ids: Collection[int], now: datetime) -> Mapping[int, Due]:
    query = select(Deadline).where(Deadline.proceeding_id.in_(proceeding_ids), Deadline.closed_at.is_(None))
    latest_first = session.scalars(query.order_by(Deadline.legal_due.desc(), Deadline.id))
    return {deadline.proceeding_id: as_due(deadline, now) for deadline in latest_first}


def _held(row: Any, due: Due | None, workers: Sequence[str]) -> HeldCase:
    proceeding: Proceeding = row.Proceeding
    return HeldCase(
        proceeding_id=proceeding.id,
        case_id=proceeding.case_id,
        number=row.number,
        cause=row.cause,
        state=proceeding.state,
        version=proceeding.version,
        revision=proceeding.revision,
        matter=str(proceeding.answers.get("aid_matter") or ""),
        workers="、".join(workers[:3]) + (f"等{len(workers)}人" if len(workers) > 3 else ""),
        claimed_at=row.began_at,
        due=due,
    )
