"""What becomes of promises in force when something newer binds, or a body denies them. What was paid stays paid."""

from collections.abc import Collection

from sqlalchemy import select

from ..cases.step import Step
from .models import Agreement, Promise
from .owed import BINDING, IN_FORCE, is_open, open_promises, paid, unwatch

_COPIED = (
    "case_id",
    "proceeding_id",
    "kind",
    "scope",
    "beside",
    "body",
    "paper_number",
    "clauses",
    "drafted_at",
    "signed_on",
    "recorded_at",
)


def replace_in_force(step: Step, workers: Collection[int]) -> None:
    """A new agreement of these workers: what was already received on their earlier promises stays agreed.

    Each promise shrinks to what was received on it, the rest is put on the shelf; promises on which nothing was
    received go there whole, so that agreed = paid part of the old + the new, and agreed as at an earlier moment =
    old + shelf.
    """
    query = (
        select(Promise, Agreement)
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(Promise.case_id == step.case_id, Promise.party_id.in_(workers), *BINDING)
        .order_by(Promise.id)
    )
    shelves = Shelves(step)
    for promise, old in step.session.execute(query).all():
        if is_open(step, promise):
            _keep_paid_part(step, shelves, old, promise)


def _keep_paid_part(step: Step, shelves: "Shelves", old: Agreement, promise: Promise) -> None:
    received = 0 if promise.amount is None else paid(step, promise.id)
    unwatch(step, [promise.id])
    step.results.setdefault("replaced", []).append({"promise": promise.id, "was": promise.amount, "paid": received})
    if received and promise.amount is not None:
        step.session.add(_unpaid_part(promise, promise.amount - received, shelves.of(old).id))
        promise.amount = received
    else:
        promise.agreement_id = shelves.of(old).id
    step.session.flush()


def _unpaid_part(promise: Promise, amount: int, shelf_id: int) -> Promise:
    kept = {c.name: getattr(promise, c.name) for c in Promise.__table__.columns if c.name != "id"}
    return Promise(**{**kept, "amount": amount, "agreement_id": shelf_id})


class Shelves:
    """Twins of agreements that keep the promises which no longer count from this event on."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._made: dict[int, Agreement] = {}

    def of(self, old: Agreement) -> Agreement:
        if old.id not in self._made:
            twin = Agreement(**{name: getattr(old, name) for name in _COPIED}, replaced_at=self._step.at)
            self._step.session.add(twin)
            self._step.session.flush()
            self._made[old.id] = twin
        return self._made[old.id]


def take_over(step: Step, workers: Collection[int]) -> None:
    """An award now orders what was open for these workers: it stays agreed, and is owed under the award only."""
    taken = [promise for promise, _ in open_promises(step) if promise.party_id in workers]
    for promise in taken:
        promise.taken_over_at = step.at
    unwatch(step, [promise.id for promise in taken])
    if taken:
        step.results["taken_over"] = [promise.id for promise in taken]
    step.session.flush()


def agreements_in_force(step: Step) -> list[Agreement]:
    query = select(Agreement).where(Agreement.case_id == step.case_id, *IN_FORCE).order_by(Agreement.id)
    return list(step.session.scalars(query))
