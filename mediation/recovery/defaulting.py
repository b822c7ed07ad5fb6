"""A promise was missed: what is outstanding, what falls due with it, who has to pay next."""

from collections.abc import Sequence
from datetime import date

from ..cases.step import Step
from .models import Agreement, Promise
from .owed import deadline_row, names_of_parties, open_promises, unwatch


def record_default(step: Step) -> None:
    """Say in the audit entry what is outstanding on which promise; then accelerate and call the indemnifiers."""
    missed = [(promise, rest) for promise, rest in open_promises(step) if promise.due_on < step.today]
    step.results["outstanding"] = [
        {"promise": p.id, "party": p.party_id, "open": rest, "due_on": p.due_on} for p, rest in missed
    ]
    late = [promise for promise, _ in missed]
    _call(step, late + _accelerate(step, late))


def _accelerate(step: Step, late: Sequence[Promise]) -> list[Promise]:
    """Where the agreement says so, one instalment missed makes all its later ones due on the day that was missed."""
    moved: list[Promise] = []
    for agreement_id in dict.fromkeys(p.agreement_id for p in late if p.amount is not None):
        agreement = step.session.get_one(Agreement, agreement_id)
        if agreement.clauses.get("acceleration"):
            day = min(p.due_on for p in late if p.agreement_id == agreement_id and p.amount is not None)
            moved += _fall_due(step, agreement, day)
    return moved


def _fall_due(step: Step, agreement: Agreement, day: date) -> list[Promise]:
    later = [
        promise
        for promise, _ in open_promises(step)
        if promise.agreement_id == agreement.id and promise.amount is not None and promise.due_on >= step.today
    ]
    names, rows = names_of_parties(step), step.tables.setdefault("promises", [])
    for promise in later:
        why = _why(agreement, promise, day)
        promise.planned_on, promise.due_on = promise.planned_on or promise.due_on, day
        rows.append(deadline_row(promise, names[promise.party_id], why))
    unwatch(step, [promise.id for promise in later])
    if later:
        step.results.setdefault("accelerated", []).extend({"promise": p.id, "due_on": day} for p in later)
    step.session.flush()
    return later


def _why(agreement: Agreement, promise: Promise, day: date) -> str:
    return (
        f"协议（{agreement.signed_on}签署）写明一期未付、全部提前到期；{day}到期的一期没有付清，"
        f"原定{promise.due_on}履行的这一期随之于{day}到期。"
    )


def _call(step: Step, promises: Sequence[Promise]) -> None:
    """Whoever has to pay if the debtor does not is the next payer from today."""
    called = [p for p in promises if p.indemnifier_id is not None and p.called_on is None]
    for promise in called:
        promise.called_on = step.today
    if called:
        step.results["called"] = [{"promise": p.id, "party": p.indemnifier_id} for p in called]
    step.session.flush()
