"""Agreements before us: drafted, given up, signed, or paid on the spot."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select, update

from ..cases.models import Party, Proceeding
from ..cases.step import Step
from ..documents.issue import live_documents, void_documents
from ..errors import BadInput
from .booking import book_on
from .models import Agreement, Promise
from .owed import watch_again
from .replacing import replace_in_force

TICKS = ("acceleration", "no_other_disputes", "proof_of_payment", "injury_waiver_known")


def draft_agreement(step: Step) -> None:
    """Write the promises as a draft; a live earlier draft is replaced. Promises by each worker, in the order given."""
    _draft(step, beside=_was_beside(step))


def draft_for_rest(step: Step) -> None:
    """A draft for the workers or demands that the agreement in force leaves open; it will stand beside that one."""
    _draft(step, beside=True)


def _draft(step: Step, *, beside: bool) -> None:
    told = step.answers
    _replace_drafts(step)
    agreement = Agreement(
        case_id=step.case_id,
        proceeding_id=step.proceeding_id,
        kind="mediation",
        scope=told.agreement_scope,
        beside=beside,
        clauses=clauses(step),
        drafted_at=step.at,
    )
    write(step, agreement, told.promises)
    step.results["agreement"] = agreement.id
    step.before["drafted"] = agreement.id


def clauses(step: Step) -> dict[str, Any]:
    """What the event's form said besides the promises; only what was ticked or chosen."""
    told = {name: True for name in TICKS if step.facts.told(name)}
    ends = step.facts.told("also_ends")
    return {**told, "also_ends": _procedures(step, ends)} if ends else told


def _procedures(step: Step, chosen: Iterable[int]) -> list[int]:
    query = select(Proceeding.id).where(Proceeding.case_id == step.case_id, Proceeding.id != step.proceeding_id)
    known, ids = set(step.session.scalars(query)), list(chosen)
    if not known.issuperset(ids):
        raise BadInput("填写的内容有误，请按提示修改。", {"also_ends": "请从本案的其他程序中选择。"})
    return ids


def write(step: Step, agreement: Agreement, rows: Iterable[Any]) -> None:
    """The agreement with its rows as promises."""
    step.session.add(agreement)
    step.session.flush()
    payer = _only_employer(step)
    step.session.add_all(_promise(agreement, row, payer) for row in rows)
    step.session.flush()


def _promise(agreement: Agreement, row: Any, payer: int | None) -> Promise:
    further = ("condition", "controlled_by", "latest_on", "until_on", "headcount")
    return Promise(
        agreement_id=agreement.id,
        case_id=agreement.case_id,
        party_id=row.party,
        payer_id=row.payer or payer,
        amount=row.amount,
        duty=row.duty or "",
        head=row.head,
        due_on=row.day,
        planned_on=row.due_on if row.day != row.due_on else None,
        method=row.method,
        indemnifier_id=getattr(row, "indemnifier", None),
        **{name: getattr(row, name, None) for name in further},
    )


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
    """How many drafts were given up; which they were stays with the event, for an undo."""
    query = select(Agreement.id).where(
        Agreement.case_id == step.case_id, Agreement.signed_on.is_(None), Agreement.replaced_at.is_(None)
    )
    ids = list(step.session.scalars(query))
    step.session.execute(update(Agreement).where(Agreement.id.in_(ids)).values(replaced_at=step.at))
    step.before.setdefault("drafts", []).extend(ids)
    return len(ids)


def _was_beside(step: Step) -> bool:
    """Whether the draft that this event gave up was to stand beside the agreement in force."""
    query = select(Agreement.beside).where(
        Agreement.case_id == step.case_id, Agreement.signed_on.is_(None), Agreement.replaced_at == step.at
    )
    return any(step.session.scalars(query))


def void_draft(step: Step) -> None:
    """Give up a draft that nobody signed; its paper is marked void and keeps its number."""
    if _replace_drafts(step):
        step.before["papers"] = live_documents(step.connection, step.proceeding_id, "mediation_agreement")
        void_documents(step.connection, step.proceeding_id, "mediation_agreement", "协议稿未签署，已作废", step.at)


def sign_agreement(step: Step) -> None:
    """The draft takes effect. It replaces what its workers had been promised before and did not get, unless it stands
    beside that; nobody's promises are replaced by an agreement of others.
    """
    told = step.answers
    draft = step.session.scalars(select(Agreement).where(Agreement.id == step.facts.draft_id)).one()
    if not draft.beside:
        replace_in_force(step, workers_of(step, draft.id))
    step.session.execute(update(Party).where(Party.id.in_(told.signed_by)).values(signed_on=told.signed_on))
    take_effect(step, draft, told.signed_on)


def workers_of(step: Step, agreement_id: int) -> set[int]:
    return set(step.session.scalars(select(Promise.party_id).where(Promise.agreement_id == agreement_id)))


def take_effect(step: Step, agreement: Agreement, on: Any) -> None:
    """From now on its promises count and are watched, beside those of others that still bind."""
    agreement.signed_on, agreement.recorded_at = on, step.at
    step.session.flush()
    step.tables["promises"] = list(watch_again(step))
    step.results |= {"agreement": agreement.id, "agreed": total_of(step, agreement.id)}


def total_of(step: Step, agreement_id: int) -> int:
    total = step.session.scalar(select(func.sum(Promise.amount)).where(Promise.agreement_id == agreement_id))
    return int(total or 0)


def settle_on_spot(step: Step) -> None:
    """Paid at once without another paper (BJNEF 三(五)): the sums are agreed and received on the same day."""
    agreement = Agreement(
        case_id=step.case_id,
        proceeding_id=step.proceeding_id,
        kind="mediation",
        scope="full",
        clauses={"on_spot": True},
        drafted_at=step.at,
        signed_on=step.today,
        recorded_at=step.at,
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
        book_on(step, row, promise.id, row.amount)
    step.results |= {"agreement": agreement.id, "agreed": total_of(step, agreement.id)}
