"""The facts of one paper for the workers who sign it, out of the dossier."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from ...recovery.queries import PromiseLine
from .dossier import Dossier

Facts = dict[str, Any]


def facts_for(found: Dossier, template: str, ids: Sequence[int]) -> Facts:
    """What this paper prints for these workers. What nobody knows is absent, and the template leaves a blank."""
    workers = [{**found.workers[id], **_sums(found, id)} for id in ids]
    demands = [demand for id in ids for demand in found.demands.get(id, ())]
    facts: Facts = {
        **found.shared,
        "workers": workers,
        "employers": list(found.employers),
        "representatives": list(found.representatives),
        "demands": demands,
        "demands_total": _sum(demand.get("amount") for demand in demands),
        "evidence": [item for whose, item in found.evidence if whose is None or whose in ids],
        "checklist": _checklist(found, ids),
        "addressee": found.bodies.get(template),
        "settled": _settled(found, ids),
        "received_total": sum(s.received + s.credits for s in found.money.shares if s.party_id in ids) or None,
        "respondent_copies": len(found.employers) or None,
        "enforceable": found.enforceable,
        "claim_amount": _AMOUNTS[template](found, ids) if template in _AMOUNTS else None,
    }
    return {name: value for name, value in facts.items() if value not in (None, [], {}, "")}


def _checklist(found: Dossier, ids: Collection[int]) -> list[Facts]:
    """What is missing first."""
    lines: list[tuple[bool, Facts]] = []
    for item, held in found.checklist:
        mine = [row.name for whose, row in held if whose is None or whose in ids]
        facts: Facts = {"title": item.title, "where": item.where, "there": "、".join(mine[:3])}
        if item.burden is not None:
            articles = "、".join(article.text for article in item.burden.cites)
            facts["burden"] = f"{item.burden.who}：{item.burden.says}（{articles}）"
        lines.append((bool(mine), {key: value for key, value in facts.items() if value}))
    return [facts for _, facts in sorted(lines, key=lambda line: line[0])]


def in_the_agreement(found: Dossier) -> Sequence[int]:
    """The workers to whom the mediation agreement in force promises something; all where it names nobody here."""
    named = {p.party_id for p in found.money.promises if p.kind == "mediation"}
    return [id for id in found.workers if id in named] or list(found.workers)


def _sum(amounts: Any) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _sums(found: Dossier, id: int) -> Facts:
    sums = {
        "claimed": _sum(amount for _, amount in found.heads.get(id, ())),
        "open_amount": _due(found, (id,)) or None,
    }
    return {name: value for name, value in sums.items() if value is not None}


def _mine(found: Dossier, ids: Collection[int], *kinds: str) -> list[PromiseLine]:
    return [p for p in found.money.promises if p.party_id in ids and (not kinds or p.kind in kinds)]


def _due(found: Dossier, ids: Collection[int], *kinds: str) -> int:
    """Fen that have fallen due and are not paid."""
    return sum(p.open for p in _mine(found, ids, *kinds) if p.amount is not None and p.overdue)


def _settled(found: Dossier, ids: Collection[int]) -> Facts:
    if not found.agreement:
        return {}
    lines = _mine(found, ids, "mediation")
    late = [p.due_on for p in lines if p.overdue]
    facts = {
        **found.agreement,
        "total": sum(p.amount or 0 for p in lines) or None,
        "paid": sum(p.paid for p in lines if p.amount is not None),
        "open": _due(found, ids, "mediation") or None,
        "since": min(late) if late else None,
        "promises": [_promise(p, found.dues[p.id]) for p in lines],
    }
    return {name: value for name, value in facts.items() if value not in (None, [])}


def _promise(line: PromiseLine, duty: str) -> Facts:
    facts: Facts = {"payee": line.name, "duty": duty, "due_on": line.due_on}
    if line.amount is not None:
        facts |= {"amount": line.amount, "paid": line.paid, "open": line.open}
    return facts


def _for_order(found: Dossier, ids: Collection[int]) -> int | None:
    """Under an agreement what has fallen due; without one, arrears of pay alone."""
    if found.agreement:
        return _due(found, ids, "mediation") or None
    return _sum(amount for id in ids for head, amount in found.heads.get(id, ()) if head in found.sure_pay)


def _for_enforcement(found: Dossier, ids: Collection[int]) -> int | None:
    """What the title orders and is not performed; where its performance was not recorded, what was awarded."""
    if open_ := _due(found, ids):
        return open_
    if any(p.kind == "award" for p in _mine(found, ids)):
        return None
    return _sum(a.amount for a in found.money.awards if a.party_id in ids and not a.superseded)


def _for_suit(found: Dossier, ids: Collection[int]) -> int | None:
    return _due(found, ids, "mediation") or None


_AMOUNTS: Mapping[str, Callable[[Dossier, Collection[int]], int | None]] = {
    "payment_order_application": _for_order,
    "enforcement_application": _for_enforcement,
    "civil_complaint": _for_suit,
}
