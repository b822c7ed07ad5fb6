"""One paper for each worker of a group: numbered in chunks, each chunk one transaction with one audit entry.

Whoever has a paper on the same agreement gets no second one, so that a batch that was broken off goes on where it
stopped, and joiners get theirs alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..cases.models import Demand, Party
from ..cases.papers import is_principal, paper_facts
from ..cases.printed import note_printed
from ..cases.step import Step
from ..documents.issue import Issuer, issue, revive_documents, void_issued
from ..documents.models import Document
from ..engine.ask_types import Integer
from ..errors import BadInput
from ..people.actor import Actor
from ..recovery.models import Agreement, Promise
from ..runtime import Effect, Inverse, Runtime
from .models import PersonalPaper
from .roster import roster
from .subgroups import subgroup_of

TEMPLATE = "personal_confirmation"
CHUNK = 200
"""Papers in one transaction: a second or two, in which nobody else can change this case."""
REPLACED = "所依据的协议已被替换或不再签署"


class PapersIn(BaseModel):
    """For whom: everybody whom the agreement covers, or a sub-group."""

    model_config = ConfigDict(extra="forbid", title="逐人文书")

    subgroup: Integer | None = Field(default=None, title="只为哪一组")


@dataclass(frozen=True, slots=True)
class PersonalRow:
    """One paper that was issued."""

    document_id: int
    party_id: int
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Batch:
    """How far the papers of the present agreement are: `issued` of `covered`. `agreement_id` None: there is none."""

    agreement_id: int | None
    signed: bool
    covered: int
    papers: tuple[PersonalRow, ...]

    @property
    def issued(self) -> int:
        return len(self.papers)

    @property
    def waiting(self) -> int:
        return self.covered - self.issued


def batch_of(session: Session, case_id: int) -> Batch:
    """The draft that lies there, else the newest agreement in force, with the papers issued on it."""
    agreement = _agreement(session, case_id)
    if agreement is None:
        return Batch(None, False, 0, ())
    query = (
        select(PersonalPaper.document_id, PersonalPaper.party_id, Party.name, Document.number)
        .join(Party, Party.id == PersonalPaper.party_id)
        .join(Document, Document.id == PersonalPaper.document_id)
        .where(PersonalPaper.agreement_id == agreement.id, Document.voided_at.is_(None))
        .order_by(PersonalPaper.id)
    )
    papers = tuple(PersonalRow(*row) for row in session.execute(query))
    live = len(_covered(session, agreement.id))
    gone = len({p.party_id for p in papers} - set(_covered(session, agreement.id)))
    return Batch(agreement.id, agreement.signed_on is not None, live + gone, papers)


def issue_papers(session: Session, runtime: Runtime, case_id: int, data: PapersIn, *, key: str, actor: Actor) -> Change:
    """The next papers, at most CHUNK. `result`: documents (id, number, hash), issued so far, covered, waiting.

    It collides with nothing, so no revision is asked for; BadInput where there is no agreement or a fact is missing.
    """
    given = data.model_dump(exclude_none=True)
    once: Any = {"key": key, "actor": actor, "revision": None, "bumps": False}
    with changing(session, runtime, case_id, "personal_papers", given, **once) as made:
        if made.repeated is None:
            agreement = _agreement(session, case_id)
            if agreement is None:
                raise BadInput("还没有协议稿或生效的协议，不能逐人出具确认书。请先拟定协议。")
            waiting = _waiting(session, runtime, case_id, agreement.id, data)
            if not waiting:
                raise BadInput("协议涉及的劳动者都已有确认书，没有需要出具的。")
            void_personal_papers(made.step)
            made.result["documents"] = _issue(made.step, agreement, waiting[:CHUNK])
            session.flush()
            batch = batch_of(session, case_id)
            made.result |= {"agreement": agreement.id, "issued": batch.issued, "covered": batch.covered}
            made.result["waiting"] = len(waiting) - len(made.result["documents"])
    return made


def _agreement(session: Session, case_id: int) -> Agreement | None:
    live = (Agreement.case_id == case_id, Agreement.replaced_at.is_(None), Agreement.kind == "mediation")
    query = select(Agreement).where(*live).order_by(Agreement.signed_on.is_(None).desc(), Agreement.id.desc())
    return session.scalars(query.limit(1)).first()


def _covered(session: Session, agreement_id: int) -> Sequence[int]:
    """The present workers to whom the agreement promises something, by id."""
    query = (
        select(Promise.party_id)
        .join(Party, Party.id == Promise.party_id)
        .where(Promise.agreement_id == agreement_id, Party.left_on.is_(None), Party.side == "worker")
        .distinct()
        .order_by(Promise.party_id)
    )
    return session.scalars(query).all()


def _waiting(session: Session, runtime: Runtime, case_id: int, agreement_id: int, data: PapersIn) -> Sequence[int]:
    have = set(
        session.scalars(
            select(PersonalPaper.party_id)
            .join(Document, Document.id == PersonalPaper.document_id)
            .where(PersonalPaper.agreement_id == agreement_id, Document.voided_at.is_(None))
        )
    )
    wanted = [id for id in _covered(session, agreement_id) if id not in have]
    if data.subgroup is None:
        return wanted
    subgroup_of(session, case_id, data.subgroup)
    today = runtime.clock.today()
    inside = {m.party_id for m in roster(session, case_id, today=today, subgroup=data.subgroup, present=True).members}
    return [id for id in wanted if id in inside]


def void_personal_papers(step: Step) -> None:
    """Papers on a draft or agreement that was replaced or given up are void; they and their numbers stay."""
    step.session.flush()
    old = (
        select(PersonalPaper.document_id)
        .join(Agreement, Agreement.id == PersonalPaper.agreement_id)
        .join(Document, Document.id == PersonalPaper.document_id)
        .where(Agreement.case_id == step.case_id, Agreement.replaced_at.is_not(None), Document.voided_at.is_(None))
    )
    ids = list(step.session.scalars(old.order_by(PersonalPaper.document_id)))
    if ids:
        void_issued(step.connection, ids, REPLACED, step.at)
        step.before["personal_papers"] = ids


def revive_personal_papers(step: Step, before: Mapping[str, Any]) -> None:
    revive_documents(step.connection, before.get("personal_papers", ()))


EFFECTS: Mapping[str, Effect] = {"void_personal_papers": void_personal_papers}
UNDOES: Mapping[str, Inverse] = {"void_personal_papers": revive_personal_papers}


def _issue(step: Step, agreement: Agreement, parties: Sequence[int]) -> list[dict[str, Any]]:
    shared = _shared(step, agreement)
    people = _people(step, shared)
    demands, promises = _demands(step), _promises(step, agreement)
    template, issuer = step.runtime.templates.get(TEMPLATE), Issuer(step.facts.organisation_id, step.facts.short_name)
    told = []
    for party in parties:
        facts = {**shared, "workers": [people[party]], **_claims(demands.get(party, ())), **promises[party]}
        issued = issue(
            step.connection,
            template,
            facts,
            issuer,
            case_id=step.case_id,
            proceeding_id=step.proceeding_id,
            by_id=step.actor.person_id,
            at=step.at,
        )
        step.session.add(PersonalPaper(document_id=issued.id, agreement_id=agreement.id, party_id=party))
        form = f"{issued.template}@{issued.template_version}"
        told.append(
            {"id": issued.id, "template": form, "number": issued.number, "title": issued.title}
            | {"hash": issued.digest}
        )
    note_printed(step, template, told)
    return told


_ABOUT_OTHERS = ("demands", "demands_total", "agreed_total", "promises", "duties", "performance", "clauses")


def _shared(step: Step, agreement: Agreement) -> dict[str, Any]:
    """What all papers of the batch say alike."""
    facts = {name: fact for name, fact in paper_facts(step).items() if name not in _ABOUT_OTHERS}
    covered = step.session.scalar(
        select(func.count(func.distinct(Promise.party_id))).where(Promise.agreement_id == agreement.id)
    )
    number = step.session.scalar(
        select(Document.number)
        .where(Document.case_id == step.case_id, Document.template == "mediation_agreement")
        .where(Document.voided_at.is_(None), Document.issued_at >= agreement.drafted_at)
        .order_by(Document.id.desc())
        .limit(1)
    )
    return {**facts, "covered_workers": covered, **({"agreement_number": number} if number else {})}


def _people(step: Step, shared: Mapping[str, Any]) -> Mapping[int, Mapping[str, Any]]:
    """Party id → the facts of that worker, which stand in the order of ids."""
    live = (Party.case_id == step.case_id, Party.side == "worker", Party.left_on.is_(None))
    parties = step.session.scalars(select(Party).where(*live).order_by(Party.id))
    ids = [party.id for party in parties if is_principal(party)]
    return dict(zip(ids, shared["workers"], strict=True))


def _demands(step: Step) -> Mapping[int, list[Demand]]:
    found: dict[int, list[Demand]] = {}
    query = select(Demand).where(Demand.case_id == step.case_id, Demand.withdrawn_on.is_(None)).order_by(Demand.id)
    for demand in step.session.scalars(query):
        found.setdefault(demand.party_id, []).append(demand)
    return found


def _claims(demands: Iterable[Demand]) -> dict[str, Any]:
    rows = [{"head": d.item, **({"amount": d.amount} if d.amount is not None else {})} for d in demands]
    sums = [d.amount for d in demands if d.amount is not None]
    return {"demands": rows, **({"demands_total": sum(sums)} if len(sums) > 1 else {})}


def _promises(step: Step, agreement: Agreement) -> Mapping[int, dict[str, Any]]:
    """Worker → sum, payments, duties and how they are performed."""
    named = step.session.execute(select(Party.id, Party.name).where(Party.case_id == step.case_id))
    names: dict[int, str] = {row.id: row.name for row in named}
    rows: dict[int, list[Promise]] = {}
    query = select(Promise).where(Promise.agreement_id == agreement.id).order_by(Promise.due_on, Promise.id)
    for promise in step.session.scalars(query):
        rows.setdefault(promise.party_id, []).append(promise)
    return {party: _share(step, mine, names) for party, mine in rows.items()}


def _share(step: Step, mine: Sequence[Promise], names: Mapping[int, str]) -> dict[str, Any]:
    money = [promise for promise in mine if promise.amount is not None]
    total = sum(promise.amount or 0 for promise in money)
    facts = {
        "agreed_total": total or None,
        "promises": [_payment(step, promise, names) for promise in money],
        "duties": [_duty(promise, names) for promise in mine if promise.amount is None],
        "performance": _performance(mine),
    }
    return {name: fact for name, fact in facts.items() if fact}


def _payment(step: Step, promise: Promise, names: Mapping[int, str]) -> dict[str, Any]:
    head = step.runtime.title("demand_heads", promise.head) if promise.head else ""
    return {
        "payer": names.get(promise.payer_id or 0, "用人单位"),
        "payee": names[promise.party_id],
        "duty": promise.duty or head or step.runtime.title("causes", step.facts.cause),
        "amount": promise.amount,
        "due_on": promise.due_on,
        "method": _method(step, promise),
    }


def _method(step: Step, promise: Promise) -> str:
    return step.runtime.title("payment_methods", promise.method) if promise.method else "银行转账"


def _duty(promise: Promise, names: Mapping[int, str]) -> dict[str, Any]:
    facts = {"who": names.get(promise.payer_id or 0, "用人单位"), "content": promise.duty, "due_on": promise.due_on}
    return {**facts, "method": promise.method} if promise.method else facts


def _performance(rows: Sequence[Promise]) -> dict[str, str]:
    days = sorted({promise.due_on for promise in rows})
    until = f"{days[-1].year}年{days[-1].month}月{days[-1].day}日前（含当日）"
    first = f"{days[0].year}年{days[0].month}月{days[0].day}日"
    shown = until if len(days) == 1 else f"自{first}起分{len(days)}期，至{until}履行完毕"
    return {"period": shown, "method": "、".join(dict.fromkeys(p.method for p in rows if p.method)) or "银行转账"}
