"""Groups for programs: the roster, lists, shares, parts of the group, representatives, papers of one person."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from mediation.engine.ask_types import Day, Integer
from mediation.groups.allocation import AllocationIn, allocate
from mediation.groups.head import head_of
from mediation.groups.joining import JoinIn, LeaveIn, join_group, leave_group
from mediation.groups.personal import PapersIn, issue_papers
from mediation.groups.representatives import ConsentIn, ElectionIn, draft_of, elect, record_consents
from mediation.groups.roster import roster
from mediation.groups.subgroups import (
    AssignIn,
    ConcernIn,
    OutcomeIn,
    SubgroupIn,
    assign,
    concern,
    create_subgroup,
    set_outcome,
    subgroups,
)
from mediation.money import yuan

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .cases import ChangeDone, done
from .parameters import LARGEST, CaseId, Limit, Offset, RequiredKey, RowId

router = APIRouter(prefix="/cases/{case_id}/group", tags=["群体案件"])

Revision = Annotated[Integer, Field(title="修订号（读到的是哪一版）", ge=0)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")

    revision: Revision


class SplitRequest(_Request):
    change: SubgroupIn = Field(title="新的分组")


class AssignRequest(_Request):
    change: AssignIn = Field(title="调整分组")


class OutcomeRequest(_Request):
    change: OutcomeIn = Field(title="分组的去向")


class ConcernRequest(_Request):
    change: ConcernIn = Field(title="程序所涉的分组")


class JoinRequest(_Request):
    change: JoinIn = Field(title="劳动者加入")


class LeaveRequest(_Request):
    change: LeaveIn = Field(title="劳动者退出")


class ElectionRequest(_Request):
    change: ElectionIn = Field(title="推选代表")


class ConsentRequest(_Request):
    change: ConsentIn = Field(title="对协议稿的意见")


class SumsView(BaseModel):
    people: int = Field(title="人数")
    claimed: str = Field(title="请求（元）")
    agreed: str = Field(title="协议（元）")
    awarded: str = Field(title="裁判（元）")
    received: str = Field(title="到账（元）")
    uncovered: int = Field(title="不在任何生效协议内的在册人数")


class MemberView(BaseModel):
    party_id: int = Field(title="当事人编号")
    name: str = Field(title="姓名")
    subgroup_id: int | None = Field(title="分组编号")
    joined_on: date | None = Field(title="加入日期")
    left_on: date | None = Field(title="退出日期")
    standing: str = Field(title="情况：open、awarded、agreed、paid、left")
    covered: bool = Field(title="在生效的协议内")
    claimed: str = Field(title="请求（元）")
    agreed: str = Field(title="协议（元）")
    awarded: str = Field(title="裁判（元）")
    received: str = Field(title="到账（元）")


class RosterView(BaseModel):
    revision: int = Field(title="修订号")
    sums: SumsView = Field(title="符合条件的全部劳动者的合计")
    members: list[MemberView] = Field(title="本页")


class PartView(BaseModel):
    id: int = Field(title="分组编号；0为未分组的人")
    name: str = Field(title="名称")
    note: str = Field(title="与其他人有何不同")
    people: int = Field(title="在册人数")
    left: int = Field(title="已退出人数")
    standing: str = Field(title="由金额得出的进展；partly为各人不一")
    outcome: str = Field(title="登记的去向")
    outcome_on: date | None = Field(title="去向的日期")
    procedures: list[int] = Field(title="只涉及这一组的程序")
    claimed: str = Field(title="请求（元）")
    agreed: str = Field(title="协议（元）")
    awarded: str = Field(title="裁判（元）")
    received: str = Field(title="到账（元）")


class ShareView(BaseModel):
    party_id: int = Field(title="当事人编号")
    unpaid: str = Field(title="尚未收到的请求（元）")
    amount: str = Field(title="分得（元）")


class SharesView(BaseModel):
    total: str = Field(title="总额（元）")
    parts: list[ShareView] = Field(title="每人金额，之和等于总额")
    promises: list[dict[str, Any]] = Field(title="可直接作为协议的履行义务")


class OpinionView(BaseModel):
    party_id: int = Field(title="当事人编号")
    agreed: str = Field(title="协议金额（元）")
    answer: str | None = Field(title="意见；空为尚未征询")
    answered_on: date | None = Field(title="日期")


def _sums(row: Any) -> dict[str, Any]:
    return {name: yuan(getattr(row, name)) for name in ("claimed", "agreed", "awarded", "received")}


@router.get("", summary="花名册")
def group_roster(
    case_id: CaseId,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    text: Annotated[str, Query(title="姓名", max_length=100)] = "",
    subgroup: Annotated[int | None, Query(title="分组编号；0为未分组", ge=0, le=LARGEST)] = None,
    standing: Annotated[str, Query(title="情况", max_length=20)] = "",
    as_of: Annotated[Day | None, Query(title="截至日期")] = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> RosterView:
    """每名劳动者的四项金额；合计等于全案。截至日期只决定谁在册，金额总是现在的。"""
    head = head_of(session, runtime, case_id, actor)
    asked: dict[str, Any] = {"text": text, "subgroup": subgroup, "standing": standing, "as_of": as_of}
    found = roster(session, case_id, today=runtime.clock.today(), offset=offset, limit=limit, **asked)
    told = ("party_id", "name", "subgroup_id", "joined_on", "left_on", "standing", "covered")
    return RosterView(
        revision=head.revision,
        sums=SumsView(people=found.sums.people, uncovered=found.sums.uncovered, **_sums(found.sums)),
        members=[MemberView(**{name: getattr(m, name) for name in told}, **_sums(m)) for m in found.members],
    )


@router.get("/subgroups", summary="分组")
def group_parts(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> list[PartView]:
    """群体分流：每组的人数、金额、由金额得出的进展和登记的去向。"""
    head_of(session, runtime, case_id, actor)
    told = ("id", "name", "note", "people", "left", "standing", "outcome", "outcome_on")
    return [
        PartView(
            **{name: getattr(part, name) for name in told},
            procedures=[id for id, _, _ in part.procedures],
            **_sums(part),
        )
        for part in subgroups(session, case_id, runtime.clock.today())
    ]


def _at(session: Any, runtime: Any, case_id: int, body: Any, key: str, actor: Any) -> tuple[Any, Any]:
    return (session, runtime, case_id, body.change), {"revision": body.revision, "key": key, "actor": actor}


@router.post("/subgroups", summary="另立分组")
def split_off(
    case_id: CaseId,
    body: SplitRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """`result.subgroup` 为新分组的编号。"""
    at, now = _at(session, runtime, case_id, body, key, actor)
    return done(create_subgroup(*at, **now))


@router.post("/assignment", summary="调整分组")
def move(
    case_id: CaseId,
    body: AssignRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """不填分组为移出；原来在哪一组留有记录。"""
    at, now = _at(session, runtime, case_id, body, key, actor)
    return done(assign(*at, **now))


@router.post("/subgroups/{row_id}/outcome", summary="登记分组的去向")
def outcome(
    case_id: CaseId,
    row_id: RowId,
    body: OutcomeRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """达成协议、转入仲裁或诉讼、申请支付令、撤回等。"""
    now = {"revision": body.revision, "key": key, "actor": actor}
    return done(set_outcome(session, runtime, case_id, row_id, body.change, **now))  # type: ignore[arg-type]


@router.post("/procedures", summary="登记程序所涉的分组")
def procedure(
    case_id: CaseId,
    body: ConcernRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """仲裁、支付令等只涉及一组劳动者的，写明是哪一组。"""
    at, now = _at(session, runtime, case_id, body, key, actor)
    return done(concern(*at, **now))


@router.post("/joiners", summary="劳动者加入")
def joiner(
    case_id: CaseId,
    body: JoinRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """人数和轻重随之变化；此前签署的协议不包括后来加入的人。"""
    at, now = _at(session, runtime, case_id, body, key, actor)
    return done(join_group(*at, **now))


@router.post("/leavers", summary="劳动者退出")
def leavers(
    case_id: CaseId,
    body: LeaveRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """已有的金额保留原位。"""
    at, now = _at(session, runtime, case_id, body, key, actor)
    return done(leave_group(*at, **now))


@router.post("/elections", summary="推选代表")
def election(
    case_id: CaseId,
    body: ElectionRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """十人以上，3至5名；此前推选的代表同时卸任。`result.representatives` 为代表的当事人编号。"""
    at, now = _at(session, runtime, case_id, body, key, actor)
    return done(elect(*at, **now))


@router.get("/opinions", summary="各人对协议稿的意见")
def opinions(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> list[OpinionView]:
    """没有等待签署的协议稿时为空。"""
    head_of(session, runtime, case_id, actor)
    draft = draft_of(session, case_id)
    return [
        OpinionView(party_id=o.party_id, agreed=yuan(o.agreed), answer=o.answer, answered_on=o.answered_on)
        for o in (draft.opinions if draft else ())
    ]


@router.post("/opinions", summary="登记对协议稿的意见")
def opinion(
    case_id: CaseId,
    body: ConsentRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """代表签署协议，须每名被代表的劳动者都已同意。"""
    at, now = _at(session, runtime, case_id, body, key, actor)
    return done(record_consents(*at, **now))


@router.post("/shares", summary="分配总额")
def shares(
    case_id: CaseId, body: AllocationIn, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> SharesView:
    """按最大余数分到分，各人各期之和等于总额；只计算，不保存。"""
    head_of(session, runtime, case_id, actor)
    plan = allocate(session, case_id, body, today=runtime.clock.today())
    parts = [ShareView(party_id=p.party_id, unpaid=yuan(p.unpaid), amount=yuan(p.amount)) for p in plan.parts]
    return SharesView(total=yuan(plan.total), parts=parts, promises=[dict(row) for row in plan.promises])


@router.post("/papers", summary="逐人出具确认书")
def papers(
    case_id: CaseId,
    body: PapersIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """一次最多200份；`result.waiting` 大于零时换一个编号再提交，接着出。"""
    return done(issue_papers(session, runtime, case_id, body, key=key, actor=actor))
