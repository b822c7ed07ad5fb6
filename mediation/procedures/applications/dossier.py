"""Everything of one case that its applications print, read once, however many papers are made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from ...cases.checklist import checklist
from ...cases.evidence_rows import EvidenceRow, evidence_of
from ...cases.models import Case, Demand, Evidence, Party
from ...cases.papers import is_principal, paper_facts
from ...cases.step import Step
from ...documents.models import Document
from ...engine.checklists import Item
from ...errors import BadInput
from ...money import fen, yuan_grouped
from ...recovery.models import Agreement, Promise
from ...recovery.owed import IN_FORCE
from ...recovery.queries import CaseMoney, money_of
from .enforceable import enforceable

VERBS = ("支付", "给付", "补", "确认", "返还", "退还", "撤销", "继续", "恢复", "办理", "出具", "缴纳", "请求")
"""A demand that begins so says already what is to be done; to every other sum, 支付 is added."""

_SHARED = ("organisation", "case_number", "today", "cause", "dispute_facts", "received_on", "accepted_on")


@dataclass(frozen=True, slots=True)
class Dossier:
    """`workers` by the id of the party, as papers print them; `demands` by party; money as the ledger has it."""

    shared: Mapping[str, Any]
    workers: Mapping[int, Mapping[str, Any]]
    employers: Sequence[Mapping[str, Any]]
    demands: Mapping[int, Sequence[Mapping[str, Any]]]
    heads: Mapping[int, Sequence[tuple[str, int | None]]]
    checklist: Sequence[tuple[Item, Sequence[tuple[int | None, EvidenceRow]]]]
    """What is needed, and of what workers may see that is there for it: (whose alone it is, the item)."""
    evidence: Sequence[tuple[int | None, Mapping[str, Any]]]
    """(whose alone it is; None: everybody's, the item)."""
    money: CaseMoney
    dues: Mapping[int, str]
    """What each promise is for, by its id."""
    agreement: Mapping[str, Any]
    enforceable: Mapping[str, Any]
    representatives: Sequence[Mapping[str, Any]]
    bodies: Mapping[str, str]
    """Template → the body it goes to, where the file knows it."""
    sure_pay: frozenset[str]
    """Heads of demand that surely are pay: without an agreement only these come under a payment order."""
    today: date


def dossier(step: Step) -> Dossier:
    """Reads the file as it is now; BadInput where no worker is on it."""
    known = paper_facts(step)
    parties = _parties(step)
    workers = [p for p in parties if p.side == "worker" and is_principal(p)]
    if not workers:
        raise BadInput("本案没有登记劳动者，不能起草申请书。请先添加当事人。")
    shown = dict(zip((p.id for p in workers), known.get("workers", ()), strict=True))
    demands = _demands(step)
    return Dossier(
        shared={**{name: known[name] for name in _SHARED if name in known}, **_place(step), **_failure(step)},
        workers={p.id: {**shown[p.id], **_employment(p, demands.get(p.id, ()))} for p in workers},
        employers=_employers(step, parties, known.get("employers", ())),
        demands={id: [_demand(row, shown[id]["name"]) for row in rows] for id, rows in demands.items() if id in shown},
        heads={id: [(row.head, row.amount) for row in rows] for id, rows in demands.items()},
        checklist=_checklist(step, parties),
        evidence=_evidence(step, parties),
        money=money_of(step.session, step.case_id, step.today),
        dues=_dues(step),
        agreement=_agreement(step),
        enforceable=enforceable(step),
        representatives=_representatives(parties),
        bodies=_bodies(step, known),
        sure_pay=step.runtime.law.route("payment_order").kinds["pay"].sure,
        today=step.today,
    )


def _parties(step: Step) -> Sequence[Party]:
    query = select(Party).where(Party.case_id == step.case_id, Party.left_on.is_(None)).order_by(Party.id)
    return step.session.scalars(query).all()


def _place(step: Step) -> dict[str, Any]:
    workplace = step.session.scalar(select(Case.workplace).where(Case.id == step.case_id))
    return {"workplace": workplace} if workplace else {}


def _failure(step: Step) -> dict[str, Any]:
    """When mediation ended without an agreement: as somebody said, else since when the case stands there."""
    said = step.facts.said.get("failed_on")
    if said or step.facts.state == "failed":
        ended = date.fromisoformat(said) if said else step.facts.state_since.date()
        return {"failure": {"ended_on": ended}}
    return {}


def _employment(party: Party, demands: Sequence[Demand]) -> dict[str, Any]:
    """From and until when, as far as the file or a calculation of this worker says so."""
    told: dict[str, str] = {}
    for demand in demands:
        inputs = (demand.calculation or {}).get("inputs", {})
        told |= {name: inputs[name] for name in ("hired", "start", "end", "left", "left_on") if inputs.get(name)}
    hired = told.get("hired") or told.get("start")
    left = party.employment_ended_on or (None if party.employed else _day(told.get("end") or told.get("left_on")))
    found = {"hired_on": _day(hired), "left_on": left}
    return {name: day for name, day in found.items() if day is not None}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _employers(step: Step, parties: Sequence[Party], shown: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    roles = [p.role for p in parties if p.side == "employer" and is_principal(p)]
    titles = {role: step.runtime.title("party_roles", role) for role in roles if role != "party"}
    return [
        {**one, **({"standing": titles[role]} if role in titles else {})}
        for role, one in zip(roles, shown, strict=True)
    ]


def _demands(step: Step) -> Mapping[int, Sequence[Demand]]:
    query = select(Demand).where(Demand.case_id == step.case_id, Demand.withdrawn_on.is_(None)).order_by(Demand.id)
    found: dict[int, list[Demand]] = {}
    for row in step.session.scalars(query):
        found.setdefault(row.party_id, []).append(row)
    return found


def _demand(row: Demand, name: str) -> dict[str, Any]:
    said = row.item if not row.monetary or row.item.startswith(VERBS) else f"支付{row.item}"
    if row.from_on and row.until_on:
        said += f"（{_written(row.from_on)}至{_written(row.until_on)}）"
    facts = {"worker": name, "head": row.item, "claim": said, "amount": row.amount, "calculation": _computed(row)}
    return {key: value for key, value in facts.items() if value not in (None, "")}


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _computed(row: Demand) -> str:
    """The working, and both sums where another one is demanded."""
    kept = row.calculation
    if not kept:
        return ""
    working = "；".join(str(step).rstrip("。；") for step in kept.get("result", {}).get("steps", ()))
    computed = fen(kept["amount"])
    if row.amount is not None and computed != row.amount:
        working += f"；以上计算为{yuan_grouped(computed)}元，现主张{yuan_grouped(row.amount)}元"
    return f"{working}。" if working else ""


def _evidence(step: Step, parties: Sequence[Party]) -> Sequence[tuple[int | None, Mapping[str, Any]]]:
    """What both sides may see, and what a worker keeps on the own side; never what only mediators see."""
    people = {p.id: p for p in parties}
    rows = step.session.scalars(select(Evidence).where(Evidence.case_id == step.case_id).order_by(Evidence.number))
    found = []
    for row in rows:
        by = people.get(row.submitted_by_id or 0)
        whose = None if row.visibility == "both_sides" else by.id if by is not None and by.side == "worker" else 0
        if row.visibility != "mediator" and whose != 0:
            facts = {
                "name": row.name,
                "category": step.runtime.title("evidence_categories", row.category),
                "source": f"{by.name}提交" if by else None,
                "proves": row.proves,
            }
            found.append((whose, {key: value for key, value in facts.items() if value}))
    return found


def _checklist(step: Step, parties: Sequence[Party]) -> Sequence[tuple[Item, Sequence[tuple[int | None, EvidenceRow]]]]:
    """Ticked off by what both sides or a worker may see; what only mediators or the employer see does not count."""
    workers = {p.id for p in parties if p.side == "worker"}
    rows = evidence_of(step.session, step.case_id, {"lawyer"})
    whose = {row.id: row.submitted_by_id if row.visibility == "own_side" else None for row in rows}
    kept = [row for row in rows if whose[row.id] is None or whose[row.id] in workers]
    lines = checklist(step.session, step.runtime, step.case_id, kept)
    return [(line.item, [(whose[row.id], row) for row in (*line.linked, *line.likely)]) for line in lines]


def _dues(step: Step) -> Mapping[int, str]:
    rows = step.session.execute(select(Promise.id, Promise.duty, Promise.head).where(Promise.case_id == step.case_id))
    cause = step.runtime.title("causes", step.facts.cause)
    return {row.id: row.duty or step.runtime.title("demand_heads", row.head) or cause for row in rows}


def _agreement(step: Step) -> Mapping[str, Any]:
    """The mediation agreement in force, the latest where there are several."""
    query = select(Agreement).where(Agreement.case_id == step.case_id, Agreement.kind == "mediation", *IN_FORCE)
    rows = step.session.scalars(query.order_by(Agreement.signed_on, Agreement.id)).all()
    if not rows:
        return {}
    paper = (
        select(Document.number)
        .where(Document.case_id == step.case_id, Document.template == "mediation_agreement")
        .where(Document.voided_at.is_(None), Document.issued_at <= rows[-1].recorded_at)
        .order_by(Document.id.desc())
    )
    number = step.session.scalars(paper).first()
    found = {"signed_on": rows[-1].signed_on, "number": number}
    return {name: value for name, value in found.items() if value}


def _representatives(parties: Sequence[Party]) -> Sequence[Mapping[str, Any]]:
    elected = [p for p in parties if p.side == "worker" and p.role == "elected_representative"]
    return [{"name": p.name, **({"phone": p.phone} if p.phone else {})} for p in elected]


_SAID = {
    "arbitration_application": "arbitration_body",
    "review_application": "review_body",
    "confirmation_application": "confirmation_court",
    "payment_order_application": "payment_order_court",
    "enforcement_application": "enforcement_court",
    "civil_complaint": "suit_court",
    "inspection_complaint": "inspection_body",
}


def _bodies(step: Step, known: Mapping[str, Any]) -> Mapping[str, str]:
    """What a form has said; for arbitration else the committee that the organisation names on its notices."""
    committee = known.get("arbitration_committee", {}).get("name")
    usual = {"arbitration_application": committee, "review_application": committee}
    found = {template: step.facts.said.get(name) or usual.get(template) for template, name in _SAID.items()}
    return {template: body for template, body in found.items() if body}
