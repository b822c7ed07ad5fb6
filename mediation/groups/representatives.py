"""Elected representatives, and what each worker says to a draft.

From ten workers with a common claim on the workers may choose representatives (LMA 7). LMA gives no number for
mediation; three to five is that of AR 63 for arbitration, used by analogy. By the same analogy representatives speak
for everybody in general matters alone: changing or giving up demands and settling need the consent of each worker
represented (AR 63), which is recorded here worker by worker and for one draft.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..cases.evidence_rows import evidence_of
from ..cases.headcount import MAJOR_FROM
from ..cases.models import Case, Evidence, Party
from ..engine.ask_types import Day, Integer, Text
from ..errors import BadInput
from ..people.actor import Actor
from ..recovery.models import Agreement, Promise
from ..runtime import Runtime
from .models import DraftConsent, ElectedSeat, Election
from .subgroups import present_workers

FEWEST, MOST = 3, 5
ANSWERS: Mapping[str, str] = {"agreed": "同意", "refused": "不同意", "no_answer": "没有答复"}
GENERAL = ("参加调解和协商", "提交和接收材料", "陈述事实和意见")
"""What representatives may do for everybody by themselves."""
WITH_CONSENT = ("变更或放弃请求", "达成和签署协议")
"""What needs the consent of each worker represented (AR 63, by analogy)."""


class ElectionIn(BaseModel):
    """Who was elected by whom on which day, and where the signed record of it lies."""

    model_config = ConfigDict(extra="forbid", title="推选代表")

    representatives: list[Integer] = Field(title="当选的劳动者", min_length=1, max_length=20)
    elected_on: Day = Field(title="推选日期")
    voters: Integer = Field(ge=1, title="在推选书上签名的人数")
    evidence: Integer | None = Field(default=None, title="推选书（证据）")
    note: Text | None = Field(default=None, title="说明")


class ConsentIn(BaseModel):
    """What workers say to the draft that lies there unsigned."""

    model_config = ConfigDict(extra="forbid", title="对协议稿的意见")

    workers: list[Integer] = Field(title="劳动者", min_length=1, max_length=1000)
    answer: Literal["agreed", "refused", "no_answer"] = Field(title="意见")
    answered_on: Day = Field(title="表示意见的日期")
    evidence: Integer | None = Field(default=None, title="书面意见（证据）")


@dataclass(frozen=True, slots=True)
class Representative:
    """`party_id` is who speaks, `worker_id` the worker who was elected."""

    party_id: int
    worker_id: int
    name: str


@dataclass(frozen=True, slots=True)
class ElectionRow:
    id: int
    elected_on: date
    voters: int
    evidence: str | None
    note: str
    ended_on: date | None
    representatives: tuple[Representative, ...]


@dataclass(frozen=True, slots=True)
class Opinion:
    """One worker covered by the draft; `answer` None: not asked yet."""

    party_id: int
    name: str
    agreed: int
    answer: str | None
    answered_on: date | None


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft with what each covered worker says to it."""

    agreement_id: int
    opinions: tuple[Opinion, ...]

    def count(self, answer: str | None) -> int:
        return sum(opinion.answer == answer for opinion in self.opinions)

    @property
    def everybody_agrees(self) -> bool:
        return bool(self.opinions) and self.count("agreed") == len(self.opinions)


def elect(
    session: Session, runtime: Runtime, case_id: int, data: ElectionIn, *, revision: int, key: str, actor: Actor
) -> Change:
    """Record an election; those elected before are representatives no longer. `result.representatives` are the ids."""
    given = data.model_dump(mode="json", exclude_none=True)
    once = {"revision": revision, "key": key, "actor": actor}
    with changing(session, runtime, case_id, "elect_representatives", given, **once) as made:  # type: ignore[arg-type]
        if made.repeated is None:
            workers = present_workers(session, case_id, data.representatives, "representatives")
            _check_election(session, case_id, data, len(workers), made.step.today)
            _end_earlier(session, case_id, data.elected_on)
            election = Election(
                case_id=case_id,
                elected_on=data.elected_on,
                voters=data.voters,
                evidence_id=data.evidence,
                note=data.note or "",
            )
            session.add(election)
            session.flush()
            made.result["representatives"] = [_seat(session, election, worker, made) for worker in workers]
    return made


def _seat(session: Session, election: Election, worker: Party, made: Change) -> int:
    speaker = Party(
        case_id=worker.case_id,
        side="worker",
        role="elected_representative",
        name=worker.name,
        person_id=worker.person_id,
        phone=worker.phone,
        address=worker.address,
        authority="general",
        joined_on=election.elected_on,
        added_at=made.step.at,
    )
    session.add(speaker)
    session.flush()
    session.add(ElectedSeat(election_id=election.id, party_id=speaker.id, worker_id=worker.id))
    return speaker.id


