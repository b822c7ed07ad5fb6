"""Money that no promise moves, and corrections: awards, sums paid earlier, reversals. The ledger only ever grows.

A correction is a second line with the opposite sign and the day of the first, so that the sum of that day becomes
right; what was believed before is still found by `booked_at`. Reversing a payment makes money owed again, so it is a
workflow event (`reverse_payment` in workflows/dispute.yaml); a line on no promise moves no state and is reversed here.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..cases.models import Party
from ..cases.step import Step
from ..engine.ask_types import Day, Integer, LongText, Money, Text, YesNo
from ..errors import BadInput
from ..money import yuan_grouped
from ..people.actor import Actor
from ..people.models import Membership, Organisation
from ..runtime import Runtime
from .awards import live_awards, supersede
from .models import Agreement, Award, Promise, Receipt
from .owed import BINDING, unwatched

WRONG = "填写的内容有误，请按提示修改。"


class AwardIn(BaseModel):
    """What another body awarded one worker."""

    model_config = ConfigDict(extra="forbid", title="裁决或判决金额")

    party: Integer = Field(title="哪位劳动者")
    amount: Money = Field(title="金额（元）")
    body: Text = Field(title="裁决机关", max_length=200)
    decided_on: Day = Field(title="裁决日期")
    net_of: Money | None = Field(default=None, title="已扣除的此前已付（元）")
    replaces: YesNo = Field(default=False, title="取代这位劳动者此前的裁判金额")
    note: Text | None = Field(default=None, title="说明")


class CreditIn(BaseModel):
    """What a worker had received before the dispute was settled: it is known, but it is not recovered."""

    model_config = ConfigDict(extra="forbid", title="此前已付")

    party: Integer = Field(title="收款的劳动者")
    payer: Integer | None = Field(default=None, title="付款人")
    amount: Money = Field(gt=0, title="金额（元）")
    paid_on: Day = Field(title="付款日期")
    method: Text = Field(default="bank", title="方式")
    proof: Text = Field(title="凭据", max_length=300)
    note: LongText | None = Field(default=None, title="说明")


class ReversalIn(BaseModel):
    """Which line is wrong, and why; above the installation's limit also who else has looked at it."""

    model_config = ConfigDict(extra="forbid", title="冲正")

    receipt: Integer = Field(title="哪一笔")
    reason: LongText = Field(title="理由")
    second_person: Integer | None = Field(default=None, title="复核的主管")


def record_award(
    session: Session, runtime: Runtime, case_id: int, data: AwardIn, *, revision: int, key: str, actor: Actor
) -> Change:
    """Record an award; `result.award` is {id, party, amount in fen}. A sum of its own, never mixed with receipts."""
    given = data.model_dump(mode="json", exclude_none=True)
    with changing(session, runtime, case_id, "record_award", given, revision=revision, key=key, actor=actor) as change:
        if change.repeated is None:
            step = change.step
            _refuse(_wrong_party(step, data.party, "party") | _future(step, "decided_on", data.decided_on))
            before = live_awards(step, {data.party}) if data.replaces else []
            award = Award(
                case_id=case_id,
                party_id=data.party,
                amount=data.amount,
                net_of=data.net_of,
                body=data.body,
                decided_on=data.decided_on,
                note=data.note or "",
                recorded_at=step.at,
            )
            session.add(award)
            session.flush()
            change.result["award"] = {"id": award.id, "party": data.party, "amount": data.amount}
            supersede(step, before, award.id, change.result)
    return change


def record_credit(
    session: Session, runtime: Runtime, case_id: int, data: CreditIn, *, revision: int, key: str, actor: Actor
) -> Change:
    """Book what was paid earlier, on no promise; `result.receipts` names the line as every booking does."""
    given = data.model_dump(mode="json", exclude_none=True)
    with changing(session, runtime, case_id, "record_credit", given, revision=revision, key=key, actor=actor) as change:
        if change.repeated is None:
            step = change.step
            wrong = _wrong_party(step, data.party, "party") | _future(step, "paid_on", data.paid_on)
            if data.payer is not None:
                wrong |= _wrong_party(step, data.payer, "payer", "employer")
            if data.method not in runtime.codes["payment_methods"]:
                wrong["method"] = "不在可选范围内，请从列表中选择。"
            _refuse(wrong)
            line = Receipt(
                case_id=case_id,
                party_id=data.party,
                payer_id=data.payer,
                kind="credit",
                amount=data.amount,
                paid_on=data.paid_on,
                method=data.method,
                proof=data.proof,
                reason=data.note,
                booked_by_id=actor.person_id,
                booked_at=step.at,
            )
            _add(step, line, change.result)
    return change


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
    _add(step, opposite, result)


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


def book(step: Step, line: Receipt) -> None:
    """Add one line to the ledger; the event's audit entry names it."""
    _add(step, line, step.results)


def _add(step: Step, line: Receipt, result: dict[str, Any]) -> None:
    step.session.add(line)
    step.session.flush()
    said = {
        "id": line.id,
        "party": line.party_id,
        "promise": line.promise_id,
        "amount": line.amount,
        "paid_on": line.paid_on,
        "kind": line.kind,
        "reverses": line.reverses_id,
    }
    result.setdefault("receipts", []).append(said)


def _wrong_party(step: Step, party_id: int, field: str, side: str = "worker") -> dict[str, str]:
    party = step.session.get(Party, party_id)
    if party is not None and party.case_id == step.case_id and party.side == side:
        return {}
    return {field: "请从本案劳动者中选择。" if side == "worker" else "请从本案用人单位中选择。"}


def _future(step: Step, field: str, day: Any) -> dict[str, str]:
    return {field: "日期不能晚于今天。"} if day > step.today else {}


def _refuse(wrong: Mapping[str, str]) -> None:
    if wrong:
        raise BadInput(WRONG, wrong)
