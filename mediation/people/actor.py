"""Who is acting, and which roles they have where. Deny by default: no grant, no role."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from .models import Membership, Organisation, Person


@dataclass(frozen=True, slots=True)
class Grant:
    """One role at one organisation and everything below it (`path` is the organisation's path)."""

    role: str
    organisation_id: int
    path: str


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a case file (`kind` file: the file itself; `what` says which paper, file or field, and `why`)."""

    case_id: int
    kind: str
    what: str
    roles: frozenset[str]
    why: str | None = None


class Looks:
    """What somebody has looked at in one request. The edge writes it down before the answer leaves."""

    def __init__(self) -> None:
        self.cases: dict[int, frozenset[str]] = {}
        self.things: list[Look] = []

    def note(self, case_id: int, roles: Iterable[str]) -> None:
        """The file of this case was opened in these roles."""
        self.cases[case_id] = self.cases.get(case_id, frozenset()) | frozenset(roles)

    def note_thing(self, case_id: int, kind: str, what: str, why: str | None = None) -> None:
        """A paper, an evidence file, a masked field or an export of a case that was opened before."""
        self.things.append(Look(case_id, kind, what, self.cases.get(case_id, frozenset()), why))


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with their grants of today, or the clock (person_id None)."""

    person_id: int | None
    name: str
    grants: tuple[Grant, ...]
    looks: Looks = field(default_factory=Looks, compare=False, repr=False)

    def roles_at(self, path: str) -> frozenset[str]:
        """The roles held at the organisation with this path, through any organisation above it."""
        return frozenset(g.role for g in self.grants if path.startswith(g.path))

    def paths(self, *roles: str) -> tuple[str, ...]:
        """The subtrees in which the actor holds one of these roles (any role if none is named)."""
        return tuple(sorted({g.path for g in self.grants if not roles or g.role in roles}))

    def has(self, *roles: str) -> bool:
        return any(g.role in roles for g in self.grants)


CLOCK = Actor(None, "系统时钟", (Grant("clock", 0, "/"),))
"""Fires what time makes happen. Holds no other role anywhere."""


def load_actor(session: Session, person_id: int, today: date) -> Actor:
    """The person with the memberships that hold today."""
    rows = session.execute(
        select(Membership.role, Membership.organisation_id, Organisation.path)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.person_id == person_id,
            Membership.from_on <= today,
            or_(Membership.until_on.is_(None), Membership.until_on >= today),
        )
        .order_by(Membership.id)
    ).all()
    name = session.scalars(select(Person.name).where(Person.id == person_id)).one()
    return Actor(person_id, name, tuple(Grant(r, o, p) for r, o, p in rows))
