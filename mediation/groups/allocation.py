"""Dividing one sum among many workers, to the cent; and each part into instalments that tie to it again."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from ..engine.ask_types import Day, Integer, Money, Text
from ..errors import BadInput
from ..money import split, yuan
from .roster import Member, roster

MOST_PROMISES = 1000
"""Rows of one agreement (`recovery.asks.Table`)."""
MOST_INSTALMENTS = 60
Basis = Literal["unpaid", "equal", "weights"]


class WeightIn(BaseModel):
    """One worker's weight: any whole number; only its share of the whole counts."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="一人的权数")

    party: Integer = Field(title="劳动者")
    weight: Integer = Field(title="权数", ge=0)


class AllocationIn(BaseModel):
    """What is divided, among whom, by what, payable when."""

    model_config = ConfigDict(extra="forbid", title="分配方案")

    total: Money = Field(gt=0, title="总额（元）")
    basis: Basis = Field(default="unpaid", title="按什么分")
    subgroup: Integer | None = Field(default=None, title="只分给哪一组")
    weights: list[WeightIn] = Field(default_factory=list, title="各人的权数", max_length=1000)
    payer: Integer | None = Field(default=None, title="由谁付款")
    head: Text | None = Field(default=None, title="项目")
    due_on: Day = Field(title="履行日（分期的首期）")
    instalments: Integer = Field(default=1, ge=1, le=MOST_INSTALMENTS, title="分几期（每月一期）")
    method: Text | None = Field(default=None, title="方式")


@dataclass(frozen=True, slots=True)
class Allotted:
    """One worker's part, in fen. `unpaid` is what is still claimed; `above` that the part is more than that."""

    party_id: int
    name: str
    unpaid: int
    amount: int

    @property
    def above(self) -> bool:
        return self.amount > self.unpaid


@dataclass(frozen=True, slots=True)
class Allocation:
    """All parts, by id. `promises` are rows for the table of an agreement; who gets nothing has none."""

    total: int
    parts: Sequence[Allotted]
    promises: Sequence[Mapping[str, Any]]

    @property
    def unpaid(self) -> int:
        return sum(part.unpaid for part in self.parts)


def allot(total: int, weights: Mapping[int, int]) -> Mapping[int, int]:
    """Fen by id, tying to `total`; the order in which they are given does not matter, equal remainders go by id."""
    ids = sorted(weights)
    return dict(zip(ids, split(total, [weights[id] for id in ids]), strict=True))


def allocate(session: Session, case_id: int, data: AllocationIn, *, today: date) -> Allocation:
    """The parts of the present workers (of the case or of a sub-group). BadInput says what cannot be divided."""
    members = roster(session, case_id, today=today, subgroup=data.subgroup, present=True).members
    if not members:
        raise BadInput("没有可以分配的劳动者。", {"subgroup": "这一组现在没有劳动者。"})
    parts = allot(data.total, _weights(members, data))
    promises = [row for member in members for row in _promises(member.party_id, parts[member.party_id], data)]
    if len(promises) > MOST_PROMISES:
        sentence = f"一份协议最多{MOST_PROMISES}行，现有{len(promises)}行，请减少期数或分组签订。"
        raise BadInput(sentence, {"instalments": sentence})
    allotted = [Allotted(m.party_id, m.name, max(m.claimed - m.received, 0), parts[m.party_id]) for m in members]
    return Allocation(data.total, allotted, promises)


def _weights(members: Sequence[Member], data: AllocationIn) -> Mapping[int, int]:
    if data.basis == "equal":
        return {member.party_id: 1 for member in members}
    if data.basis == "weights":
        given = {row.party: row.weight for row in data.weights}
        strangers = set(given) - {member.party_id for member in members}
        if strangers or not any(given.values()):
            sentence = "请给本案（或这一组）的劳动者填写权数，至少一人大于零。"
            raise BadInput(sentence, {"weights": sentence})
        return {member.party_id: given.get(member.party_id, 0) for member in members}
    weights = {member.party_id: max(member.claimed - member.received, 0) for member in members}
    if not any(weights.values()):
        sentence = "这些劳动者都没有尚未收到的请求金额，请改为平均分或按权数分。"
        raise BadInput(sentence, {"basis": sentence})
    return weights


def _promises(party_id: int, amount: int, data: AllocationIn) -> Sequence[Mapping[str, Any]]:
    """One row for each instalment; with fewer fen than instalments, those without a fen fall away."""
    shared = {"party": party_id, "payer": data.payer, "head": data.head, "method": data.method}
    return [
        {**shared, "amount": yuan(part), "due_on": months_after(data.due_on, number).isoformat()}
        for number, part in enumerate(split(amount, [1] * data.instalments))
        if part
    ]


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
