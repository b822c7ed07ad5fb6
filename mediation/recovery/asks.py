"""What forms ask for: tables of promises, of money received and of awards; one duty, one line, one agreement."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ..engine.ask_types import Day, Integer, Money, Text, wrong
from ..engine.vocabulary import AskType


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


_Blank = BeforeValidator(_blank_is_none)
OptionalMoney = Annotated[Money | None, _Blank]
OptionalText = Annotated[Text | None, _Blank]
OptionalInteger = Annotated[Integer | None, _Blank]
OptionalDay = Annotated[Day | None, _Blank]
Controller = Annotated[Literal["nobody", "third", "debtor"] | None, _Blank]
"""codes/condition_controls."""
PaidHow = Literal["payment", "advance", "set_off"]
"""codes/receipt_kinds."""


class OrderedRow(BaseModel):
    """What an award orders, or anybody owes: to whom by when. `amount` in yuan, `duty` in words for anything else."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="一项履行义务")

    party: Integer = Field(title="对哪位劳动者")
    payer: OptionalInteger = Field(default=None, title="由谁履行")
    amount: OptionalMoney = Field(default=None, title="金额（元）")
    duty: OptionalText = Field(default=None, title="款项名称或义务内容")
    head: OptionalText = Field(default=None, title="项目")
    due_on: Day = Field(title="履行日")
    method: OptionalText = Field(default=None, title="方式")

    @property
    def day(self) -> date:
        """The day that counts."""
        return self.due_on

    @model_validator(mode="after")
    def _something(self) -> "OrderedRow":
        if self.amount is None and self.duty is None:
            raise wrong("请填写金额，或写明义务内容。")
        if self.amount == 0:
            raise wrong("金额须大于零。")
        return self


class PromiseRow(OrderedRow):
    """A promise may hang on a condition, be backed by a third person, or go on for a while."""

    condition: OptionalText = Field(default=None, title="付款条件")
    controlled_by: Controller = Field(default=None, title="条件由谁控制")
    latest_on: OptionalDay = Field(default=None, title="最迟履行日")
    indemnifier: OptionalInteger = Field(default=None, title="不付时由谁兜底")
    until_on: OptionalDay = Field(default=None, title="持续到")
    headcount: OptionalInteger = Field(default=None, title="涉及人数")

    @property
    def day(self) -> date:
        return self.until_on or self.latest_on or self.due_on

    @model_validator(mode="after")
    def _condition(self) -> "PromiseRow":
        if self.condition and self.controlled_by is None:
            raise wrong("写了付款条件的，请选择条件由谁控制。")
        if self.controlled_by and not self.condition:
            raise wrong("选了条件由谁控制的，请写明是什么条件。")
        if self.controlled_by == "debtor" and self.latest_on is None:
            raise wrong(
                "条件由付款一方自己控制，等于想付才付，不能这样约定；请写明最迟履行日，到该日无论条件是否成就都须履行。"
            )
        return self

    @model_validator(mode="after")
    def _further_days(self) -> "PromiseRow":
        if self.latest_on and self.latest_on < self.due_on:
            raise wrong("最迟履行日不能早于履行日。")
        if self.until_on and (self.amount is not None or self.until_on < self.due_on):
            raise wrong("“持续到”只用于非金钱义务，且不能早于履行日；分期付款请每期一行。")
        if self.headcount is not None and self.headcount < 1:
            raise wrong("涉及人数须为正整数。")
        return self


class PaymentRow(BaseModel):
    """Money that reached one worker. It is booked on that worker's promises, the earliest first."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="一笔到账")

    party: Integer = Field(title="收款的劳动者")
    payer: OptionalInteger = Field(default=None, title="付款人")
    amount: Money = Field(gt=0, title="金额（元）")
    paid_on: Day = Field(title="到账日")
    method: Text = Field(default="bank", title="方式")
    proof: Text = Field(title="凭据")


class OtherReceiptRow(PaymentRow):
    """Money on no promise: more than was agreed, or before anything was."""

    kind: PaidHow = Field(default="payment", title="性质")
    payer_name: OptionalText = Field(default=None, title="案外付款人")
    note: Text = Field(title="为什么不计入协议或裁判款项")


class AdvanceRow(PaymentRow):
    """Money that somebody else paid on a promise: `payer` where that is a party, else `payer_name`."""

    kind: PaidHow = Field(title="性质")
    payer_name: OptionalText = Field(default=None, title="案外付款人")
    note: OptionalText = Field(default=None, title="说明")

    @model_validator(mode="after")
    def _somebody(self) -> "AdvanceRow":
        if self.payer is None and self.payer_name is None:
            raise wrong("请写明实际付款的人：是本案当事人的从列表中选，不是的填写名称。")
        return self


class AwardRow(BaseModel):
    """What a decision awards one worker; `net_of` is what it deducted because it had been paid before."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="一项裁判金额")

    party: Integer = Field(title="哪位劳动者")
    amount: Money = Field(title="裁判应付金额（元）")
    head: OptionalText = Field(default=None, title="项目")
    net_of: OptionalMoney = Field(default=None, title="已扣除的此前已付（元）")
    note: OptionalText = Field(default=None, title="说明")


Table = Field(min_length=1, max_length=1000)
_ORDERED = ("party", "payer", "amount", "duty", "head", "due_on", "method")
_CLAUSES = ("condition", "controlled_by", "latest_on", "indemnifier", "until_on", "headcount")
_PAID = ("amount", "paid_on", "method", "proof")
_BY_OTHERS = ("party", "kind", "payer", "payer_name", *_PAID, "note")

ASK_TYPES = {
    "promises": AskType(Annotated[list[PromiseRow], Table], "table", (*_ORDERED, *_CLAUSES), carried=False),
    "ordered_promises": AskType(Annotated[list[OrderedRow], Table], "table", _ORDERED, carried=False),
    "payments": AskType(Annotated[list[PaymentRow], Table], "table", ("party", "payer", *_PAID), carried=False),
    "advances": AskType(Annotated[list[AdvanceRow], Table], "table", _BY_OTHERS, carried=False),
    "other_receipts": AskType(Annotated[list[OtherReceiptRow], Table], "table", _BY_OTHERS, carried=False),
    "awards": AskType(Annotated[list[AwardRow], Table], "table", ("party", "amount", "head", "net_of", "note")),
    "duty": AskType(Integer, "duty", carried=False),
    "receipt": AskType(Integer, "receipt", carried=False),
    "promise": AskType(Integer, "promise", carried=False),
    "agreement": AskType(Integer, "agreement", carried=False),
    "proceeding": AskType(Integer, "proceeding"),
}
"""Forms propose promises and payments from what is owed now, not from what was told before."""
