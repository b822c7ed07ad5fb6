"""Effects of events on agreements and on the ledger."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select, update

from ..cases.models import Party
from ..cases.step import Step
from ..documents.issue import void_documents
from ..errors import BadInput
from ..money import yuan_grouped
from ..runtime import Effect
from .ledger import book, deadline_row, reverse_payment
from .models import Agreement, Promise, Receipt


def draft_agreement(step: Step) -> None:
    """Write the promises as a draft; a live earlier draft is replaced. Promises by each worker, in the order given."""
    told = step.answers
    _replace_drafts(step)
    agreement = Agreement(
        case_id=step.case_id,
        proceeding_id=step.proceeding_id,
        scope=told.agreement_scope,
        clauses={"acceleration": told.acceleration, "no_other_disputes": told.no_other_disputes},
        drafted_at=step.at,
    )
    step.session.add(agreement)
    step.session.flush()
    payer = _only_employer(step)
    for row in told.promises:
        step.session.add(
            Promise(
                agreement_id=agreement.id,
                case_id=step.case_id,
                party_id=row.party,
                payer_id=row.payer or payer,
                amount=row.amount,
                duty=row.duty or "",
                head=row.head,
                due_on=row.due_on,
                method=row.method,
            )
        )
    step.session.flush()
    step.results["agreement"] = agreement.id


def _only_employer(step: Step) -> int | None:
    """Who pays where the row does not say: the employer, if there is just one."""
    found = step.session.scalars(
        select(Party.id).where(
            Party.case_id == step.case_id,
            Party.side == "employer",
            Party.represents_id.is_(None),
            Party.left_on.is_(None),
        )
    ).all()
    return found[0] if len(found) == 1 else None


def _replace_drafts(step: Step) -> int:
    result = step.session.execute(
        update(Agreement)
        .where(
            Agreement.case_id == step.case_id,
            Agreement.signed_on.is_(None),
            Agreement.replaced_at.is_(None),
        )
        .values(replaced_at=step.at)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def void_draft(step: Step) -> None:
    """Give up a draft that nobody signed; its paper is marked void and keeps its number."""
    if _replace_drafts(step):
        void_documents(step.connection, step.proceeding_id, "mediation_agreement", "协议稿未签署，已作废", step.at)


def sign_agreement(step: Step) -> None:
    """The draft takes effect. An earlier agreement in force is replaced as far as it was not yet performed."""
    told = step.answers
    draft = step.session.scalars(select(Agreement).where(Agreement.id == step.facts.draft_id)).one()
    _replace_in_force(step)
    draft.signed_on = told.signed_on
    step.session.execute(update(Party).where(Party.id.in_(told.signed_by)).values(signed_on=told.signed_on))
    step.session.flush()
    step.tables["promises"] = list(_deadline_rows(step, draft.id))
    step.results |= {"agreement": draft.id, "agreed": _agreed(step, draft.id)}


def _deadline_rows(step: Step, agreement_id: int) -> Iterable[Mapping[str, Any]]:
    rows = step.session.execute(
        select(Promise, Party.name)
        .join(Party, Party.id == Promise.party_id)
        .where(Promise.agreement_id == agreement_id)
        .order_by(Promise.due_on, Promise.id)
    )
    for promise, name in rows:
        yield deadline_row(promise, name)


def _agreed(step: Step, agreement_id: int) -> int:
    total = step.session.scalar(select(func.sum(Promise.amount)).where(Promise.agreement_id == agreement_id))
    return int(total or 0)


def _replace_in_force(step: Step) -> None:
    """What was already paid on the earlier agreement stays paid: its paid part remains as an agreement of its own.

    Each promise shrinks to what was received on it, the rest is put on the shelf; promises on which nothing was
    received go there whole, so that agreed = paid part of the old + the new, and agreed as at an earlier moment =
    old + shelf.
    """
    olds = step.session.scalars(
        select(Agreement).where(
            Agreement.case_id == step.case_id, Agreement.signed_on.is_not(None), Agreement.replaced_at.is_(None)
        )
    ).all()
    for old in olds:
        for promise in step.session.scalars(select(Promise).where(Promise.agreement_id == old.id)).all():
            _keep_paid_part(step, old, promise)


def _keep_paid_part(step: Step, old: Agreement, promise: Promise) -> None:
    done = promise.done_on is not None if promise.amount is None else False
    paid = 0 if promise.amount is None else _paid(step, promise.id)
    if done or (promise.amount is not None and paid == promise.amount):
        return
    step.ended.append(("promise_due", f"promise:{promise.id}"))
    step.results.setdefault("replaced", []).append({"promise": promise.id, "was": promise.amount, "paid": paid})
    if paid and promise.amount is not None:
        step.session.add(_unpaid_part(promise, promise.amount - paid, _shelf(step, old).id))
        promise.amount = paid
    else:
        promise.agreement_id = _shelf(step, old).id
    step.session.flush()


def _unpaid_part(promise: Promise, amount: int, shelf_id: int) -> Promise:
    return Promise(
        agreement_id=shelf_id,
        case_id=promise.case_id,
        party_id=promise.party_id,
        payer_id=promise.payer_id,
        amount=amount,
        duty=promise.duty,
        head=promise.head,
        due_on=promise.due_on,
        method=promise.method,
    )


def _shelf(step: Step, old: Agreement) -> Agreement:
    """A replaced twin of the old agreement that keeps the promises which no longer count."""
    found = step.session.scalars(
        select(Agreement).where(
            Agreement.case_id == old.case_id,
            Agreement.signed_on == old.signed_on,
            Agreement.replaced_at == step.at,
        )
    ).first()
    if found is None:
        found = Agreement(
            case_id=old.case_id,
            proceeding_id=old.proceeding_id,
            scope=old.scope,
            clauses=old.clauses,
            drafted_at=old.drafted_at,
            signed_on=old.signed_on,
            replaced_at=step.at,
        )
        step.session.add(found)
        step.session.flush()
    return found


def _paid(step: Step, promise_id: int) -> int:
    return int(step.session.scalar(select(func.sum(Receipt.amount)).where(Receipt.promise_id == promise_id)) or 0)


def settle_on_spot(step: Step) -> None:
    """Paid at once without another paper (BJNEF 三(五)): the sums are agreed and received on the same day."""
    agreement = Agreement(
        case_id=step.case_id,
        proceeding_id=step.proceeding_id,
        scope="full",
        clauses={"on_spot": True},
        drafted_at=step.at,
        signed_on=step.today,
    )
    step.session.add(agreement)
    step.session.flush()
    payer = _only_employer(step)
    for row in step.answers.payments:
        promise = Promise(
            agreement_id=agreement.id,
            case_id=step.case_id,
            party_id=row.party,
            payer_id=row.payer or payer,
            amount=row.amount,
            duty="即时履行",
            due_on=row.paid_on,
            method=row.method,
        )
        step.session.add(promise)
        step.session.flush()
        _book(step, row, promise.id, row.amount)
    step.results |= {"agreement": agreement.id, "agreed": _agreed(step, agreement.id)}


def book_payments(step: Step) -> None:
    """Book each payment on its worker's promises, the earliest due first; close the deadlines that are now settled."""
    for index, row in enumerate(step.answers.payments):
        rest = row.amount
        for promise, open_sum in _open_promises(step, row.party, row.payer):
            part = min(rest, open_sum)
            if part:
                _book(step, row, promise.id, part)
                rest -= part
            if part == open_sum:
                step.ended.append(("promise_due", f"promise:{promise.id}"))
        if rest:
            sentence = f"这位劳动者尚欠的金额少于所填金额，多出{yuan_grouped(rest)}元，请核对。"
            raise BadInput("填写的内容有误，请按提示修改。", {f"payments.{index}.amount": sentence})


