"""Split and merge: workers go to a case of their own or into another one with everything that was typed for them.

Nothing is typed again: parties, representatives, demands, evidence. What was agreed, awarded or received for a worker
keeps that worker where it is, so that sums never move between cases.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..db import connection_of
from ..documents.issue import next_number
from ..engine.ask_types import Integer, LongText
from ..errors import BadInput
from ..people.actor import Actor
from ..people.models import Organisation
from ..runtime import Runtime
from .change import Change, changing
from .headcount import gravity_of, recount
from .links import add_link
from .models import Case, Demand, Evidence, Party
from .proceedings import begin


class SplitIn(BaseModel):
    """Which workers leave for a case of their own, and why."""

    model_config = ConfigDict(extra="forbid", title="分案")

    workers: list[Integer] = Field(title="分出的劳动者", min_length=1, max_length=1000)
    reason: LongText = Field(title="分案的理由")


def split_case(
    session: Session,
    runtime: Runtime,
    case_id: int,
    data: SplitIn,
    *,
    revision: int,
    key: str,
    actor: Actor,
    settled: Collection[int] = (),
) -> Change:
    """Split workers off into a new case at the same office; `result.case` is its id, `result.number` its number.

    The new case was received when this one was. `settled` are workers with sums here: they stay, BadInput names them.
    """
    given = data.model_dump()
    with changing(session, runtime, case_id, "split_case", given, revision=revision, key=key, actor=actor) as made:
        if made.repeated is None:
            leaving = _leaving(session, case_id, data.workers, settled)
            old = session.get(Case, case_id)
            assert old is not None
            new = _twin(session, old, len(leaving), made.step.at)
            carried = carry(session, case_id, new.id, leaving, made.step.at, with_others=True)
            leave(session, leaving, made.step.at)
            recount(session, case_id, left=len(leaving))
            add_link(session, new.id, old.id, "split_from", made.step.at, actor, data.reason[:500])
            begin(
                session,
                runtime,
                "dispute",
                new.id,
                actor=actor,
                role=made.role,
                event="register",
                payload={
                    "answers": {"split_from": old.number},
                    "result": {"number": new.number, "evidence_copied": carried.evidence},
                },
            )
            made.result |= {"case": new.id, "number": new.number, "workers": [p.id for p in leaving]}
    return made


def _leaving(session: Session, case_id: int, wanted: Sequence[int], settled: Collection[int]) -> list[Party]:
    live = (Party.case_id == case_id, Party.side == "worker", Party.left_on.is_(None), Party.represents_id.is_(None))
    workers = list(session.scalars(select(Party).where(*live).order_by(Party.id)))
    chosen = [party for party in workers if party.id in set(wanted)]
    if len(chosen) != len(set(wanted)):
        raise BadInput("请从本案劳动者中选择。", {"workers": "只能选择本案现有的劳动者。"})
    if len(chosen) == len(workers):
        raise BadInput("不能把全部劳动者都分出去。", {"workers": "至少要留下一名；整案并入他案的，请用“并入他案”。"})
    if kept := [party.name for party in chosen if party.id in settled]:
        names = "、".join(kept[:5])
        sentence = f"{names}在本案已有协议、裁判或到账的金额，请在本案继续办理。"
        raise BadInput(sentence, {"workers": sentence})
    return chosen


def _twin(session: Session, old: Case, workers: int, at: datetime) -> Case:
    organisation = session.get(Organisation, old.organisation_id)
    assert organisation is not None
    serial = next_number(connection_of(session), organisation.id, at.year, "案")
    copied = ("channel", "cause", "summary", "request", "received_at", "received_on", "since_on", "workplace")
    new = Case(
        number=f"{organisation.short_name}工调案〔{at.year}〕{serial:05d}号",
        organisation_id=organisation.id,
        **{name: getattr(old, name) for name in copied},
        workers_count=workers,
        gravity=gravity_of(workers),
        group_case=workers > 1,
        reference=old.reference,
        registered_by_id=old.registered_by_id,
        created_at=at,
    )
    session.add(new)
    session.flush()
    return new


@dataclass(frozen=True, slots=True)
class Carried:
    """Old party id → new one, and the items of evidence as the audit trail names them."""

    parties: Mapping[int, int]
    evidence: list[dict[str, Any]]


_PARTY = (
    *("side", "role", "name", "person_id", "employer_id", "authority", "authority_until", "phone", "address"),
    *("consent", "consent_on", "liability", "liability_basis", "condition", "condition_on"),
    *("employed", "employment_ended_on"),
)
_DEMAND = ("head", "item", "amount", "quality", "from_on", "until_on", "monetary")
_EVIDENCE = (
    "checklist_item",
    "name",
    "category",
    "visibility",
    "proves",
    "media_type",
    "size",
    "sha256",
    "received_at",
)


def carry(
    session: Session, source: int, target: int, workers: Sequence[Party], at: datetime, *, with_others: bool
) -> Carried:
    """Copy workers with their representatives, open demands and all evidence.

    `with_others`: the employers and third parties too (a new case); else only workers who are not there yet.
    """
    live = select(Party).where(Party.case_id == source, Party.left_on.is_(None)).order_by(Party.id)
    everybody = list(session.scalars(live))
    ids = {party.id for party in workers}
    others = [p for p in everybody if p.side != "worker" and p.represents_id is None] if with_others else []
    new: dict[int, int] = {}
    for party in [*others, *workers, *(p for p in everybody if p.represents_id in ids | {o.id for o in others})]:
        new[party.id] = _copy_party(session, party, target, new, at)
    moved = select(Demand).where(Demand.case_id == source, Demand.party_id.in_(ids), Demand.withdrawn_on.is_(None))
    for demand in session.scalars(moved.order_by(Demand.id)).all():
        copied = {name: getattr(demand, name) for name in _DEMAND}
        session.add(Demand(case_id=target, party_id=new[demand.party_id], added_at=at, **copied))
        demand.withdrawn_on = at.date()
    evidence = _copy_evidence(session, source, target, new)
    session.flush()
    return Carried(new, evidence)


def _copy_party(session: Session, party: Party, target: int, new: Mapping[int, int], at: datetime) -> int:
    copied = {name: getattr(party, name) for name in _PARTY}
    twin = Party(case_id=target, represents_id=new.get(party.represents_id or 0), added_at=at, **copied)
    session.add(twin)
    session.flush()
    return twin.id


def _copy_evidence(session: Session, source: int, target: int, new: Mapping[int, int]) -> list[dict[str, Any]]:
    """The bytes are kept once, by their hash; only the list is copied. What is there already is not doubled."""
    there = set(session.scalars(select(Evidence.sha256).where(Evidence.case_id == target)))
    copies = []
    number = session.scalar(select(func.max(Evidence.number)).where(Evidence.case_id == target)) or 0
    for item in session.scalars(select(Evidence).where(Evidence.case_id == source).order_by(Evidence.number)).all():
        if item.sha256 not in there:
            number += 1
            copied = {name: getattr(item, name) for name in _EVIDENCE}
            twin = Evidence(
                case_id=target,
                number=number,
                submitted_by_id=new.get(item.submitted_by_id or 0),
                received_by_id=item.received_by_id,
                **copied,
            )
            session.add(twin)
            session.flush()
            copies.append(
                {"id": twin.id, "number": number, "name": item.name, "sha256": item.sha256, "size": item.size}
            )
    return copies


def leave(session: Session, workers: Sequence[Party], at: datetime) -> None:
    """They go on elsewhere; their representatives with them."""
    ids = [party.id for party in workers]
    for party in [*workers, *session.scalars(select(Party).where(Party.represents_id.in_(ids)))]:
        party.left_on = at.date()
    session.flush()


def take_in(
    session: Session, runtime: Runtime, target: int, source: Case, *, key: str, actor: Any
) -> Mapping[str, Any]:
    """Bring the workers, demands and evidence of a merged case into the one that goes on, with an entry there."""
    given = {"from": source.number}
    with changing(session, runtime, target, "take_in_case", given, revision=None, key=key, actor=actor) as made:
        if made.repeated is None:
            known = set(
                session.scalars(
                    select(Party.person_id).where(
                        Party.case_id == target, Party.side == "worker", Party.left_on.is_(None)
                    )
                )
            )
            live = (Party.side == "worker", Party.left_on.is_(None), Party.represents_id.is_(None))
            workers = session.scalars(select(Party).where(Party.case_id == source.id, *live).order_by(Party.id)).all()
            coming = [p for p in workers if p.person_id is None or p.person_id not in known]
            carried = carry(session, source.id, target, coming, made.step.at, with_others=False)
            recount(session, target)
            add_link(session, target, source.id, "merged_from", made.step.at, actor)
            workers_in = [carried.parties[p.id] for p in coming]
            made.result |= {"from": source.id, "workers": workers_in, "evidence_copied": carried.evidence}
    return dict(made.repeated or made.result)
