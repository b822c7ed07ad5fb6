"""Money of one case, as pages and reports show it: four sums that never mix, and the lines that make them. All fen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import not_, or_, select
from sqlalchemy.orm import Session, aliased

from ..cases.facts import total
from ..cases.models import Demand, Party
from ..people.masking import scrubbed
from ..people.models import Person
from .models import Agreement, Award, PartyOutcome, Promise, Receipt
from .owed import AGREED, BINDING, COUNTED, IN_FORCE


@dataclass(frozen=True, slots=True)
class Share:
    """One worker's sums. `credits` (paid before the dispute was settled) is no part of any other."""

    party_id: int
    name: str
    claimed: int = 0
    agreed: int = 0
    awarded: int = 0
    received: int = 0
    credits: int = 0


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """One promise in force. `amount` None: a duty, open until `done_on`. `kind`: what it rests on.

    `taken_over`: still agreed, but owed under an award now, so nothing is open on it. `called_on`: since then the
    indemnifier is the next payer. `planned_on`: the day first written, where another counts.
    """

    id: int
    party_id: int
    name: str
    payer: str | None
    amount: int | None
    duty: str
    due_on: date
    method: str | None
    paid: int
    open: int
    done_on: date | None
    settled: bool
    overdue: bool
    kind: str
    agreement_id: int
    taken_over: bool
    planned_on: date | None
    condition: str | None
    controlled_by: str | None
    indemnifier: str | None
    called_on: date | None
    until_on: date | None
    headcount: int | None

    @property
    def latest_on_counts(self) -> bool:
        """A condition's latest day is the day that counts, and no acceleration has moved it."""
        return self.condition is not None and self.planned_on is not None and self.due_on >= self.planned_on

    @property
    def agreed(self) -> int:
        """Fen that count as agreed: what an award orders does not."""
        return self.amount or 0 if self.kind in AGREED else 0


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of the ledger. `reverses` names the line it takes back, `reversed_by` the line that took it back.

    `settles`: it stands on a promise that binds, so taking it back makes money owed again.
    """

    id: int
    party_id: int
    name: str
    promise_id: int | None
    kind: str
    amount: int
    paid_on: date
    method: str
    proof: str
    reverses: int | None
    reversed_by: int | None
    reason: str | None
    booked_by: str | None
    second_person: str | None
    booked_at: datetime
    payer: str | None
    settles: bool


@dataclass(frozen=True, slots=True)
class AwardLine:
    """One award of another body. `net_of` had been paid before and was deducted; `superseded`: counts no more."""

    id: int
    party_id: int
    name: str
    amount: int
    body: str
    decided_on: date
    note: str
    head: str | None
    net_of: int | None
    superseded: bool


@dataclass(frozen=True, slots=True)
class CaseMoney:
    """Claimed, agreed, awarded, received: never one for another. `outstanding` is what binds and is not yet received,
    `by_kind` what was received, apart by its kind."""

    claimed: int
    agreed: int
    awarded: int
    received: int
    credits: int
    outstanding: int
    shares: tuple[Share, ...]
    promises: tuple[PromiseLine, ...]
    awards: tuple[AwardLine, ...]
    receipts: tuple[ReceiptLine, ...]
    by_kind: Mapping[str, int]


def money_of(session: Session, case_id: int, today: date) -> CaseMoney:
    """Everything about money in one case, in five statements. `today` decides what is overdue."""
    promises = tuple(_promises(session, case_id, today))
    awards = tuple(_awards(session, case_id))
    receipts = tuple(_receipts(session, case_id))
    shares = tuple(_shares(session, case_id, promises, awards, receipts))
    return CaseMoney(
        claimed=sum(s.claimed for s in shares),
        agreed=sum(s.agreed for s in shares),
        awarded=sum(s.awarded for s in shares),
        received=sum(s.received for s in shares),
        credits=sum(s.credits for s in shares),
        outstanding=sum(p.open for p in promises),
        shares=shares,
        promises=promises,
        awards=awards,
        receipts=receipts,
        by_kind=_by_kind(receipts),
    )


def outcomes_of(session: Session, case_id: int) -> Mapping[int, PartyOutcome]:
    """What the mediation came to for each party that has a result, by the party's id."""
    query = select(PartyOutcome).where(PartyOutcome.case_id == case_id, PartyOutcome.replaced_at.is_(None))
    return {row.party_id: row for row in session.scalars(query.order_by(PartyOutcome.id))}


def _by_kind(receipts: Iterable[ReceiptLine]) -> Mapping[str, int]:
    sums = {kind: sum(line.amount for line in receipts if line.kind == kind) for kind in COUNTED}
    return {kind: amount for kind, amount in sums.items() if amount}


