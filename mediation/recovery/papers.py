"""What papers may print of agreements: promises, duties, performance, the windows that an agreement opens."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from ..cases.models import Party, Proceeding
from ..cases.papers import is_principal
from ..cases.step import Step
from ..money import yuan_grouped
from .models import Agreement, Promise

ACCELERATION = "任何一期逾期未付的，剩余款项全部到期，收款人可以一并主张。"
PROOF = "付款人应当在每次付款后向本组织提交付款凭证。"
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
        "clauses": _clauses(step, draft, rows, names),
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


def _clauses(
    step: Step, draft: Agreement, rows: Sequence[Promise], names: Mapping[int, str]
) -> dict[str, str | list[str]]:
    said = draft.clauses
    told: dict[str, str | list[str]] = {}
    if said.get("acceleration"):
        told["acceleration"] = ACCELERATION
    if said.get("no_other_disputes"):
        told["no_other_disputes"] = NO_OTHER_DISPUTES
    others = [*_further(rows, names), *([PROOF] if said.get("proof_of_payment") else []), *_endings(step, said)]
    return {**told, "others": others} if others else told


def _further(rows: Sequence[Promise], names: Mapping[int, str]) -> Iterator[str]:
    """Conditions, indemnities and how long a duty goes on, in the order of the rows."""
    for promise in rows:
        what = f"向{names[promise.party_id]}" + (
            f"支付{yuan_grouped(promise.amount)}元" if promise.amount else promise.duty
        )
        if promise.condition:
            latest = (
                f"；条件至{_day(promise.latest_on)}仍未成就的，仍应于该日前（含当日）履行" if promise.latest_on else ""
            )
            yield f"{what}以下列条件成就为前提：{promise.condition}{latest}。"
        if promise.indemnifier_id:
            yield f"{what}到期没有履行的，由{names[promise.indemnifier_id]}承担。"
        if promise.until_on:
            people = f"，涉及{promise.headcount}人" if promise.headcount else ""
            since = f"自{_day(promise.planned_on)}起" if promise.planned_on else ""
            yield f"{what}：{since}持续至{_day(promise.until_on)}{people}。"
        elif promise.headcount:
            yield f"{what}：涉及{promise.headcount}人。"


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _endings(step: Step, said: Mapping[str, Any]) -> Iterator[str]:
    if ids := said.get("also_ends"):
        query = select(Proceeding.workflow).where(Proceeding.id.in_(ids)).order_by(Proceeding.id)
        titles = [step.runtime.machine(name).definition.title for name in step.session.scalars(query)]
        yield f"本协议同时了结双方之间的下列程序，由提起的一方依法撤回或者请求据本协议结案：{'、'.join(titles)}。"
