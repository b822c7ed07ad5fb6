"""What papers may print of agreements: promises, duties, performance, the windows that an agreement opens."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from ..cases.models import Party
from ..cases.papers import is_principal
from ..cases.step import Step
from .models import Agreement, Promise

ACCELERATION = "任何一期逾期未付的，剩余款项全部到期，收款人可以一并主张。"
NO_OTHER_DISPUTES = "双方确认，除本协议所列事项外，就本次争议再无其他争议。"


def agreement_facts(step: Step, known: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of the draft of this case, or of nothing where there is none."""
    draft = step.session.scalars(
        select(Agreement)
        .where(Agreement.case_id == step.case_id, Agreement.signed_on.is_(None), Agreement.replaced_at.is_(None))
        .order_by(Agreement.id.desc())
    ).first()
    if draft is None:
        return {}
    rows = step.session.scalars(
        select(Promise).where(Promise.agreement_id == draft.id).order_by(Promise.due_on, Promise.id)
    ).all()
    named = step.session.execute(select(Party.id, Party.name).where(Party.case_id == step.case_id))
    names: dict[int, str] = {row.id: row.name for row in named}
    money = [p for p in rows if p.amount is not None]
    facts: dict[str, Any] = {
        "agreed_total": sum(p.amount or 0 for p in money) or None,
        "promises": [_money(step, p, names) for p in money],
        "duties": [_duty(p, names) for p in rows if p.amount is None],
        "performance": _performance(rows),
        "clauses": _clauses(draft),
        "workers": _workers(step, known["workers"], money),
    }
    return {name: value for name, value in facts.items() if value not in (None, [], {})}


def _workers(step: Step, workers: Sequence[Mapping[str, Any]], money: Sequence[Promise]) -> list[dict[str, Any]]:
    """The workers as they stand in the file, each with what the draft promises to them."""
    parties = step.session.scalars(
        select(Party)
        .where(Party.case_id == step.case_id, Party.side == "worker", Party.left_on.is_(None))
        .order_by(Party.id)
    )
    ids = [p.id for p in parties if is_principal(p)]
    return [{**worker, **_share(step, id, money)} for id, worker in zip(ids, workers, strict=True)]


def _share(step: Step, party_id: int, money: Sequence[Promise]) -> dict[str, Any]:
    mine = [p for p in money if p.party_id == party_id]
    if not mine:
        return {}
    items = dict.fromkeys(_money(step, p, {party_id: ""})["duty"] for p in mine)
    return {"agreed_amount": sum(p.amount or 0 for p in mine), "agreed_items": "、".join(items)}


def _money(step: Step, promise: Promise, names: dict[int, str]) -> dict[str, Any]:
    head = step.runtime.title("demand_heads", promise.head) if promise.head else ""
    return {
        "payer": names.get(promise.payer_id or 0, "用人单位"),
        "payee": names[promise.party_id],
        "duty": promise.duty or head or step.runtime.title("causes", step.facts.cause),
        "amount": promise.amount,
        "due_on": promise.due_on,
        "method": promise.method or "银行转账",
    }


def _duty(promise: Promise, names: dict[int, str]) -> dict[str, Any]:
    facts = {"who": names.get(promise.payer_id or 0, "用人单位"), "content": promise.duty, "due_on": promise.due_on}
    return {**facts, "method": promise.method} if promise.method else facts


def _performance(rows: Sequence[Promise]) -> dict[str, str]:
    days = sorted({p.due_on for p in rows})
    first, last = days[0], days[-1]
    shown = f"{last.year}年{last.month}月{last.day}日前（含当日）"
    if len(days) > 1:
        shown = f"自{first.year}年{first.month}月{first.day}日起分{len(days)}期，至{shown}履行完毕"
    methods = "、".join(dict.fromkeys(p.method for p in rows if p.method)) or "银行转账"
    return {"period": shown, "method": methods}


def _clauses(draft: Agreement) -> dict[str, str]:
    clauses = {}
    if draft.clauses.get("acceleration"):
        clauses["acceleration"] = ACCELERATION
    if draft.clauses.get("no_other_disputes"):
        clauses["no_other_disputes"] = NO_OTHER_DISPUTES
    return clauses
