"""Which cases somebody sees, in the order of their urgency. Filtered, sorted and counted in the database."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from ..deadlines.models import Deadline
from ..engine.definition import State
from ..people.actor import Actor
from ..people.identity import clean_name
from ..people.models import Organisation, Person
from ..runtime import Runtime
from .access_models import CaseReader
from .change import STAFF
from .dues import Due, as_due, overdue
from .models import Case, Party, Proceeding
from .urgency import MANY, main, most_urgent, nearest

NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; None and "" narrow nothing.

    `whose`: mine (mine to work on, or registered by me and nobody's yet), nobody's, or all that I may see. Without
    `state` and `text` only live cases are listed.
    """

    whose: Literal["mine", "nobody", "all"] = "mine"
    state: str = ""
    organisation_id: int | None = None
    cause: str = ""
    gravity: str = ""
    text: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list. `acts_next` is a role's title; `due` its nearest running deadline."""

    id: int
    number: str
    organisation: str
    cause: str
    state: str
    final: bool
    acts_next: str
    owner: str | None
    workers: str
    employers: str
    workers_count: int
    gravity: str
    risk_level: str | None
    due: Due | None


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a list, and how many rows the whole list has (`more`: more than that)."""

    rows: tuple[CaseRow, ...]
    total: int
    more: bool = False

    @property
    def count(self) -> str:
        """As people read it."""
        return f"{self.total}+" if self.more else str(self.total)


def my_cases(
    session: Session, runtime: Runtime, actor: Actor, filters: Filters, *, offset: int = 0, limit: int = 20
) -> Page:
    """In the order of urgency (see there). What is sealed is opened for the rows of this page alone."""
    now = runtime.clock.now()
    ended = bool(filters.state or filters.text)
    wanted = _narrowed(actor, filters, now)
    if filters.text:
        wanted = wanted.where(_mentioned(session, filters.text))
    found = most_urgent(session, wanted, now, ended=ended, offset=offset, limit=limit)
    query = (
        select(Case, main, Organisation.name, Person.name, Deadline)
        .join(main, and_(main.case_id == Case.id, main.workflow == "dispute"))
        .join(Organisation, Organisation.id == Case.organisation_id)
        .outerjoin(Deadline, Deadline.id == nearest)
        .outerjoin(Person, Person.id == main.owner_id)
        .where(Case.id.in_(found.ids))
    )
    names = party_names(session, found.ids)
    rows = {row[0].id: _row(runtime, names, now, *row) for row in session.execute(query)}
    return Page(tuple(rows[id] for id in found.ids), found.total, found.more)


def visible(actor: Actor) -> ColumnElement[bool]:
    """Cases (joined with their organisation) that this person may see; the same rule as `access.roles_in`."""
    staff = [Organisation.path.startswith(path) for path in actor.paths(*STAFF)]
    aid = aliased(Proceeding)
    held = exists().where(
        aid.case_id == Case.id,
        aid.workflow == "legal_aid",
        aid.owner_id == actor.person_id,
        aid.ended_at.is_(None),
    )
    lawyer = [and_(Organisation.path.startswith(path), held) for path in actor.paths("lawyer")]
    return and_(or_(false(), *staff, *lawyer), open_to(actor))


def open_to(actor: Actor) -> ColumnElement[bool]:
    """Cases that are not restricted, or not for this person. A list or a line of a report asks for it besides its
    place; a figure counts restricted cases too."""
    return _open_to(actor.person_id)


def _open_to(person_id: int | None) -> ColumnElement[bool]:
    if person_id is None:
        return Case.restricted_at.is_(None)
    handled = aliased(Proceeding)
    mine = handled.owner_id == person_id
    return or_(
        Case.restricted_at.is_(None),
        exists().where(CaseReader.case_id == Case.id, CaseReader.person_id == person_id),
        exists().where(handled.case_id == Case.id, mine, handled.ended_at.is_(None)),
    )


CLOSED = "受限案件"
"""What a line shows in place of all that would tell which case it is."""


def closed_among(session: Session, person_id: int | None, case_ids: Iterable[int | None]) -> frozenset[int]:
    """Those of these cases that are restricted, and not for this person."""
    wanted = {id for id in case_ids if id is not None}
    if not wanted:
        return frozenset()
    return frozenset(session.scalars(select(Case.id).where(Case.id.in_(wanted), ~_open_to(person_id))))


def _narrowed(actor: Actor, filters: Filters, now: datetime) -> Select[Any]:
    query = (
        select(Case)
        .join(main, and_(main.case_id == Case.id, main.workflow == "dispute"))
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(visible(actor))
    )
    if filters.whose == "mine":
        query = query.where(_mine(actor))
    elif filters.whose == "nobody":
        query = query.where(func.coalesce(main.owner_id, 0) == 0, main.ended_at.is_(None))
    for column, value in ((main.state, filters.state), (Case.cause, filters.cause), (Case.gravity, filters.gravity)):
        if value:
            query = query.where(column == value)
    if filters.organisation_id is not None:
        above = aliased(Organisation)
        path = select(above.path).where(above.id == filters.organisation_id).scalar_subquery()
        query = query.where(Organisation.path.startswith(path))
    if filters.overdue:
        late = aliased(Deadline)
        query = query.where(exists().where(late.case_id == Case.id, overdue(now, late)))
    return query


def _mine(actor: Actor) -> ColumnElement[bool]:
    """By the indexes of owners and registrars: a person's cases are few, however many the house has."""
    any_of_mine, registered = aliased(Proceeding), aliased(Case)
    owned = select(any_of_mine.case_id).where(any_of_mine.owner_id == actor.person_id)
    by_me = select(registered.id).where(registered.registered_by_id == actor.person_id)
    return or_(Case.id.in_(owned), and_(main.owner_id.is_(None), Case.id.in_(by_me)))


