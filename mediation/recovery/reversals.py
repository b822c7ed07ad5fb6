"""Corrections of the ledger: a second line with the opposite sign and the day of the first, so that the sum of that day
becomes right; what was believed before is still found by `booked_at`.

Taking back what settled a promise makes money owed again, so it is a workflow event (`reverse_payment` in
workflows/dispute.yaml); any other line moves no state and is reversed by `reverse_receipt`.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..cases.step import Step
from ..engine.ask_types import Integer, LongText
from ..errors import BadInput
from ..money import yuan_grouped
from ..people.actor import Actor
from ..people.models import Membership, Organisation
from ..runtime import Runtime
from .ledger import WRONG, add_line
from .models import Agreement, Promise, Receipt
from .owed import BINDING, unwatched


class ReversalIn(BaseModel):
    """Which line is wrong, and why; above the installation's limit also who else has looked at it."""

    model_config = ConfigDict(extra="forbid", title="冲正")

    receipt: Integer = Field(title="哪一笔")
    reason: LongText = Field(title="理由")
    second_person: Integer | None = Field(default=None, title="复核的主管")


def reverse_receipt(
    session: Session, runtime: Runtime, case_id: int, data: ReversalIn, *, revision: int, key: str, actor: Actor
) -> Change:
    """Take back a line that settles no binding promise (paid earlier, or beyond what was promised): moves no state."""
    given = data.model_dump(mode="json", exclude_none=True)
    word = "reverse_receipt"
    with changing(session, runtime, case_id, word, given, revision=revision, key=key, actor=actor) as change:
        if change.repeated is None:
            _reverse(change.step, data.receipt, False, data.reason, data.second_person, change.result)
    return change


def reverse_payment(step: Step) -> None:
    """Effect: the opposite line, and the deadlines of whatever is owed again."""
    told = step.answers
    _reverse(step, told.receipt, True, told.reversal_reason, told.second_person, step.results)
    step.tables["promises"] = list(unwatched(step))


def _reverse(
    step: Step, receipt_id: int, settles: bool, reason: str, second: int | None, result: dict[str, Any]
) -> None:
    """`settles`: whether the line has to stand on a promise that binds; then money is owed again."""
    line = step.session.get(Receipt, receipt_id)
    if line is None or line.case_id != step.case_id:
        raise BadInput(WRONG, {"receipt": "请从本案的到账记录中选择。"})
    if _settles(step, line) != settles:
        raise BadInput(WRONG, {"receipt": _OTHER_WAY[settles]})
    if line.reverses_id is not None:
        raise BadInput(WRONG, {"receipt": "这一笔本身就是冲正，不能再冲正；请重新登记到账。"})
    if step.session.scalar(select(Receipt.id).where(Receipt.reverses_id == line.id)) is not None:
        raise BadInput(WRONG, {"receipt": "这一笔已经冲正过了。"})
    _second(step, line.amount, second)
    opposite = Receipt(
        case_id=line.case_id,
        party_id=line.party_id,
        promise_id=line.promise_id,
        payer_id=line.payer_id,
        payer_name=line.payer_name,
        kind=line.kind,
        amount=-line.amount,
        paid_on=line.paid_on,
        method=line.method,
        proof=line.proof,
        reverses_id=line.id,
        reason=reason,
        second_person_id=second,
        booked_by_id=step.actor.person_id,
        booked_at=step.at,
    )
    add_line(step, opposite, result)


_OTHER_WAY = {
    True: "这一笔不在有效的履行义务上，冲正不会产生欠款，请用“冲正其他款项”。",
    False: "这一笔已经抵作履行，冲正后又会欠款，请用“冲正到账”。",
}


def _settles(step: Step, line: Receipt) -> bool:
    """Whether the line stands on a promise that binds now."""
    query = select(Promise.id).join(Agreement, Agreement.id == Promise.agreement_id)
    return step.session.scalar(query.where(Promise.id == line.promise_id, *BINDING)) is not None


def _second(step: Step, amount: int, second: int | None) -> None:
    """Above the limit another supervisor of that office must have looked at it; anybody named must be such a one."""
    limit = step.runtime.settings.reversal_limit_fen
    if second is None and amount <= limit:
        return
    sentence = None
    if second is None:
        sentence = f"超过{yuan_grouped(limit)}元的冲正须由另一位主管复核，请填写复核人。"
    elif second == step.actor.person_id:
        sentence = "复核人不能是本人，请另请一位主管。"
    elif not _supervises(step, second):
        sentence = "复核人须是本单位或上级单位的主管。"
    if sentence:
        raise BadInput(WRONG, {"second_person": sentence})


def _supervises(step: Step, person_id: int) -> bool:
    path = step.facts.path
    above = [path[: i + 1] for i, c in enumerate(path) if c == "/"]
    query = (
        select(func.count(Membership.id))
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.person_id == person_id,
            Membership.role == "supervisor",
            Membership.from_on <= step.today,
            or_(Membership.until_on.is_(None), Membership.until_on >= step.today),
            Organisation.path.in_(above),
        )
    )
    return bool(step.session.scalar(query))
