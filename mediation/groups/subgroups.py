"""群体分流: parts of a group that go different ways: other demands, another agreement, another procedure.

Belonging is kept with its days. What became of a part is said by a person; how its sums stand is derived beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..cases.facts import PRINCIPAL
from ..cases.models import Party, Proceeding, Subgroup
from ..engine.ask_types import Day, Integer, LongText, Text
from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..runtime import Runtime
from .models import SubgroupMember
from .roster import Member, roster


class SubgroupIn(BaseModel):
    """A new part of the group, with its first workers."""

    model_config = ConfigDict(extra="forbid", title="新的分组")

    name: Text = Field(title="分组名称", max_length=100)
    note: Text | None = Field(default=None, title="与其他人有何不同")
    workers: list[Integer] = Field(default_factory=list, title="劳动者", max_length=1000)
    from_on: Day = Field(title="自何日起")
    reason: LongText = Field(title="分流的理由")


class AssignIn(BaseModel):
    """Workers go into a sub-group, or out of any (`subgroup` None), from a day on."""

    model_config = ConfigDict(extra="forbid", title="调整分组")

    subgroup: Integer | None = Field(default=None, title="分组")
    workers: list[Integer] = Field(title="劳动者", min_length=1, max_length=1000)
    from_on: Day = Field(title="自何日起")
    reason: LongText = Field(title="理由")


class OutcomeIn(BaseModel):
    """What became of a sub-group, as the office knows it."""

    model_config = ConfigDict(extra="forbid", title="分组的去向")

    outcome: Text = Field(title="去向")
    outcome_on: Day = Field(title="日期")
    reason: LongText = Field(title="说明")


class ConcernIn(BaseModel):
    """Which sub-group a procedure is about; None: all workers."""

    model_config = ConfigDict(extra="forbid", title="程序所涉的分组")

    proceeding: Integer = Field(title="程序")
    subgroup: Integer | None = Field(default=None, title="分组")
    reason: LongText = Field(title="说明")


@dataclass(frozen=True, slots=True)
class SubgroupRow:
    """One part (`id` 0: the workers in none) with its present workers, their sums and the procedures about it.

    `outcome` is what a person said; `standing` what the sums say: left, paid, agreed, partly, awarded or open.
    """

    id: int
    name: str
    note: str
    outcome: str
    outcome_on: date | None
    outcome_reason: str
    people: int
    left: int
    uncovered: int
    claimed: int
    agreed: int
    awarded: int
    received: int
    standing: str
    procedures: tuple[tuple[int, str, bool], ...]
    """(proceeding, workflow, ended)."""


def create_subgroup(
    session: Session, runtime: Runtime, case_id: int, data: SubgroupIn, *, revision: int, key: str, actor: Actor
) -> Change:
    """Divide workers off; `result.subgroup` is the new id, `result.before` where each of them was."""
    given = data.model_dump(mode="json", exclude_none=True)
    with changing(session, runtime, case_id, "group_split", given, revision=revision, key=key, actor=actor) as made:
        if made.repeated is None:
            if session.scalar(select(Subgroup.id).where(Subgroup.case_id == case_id, Subgroup.name == data.name)):
                raise BadInput("已有同名的分组。", {"name": "已有同名的分组，请换一个名称。"})
            new = Subgroup(case_id=case_id, name=data.name, note=data.note or "", created_at=made.step.at)
            session.add(new)
            session.flush()
            before = _move(session, case_id, new.id, data.workers, data.from_on, made.step.today)
            made.result |= {"subgroup": new.id, "before": before}
    return made


def assign(
    session: Session, runtime: Runtime, case_id: int, data: AssignIn, *, revision: int, key: str, actor: Actor
) -> Change:
    """Move workers between sub-groups; `result.before` tells where each was, so that nothing is lost."""
    given = data.model_dump(mode="json", exclude_none=True)
    with changing(session, runtime, case_id, "group_assign", given, revision=revision, key=key, actor=actor) as made:
        if made.repeated is None:
            if data.subgroup is not None:
                subgroup_of(session, case_id, data.subgroup)
            made.result["before"] = _move(session, case_id, data.subgroup, data.workers, data.from_on, made.step.today)
    return made


def set_outcome(
    session: Session,
    runtime: Runtime,
    case_id: int,
    subgroup_id: int,
    data: OutcomeIn,
    *,
    revision: int,
    key: str,
    actor: Actor,
) -> Change:
    """Say what became of a sub-group; the entry keeps what was said before."""
    given = {"subgroup": subgroup_id, **data.model_dump(mode="json")}
    with changing(session, runtime, case_id, "group_outcome", given, revision=revision, key=key, actor=actor) as made:
        if made.repeated is None:
            row = subgroup_of(session, case_id, subgroup_id)
            if data.outcome not in runtime.codes["subgroup_outcomes"]:
                raise BadInput("请选择去向。", {"outcome": "不在可选范围内，请从列表中选择。"})
            _not_after(data.outcome_on, made.step.today, "outcome_on")
            made.result["before"] = {"outcome": row.outcome, "on": row.outcome_on, "reason": row.outcome_reason}
            row.outcome, row.outcome_on, row.outcome_reason = data.outcome, data.outcome_on, data.reason
    return made


def concern(
    session: Session, runtime: Runtime, case_id: int, data: ConcernIn, *, revision: int, key: str, actor: Actor
) -> Change:
    """Note which sub-group a procedure beside the mediation is about."""
    given = data.model_dump(mode="json", exclude_none=True)
    with changing(session, runtime, case_id, "group_procedure", given, revision=revision, key=key, actor=actor) as made:
        if made.repeated is None:
            query = select(Proceeding).where(Proceeding.id == data.proceeding, Proceeding.case_id == case_id)
            row = session.scalars(query.where(Proceeding.workflow != "dispute")).one_or_none()
            if row is None:
                raise BadInput("请从本案的其他程序中选择。", {"proceeding": "请从本案的其他程序中选择。"})
            if data.subgroup is not None:
                subgroup_of(session, case_id, data.subgroup)
            made.result["before"] = row.subgroup_id
            row.subgroup_id = data.subgroup
    return made


def subgroup_of(session: Session, case_id: int, subgroup_id: int) -> Subgroup:
    """The sub-group, if it is one of this case."""
    row = session.get(Subgroup, subgroup_id)
    if row is None or row.case_id != case_id:
        raise NotFound("本案没有这个分组。")
    return row


def present_workers(session: Session, case_id: int, wanted: Sequence[int], field: str = "workers") -> list[Party]:
    """The chosen workers, all of whom are there; BadInput otherwise."""
    live = (Party.case_id == case_id, Party.side == "worker", Party.left_on.is_(None), PRINCIPAL)
    found = {party.id: party for party in session.scalars(select(Party).where(*live).order_by(Party.id))}
    if not set(wanted) <= set(found):
        raise BadInput("请从本案现有的劳动者中选择。", {field: "只能选择本案现有的劳动者。"})
    return [found[id] for id in dict.fromkeys(wanted)]


def _move(
    session: Session, case_id: int, target: int | None, workers: Sequence[int], on: date, today: date
) -> Mapping[str, int]:
    """End where the workers were, begin where they are; worker → the sub-group before."""
    _not_after(on, today, "from_on")
    ids = [party.id for party in present_workers(session, case_id, workers)]
    query = select(SubgroupMember).where(SubgroupMember.until_on.is_(None))
    old = list(session.scalars(query.where(SubgroupMember.party_id.in_(ids))))
    if later := [row for row in old if row.from_on > on]:
        sentence = f"有{len(later)}名劳动者在该日之后才进入现在的分组，日期不能早于{max(r.from_on for r in later)}。"
        raise BadInput(sentence, {"from_on": sentence})
    stay = {row.party_id for row in old if row.subgroup_id == target}
    for row in old:
        if row.party_id not in stay:
            row.until_on = on
    if target is not None:
        new = (id for id in ids if id not in stay)
        session.add_all(SubgroupMember(subgroup_id=target, party_id=id, from_on=on) for id in new)
    session.flush()
    return {str(row.party_id): row.subgroup_id for row in old if row.party_id not in stay}


def leave_subgroups(session: Session, workers: Iterable[int], on: date) -> None:
    """Whoever leaves the case leaves the sub-group with it."""
    open_ = (SubgroupMember.party_id.in_(list(workers)), SubgroupMember.until_on.is_(None))
    session.execute(update(SubgroupMember).where(*open_).values(until_on=on))


def _not_after(day: date, today: date, field: str) -> None:
    if day > today:
        raise BadInput("日期不能晚于今天。", {field: "日期不能晚于今天。"})


def subgroups(session: Session, case_id: int, today: date) -> Sequence[SubgroupRow]:
    """All sub-groups, last the workers in none where there are any; their sums tie to those of the case.

    Who has left counts for the sums of the part they belonged to last.
    """
    rows = session.scalars(select(Subgroup).where(Subgroup.case_id == case_id).order_by(Subgroup.id)).all()
    members = roster(session, case_id, today=today).members
    last = _last_subgroups(session, case_id)
    parts: dict[int, list[Member]] = {row.id: [] for row in rows}
    rest: list[Member] = []
    for member in members:
        parts.get(last.get(member.party_id, 0), rest).append(member)
    procedures = _procedures(session, case_id)
    found = [
        _row(row.id, row.name, row.note, (row.outcome, row.outcome_on, row.outcome_reason), parts[row.id], procedures)
        for row in rows
    ]
    nobody: tuple[str, date | None, str] = ("open", None, "")
    return [*found, _row(0, "未分组", "", nobody, rest, {})] if rest and rows else found


def _last_subgroups(session: Session, case_id: int) -> Mapping[int, int]:
    query = (
        select(SubgroupMember.party_id, SubgroupMember.subgroup_id)
        .join(Subgroup, Subgroup.id == SubgroupMember.subgroup_id)
        .join(Party, Party.id == SubgroupMember.party_id)
        .where(Subgroup.case_id == case_id)
        .where((SubgroupMember.until_on.is_(None)) | (SubgroupMember.until_on == Party.left_on))
        .order_by(SubgroupMember.id)
    )
    return {row.party_id: row.subgroup_id for row in session.execute(query)}


def _procedures(session: Session, case_id: int) -> Mapping[int, Sequence[tuple[int, str, bool]]]:
    found: dict[int, list[tuple[int, str, bool]]] = {}
    query = select(Proceeding.subgroup_id, Proceeding.id, Proceeding.workflow, Proceeding.ended_at)
    for group, id, workflow, ended in session.execute(
        query.where(Proceeding.case_id == case_id, Proceeding.subgroup_id.is_not(None)).order_by(Proceeding.id)
    ):
        found.setdefault(group or 0, []).append((id, workflow, ended is not None))
    return found


def _row(
    id: int,
    name: str,
    note: str,
    said: tuple[str, date | None, str],
    members: Sequence[Member],
    procedures: Mapping[int, Sequence[tuple[int, str, bool]]],
) -> SubgroupRow:
    present = [member for member in members if member.standing != "left"]
    sums: dict[str, Any] = {
        field: sum(getattr(member, field) for member in members)
        for field in ("claimed", "agreed", "awarded", "received")
    }
    return SubgroupRow(
        id=id,
        name=name,
        note=note,
        outcome=said[0],
        outcome_on=said[1],
        outcome_reason=said[2],
        people=len(present),
        left=len(members) - len(present),
        uncovered=sum(not member.covered for member in present),
        standing=_standing(members, present),
        procedures=tuple(procedures.get(id, ())),
        **sums,
    )


def _standing(members: Sequence[Member], present: Sequence[Member]) -> str:
    """One word for the part: that of its present workers where all have the same, else partly."""
    if not present:
        return "left" if members else "open"
    found = {member.standing for member in present}
    if len(found) == 1:
        return found.pop()
    return "agreed" if found <= {"agreed", "paid"} else "partly"
