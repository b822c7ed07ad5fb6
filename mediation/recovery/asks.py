"""What forms ask for: tables of promises and of payments received, one duty, one line of the ledger."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ..engine.ask_types import Day, Integer, Money, Text, wrong
from ..engine.vocabulary import AskType


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


OptionalMoney = Annotated[Money | None, BeforeValidator(_blank_is_none)]
OptionalText = Annotated[Text | None, BeforeValidator(_blank_is_none)]
OptionalInteger = Annotated[Integer | None, BeforeValidator(_blank_is_none)]


class PromiseRow(BaseModel):
    """Who owes what to whom by when. `amount` in yuan for money, `duty` in words for anything else."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="一项履行义务")

    party: Integer = Field(title="对哪位劳动者")
    payer: OptionalInteger = Field(default=None, title="由谁履行")
    amount: OptionalMoney = Field(default=None, title="金额（元）")
    duty: OptionalText = Field(default=None, title="款项名称或义务内容")
    head: OptionalText = Field(default=None, title="项目")
    due_on: Day = Field(title="履行日")
    method: OptionalText = Field(default=None, title="方式")

    @model_validator(mode="after")
    def _something(self) -> "PromiseRow":
        if self.amount is None and self.duty is None:
            raise wrong("请填写金额，或写明义务内容。")
        if self.amount == 0:
            raise wrong("金额须大于零。")
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


class AwardRow(BaseModel):
    """What a decision awards one worker; `net_of` is what it deducted because it had been paid before."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="一项裁判金额")

    party: Integer = Field(title="哪位劳动者")
    amount: Money = Field(title="裁判应付金额（元）")
    head: OptionalText = Field(default=None, title="项目")
    net_of: OptionalMoney = Field(default=None, title="已扣除的此前已付（元）")
    note: OptionalText = Field(default=None, title="说明")


Table = Field(min_length=1, max_length=1000)

ASK_TYPES = {
    "promises": AskType(
        Annotated[list[PromiseRow], Table],
        "table",
        ("party", "payer", "amount", "duty", "head", "due_on", "method"),
    ),
    "payments": AskType(
        Annotated[list[PaymentRow], Table], "table", ("party", "payer", "amount", "paid_on", "method", "proof")
    ),
    "awards": AskType(Annotated[list[AwardRow], Table], "table", ("party", "amount", "head", "net_of", "note")),
    "duty": AskType(Integer, "duty"),
    "receipt": AskType(Integer, "receipt"),
}
