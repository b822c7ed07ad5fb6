"""利益冲突: may this person work on this case? Checked against the parties, who stands behind them, and earlier work.

A grave conflict bars the person; the others are shown to whoever decides. Group companies are known by their legal
representative: another employer of the same name at its head counts as the same hand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from ..cases.models import Case, Party, Proceeding
from ..errors import Refusal, Refused
from ..people.identity import clean_name
from ..people.models import Employer, Interest, Person
from .models import Assignment

GUARD = "no_conflict_of_interest"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One reason, as a sentence. `grave`: the person may not take the case."""

    kind: str
    grave: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class _Sides:
    """Who stands in a case: people and employers by id, and every name that is known of them."""

    workers: frozenset[int]
    opponents: frozenset[int]
    employers: frozenset[int]
    group: frozenset[int]
    names: frozenset[str]


def conflicts_of(session: Session, person_id: int, case_id: int, today: date) -> Sequence[Conflict]:
    """Every conflict of this person in this case, the grave ones first."""
    sides = _sides(session, case_id)
    found = [
        *_own(session, person_id, sides),
        *_declared(session, person_id, sides, today),
        *_earlier_work(session, person_id, case_id, sides),
        *_other_role(session, person_id, case_id),
    ]
    return sorted(dict.fromkeys(found), key=lambda conflict: not conflict.grave)


def refuse_grave(session: Session, person_id: int, case_id: int, today: date) -> Sequence[Conflict]:
    """The conflicts to be shown; Refused with every grave one."""
    found = conflicts_of(session, person_id, case_id, today)
    if grave := [conflict for conflict in found if conflict.grave]:
        raise Refused([Refusal(GUARD, conflict.sentence) for conflict in grave])
    return found


def _sides(session: Session, case_id: int) -> _Sides:
    rows = session.execute(
        select(Party.side, Party.name, Party.person_id, Party.employer_id, Employer.name, Employer.legal_representative)
        .outerjoin(Employer, Employer.id == Party.employer_id)
        .where(Party.case_id == case_id)
    ).all()
    employers = frozenset(row.employer_id for row in rows if row.employer_id)
    heads = {row.legal_representative for row in rows if row.legal_representative}
    others = select(Employer.id).where(Employer.legal_representative.in_(heads), Employer.id.not_in(employers))
    names = [name for row in rows if row.side != "worker" for name in (row[1], row[4], row.legal_representative)]
    return _Sides(
        workers=frozenset(row.person_id for row in rows if row.side == "worker" and row.person_id),
        opponents=frozenset(row.person_id for row in rows if row.side != "worker" and row.person_id),
        employers=employers,
        group=frozenset(session.scalars(others)) if heads else frozenset(),
        names=frozenset(clean_name(name) for name in names if name),
    )


def _own(session: Session, person_id: int, sides: _Sides) -> Iterator[Conflict]:
    if person_id in sides.workers | sides.opponents:
        yield Conflict("party", True, "本人就是本案当事人或其代理人，不能承办。")
    name = session.scalar(select(Person.name).where(Person.id == person_id))
    if name and clean_name(name) in sides.names:
        yield Conflict("namesake", False, f"与对方当事人或其负责人同名（{name}），请核对是否同一人。")


def _declared(session: Session, person_id: int, sides: _Sides, today: date) -> Iterator[Conflict]:
    query = select(Interest).where(
        Interest.person_id == person_id, or_(Interest.from_on.is_(None), Interest.from_on <= today)
    )
    for one in session.scalars(query.order_by(Interest.id)):
        over = one.until_on is not None and one.until_on < today
        direct = (
            one.employer_id in sides.employers
            or one.other_person_id in sides.workers | sides.opponents
            or clean_name(one.name) in sides.names
        )
        when = f"，至{one.until_on.isoformat()}" if one.until_on else ""
        if direct:
            yield Conflict("declared", not over, f"申报过与“{one.name}”的利害关系{when}。")
        elif one.employer_id in sides.group:
            yield Conflict("group", not over, f"申报过与“{one.name}”的利害关系{when}，该单位与对方的法定代表人相同。")


def _earlier_work(session: Session, person_id: int, case_id: int, sides: _Sides) -> Iterator[Conflict]:
    """A worker whom this person once represented stands on the other side now (a gang leader, for example)."""
    if not sides.opponents:
        return
    query = (
        select(Party.name, Case.number)
        .join(Case, Case.id == Party.case_id)
        .join(Proceeding, Proceeding.case_id == Case.id)
        .join(Assignment, Assignment.proceeding_id == Proceeding.id)
        .where(
            Assignment.person_id == person_id,
            Case.id != case_id,
            Party.side == "worker",
            Party.person_id.in_(sides.opponents),
        )
        .distinct()
    )
    for name, number in session.execute(query):
        yield Conflict("former_client", True, f"曾在{number}中代理“{name}”，此人现为对方当事人。")


def _other_role(session: Session, person_id: int, case_id: int) -> Iterator[Conflict]:
    """Who mediated a matter may not act for one side of it afterwards, nor the other way round (SCR 16, S)."""
    main, aid = aliased(Proceeding), aliased(Proceeding)
    mediated: Any = select(main.id).where(
        main.case_id == case_id, main.workflow == "dispute", main.owner_id == person_id
    )
    if session.scalar(mediated) is not None:
        yield Conflict("mediator", False, "是本案的调解员；调解过的事项不宜再代理一方（参照特邀调解规定第十六条）。")
    acted = (
        select(Assignment.id)
        .join(aid, aid.id == Assignment.proceeding_id)
        .where(aid.case_id == case_id, Assignment.person_id == person_id)
    )
    if session.scalars(acted).first() is not None:
        yield Conflict("lawyer", False, "曾代理本案劳动者；代理过的事项不宜再由本人调解（参照特邀调解规定第十六条）。")
