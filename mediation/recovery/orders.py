"""Obligations from elsewhere: settlements in other procedures, effective awards; and agreements that a body denied."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from ..cases.step import Step
from ..errors import BadInput
from ..money import yuan_grouped
from .agreements import clauses, take_effect, write
from .models import Agreement, Award, Promise, Receipt
from .owed import AGREED, IN_FORCE, is_open, unwatch
from .replacing import Shelves, replace_in_force, take_over

WRONG = "填写的内容有误，请按提示修改。"


def record_settlement(step: Step) -> None:
    """Agreed in another procedure: counts as agreed and is performed like an agreement before us."""
    told = step.answers
    agreement = Agreement(
        case_id=step.case_id,
        proceeding_id=step.proceeding_id,
        kind="settlement",
        scope=told.agreement_scope,
        beside=told.settled_beside,
        body=told.settled_body,
        paper_number=told.settled_paper,
        clauses=clauses(step),
        drafted_at=step.at,
    )
    if not told.settled_beside:
        replace_in_force(step, {row.party for row in told.promises})
    write(step, agreement, told.promises)
    take_effect(step, agreement, told.settled_on)


def perform_award(step: Step) -> None:
    """What an effective award orders is to be performed: its sums stay awards and are never counted as agreed."""
    told = step.answers
    workers = {row.party for row in told.promises}
    if told.award_takes_over:
        take_over(step, workers)
    _within_the_award(step)
    agreement = Agreement(
        case_id=step.case_id,
        proceeding_id=step.proceeding_id,
        kind="award",
        scope="full",
        beside=not told.award_takes_over,
        body=_bodies(step, workers),
        paper_number=told.award_paper,
        clauses={},
        drafted_at=step.at,
    )
    write(step, agreement, told.promises)
    take_effect(step, agreement, told.award_effective_on)
    step.results["ordered"] = step.results.pop("agreed")


def _bodies(step: Step, workers: set[int]) -> str:
    query = select(Award.body).where(
        Award.case_id == step.case_id, Award.superseded_at.is_(None), Award.party_id.in_(workers)
    )
    return "、".join(dict.fromkeys(step.session.scalars(query.order_by(Award.id))))[:500]


def _within_the_award(step: Step) -> None:
    """Nobody can be ordered to pay more than was awarded: BadInput at the first row that goes beyond."""
    left = dict(still_to_order(step))
    for index, row in enumerate(step.answers.promises):
        left[row.party] = left.get(row.party, 0) - (row.amount or 0)
        if left[row.party] < 0:
            sentence = f"超出这位劳动者尚待履行的裁判金额{yuan_grouped(-left[row.party])}元，请核对。"
            raise BadInput(WRONG, {f"promises.{index}.amount": sentence})


def still_to_order(step: Step) -> Mapping[int, int]:
    """For each worker: live awards, less what was received on award obligations or is open on those that bind."""
    query = select(Award.party_id, func.sum(Award.amount)).where(
        Award.case_id == step.case_id, Award.superseded_at.is_(None)
    )
    left = {party: int(sum) for party, sum in step.session.execute(query.group_by(Award.party_id))}
    for promise in _ordered(step):
        received = _received(step, promise.id)
        left[promise.party_id] = left.get(promise.party_id, 0) - (
            received if promise.taken_over_at else promise.amount or 0
        )
    return left


def _ordered(step: Step) -> Sequence[Promise]:
    query = (
        select(Promise)
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(Promise.case_id == step.case_id, Agreement.kind == "award", Promise.amount.is_not(None), *IN_FORCE)
    )
    return step.session.scalars(query).all()


def _received(step: Step, promise_id: int) -> int:
    return int(step.session.scalar(select(func.sum(Receipt.amount)).where(Receipt.promise_id == promise_id)) or 0)


def void_agreement(step: Step) -> None:
    """A body denied it: whole or in part its promises count as agreed no longer; what was received stays received.

    Where only the waiver fell, the promises stand and what was promised stays agreed.
    """
    told = step.answers
    agreement = step.session.get(Agreement, told.voided_agreement)
    if (
        agreement is None
        or agreement.case_id != step.case_id
        or agreement.kind not in AGREED
        or not _in_force(agreement)
    ):
        raise BadInput(WRONG, {"voided_agreement": "请从本案有效的协议中选择。"})
    promises = _chosen(step, agreement)
    unwatch(step, [promise.id for promise in promises if is_open(step, promise)])
    marked = agreement
    if told.void_what == "whole":
        agreement.replaced_at = step.at
    elif told.void_what == "some":
        marked = Shelves(step).of(agreement)
        for promise in promises:
            promise.agreement_id = marked.id
    marked.voided, marked.voided_on = told.void_what, told.voided_on
    marked.voided_by, marked.void_note = told.void_body, told.void_note or ""
    step.session.flush()
    step.results["voided"] = {"agreement": agreement.id, "promises": [promise.id for promise in promises]}


def _in_force(agreement: Agreement) -> bool:
    return agreement.signed_on is not None and agreement.replaced_at is None


def _chosen(step: Step, agreement: Agreement) -> Sequence[Promise]:
    """The promises that fall: all, those named, or none where only the waiver fell."""
    told = step.answers
    if told.void_what == "waiver":
        return ()
    query = select(Promise).where(Promise.agreement_id == agreement.id).order_by(Promise.id)
    promises = step.session.scalars(query).all()
    if told.void_what == "whole":
        return promises
    named = set(told.void_promises or ())
    if not named or not named <= {promise.id for promise in promises}:
        raise BadInput(WRONG, {"void_promises": "请选择这份协议中被否定的义务。"})
    return [promise for promise in promises if promise.id in named]
