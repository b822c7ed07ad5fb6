"""Money and duties as they are performed: each receipt goes to its worker's promises, the earliest due first."""

from collections.abc import Sequence
from typing import Any

from ..cases.step import Step
from ..errors import BadInput
from ..money import yuan_grouped
from .ledger import book
from .models import Agreement, Promise, Receipt
from .owed import open_promises, unwatch, watch_again

WRONG = "填写的内容有误，请按提示修改。"


def book_payments(step: Step) -> None:
    """Book each payment on its worker's promises; close the deadlines that are now settled."""
    _book_rows(step, "payments")


def book_advances(step: Step) -> None:
    """The same for money that somebody else paid: the worker has it, who paid it is shown apart."""
    _book_rows(step, "advances")


def _book_rows(step: Step, table: str) -> None:
    for index, row in enumerate(getattr(step.answers, table)):
        rest = row.amount
        for promise, open_sum in _in_order(step, row.party, row.payer):
            part = min(rest, open_sum)
            if part:
                book_on(step, row, promise.id, part)
                rest -= part
            if part == open_sum:
                unwatch(step, [promise.id])
        if rest:
            sentence = f"这位劳动者尚欠的金额少于所填金额，多出{yuan_grouped(rest)}元，请核对；多付的用“登记其他到账”。"
            raise BadInput(WRONG, {f"{table}.{index}.amount": sentence})


def _in_order(step: Step, party_id: int, payer_id: int | None) -> Sequence[tuple[Promise, int]]:
    money = [(promise, rest) for promise, rest in open_promises(step, party_id) if promise.amount is not None]
    return sorted(money, key=lambda p: (payer_id is not None and p[0].payer_id != payer_id, p[0].due_on, p[0].id))


def book_other_receipts(step: Step) -> None:
    """Money that no promise covers: the worker received it, so it counts as received, and settles nothing."""
    for row in step.answers.other_receipts:
        book_on(step, row, None, row.amount)


def book_on(step: Step, row: Any, promise_id: int | None, amount: int) -> None:
    line = Receipt(
        case_id=step.case_id,
        party_id=row.party,
        promise_id=promise_id,
        payer_id=row.payer,
        payer_name=getattr(row, "payer_name", None),
        kind=getattr(row, "kind", "payment"),
        amount=amount,
        paid_on=row.paid_on,
        method=row.method,
        proof=row.proof,
        reason=getattr(row, "note", None),
        booked_by_id=step.actor.person_id,
        booked_at=step.at,
    )
    book(step, line)


def mark_duty_done(step: Step) -> None:
    """A duty that is not money has been done."""
    told = step.answers
    promise = step.session.get(Promise, told.duty)
    agreement = step.session.get(Agreement, promise.agreement_id) if promise else None
    if promise is None or agreement is None or promise.case_id != step.case_id or promise.amount is not None:
        raise BadInput(WRONG, {"duty": "请从本案未完成的义务中选择。"})
    over = agreement.signed_on is None or agreement.replaced_at is not None or promise.taken_over_at is not None
    if promise.done_on is not None or over:
        raise BadInput(WRONG, {"duty": "这项义务已经完成或不再有效。"})
    if promise.until_on is not None and told.done_on < promise.until_on:
        sentence = f"这项义务须持续到{promise.until_on}，到期后再登记完成；期间的情况可写工作记录。"
        raise BadInput(WRONG, {"done_on": sentence})
    promise.done_on = told.done_on
    step.before["duty"] = promise.id
    step.session.flush()
    unwatch(step, [promise.id])


def watch_promises(step: Step) -> None:
    """Whatever binds and is open is watched again."""
    step.tables["promises"] = list(watch_again(step))