def _open_promises(step: Step, party_id: int, payer_id: int | None) -> list[tuple[Promise, int]]:
    step.session.flush()
    paid = select(func.coalesce(func.sum(Receipt.amount), 0)).where(Receipt.promise_id == Promise.id).scalar_subquery()
    query = (
        select(Promise, (Promise.amount - paid).label("open"))
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(
            Promise.case_id == step.case_id,
            Promise.party_id == party_id,
            Promise.amount.is_not(None),
            Agreement.signed_on.is_not(None),
            Agreement.replaced_at.is_(None),
            Promise.amount > paid,
        )
        .order_by(Promise.due_on, Promise.id)
    )
    if payer_id is not None:
        query = query.order_by(None).order_by((Promise.payer_id != payer_id), Promise.due_on, Promise.id)
    return [(promise, int(open_sum or 0)) for promise, open_sum in step.session.execute(query)]


def _book(step: Step, row: Any, promise_id: int, amount: int) -> None:
    line = Receipt(
        case_id=step.case_id,
        party_id=row.party,
        promise_id=promise_id,
        payer_id=row.payer,
        kind="payment",
        amount=amount,
        paid_on=row.paid_on,
        method=row.method,
        proof=row.proof,
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
        raise BadInput("填写的内容有误，请按提示修改。", {"duty": "请从本案未完成的义务中选择。"})
    if promise.done_on is not None or agreement.signed_on is None or agreement.replaced_at is not None:
        raise BadInput("填写的内容有误，请按提示修改。", {"duty": "这项义务已经完成或不再有效。"})
    promise.done_on = told.done_on
    step.session.flush()
    step.ended.append(("promise_due", f"promise:{promise.id}"))


def record_default(step: Step) -> None:
    """Say in the audit entry what is outstanding on which promise; what it triggers stands in the definition."""
    step.results["outstanding"] = [
        {"promise": p.id, "party": p.party_id, "open": open_sum, "due_on": p.due_on}
        for p, open_sum in _outstanding(step, step.today)
    ]


def _outstanding(step: Step, today: date) -> list[tuple[Promise, int]]:
    paid = select(func.coalesce(func.sum(Receipt.amount), 0)).where(Receipt.promise_id == Promise.id).scalar_subquery()
    query = (
        select(Promise, func.coalesce(Promise.amount - paid, 0))
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(
            Promise.case_id == step.case_id,
            Promise.due_on < today,
            Promise.done_on.is_(None),
            Agreement.signed_on.is_not(None),
            Agreement.replaced_at.is_(None),
        )
    )
    rows = [(p, int(o or 0)) for p, o in step.session.execute(query.order_by(Promise.id))]
    return [(p, o) for p, o in rows if p.amount is None or o > 0]


EFFECTS: Mapping[str, Effect] = {
    f.__name__: f
    for f in (
        draft_agreement,
        void_draft,
        sign_agreement,
        settle_on_spot,
        book_payments,
        reverse_payment,
        mark_duty_done,
        record_default,
    )
}
