"""Filling the demands of a party with what a formula computed. The demand keeps the whole calculation.

What is computed is a proposal: the sum of the demand may be changed afterwards, less may be agreed, and nothing here
says that it is owed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..cases.models import Demand, Party
from ..cases.parties import DemandIn, add_demand_row
from ..errors import BadInput
from ..law.entitlements.working import Part
from ..money import yuan
from ..people.actor import Actor
from ..runtime import Runtime
from .calculate import Calculation, calculate, plain

_ASIDE = re.compile("（[^（）]*）$")
KEPT = ("title", "answer", "range", "figures", "steps", "articles", "rounding", "uncertain", "parameters", "caution")


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled: the ids of the demands, the last revision, and whether this key had done it before.

    `seq` is the last audit entry of the main proceeding; None where this key had done it before.
    """

    demands: tuple[int, ...]
    revision: int
    repeated: bool
    seq: int | None
    calculation: Calculation


def fill_demand(
    session: Session,
    runtime: Runtime,
    case_id: int,
    party_id: int,
    formula: str,
    inputs: Mapping[str, Any],
    *,
    revision: int,
    key: str,
    actor: Actor,
    as_of: date | None = None,
    update: bool = False,
) -> Filled:
    """Compute and put the sum into a demand of this party: a new one, or with `update` the open one of the same head.

    A formula whose sum belongs to several heads (N+1) fills one demand for each. One audit entry for each demand.
    """
    done = calculate(runtime.law, formula, inputs, today=runtime.clock.today(), as_of=as_of)
    changes: list[tuple[int, Change]] = []
    for n, part in enumerate(_parts(done)):
        once = key if not n else f"{key}+{n}"
        seen = changes[-1][1].revision if changes else revision
        found = _present(session, case_id, party_id, part, done) if update else None
        change = _Fill(session, runtime, case_id, party_id, part, done, seen, once, actor)
        changes.append(change.change(found) if found is not None else change.add())
    last = changes[-1][1]
    repeated = last.repeated is not None
    seq = None if repeated else last.step.facts.audit_seq + 1
    return Filled(tuple(id for id, _ in changes), last.revision, repeated, seq, done)


def _parts(done: Calculation) -> tuple[Part, ...]:
    worked = done.worked
    if worked.amount is None and "rate" in type(done.inputs).model_fields:
        raise BadInput("法律只给出上下限，请先填写主张的比例。", {"rate": "请填写50至100之间的比例，才能填入请求。"})
    if worked.amount is None or not worked.parts:
        raise BadInput(f"“{worked.title}”算出的不是一项请求的金额，不能填入请求。")
    parts = tuple(part for part in worked.parts if part.amount)
    if not parts:
        raise BadInput("算出的金额是0元，没有可以填入的请求。请核对所填的内容。")
    return parts


def _present(session: Session, case_id: int, party_id: int, part: Part, done: Calculation) -> int | None:
    """The open demand to update: computed by the same formula, else the only one of that head; None: there is none."""
    query = select(Demand.id, Demand.calculation).where(
        Demand.case_id == case_id,
        Demand.party_id == party_id,
        Demand.head == part.head,
        Demand.withdrawn_on.is_(None),
    )
    rows = session.execute(query.order_by(Demand.id)).all()
    same = [row.id for row in rows if row.calculation and row.calculation["formula"] == done.formula.id]
    found = same or [row.id for row in rows]
    if len(found) > 1:
        raise BadInput("该当事人有几项同类请求，不能确定更新哪一项；请在案件页面变更其中一项，或者另加一项。")
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class _Fill:
    """One part on its way into one demand."""

    session: Session
    runtime: Runtime
    case_id: int
    party_id: int
    part: Part
    done: Calculation
    revision: int
    key: str
    actor: Actor

    @property
    def _once(self) -> dict[str, Any]:
        return {"revision": self.revision, "key": self.key, "actor": self.actor}

    def add(self) -> tuple[int, Change]:
        data = DemandIn.model_validate(
            {"party": self.party_id, "head": self.part.head, "item": self._item, "amount": yuan(self.part.amount)}
        )
        given = {**data.model_dump(mode="json", exclude_none=True), "calculation": self._asked}
        with changing(self.session, self.runtime, self.case_id, "add_demand", given, **self._once) as change:
            if change.repeated is None:
                self._check_party()
                at = change.step.at
                demand = add_demand_row(self.session, self.runtime, self.case_id, self.party_id, data, at)
                demand.calculation = self._kept
                self.session.flush()
                change.result["demand"] = demand.id
        return int((change.repeated or change.result)["demand"]), change

    def change(self, demand_id: int) -> tuple[int, Change]:
        reason = f"按“{self.done.worked.title}”公式重新计算"
        given = {"demand": demand_id, "amount": yuan(self.part.amount), "reason": reason, "calculation": self._asked}
        with changing(self.session, self.runtime, self.case_id, "change_demand", given, **self._once) as change:
            if change.repeated is None:
                self._check_party()
                demand = self.session.get_one(Demand, demand_id)
                before = {"amount": demand.amount, "quality": demand.quality, "withdrawn_on": demand.withdrawn_on}
                change.result["before"] = before
                demand.amount, demand.quality, demand.calculation = self.part.amount, "exact", self._kept
        return demand_id, change

    def _check_party(self) -> None:
        party = self.session.get(Party, self.party_id)
        if party is None or party.case_id != self.case_id or party.left_on or party.represents_id:
            raise BadInput("请从本案当事人中选择提出人。", {"party": "请从本案当事人中选择，代理人不能作为提出人。"})

    @property
    def _item(self) -> str:
        several = len(self.done.worked.parts) > 1
        return self.runtime.title("demand_heads", self.part.head) if several else _ASIDE.sub("", self.done.worked.title)

    @property
    def _asked(self) -> dict[str, Any]:
        told = plain(self.done)
        return {name: told[name] for name in ("formula", "version", "inputs", "as_of")}

    @property
    def _kept(self) -> dict[str, Any]:
        """What the demand keeps; `amount` is this demand's own part, in yuan."""
        told = plain(self.done)
        result = {name: told[name] for name in KEPT}
        return {**self._asked, "amount": yuan(self.part.amount), "result": result}