def _mentioned(session: Session, text: str) -> ColumnElement[bool]:
    """In the number, or in the name of a party, as typed or in the clean spelling. Few are looked up once."""
    words = {text.strip(), clean_name(text)} - {""}
    named = or_(false(), *(Party.name.contains(word, autoescape=True) for word in words))
    numbered = or_(false(), *(_other.number.contains(word, autoescape=True) for word in words))
    by_name, by_number = select(Party.case_id).where(named), select(_other.id).where(numbered)
    found = union(by_name, by_number)
    few = list(session.scalars(select(found.subquery()).limit(MANY + 1)))
    return Case.id.in_(few if len(few) <= MANY else found)


_other = aliased(Case)


def _row(
    runtime: Runtime,
    names: Mapping[tuple[int, str], Sequence[str]],
    now: datetime,
    file: Case,
    proceeding: Proceeding,
    organisation: str,
    owner: str | None,
    deadline: Deadline | None,
) -> CaseRow:
    state = state_of(runtime, proceeding.workflow, proceeding.version, proceeding.state)
    return CaseRow(
        id=file.id,
        number=file.number,
        organisation=organisation,
        cause=runtime.title("causes", file.cause),
        state=state.title if state else proceeding.state,
        final=proceeding.ended_at is not None,
        acts_next=runtime.title("roles", state.acts_next) if state else "",
        owner=owner,
        workers=listed_names(names.get((file.id, "worker"), ()), file.workers_count),
        employers=listed_names(names.get((file.id, "employer"), ()), 0),
        workers_count=file.workers_count,
        gravity=file.gravity,
        risk_level=file.risk_level,
        due=as_due(deadline, now) if deadline else None,
    )


def state_of(runtime: Runtime, workflow: str, version: int, state: str) -> State | None:
    """The state in its definition; None where an old version or state is no longer known."""
    machine = runtime.machines.get((workflow, version))
    return machine.definition.states.get(state) if machine else None


def listed_names(names: Sequence[str], count: int) -> str:
    """张三、李四等12人; a side with more names than are shown says so."""
    shown = "、".join(names[:NAMES_SHOWN])
    if count > len(names[:NAMES_SHOWN]):
        return f"{shown}等{count}人" if shown else f"{count}人"
    return shown + ("等" if len(names) > NAMES_SHOWN else "")


def party_names(session: Session, case_ids: Collection[int]) -> Mapping[tuple[int, str], Sequence[str]]:
    """(case, side) → the first few names; one statement, however large the groups are."""
    place = func.row_number().over(partition_by=(Party.case_id, Party.side), order_by=Party.id).label("place")
    ranked = (
        select(Party.case_id, Party.side, Party.name, place)
        .where(Party.case_id.in_(case_ids), Party.left_on.is_(None), Party.represents_id.is_(None))
        .where(Party.role != "elected_representative")
        .subquery()
    )
    query = select(ranked).where(ranked.c.place <= NAMES_SHOWN + 1).order_by(ranked.c.case_id, ranked.c.place)
    names: dict[tuple[int, str], list[str]] = {}
    for row in session.execute(query):
        names.setdefault((row.case_id, row.side), []).append(row.name)
    return names


def places_of(session: Session, actor: Actor, *roles: str) -> tuple[tuple[int, str], ...]:
    """(id, name) of the organisations where the actor holds one of these roles (any, if none is named)."""
    paths = actor.paths(*roles)
    query = select(Organisation.id, Organisation.name).order_by(Organisation.path)
    rows = session.execute(query.where(or_(false(), *(Organisation.path.startswith(path) for path in paths))))
    return tuple((row.id, row.name) for row in rows)