def _shares(
    session: Session,
    case_id: int,
    promises: Iterable[PromiseLine],
    awards: Iterable[AwardLine],
    receipts: Iterable[ReceiptLine],
) -> Iterable[Share]:
    speaks = or_(Party.represents_id.is_not(None), Party.role == "elected_representative")
    claimed = total(Demand.amount)
    query = (
        select(Party.id, Party.name, claimed)
        .outerjoin(Demand, (Demand.party_id == Party.id) & Demand.withdrawn_on.is_(None))
        .where(Party.case_id == case_id, Party.side == "worker")
        .group_by(Party.id, Party.name, Party.represents_id, Party.role)
        .having(or_(not_(speaks), claimed > 0))
        .order_by(Party.id)
    )
    shares = {id: Share(id, name, claimed=int(sum)) for id, name, sum in session.execute(query)}
    for promise in promises:
        _add(shares, promise.party_id, promise.name, agreed=promise.agreed)
    for award in awards:
        _add(shares, award.party_id, award.name, awarded=0 if award.superseded else award.amount)
    for line in receipts:
        _add(shares, line.party_id, line.name, **{"received" if line.kind in COUNTED else "credits": line.amount})
    return shares.values()


def _add(shares: dict[int, Share], party_id: int, name: str, **sums: int) -> None:
    share = shares.get(party_id) or Share(party_id, name)
    shares[party_id] = replace(share, **{field: getattr(share, field) + sum for field, sum in sums.items()})


def _promises(session: Session, case_id: int, today: date) -> Iterable[PromiseLine]:
    payer, indemnifier = aliased(Party), aliased(Party)
    paid = select(total(Receipt.amount)).where(Receipt.promise_id == Promise.id).scalar_subquery()
    query = (
        select(Promise, Agreement.kind, Party.name, payer.name, indemnifier.name, paid)
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .join(Party, Party.id == Promise.party_id)
        .outerjoin(payer, payer.id == Promise.payer_id)
        .outerjoin(indemnifier, indemnifier.id == Promise.indemnifier_id)
        .where(Promise.case_id == case_id, *IN_FORCE)
        .order_by(Promise.due_on, Promise.id)
    )
    for promise, kind, name, payer_name, indemnifier_name, paid_sum in session.execute(query):
        yield _promise(promise, kind, (name, payer_name, indemnifier_name), int(paid_sum), today)


def _promise(
    promise: Promise, kind: str, names: tuple[str, str | None, str | None], paid: int, today: date
) -> PromiseLine:
    settled = promise.done_on is not None if promise.amount is None else paid >= promise.amount
    taken = promise.taken_over_at is not None
    return PromiseLine(
        promise.id,
        promise.party_id,
        names[0],
        names[1],
        promise.amount,
        promise.duty,
        promise.due_on,
        promise.method,
        paid,
        0 if taken else (promise.amount or paid) - paid,
        promise.done_on,
        settled,
        not settled and not taken and promise.due_on < today,
        kind,
        promise.agreement_id,
        taken,
        promise.planned_on,
        promise.condition,
        promise.controlled_by,
        names[2],
        promise.called_on,
        promise.until_on,
        promise.headcount,
    )


def _awards(session: Session, case_id: int) -> Iterable[AwardLine]:
    query = select(Award, Party.name).join(Party, Party.id == Award.party_id).where(Award.case_id == case_id)
    for a, name in session.execute(query.order_by(Award.decided_on, Award.id)):
        told = (a.amount, a.body, a.decided_on, a.note, a.head, a.net_of)
        yield AwardLine(a.id, a.party_id, name, *told, a.superseded_at is not None)


def _receipts(session: Session, case_id: int) -> Iterable[ReceiptLine]:
    booker, second = aliased(Person), aliased(Person)
    back, payer = aliased(Receipt), aliased(Party)
    binds = (
        select(Promise.id)
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(Promise.id == Receipt.promise_id, *BINDING)
        .exists()
    )
    query = (
        select(Receipt, Party.name, booker.name, second.name, back.id, payer.name, binds)
        .join(Party, Party.id == Receipt.party_id)
        .outerjoin(booker, booker.id == Receipt.booked_by_id)
        .outerjoin(second, second.id == Receipt.second_person_id)
        .outerjoin(back, back.reverses_id == Receipt.id)
        .outerjoin(payer, payer.id == Receipt.payer_id)
        .where(Receipt.case_id == case_id)
        .order_by(Receipt.id)
    )
    for r, name, booked_by, second_person, reversed_by, payer_name, settles in session.execute(query):
        yield ReceiptLine(
            r.id,
            r.party_id,
            name,
            r.promise_id,
            r.kind,
            r.amount,
            r.paid_on,
            r.method,
            scrubbed(r.proof),
            r.reverses_id,
            reversed_by,
            r.reason,
            booked_by,
            second_person,
            r.booked_at,
            payer_name or r.payer_name,
            settles,
        )


def reversible(session: Session, case_id: int, *, settles: bool = True) -> Sequence[ReceiptLine]:
    """The lines a person may choose from to reverse: neither reversals nor already reversed.

    `settles`: those after whose reversal money is owed again (the event `reverse_payment`), or the others.
    """
    lines = _receipts(session, case_id)
    return [x for x in lines if x.settles == settles and x.reverses is None and x.reversed_by is None]
