"""花名册: the workers of a case with each one's sums, as at a day, one page at a time; the sums tie to the case's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from ..cases.facts import PRINCIPAL, total
from ..cases.models import Demand, Party, Subgroup
from ..clock import SHANGHAI
from ..people.masking import masked_phone
from ..recovery.models import Agreement, Award, Promise, Receipt
from ..recovery.owed import AGREED, BINDING, COUNTED, IN_FORCE, paid_on_promise
from .models import SubgroupMember

STANDINGS = {
    "open": "仍在处理",
    "awarded": "已有裁判",
    "agreed": "已有协议，尚未付清",
    "paid": "已付清",
    "left": "已退出",
}
"""How one worker stands, from the sums and the days alone."""


@dataclass(frozen=True, slots=True)
class Member:
    """One worker. Sums in fen; `covered`: something binding promises this worker something."""

    party_id: int
    name: str
    phone: str | None
    """Masked, as in every list."""
    subgroup_id: int | None
    subgroup: str | None
    joined_on: date | None
    left_on: date | None
    consent: str | None
    claimed: int
    agreed: int
    awarded: int
    received: int
    covered: bool
    standing: str


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over everybody who was asked for, not only over the page."""

    people: int
    claimed: int
    agreed: int
    awarded: int
    received: int
    uncovered: int
    """Present workers whom no agreement in force covers."""


@dataclass(frozen=True, slots=True)
class RosterPage:
    members: Sequence[Member]
    sums: Sums


def _sum(column: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(total(column)).where(*conditions).correlate(Party).scalar_subquery()


_PROMISED = (Promise.party_id == Party.id, Agreement.id == Promise.agreement_id)
_CLAIMED = _sum(Demand.amount, Demand.party_id == Party.id, Demand.withdrawn_on.is_(None))
_AGREED = _sum(Promise.amount, *_PROMISED, *IN_FORCE, Agreement.kind.in_(AGREED))
_AWARDED = _sum(Award.amount, Award.party_id == Party.id, Award.superseded_at.is_(None))
_RECEIVED = _sum(Receipt.amount, Receipt.party_id == Party.id, Receipt.kind.in_(COUNTED))
_COVERED = exists().where(*_PROMISED, *IN_FORCE).correlate(Party)
_OWED = (
    exists()
    .where(
        *_PROMISED,
        *BINDING,
        or_(Promise.amount > paid_on_promise(), and_(Promise.amount.is_(None), Promise.done_on.is_(None))),
    )
    .correlate(Party)
)


def _joined(as_of: date) -> ColumnElement[bool]:
    """Whoever has no day of joining was there from when the row was added."""
    evening = datetime.combine(as_of + timedelta(days=1), time(), SHANGHAI)
    return or_(Party.joined_on <= as_of, and_(Party.joined_on.is_(None), Party.added_at < evening))


def _left(as_of: date) -> ColumnElement[bool]:
    return and_(Party.left_on.is_not(None), Party.left_on <= as_of)


def _standing(as_of: date) -> Any:
    return case(
        (_left(as_of), literal("left")),
        (and_(_COVERED, ~_OWED), literal("paid")),
        (_COVERED, literal("agreed")),
        (_AWARDED > 0, literal("awarded")),
        else_=literal("open"),
    )


def roster(
    session: Session,
    case_id: int,
    *,
    today: date,
    as_of: date | None = None,
    text: str = "",
    subgroup: int | None = None,
    standing: str = "",
    present: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> RosterPage:
    """Workers by id. `subgroup` 0: those in none. `present`: only those who are there on the day.

    Who was there follows `as_of` (None: everybody who ever was, as they stand today); sums are always the present ones.
    """
    day = as_of or today
    group = _subgroup_of(day)
    query = _asked(case_id, day, group, text, subgroup, standing)
    if as_of is not None:
        query = query.where(_joined(as_of))
    if present:
        query = query.where(~_left(day))
    return RosterPage(_members(session, query, offset, limit), _sums(session, query))


def _subgroup_of(day: date) -> Any:
    return (
        select(SubgroupMember.subgroup_id)
        .where(
            SubgroupMember.party_id == Party.id,
            SubgroupMember.from_on <= day,
            or_(SubgroupMember.until_on.is_(None), SubgroupMember.until_on > day),
        )
        .correlate(Party)
        .limit(1)
        .scalar_subquery()
    )


def _asked(case_id: int, day: date, group: Any, text: str, subgroup: int | None, standing: str) -> Select[Any]:
    has_sums = or_(_CLAIMED > 0, _COVERED, _AWARDED > 0, _RECEIVED != 0)
    query = (
        select(
            Party.id,
            Party.name,
            Party.phone,
            group.label("subgroup_id"),
            Party.joined_on,
            Party.left_on,
            Party.consent,
            _CLAIMED.label("claimed"),
            _AGREED.label("agreed"),
            _AWARDED.label("awarded"),
            _RECEIVED.label("received"),
            case((_COVERED, 1), else_=0).label("covered"),
            _standing(day).label("standing"),
        )
        .where(Party.case_id == case_id, Party.side == "worker", or_(PRINCIPAL, has_sums))
        .order_by(Party.id)
    )
    if text:
        query = query.where(Party.name.contains(text, autoescape=True))
    if subgroup is not None:
        query = query.where(group == subgroup if subgroup else group.is_(None))
    return query.where(_standing(day) == standing) if standing else query


def _members(session: Session, query: Select[Any], offset: int, limit: int | None) -> Sequence[Member]:
    rows = session.execute(query.offset(offset).limit(limit) if limit else query).all()
    ids = {row.subgroup_id for row in rows if row.subgroup_id}
    named = session.execute(select(Subgroup.id, Subgroup.name).where(Subgroup.id.in_(ids)))
    names: dict[int, str] = {row.id: row.name for row in named}
    return [
        Member(
            row.id,
            row.name,
            row.phone and masked_phone(row.phone),
            row.subgroup_id,
            names.get(row.subgroup_id),
            row.joined_on,
            row.left_on,
            row.consent,
            int(row.claimed),
            int(row.agreed),
            int(row.awarded),
            int(row.received),
            bool(row.covered),
            row.standing,
        )
        for row in rows
    ]


def _sums(session: Session, query: Select[Any]) -> Sums:
    rows = query.order_by(None).subquery()
    uncovered = func.sum(case((and_(rows.c.covered == 0, rows.c.standing != "left"), 1), else_=0))
    named = {name: total(rows.c[name]) for name in ("claimed", "agreed", "awarded", "received")}
    columns = {"people": func.count(), **named, "uncovered": func.coalesce(uncovered, 0)}
    found = session.execute(select(*(c.label(n) for n, c in columns.items())).select_from(rows)).one()
    return Sums(**{name: int(value) for name, value in found._mapping.items()})
