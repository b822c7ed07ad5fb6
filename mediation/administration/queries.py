"""Reading what administrators look after: the tree, the bodies outside, colleagues with their roles and accounts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from ..cases.models import Case, Proceeding
from ..errors import NotFound
from ..people.actor import Actor
from ..people.models import Account, Membership, Organisation, OutsideBody, Person, Placement
from .door import NOBODY, UNKNOWN, administering, check_person, within_reach


@dataclass(frozen=True, slots=True)
class BodyRow:
    """One body of the tree. `depth` from the topmost that the reader administers; `people` serve there today."""

    id: int
    parent_id: int | None
    name: str
    short_name: str
    level: str
    depth: int
    people: int
    open_cases: int
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class PastRow:
    """Where a body stood until a day. `above`: the name of the body above it, as it is called now."""

    above: str
    name: str
    from_on: date | None
    until_on: date


@dataclass(frozen=True, slots=True)
class RoleRow:
    id: int
    organisation: str
    role: str
    from_on: date
    until_on: date | None
    live: bool
    reachable: bool


@dataclass(frozen=True, slots=True)
class AccountRow:
    id: int
    login: str
    active: bool
    locked_until: datetime | None
    second_factor: bool


@dataclass(frozen=True, slots=True)
class Colleague:
    """One person; `roles` are those that run today, or will."""

    id: int
    name: str
    phone: str | None
    email: str | None
    languages: tuple[str, ...]
    roles: tuple[RoleRow, ...]
    accounts: tuple[AccountRow, ...]


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list of people is narrowed to. `state`: serving, former, or all."""

    text: str = ""
    role: str = ""
    organisation_id: int | None = None
    state: str = "serving"


def tree(session: Session, actor: Actor, today: date) -> Sequence[BodyRow]:
    """All bodies within reach, each after the one it stands below."""
    administering(actor)
    live = (Membership.from_on <= today, or_(Membership.until_on.is_(None), Membership.until_on >= today))
    people = select(func.count(func.distinct(Membership.person_id))).where(
        Membership.organisation_id == Organisation.id, *live
    )
    cases = (
        select(func.count(func.distinct(Case.id)))
        .join(Proceeding, Proceeding.case_id == Case.id)
        .where(Case.organisation_id == Organisation.id, Proceeding.ended_at.is_(None))
    )
    columns = (people.correlate(Organisation).scalar_subquery(), cases.correlate(Organisation).scalar_subquery())
    query = select(Organisation, *columns).where(within_reach(actor))
    found = session.execute(query).all()
    return _in_order([_body(row, people, cases) for row, people, cases in found])


def _body(row: Organisation, people: int, cases: int) -> BodyRow:
    return BodyRow(row.id, row.parent_id, row.name, row.short_name, row.level, 0, people, cases, row.closed_on)


def _in_order(rows: Sequence[BodyRow]) -> Sequence[BodyRow]:
    """Depth first, siblings by name; a path alone would sort 10 before 9."""
    below: dict[int | None, list[BodyRow]] = {}
    ids = {row.id for row in rows}
    for row in sorted(rows, key=lambda row: (row.closed_on is not None, row.name)):
        below.setdefault(row.parent_id if row.parent_id in ids else None, []).append(row)
    found: list[BodyRow] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in below.get(parent, ()):
            found.append(replace(row, depth=depth))
            walk(row.id, depth + 1)

    walk(None, 0)
    return found


def one_body(session: Session, actor: Actor, organisation_id: int) -> Organisation:
    administering(actor)
    query = select(Organisation).where(Organisation.id == organisation_id, within_reach(actor))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def past_of(session: Session, organisation_id: int) -> Sequence[PastRow]:
    """The latest first."""
    query = select(Placement).where(Placement.organisation_id == organisation_id).order_by(Placement.until_on.desc())
    rows = session.scalars(query).all()
    names: Mapping[int, str] = dict(session.execute(select(Organisation.id, Organisation.name)).all())
    return [PastRow(names.get(_parent(row.path), "—"), row.name, row.from_on, row.until_on) for row in rows]


