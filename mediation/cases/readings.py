"""查阅记录: who has looked at which case file, when, in which role, and why; and the answer to a worker who asks.

`access.seen` notes every look with the actor; the edge writes them down before the answer leaves. A look that cannot
be written down is an answer that is not given.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, bindparam, func, insert, select
from sqlalchemy.orm import Session

from ..clock import SHANGHAI
from ..db import Database, connection_of
from ..people.actor import Actor, Look, Looks
from ..people.models import Membership, Organisation, Person
from ..prepared import Prepared
from .access import EMERGENCY
from .access_models import EmergencyAccess, Reading

KINDS: Mapping[str, str] = {
    "file": "查看案卷",
    "paper": "下载文书",
    "evidence": "打开证据",
    "field": "查看完整号码",
    "export": "导出",
    "progress": "凭编码查进展",
}
NOBODY = "持回执编码的人（没有账号）"
LONGEST_WHAT = 300
EXPORTS = (".xlsx", ".zip", ".pdf", ".csv", ".json", ".docx")
"""How the address of a page ends that hands out a file."""

_COLUMNS = ("at", "person_id", "case_id", "kind", "what", "roles", "why")
_INSERT = Prepared(insert(Reading).values({name: bindparam(name) for name in _COLUMNS}))


def write_looks(database: Database, actor: Actor, page: str, at: datetime) -> None:
    """Everything that this actor has looked at in this request, in one short transaction; nothing costs nothing."""
    if not actor.looks.cases or actor.person_id is None:
        return
    with database.write() as session:
        looks = [_explained(session, look, actor.person_id, at) for look in looks_of(actor.looks, page)]
        note_looks(session, actor.person_id, looks, at)


def _explained(session: Session, look: Look, person_id: int, at: datetime) -> Look:
    """A look in an emergency says the reason that was given for it."""
    if EMERGENCY not in look.roles or look.why is not None:
        return look
    mine = (EmergencyAccess.case_id == look.case_id, EmergencyAccess.person_id == person_id)
    reason = select(EmergencyAccess.reason).where(*mine, EmergencyAccess.ends_at > at)
    return replace(look, why=session.scalar(reason.order_by(EmergencyAccess.id.desc()).limit(1)))


def looks_of(looks: Looks, page: str) -> list[Look]:
    """The papers, files and fields that were named; of cases without any, the page itself."""
    named = {look.case_id for look in looks.things}
    kind = "export" if page.endswith(EXPORTS) else "file"
    files = [Look(case, kind, page, roles) for case, roles in looks.cases.items() if case not in named]
    return [*files, *looks.things]


def note_looks(session: Session, person_id: int | None, looks: Iterable[Look], at: datetime) -> None:
    """For a use case with a writing session of its own: an export, a field that was revealed."""
    rows = [
        {
            "at": at,
            "person_id": person_id,
            "case_id": look.case_id,
            "kind": look.kind,
            "what": look.what[:LONGEST_WHAT],
            "roles": ",".join(sorted(look.roles))[:100],
            "why": look.why,
        }
        for look in looks
    ]
    _INSERT.run_many(connection_of(session), rows)


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One look, in words. `times` and `last_at`: where looks of one day, person and kind are told together."""

    at: datetime
    person_id: int | None
    name: str
    places: str
    roles: tuple[str, ...]
    kind: str
    what: str
    why: str | None
    times: int = 1
    last_at: datetime | None = None

    @property
    def emergency(self) -> bool:
        return EMERGENCY in self.roles


@dataclass(frozen=True, slots=True)
class Readings:
    rows: tuple[ReadingRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of looks is narrowed to; both days included."""

    kind: str = ""
    person_id: int | None = None
    from_on: date | None = None
    to_on: date | None = None


def readings(session: Session, case_id: int, asked: Asked, *, offset: int = 0, limit: int = 50) -> Readings:
    """Who looked at this case, the latest first. The caller has asked `access.seen` for a supervisor."""
    wanted = _narrowed(case_id, asked)
    total = session.scalar(wanted.with_only_columns(func.count(Reading.id))) or 0
    query = wanted.outerjoin(Person, Person.id == Reading.person_id).with_only_columns(Reading, Person.name)
    found = session.execute(query.order_by(Reading.at.desc(), Reading.id.desc()).offset(offset).limit(limit)).all()
    places = _places(session, {row.person_id for row, _ in found})
    rows = (
        ReadingRow(
            r.at, r.person_id, name or NOBODY, places.get(r.person_id, ""), _split(r.roles), r.kind, r.what, r.why
        )
        for r, name in found
    )
    return Readings(tuple(rows), total)


def readers(session: Session, case_id: int, asked: Asked) -> Sequence[ReadingRow]:
    """The answer for whoever asks who looked: one line for each person and kind, with the first and the last time."""
    query = (
        _narrowed(case_id, asked)
        .outerjoin(Person, Person.id == Reading.person_id)
        .with_only_columns(
            Reading.person_id,
            Person.name,
            Reading.roles,
            Reading.kind,
            func.min(Reading.at, type_=Reading.at.type).label("first"),
            func.max(Reading.at, type_=Reading.at.type).label("last"),
            func.count(Reading.id).label("times"),
        )
        .group_by(Reading.person_id, Person.name, Reading.roles, Reading.kind)
        .order_by(func.min(Reading.at), Reading.person_id)
    )
    found = session.execute(query).all()
    places = _places(session, {row.person_id for row in found})
    return tuple(
        ReadingRow(
            *(
                row.first,
                row.person_id,
                row.name or NOBODY,
                places.get(row.person_id, ""),
                _split(row.roles),
                row.kind,
                "",
            ),
            *(None, row.times, row.last),
        )
        for row in found
    )


def _narrowed(case_id: int, asked: Asked) -> Select[Reading]:
    query = select(Reading).where(Reading.case_id == case_id)
    if asked.kind:
        query = query.where(Reading.kind == asked.kind)
    if asked.person_id is not None:
        query = query.where(Reading.person_id == asked.person_id)
    if asked.from_on is not None:
        query = query.where(Reading.at >= datetime.combine(asked.from_on, time(), SHANGHAI))
    if asked.to_on is not None:
        query = query.where(Reading.at < datetime.combine(asked.to_on + timedelta(days=1), time(), SHANGHAI))
    return query


def _split(roles: str) -> tuple[str, ...]:
    return tuple(roles.split(",")) if roles else ()


def _places(session: Session, people: Iterable[int | None]) -> Mapping[int | None, str]:
    """Where these people have or had a role, the latest first."""
    query = (
        select(Membership.person_id, Organisation.name)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id.in_([person for person in people if person is not None]))
        .order_by(Membership.from_on.desc(), Membership.id.desc())
    )
    found: dict[int, dict[str, None]] = {}
    for person_id, name in session.execute(query):
        found.setdefault(person_id, {})[name] = None
    return {person_id: "、".join(names) for person_id, names in found.items()}
