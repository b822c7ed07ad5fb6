"""Which promises bind now, and what is still open on them: the one condition that everything else uses."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select

from ..cases.models import Party
from ..cases.step import Step
from ..deadlines.models import Deadline
from ..money import yuan_grouped
from .models import Agreement, Promise, Receipt

COUNTED = ("payment", "advance", "set_off")
"""Kinds of receipts that reached the worker and count as recovered."""
AGREED = ("mediation", "settlement")
"""Kinds of agreements whose promises count as agreed; the third is an award."""

IN_FORCE = (Agreement.signed_on.is_not(None), Agreement.replaced_at.is_(None))
BINDING = (*IN_FORCE, Promise.taken_over_at.is_(None))


def paid_on_promise() -> Any:
    """What was received on a promise, as a scalar subquery for statements over `promises`."""
    return select(func.coalesce(func.sum(Receipt.amount), 0)).where(Receipt.promise_id == Promise.id).scalar_subquery()


def _binding(case_id: int) -> Select[Any]:
    return (
        select(Promise)
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(Promise.case_id == case_id, *BINDING)
        .order_by(Promise.due_on, Promise.id)
    )


def open_promises(step: Step, party_id: int | None = None) -> Sequence[tuple[Promise, int]]:
    """(promise, what is open in fen) of money and duties that still bind, the earliest first; a duty counts 0 fen."""
    step.session.flush()
    paid = paid_on_promise()
    query = _binding(step.case_id).add_columns(func.coalesce(Promise.amount - paid, 0))
    query = query.where(or_(Promise.amount > paid, (Promise.amount.is_(None)) & Promise.done_on.is_(None)))
    if party_id is not None:
        query = query.where(Promise.party_id == party_id)
    return [(promise, int(rest)) for promise, rest in step.session.execute(query)]


def paid(step: Step, promise_id: int) -> int:
    return int(step.session.scalar(select(func.sum(Receipt.amount)).where(Receipt.promise_id == promise_id)) or 0)


def is_open(step: Step, promise: Promise) -> bool:
    """Whether something is still to be paid or done on it."""
    if promise.amount is None:
        return promise.done_on is None
    return paid(step, promise.id) < promise.amount


def deadline_row(promise: Promise, name: str, why: str = "") -> Mapping[str, Any]:
    """What the deadline of one promise says; `name` is the worker's, `why` stands in for the usual reason."""
    what = f"{yuan_grouped(promise.amount)}元" if promise.amount else promise.duty
    row = {"subject": subject(promise.id), "due_on": promise.due_on, "label": f"{name} {what}"}
    return {**row, "why": why} if why else row


def subject(promise_id: int) -> str:
    return f"promise:{promise_id}"


def unwatched(step: Step) -> Sequence[Mapping[str, Any]]:
    """Deadlines for promises that bind and are open, but have none that runs."""
    running = select(Deadline.subject).where(
        Deadline.proceeding_id == step.proceeding_id, Deadline.name == "promise_due", Deadline.closed_at.is_(None)
    )
    watched = set(step.session.scalars(running))
    names = names_of_parties(step)
    rows = (deadline_row(promise, names[promise.party_id]) for promise, _ in open_promises(step))
    return [row for row in rows if row["subject"] not in watched]


def watch_again(step: Step) -> Sequence[Mapping[str, Any]]:
    """As `unwatched`, and the overdue ones anew: on the way back to performance the clock has to judge them again,
    and it judges one deadline once.
    """
    overdue = [promise for promise, _ in open_promises(step) if promise.due_on < step.today]
    unwatch(step, [promise.id for promise in overdue])
    names = names_of_parties(step)
    late = [deadline_row(promise, names[promise.party_id]) for promise in overdue]
    known = {row["subject"] for row in late}
    return [*late, *(row for row in unwatched(step) if row["subject"] not in known)]


def names_of_parties(step: Step) -> Mapping[int, str]:
    named = step.session.execute(select(Party.id, Party.name).where(Party.case_id == step.case_id))
    return {row.id: row.name for row in named}


def unwatch(step: Step, promises: Iterable[int]) -> None:
    """Their deadlines end with this event."""
    step.ended.extend(("promise_due", subject(id)) for id in promises)