def _parent(path: str) -> int:
    parts = path.strip("/").split("/")
    return int(parts[-2]) if len(parts) > 1 else 0


def outside_of(session: Session, path: str) -> Sequence[tuple[OutsideBody, str]]:
    """The outside bodies known at this path: its own and those of the bodies above, with whose they are."""
    chain = [path[: i + 1] for i, letter in enumerate(path) if letter == "/" and i]
    query = (
        select(OutsideBody, Organisation.name)
        .join(Organisation, Organisation.id == OutsideBody.organisation_id)
        .where(Organisation.path.in_(chain))
        .order_by(OutsideBody.closed_on.is_not(None), OutsideBody.kind, OutsideBody.name)
    )
    return [(body, name) for body, name in session.execute(query)]


def people(
    session: Session, actor: Actor, sought: Sought, today: date, *, offset: int = 0, limit: int = 50
) -> tuple[Sequence[Colleague], int]:
    """Colleagues who serve or served within reach, by name; one page and how many there are."""
    administering(actor)
    wanted = _sought(actor, sought, today)
    total = session.scalar(wanted.with_only_columns(func.count(Person.id))) or 0
    page = wanted.order_by(Person.name, Person.id).offset(offset).limit(limit)
    return _with_roles(session, actor, session.scalars(page).all(), today, sought.state == "serving"), total


def _sought(actor: Actor, sought: Sought, today: date) -> Select[Any]:
    serving = and_(Membership.from_on <= today, or_(Membership.until_on.is_(None), Membership.until_on >= today))
    at = [Membership.person_id == Person.id, Organisation.id == Membership.organisation_id, within_reach(actor)]
    if sought.role:
        at.append(Membership.role == sought.role)
    if sought.organisation_id is not None:
        at.append(Organisation.id == sought.organisation_id)
    query = select(Person).where(exists().where(*at, *([serving] if sought.state == "serving" else [])))
    if sought.state == "former":
        query = query.where(~exists().where(Membership.person_id == Person.id, serving))
    if words := sought.text.strip():
        login = exists().where(Account.person_id == Person.id, Account.login.contains(words.lower(), autoescape=True))
        query = query.where(or_(Person.name.contains(words, autoescape=True), login))
    return query


def colleague(session: Session, actor: Actor, person_id: int, today: date) -> Colleague:
    """One person with all roles, past ones too; NotFound out of reach."""
    check_person(session, actor, person_id)
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(NOBODY)
    return _with_roles(session, actor, [person], today, False)[0]


def _with_roles(
    session: Session, actor: Actor, found: Collection[Person], today: date, serving_only: bool
) -> Sequence[Colleague]:
    ids = [person.id for person in found]
    query = (
        select(Membership, Organisation.name, Organisation.path)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id.in_(ids))
        .order_by(Membership.until_on.is_not(None), Membership.from_on.desc(), Membership.id)
    )
    roles: dict[int, list[RoleRow]] = {}
    for m, name, path in session.execute(query):
        live = m.from_on <= today and (m.until_on is None or m.until_on >= today)
        if live or not serving_only:
            reachable = "administrator" in actor.roles_at(path)
            roles.setdefault(m.person_id, []).append(
                RoleRow(m.id, name, m.role, m.from_on, m.until_on, live, reachable)
            )
    accounts: dict[int, list[AccountRow]] = {}
    for a in session.scalars(select(Account).where(Account.person_id.in_(ids)).order_by(Account.id)):
        accounts.setdefault(a.person_id, []).append(
            AccountRow(a.id, a.login, a.active, a.locked_until, a.factor_since is not None)
        )
    return [
        Colleague(
            p.id,
            p.name,
            p.phone,
            p.email,
            tuple(p.languages),
            tuple(roles.get(p.id, ())),
            tuple(accounts.get(p.id, ())),
        )
        for p in found
    ]
