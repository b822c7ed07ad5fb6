"""What the forms about money propose before anybody types: sums that follow from the file, as text for form fields."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.models import Demand, Party, Proceeding
from ..money import yuan
from .models import Agreement, Award, Promise
from .queries import CaseMoney, PromiseLine

Row = Mapping[str, str | int | None]
"""One row of the tables of `asks.py`."""


def proposed_promises(session: Session, case_id: int, money: CaseMoney) -> Sequence[Row]:
    """The draft that lies there unsigned; else what is still owed by the agreement in force; else the open demands."""
    drafted = [_as_drafted(promise) for promise in _draft(session, case_id)]
    if drafted:
        return drafted
    payer = _only_employer(session, case_id)
    owed = [_row(party, payer, sum(p.open for p in open_)) for party, open_ in _owed(money)]
    return owed or [_row(party, payer, amount) for party, amount in _demanded(session, case_id)]


def proposed_orders(session: Session, case_id: int, money: CaseMoney) -> Sequence[Row]:
    """For each worker what live awards order and was not received on them, by the day that the procedure recorded."""
    ordered: dict[int, int] = {}
    for award in money.awards:
        if not award.superseded:
            ordered[award.party_id] = ordered.get(award.party_id, 0) + award.amount
    for promise in money.promises:
        if promise.kind == "award" and promise.party_id in ordered:
            ordered[promise.party_id] -= promise.paid
    payer, day = _only_employer(session, case_id), _performance_day(session, case_id)
    return [{**_row(party, payer, amount), "due_on": day} for party, amount in ordered.items() if amount > 0]


def _performance_day(session: Session, case_id: int) -> str | None:
    """The day named in the latest award that counts, where its procedure has recorded it."""
    query = (
        select(Proceeding.answers)
        .join(Award, Award.proceeding_id == Proceeding.id)
        .where(Award.case_id == case_id, Award.superseded_at.is_(None))
        .order_by(Award.id.desc())
    )
    return next((said["performance_day"] for said in session.scalars(query) if "performance_day" in said), None)


def proposed_payments(session: Session, case_id: int, money: CaseMoney, today: date) -> Sequence[Row]:
    """For each worker what has fallen due, or the next instalment; without an agreement, what is demanded."""
    payer = _only_employer(session, case_id)
    told: Mapping[str, str] = {"paid_on": today.isoformat(), "method": "bank"}
    owed = [{**_row(party, payer, _due(list(open_), today)), **told} for party, open_ in _owed(money)]
    if owed or money.promises:
        return owed
    return [{**_row(party, payer, amount), **told} for party, amount in _demanded(session, case_id)]


def drafted_clauses(session: Session, case_id: int) -> Mapping[str, bool]:
    """What is ticked in the draft that lies there unsigned, so that a revision starts from it."""
    query = select(Agreement.clauses).where(
        Agreement.case_id == case_id, Agreement.signed_on.is_(None), Agreement.replaced_at.is_(None)
    )
    return {name: ticked for said in session.scalars(query) for name, ticked in said.items() if ticked is True}


def _draft(session: Session, case_id: int) -> Iterable[Promise]:
    query = (
        select(Promise)
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(Promise.case_id == case_id, Agreement.signed_on.is_(None), Agreement.replaced_at.is_(None))
        .order_by(Promise.id)
    )
    return session.scalars(query)


def _as_drafted(promise: Promise) -> Row:
    return {
        "party": promise.party_id,
        "payer": promise.payer_id,
        "amount": yuan(promise.amount) if promise.amount else None,
        "duty": promise.duty or None,
        "head": promise.head,
        "due_on": (promise.planned_on or promise.due_on).isoformat(),
        "method": promise.method,
        "condition": promise.condition,
        "controlled_by": promise.controlled_by,
        "latest_on": promise.latest_on.isoformat() if promise.latest_on else None,
        "indemnifier": promise.indemnifier_id,
        "until_on": promise.until_on.isoformat() if promise.until_on else None,
        "headcount": promise.headcount,
    }


def _row(party: int, payer: int | None, amount: int) -> Row:
    return {"party": party, "payer": payer, "amount": yuan(amount) if amount else None}


def _owed(money: CaseMoney) -> Iterable[tuple[int, list[PromiseLine]]]:
    """(worker, promises of money that bind and are not fully paid, the earliest first)."""
    still_open = sorted((p for p in money.promises if p.amount is not None and p.open > 0), key=lambda p: p.party_id)
    return [(party, list(lines)) for party, lines in groupby(still_open, key=lambda p: p.party_id)]


def _due(open_: Sequence[PromiseLine], today: date) -> int:
    return sum(p.open for p in open_ if p.due_on <= today) or open_[0].open


def _demanded(session: Session, case_id: int) -> Sequence[tuple[int, int]]:
    """(worker, sum of open money demands), also for workers whose sum is not known yet: 0."""
    query = (
        select(Party.id, Demand.amount)
        .outerjoin(Demand, (Demand.party_id == Party.id) & Demand.withdrawn_on.is_(None) & Demand.monetary)
        .where(Party.case_id == case_id, Party.side == "worker", Party.left_on.is_(None))
        .where(Party.represents_id.is_(None), Party.role != "elected_representative")
        .order_by(Party.id)
    )
    sums: dict[int, int] = {}
    for party, amount in session.execute(query):
        sums[party] = sums.get(party, 0) + (amount or 0)
    return list(sums.items())


def _only_employer(session: Session, case_id: int) -> int | None:
    query = select(Party.id).where(
        Party.case_id == case_id, Party.side == "employer", Party.represents_id.is_(None), Party.left_on.is_(None)
    )
    found = session.scalars(query.limit(2)).all()
    return found[0] if len(found) == 1 else None
