"""What a case page shows of agreements beyond the sums: each agreement, who has a claim of recourse, and claimed
beside agreed. Information only; nothing here blocks anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from ..cases.facts import total
from ..cases.models import Demand, Party, Proceeding
from ..money import fen
from .models import Agreement, Promise, Receipt
from .owed import AGREED


@dataclass(frozen=True, slots=True)
class Ending:
    """A procedure that an agreement ends too. `open`: it still has to be withdrawn there."""

    proceeding_id: int
    workflow: str
    open: bool


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """One agreement, settlement or order that took effect, whether it still counts or not. Fen."""

    id: int
    kind: str
    scope: str
    beside: bool
    body: str | None
    paper_number: str | None
    signed_on: date
    amount: int
    in_force: bool
    acceleration: bool
    no_other_disputes: bool
    proof_of_payment: bool
    voided: str | None
    voided_on: date | None
    voided_by: str | None
    void_note: str
    also_ends: tuple[Ending, ...]


@dataclass(frozen=True, slots=True)
class Recourse:
    """What somebody advanced and the debtor now owes to them. Fen."""

    payer: str
    debtor: str | None
    amount: int


@dataclass(frozen=True, slots=True)
class Beside:
    """What one worker claims under one head, what was computed for it (None: nothing) and what is agreed. Fen.

    `head` None: not told apart.
    """

    party_id: int
    name: str
    head: str | None
    claimed: int | None
    computed: int | None
    agreed: int

    @property
    def below(self) -> int:
        """By how much less is agreed than was computed, else than is claimed: lawful, and worth a look."""
        measure = self.computed if self.computed is not None else self.claimed
        return max(0, (measure or 0) - self.agreed)


def agreements_of(session: Session, case_id: int) -> Sequence[AgreementLine]:
    """In the order in which they took effect; the shelves of replaced parts are left out, voided ones are not."""
    sums = select(total(Promise.amount)).where(Promise.agreement_id == Agreement.id).scalar_subquery()
    query = (
        select(Agreement, sums)
        .where(Agreement.case_id == case_id, Agreement.signed_on.is_not(None))
        .where(or_(Agreement.replaced_at.is_(None), Agreement.voided.is_not(None)))
        .order_by(Agreement.id)
    )
    found = session.execute(query).all()
    endings = _endings(session, case_id)
    return [_line(agreement, int(amount), endings) for agreement, amount in found]


def _line(agreement: Agreement, amount: int, endings: Mapping[int, Ending]) -> AgreementLine:
    said = agreement.clauses
    assert agreement.signed_on is not None
    return AgreementLine(
        agreement.id,
        agreement.kind,
        agreement.scope,
        agreement.beside,
        agreement.body,
        agreement.paper_number,
        agreement.signed_on,
        amount,
        agreement.replaced_at is None,
        bool(said.get("acceleration")),
        bool(said.get("no_other_disputes")),
        bool(said.get("proof_of_payment")),
        agreement.voided,
        agreement.voided_on,
        agreement.voided_by,
        agreement.void_note,
        tuple(endings[id] for id in said.get("also_ends", ()) if id in endings),
    )


def _endings(session: Session, case_id: int) -> Mapping[int, Ending]:
    query = select(Proceeding.id, Proceeding.workflow, Proceeding.ended_at).where(Proceeding.case_id == case_id)
    return {id: Ending(id, workflow, ended is None) for id, workflow, ended in session.execute(query)}


def recourse_of(session: Session, case_id: int) -> Sequence[Recourse]:
    """Advances that were not taken back, by who paid them and for whom."""
    payer, debtor = aliased(Party), aliased(Party)
    query = (
        select(Receipt.amount, Receipt.payer_name, payer.name, debtor.name)
        .outerjoin(payer, payer.id == Receipt.payer_id)
        .outerjoin(Promise, Promise.id == Receipt.promise_id)
        .outerjoin(debtor, debtor.id == Promise.payer_id)
        .where(Receipt.case_id == case_id, Receipt.kind == "advance")
        .order_by(Receipt.id)
    )
    sums: dict[tuple[str, str | None], int] = {}
    for amount, named, party, owes in session.execute(query):
        key = (party or named or "垫付人", owes)
        sums[key] = sums.get(key, 0) + amount
    return [Recourse(*key, amount) for key, amount in sums.items() if amount]


def beside_the_claims(session: Session, case_id: int) -> Sequence[Beside]:
    """Demands and what was computed for them, beside the draft if there is one, else beside what is in force.

    By worker and head; by worker alone where a promise does not name its head.
    """
    promises = _promises(session, case_id)
    blunt = {promise.party_id for promise in promises if promise.head is None}
    agreed = _sums(blunt, ((p.party_id, p.head, p.amount) for p in promises))
    names = {row.id: row.name for row in session.execute(select(Party.id, Party.name).where(Party.case_id == case_id))}
    claims = _claims(session, case_id)
    claimed = _sums(blunt, ((d.party_id, d.head, d.amount) for d in claims))
    computed = _sums(blunt, ((d.party_id, d.head, _computed(d)) for d in claims))
    keys = sorted({*agreed, *claimed, *computed}, key=lambda key: (key[0], key[1] or ""))
    return [
        Beside(key[0], names[key[0]], key[1], claimed.get(key), computed.get(key), agreed.get(key, 0)) for key in keys
    ]


Head = tuple[int, str | None]


def _sums(blunt: set[int], rows: Iterable[tuple[int, str | None, int | None]]) -> Mapping[Head, int]:
    sums: dict[Head, int] = {}
    for party, head, amount in rows:
        if amount is not None:
            key = (party, None if party in blunt else head)
            sums[key] = sums.get(key, 0) + amount
    return sums


def _computed(demand: Demand) -> int | None:
    return fen(demand.calculation["amount"]) if demand.calculation else None


def _promises(session: Session, case_id: int) -> Sequence[Promise]:
    """Of the draft; without one, of what was agreed and counts."""
    query = (
        select(Promise, Agreement.signed_on)
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(Promise.case_id == case_id, Promise.amount.is_not(None))
        .where(Agreement.kind.in_(AGREED), Agreement.replaced_at.is_(None))
    )
    rows = session.execute(query).all()
    return [promise for promise, signed in rows if signed is None] or [promise for promise, _ in rows]


def _claims(session: Session, case_id: int) -> Sequence[Demand]:
    query = (
        select(Demand)
        .join(Party, Party.id == Demand.party_id)
        .where(Demand.case_id == case_id, Demand.withdrawn_on.is_(None), Demand.monetary, Party.side == "worker")
    )
    return session.scalars(query.order_by(Demand.id)).all()
