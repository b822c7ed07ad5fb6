"""The order of urgency over many cases: live ones first; red warnings, then what is overdue, then the nearest day.

Few cases are gathered and sorted. Of many, only the first are read, in the order of an index: the running deadlines by
day, each case where its nearest one stands. So a list costs what it shows, however many cases the house has.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from ..deadlines.models import Deadline
from .dues import overdue, running
from .models import Case, Proceeding

MANY = 1_000
"""So many are counted, and sorted at once; of more, a list says "more than"."""

LEAST, MOST = 200, 4_000
"""Running deadlines that are looked at in one go."""

main = aliased(Proceeding)
"""The case's main proceeding."""

_beside = aliased(Proceeding)
LIVE = or_(
    main.ended_at.is_(None),
    exists().where(_beside.case_id == Case.id, _beside.ended_at.is_(None)),
)
"""A closed dispute whose enforcement still runs is work."""

_open = aliased(Proceeding)
AMONG_THE_LIVE = Case.id.in_(select(_open.case_id).where(_open.ended_at.is_(None)))
"""The same, to be looked up in the index of what is open."""

_RED = and_(Case.risk_level == literal_column("'red'"), main.ended_at.is_(None))
"""Written out, as the index has it."""
_NOT_RED = ~and_(func.coalesce(Case.risk_level, "") == "red", main.ended_at.is_(None))

nearest = (
    select(Deadline.id)
    .where(Deadline.case_id == Case.id, running())
    .order_by(Deadline.legal_due, Deadline.id)
    .limit(1)
    .correlate(Case)
    .scalar_subquery()
)
"""The running deadline of a case that comes first."""


@dataclass(frozen=True, slots=True)
class Found:
    """The cases of one page, in their order, and how many the whole list has: `more` than `total`, if it is long."""

    ids: tuple[int, ...]
    total: int
    more: bool


def most_urgent(session: Session, wanted: Select[Any], now: datetime, *, ended: bool, offset: int, limit: int) -> Found:
    """`wanted` selects cases, joined with `main` and their organisation; `ended`: also those that are not live, the
    latest first."""
    wanted = wanted.with_only_columns(Case.id)
    gathered = list(session.scalars(wanted.where(AMONG_THE_LIVE).limit(MANY + 1)))
    if len(gathered) > MANY:
        return Found(_streamed(session, wanted, now, offset, limit), MANY, True)
    ids = _sorted(session, gathered, now, offset, limit) if gathered else ()
    if not ended:
        return Found(ids, len(gathered), False)
    rest = wanted.where(main.ended_at.is_not(None), ~LIVE)
    beyond = session.scalar(select(func.count()).select_from(rest.limit(MANY + 1).subquery())) or 0
    if len(ids) < limit and beyond:
        start = max(0, offset - len(gathered))
        latest = rest.order_by(main.ended_at.desc(), Case.id.desc())
        ids += tuple(session.scalars(latest.offset(start).limit(limit - len(ids))))
    return Found(ids, min(MANY, len(gathered) + beyond), len(gathered) + beyond > MANY)


def _sorted(session: Session, ids: list[int], now: datetime, offset: int, limit: int) -> tuple[int, ...]:
    query = (
        select(Case.id)
        .join(main, and_(main.case_id == Case.id, main.workflow == "dispute"))
        .outerjoin(Deadline, Deadline.id == nearest)
        .where(Case.id.in_(ids))
        .order_by(case((_RED, 0), else_=1), *_by_day(now))
    )
    return tuple(session.scalars(query.offset(offset).limit(limit)))


def _by_day(now: datetime) -> tuple[Any, ...]:
    late = case((overdue(now), 0), else_=1)
    return late, Deadline.legal_due.is_(None), Deadline.legal_due, Deadline.id, Case.id


def _streamed(session: Session, wanted: Select[Any], now: datetime, offset: int, limit: int) -> tuple[int, ...]:
    """One kind of urgency after the other, until the page is full."""
    red = wanted.outerjoin(Deadline, Deadline.id == nearest).where(_RED).order_by(*_by_day(now))
    found, until = list(session.scalars(red.limit(offset + limit))), offset + limit
    late = (overdue(now),)
    for which in (late, (~func.coalesce(overdue(now), False),)):
        _walk(session, wanted, which, found, until)
    if len(found) < until:
        dated = exists().where(Deadline.case_id == Case.id, running())
        rest = wanted.where(AMONG_THE_LIVE, _NOT_RED, ~dated).order_by(Case.id)
        found += session.scalars(rest.limit(until - len(found)))
    return tuple(found[offset:until])


def _walk(
    session: Session, wanted: Select[Any], which: tuple[ColumnElement[bool], ...], found: list[int], until: int
) -> None:
    """Along the index of what falls due, stretch by stretch; a case stands where its nearest deadline stands."""
    after: tuple[ColumnElement[bool], ...] = ()
    stretch = LEAST
    while len(found) < until:
        days = list(session.execute(_stretch((*which, *after), stretch)))
        ids = [row.case_id for row in days]
        seen = set(session.scalars(wanted.where(Case.id.in_(ids), LIVE, _NOT_RED))) if ids else set()
        found += [id for id in ids if id in seen][: until - len(found)]
        if len(days) < stretch:
            return
        last, stretch = days[-1], min(2 * stretch, MOST)
        after = (Deadline.legal_due >= last.legal_due, _beyond(last))


def _beyond(last: Any) -> ColumnElement[bool]:
    return or_(Deadline.legal_due > last.legal_due, Deadline.id > last.id)


def _stretch(which: tuple[ColumnElement[bool], ...], length: int) -> Select[Any]:
    first = aliased(Deadline)
    nearest = (
        select(first.id)
        .where(first.case_id == Deadline.case_id, running(first))
        .order_by(first.legal_due, first.id)
        .limit(1)
        .correlate(Deadline)
        .scalar_subquery()
    )
    query: Select[Any] = select(Deadline.case_id, Deadline.legal_due, Deadline.id)  # type: ignore[assignment]
    query = query.where(running(), Deadline.id == nearest, *which)
    return query.order_by(Deadline.legal_due, Deadline.id).limit(length)
