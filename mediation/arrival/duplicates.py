"""重复登记: an open case of the same worker against the same employer, found before a second one is made."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from ..cases.models import Case, Party
from ..cases.queries import state_of, visible
from ..cases.urgency import LIVE, main
from ..errors import BadInput
from ..people.actor import Actor
from ..people.identity import clean_name, id_number, phone, uscc
from ..people.models import Employer, Organisation, Person
from ..runtime import Runtime
from ..sealing.blind import same

AT_MOST = 5
"""So many cases are told; whoever sees five will look into one of them."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known so far of one side, as typed: half-typed numbers are allowed, and find nothing."""

    name: str = ""
    phone: str = ""
    id_kind: str = ""
    id_number: str = ""
    uscc: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """An open case that the reader may see. `mediator` None: nobody has been named yet."""

    case_id: int
    number: str
    received_on: date
    state: str
    mediator: str | None
    organisation: str


@dataclass(frozen=True, slots=True)
class Office:
    """A body that handles such a case which the reader may not see: whom to phone, and nothing of the case."""

    name: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class Alike:
    """What was found. Cases are the reader's to open; of other bodies only the telephone is told."""

    cases: tuple[Known, ...] = ()
    offices: tuple[Office, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.cases or self.offices)


def find_alike(
    session: Session, runtime: Runtime, actor: Actor, workers: Sequence[Told], employers: Sequence[Told]
) -> Alike:
    """Open cases in which one of these workers stands against one of these employers, the newest first.

    Restricted cases are told to nobody who may not open them, not even that they are there.
    """
    people = [same_person for one in workers if (same_person := _worker(session, one)) is not None]
    firms = [same_firm for one in employers if (same_firm := _employer(one)) is not None]
    if not people or not firms:
        return Alike()
    query = _open_cases(actor).where(_stands("worker", people), _stands("employer", firms))
    rows = session.execute(query.order_by(Case.received_on.desc(), Case.id.desc()).limit(50)).all()
    known = (_known(runtime, row) for row in rows if row.mine)
    offices = dict.fromkeys(
        Office(row.organisation, row.phone) for row in rows if not row.mine and row.restricted_at is None
    )
    return Alike(tuple(known)[:AT_MOST], tuple(offices)[:AT_MOST])


def _open_cases(actor: Actor) -> Any:
    return (
        select(
            Case.id,
            Case.number,
            Case.received_on,
            Case.restricted_at,
            main.workflow,
            main.version,
            main.state,
            Person.name.label("mediator"),
            Organisation.name.label("organisation"),
            Organisation.phone,
            visible(actor).label("mine"),
        )
        .join(main, and_(main.case_id == Case.id, main.workflow == "dispute"))
        .join(Organisation, Organisation.id == Case.organisation_id)
        .outerjoin(Person, Person.id == main.owner_id)
        .where(LIVE, Case.merged_into_id.is_(None))
    )


def _known(runtime: Runtime, row: Any) -> Known:
    state = state_of(runtime, row.workflow, row.version, row.state)
    title = state.title if state else row.state
    return Known(row.id, row.number, row.received_on, title, row.mediator, row.organisation)


def _stands(side: str, ways: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Whether a party of this side, who has not left, is one of those that are looked for.

    Asked by shared record, never by the party's own name: those columns have an index.
    """
    found = select(Party.case_id).where(
        Party.side == side, Party.left_on.is_(None), Party.represents_id.is_(None), or_(*ways)
    )
    return Case.id.in_(found)


def _worker(session: Session, told: Told) -> ColumnElement[bool] | None:
    """The same telephone or document, or the same name. None: too little has been typed."""
    people: list[ColumnElement[bool]] = []
    ways: list[ColumnElement[bool]] = []
    kind = told.id_kind or "resident_id"
    if name := clean_name(told.name):
        people.append(Person.name == name)
    if number := _understood(phone, told.phone):
        people.append(same(session, Person, "phone", [number]))
        ways.append(same(session, Party, "phone", [number]))
    if number := _understood(partial(id_number, kind), told.id_number):
        people.append(and_(Person.id_kind == kind, same(session, Person, "id_number", [number])))
    if people:
        ways.append(Party.person_id.in_(select(Person.id).where(or_(*people))))
    return or_(*ways) if ways else None


def _employer(told: Told) -> ColumnElement[bool] | None:
    """The same credit code, or the same name in the spelling that the register keeps."""
    firms: list[ColumnElement[bool]] = []
    ways: list[ColumnElement[bool]] = []
    if name := clean_name(told.name):
        firms.append(Employer.name == name)
        ways.append(Party.person_id.in_(select(Person.id).where(Person.name == name)))
    if code := _understood(uscc, told.uscc):
        firms.append(Employer.uscc == code)
    if firms:
        ways.append(Party.employer_id.in_(select(Employer.id).where(or_(*firms))))
    return or_(*ways) if ways else None


def _understood(read: Callable[[str], str], text: str) -> str:
    """The clean number; "" while it is not (yet) one."""
    try:
        return read(text) if text.strip() else ""
    except BadInput:
        return ""
