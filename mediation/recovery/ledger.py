"""Money that moves no state: awards, sums paid earlier, what comes after closing. The ledger only ever grows."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..cases.models import Party
from ..cases.step import Step
from ..engine.ask_types import Day, Integer, LongText, Money, Text, YesNo
from ..errors import BadInput
from ..people.actor import Actor
from ..runtime import Runtime
from .asks import PaidHow
from .awards import live_awards, supersede
from .models import Award, Receipt
from .owed import open_promises

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


class LateReceiptIn(BaseModel):
    """What a worker received after the case was closed."""

    model_config = ConfigDict(extra="forbid", title="结案后到账")

    party: Integer = Field(title="收款的劳动者")
    amount: Money = Field(gt=0, title="金额（元）")
    paid_on: Day = Field(title="到账日")
    kind: PaidHow = Field(default="payment", title="性质")
    payer_name: Text | None = Field(default=None, title="案外付款人")
    method: Text = Field(default="bank", title="方式")
    proof: Text = Field(title="凭据", max_length=300)
    note: LongText | None = Field(default=None, title="说明")


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
            add_line(step, line, change.result)
    return change


def record_late_receipt(
    session: Session, runtime: Runtime, case_id: int, data: LateReceiptIn, *, revision: int, key: str, actor: Actor
) -> Change:
    """Money that came after the case was closed: on what is still owed to the worker, the rest on no promise.

    The case stays closed as it was; what was received is right. Refused while the case runs: then it is an event.
    """
    given = data.model_dump(mode="json", exclude_none=True)
    word = "record_late_receipt"
    with changing(session, runtime, case_id, word, given, revision=revision, key=key, actor=actor) as change:
        if change.repeated is None:
            step = change.step
            if step.facts.ended_at is None:
                raise BadInput("本案尚未结案，请在“现在可以办理”中登记到账。")
            wrong = _wrong_party(step, data.party, "party") | _future(step, "paid_on", data.paid_on)
            if data.method not in runtime.codes["payment_methods"]:
                wrong["method"] = "不在可选范围内，请从列表中选择。"
            _refuse(wrong)
            _spread(step, data, change.result)
    return change


def _spread(step: Step, data: LateReceiptIn, result: dict[str, Any]) -> None:
    rest = data.amount
    for promise, open_sum in open_promises(step, data.party):
        if part := min(rest, open_sum):
            add_line(step, _late(step, data, promise.id, part), result)
            rest -= part
    if rest:
        add_line(step, _late(step, data, None, rest), result)


def _late(step: Step, data: LateReceiptIn, promise_id: int | None, amount: int) -> Receipt:
    return Receipt(
        case_id=step.case_id,
        party_id=data.party,
        promise_id=promise_id,
        payer_name=data.payer_name,
        kind=data.kind,
        amount=amount,
        paid_on=data.paid_on,
        method=data.method,
        proof=data.proof,
        reason=data.note,
        booked_by_id=step.actor.person_id,
        booked_at=step.at,
    )


def book(step: Step, line: Receipt) -> None:
    """Add one line to the ledger; the event's audit entry names it."""
    add_line(step, line, step.results)


def add_line(step: Step, line: Receipt, result: dict[str, Any]) -> None:
    """Add one line to the ledger; `result` goes into the audit entry and names it."""
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