def _check_election(session: Session, case_id: int, data: ElectionIn, chosen: int, today: date) -> None:
    wrong = {}
    count = session.get_one(Case, case_id).workers_count
    if count < MAJOR_FROM:
        wrong["representatives"] = (
            f"本案{count}人。十人以上并有共同请求的才推选代表（调解仲裁法第七条）；不足十人的，各自参加或委托代理人。"
        )
    elif not FEWEST <= chosen <= MOST:
        wrong["representatives"] = (
            f"请推选{FEWEST}至{MOST}名代表（参照劳动人事争议仲裁办案规则第六十三条；调解仲裁法第七条没有规定调解的人数）。"
        )
    if data.voters > count:
        wrong["voters"] = f"签名人数不能多于涉及人数{count}人。"
    if data.elected_on > today:
        wrong["elected_on"] = "日期不能晚于今天。"
    wrong |= _evidence(session, case_id, data.evidence)
    if wrong:
        raise BadInput("推选未保存，请按提示修改。", wrong)


def _evidence(session: Session, case_id: int, evidence_id: int | None) -> dict[str, str]:
    item = session.get(Evidence, evidence_id) if evidence_id is not None else None
    missing = evidence_id is not None and (item is None or item.case_id != case_id)
    return {"evidence": "请从本案证据中选择。"} if missing else {}


def _end_earlier(session: Session, case_id: int, on: date) -> None:
    """Also those who were entered by hand as elected representatives."""
    session.execute(
        update(Election).where(Election.case_id == case_id, Election.ended_on.is_(None)).values(ended_on=on)
    )
    live = (Party.case_id == case_id, Party.role == "elected_representative", Party.left_on.is_(None))
    session.execute(update(Party).where(*live).values(left_on=on))


def record_consents(
    session: Session, runtime: Runtime, case_id: int, data: ConsentIn, *, revision: int, key: str, actor: Actor
) -> Change:
    """What these workers say to the draft; a later answer replaces the earlier, which the entry keeps."""
    given = data.model_dump(mode="json", exclude_none=True)
    with changing(session, runtime, case_id, "draft_consents", given, revision=revision, key=key, actor=actor) as made:
        if made.repeated is None:
            draft = draft_of(session, case_id)
            if draft is None:
                raise BadInput("现在没有等待签署的协议稿，请先拟定协议。")
            covered = {opinion.party_id for opinion in draft.opinions}
            if not set(data.workers) <= covered:
                raise BadInput("请从协议稿涉及的劳动者中选择。", {"workers": "只能选择协议稿涉及的劳动者。"})
            if data.answered_on > made.step.today:
                raise BadInput("日期不能晚于今天。", {"answered_on": "日期不能晚于今天。"})
            if wrong := _evidence(session, case_id, data.evidence):
                raise BadInput("意见未保存，请按提示修改。", wrong)
            made.result |= {"agreement": draft.agreement_id, "before": _record(session, draft, data, made)}
    return made


def _record(session: Session, draft: Draft, data: ConsentIn, made: Change) -> Mapping[str, str]:
    query = select(DraftConsent).where(DraftConsent.agreement_id == draft.agreement_id)
    there = {row.party_id: row for row in session.scalars(query)}
    before = {str(id): there[id].answer for id in data.workers if id in there}
    for id in dict.fromkeys(data.workers):
        row = there.get(id)
        if row is None:
            row = DraftConsent(agreement_id=draft.agreement_id, party_id=id)
            session.add(row)
        row.answer, row.answered_on, row.evidence_id = data.answer, data.answered_on, data.evidence
        row.recorded_at = made.step.at
    return before


def draft_of(session: Session, case_id: int) -> Draft | None:
    """The unsigned draft with the workers it covers; None where there is none."""
    live = (Agreement.case_id == case_id, Agreement.signed_on.is_(None), Agreement.replaced_at.is_(None))
    id = session.scalar(select(Agreement.id).where(*live).order_by(Agreement.id.desc()).limit(1))
    if id is None:
        return None
    query = (
        select(Party.id, Party.name, Promise.amount, DraftConsent.answer, DraftConsent.answered_on)
        .join(Promise, Promise.party_id == Party.id)
        .outerjoin(
            DraftConsent, (DraftConsent.party_id == Party.id) & (DraftConsent.agreement_id == Promise.agreement_id)
        )
        .where(Promise.agreement_id == id)
        .order_by(Party.id, Promise.id)
    )
    found: dict[int, Opinion] = {}
    for party, name, amount, answer, on in session.execute(query):
        earlier = found[party].agreed if party in found else 0
        found[party] = Opinion(party, name, earlier + (amount or 0), answer, on)
    return Draft(id, tuple(found.values()))


def elections_of(session: Session, case_id: int, roles: Collection[str]) -> Sequence[ElectionRow]:
    """All elections, the newest first; the one without `ended_on` is in force. Their record by its name only for those
    who may see that item."""
    seats: dict[int, list[Representative]] = {}
    seated = (
        select(ElectedSeat, Party.name)
        .join(Party, Party.id == ElectedSeat.party_id)
        .where(Party.case_id == case_id)
        .order_by(ElectedSeat.id)
    )
    for seat, name in session.execute(seated):
        seats.setdefault(seat.election_id, []).append(Representative(seat.party_id, seat.worker_id, name))
    records = {item.id: item.name for item in evidence_of(session, case_id, roles)}
    query = select(Election).where(Election.case_id == case_id).order_by(Election.id.desc())
    return [
        ElectionRow(
            e.id,
            e.elected_on,
            e.voters,
            records.get(e.evidence_id or 0),
            e.note,
            e.ended_on,
            tuple(seats.get(e.id, ())),
        )
        for e in session.scalars(query)
    ]
