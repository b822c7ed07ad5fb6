"""Parties that change and cases that belong together, for programs."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from mediation.assignments.conflicts import conflicts_of
from mediation.cases.authorities import AuthorityIn, set_authority
from mediation.cases.links import LinkIn, link_cases, related_cases
from mediation.cases.moving import SplitIn, split_case
from mediation.cases.needs import NeedsIn, set_needs
from mediation.cases.succession import (
    ConditionIn,
    LiabilityIn,
    SuccessorIn,
    set_condition,
    set_liability,
    succeed,
)
from mediation.cases.view import case_view
from mediation.engine.ask_types import Integer
from mediation.recovery.holders import workers_with_sums

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .cases import ChangeDone, done
from .parameters import CaseId, RequiredKey, RowId

router = APIRouter(prefix="/cases", tags=["案件"])

Revision = Annotated[Integer, Field(title="修订号（读到的是哪一版）", ge=0)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ConditionRequest(_Request):
    revision: Revision
    change: ConditionIn = Field(title="情况")


class LiabilityRequest(_Request):
    revision: Revision
    change: LiabilityIn = Field(title="承担责任的方式")


class SuccessorRequest(_Request):
    revision: Revision
    change: SuccessorIn = Field(title="承继或更换")


class NeedsRequest(_Request):
    revision: Revision
    change: NeedsIn = Field(title="需要特别照顾的情况")


class AuthorityRequest(_Request):
    revision: Revision
    change: AuthorityIn = Field(title="代理权限")


class SplitRequest(_Request):
    revision: Revision
    change: SplitIn = Field(title="分案")


class LinkRequest(_Request):
    link: LinkIn = Field(title="关联")


class RelatedView(BaseModel):
    case_id: int = Field(title="案件编号")
    number: str = Field(title="案号")
    kind: str = Field(title="关系代码；same_worker 为同一劳动者")
    state: str = Field(title="状态")
    ended: bool = Field(title="已办结")
    received_on: date = Field(title="收到日期")
    workers_count: int = Field(title="涉及人数")
    note: str = Field(title="说明")


class ConflictView(BaseModel):
    kind: str = Field(title="种类")
    grave: bool = Field(title="不能承办")
    sentence: str = Field(title="说明")


@router.post("/{case_id}/parties/{row_id}/condition", summary="登记当事人情况变化")
def condition(
    case_id: CaseId,
    row_id: RowId,
    body: ConditionRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """失联、死亡、注销等；不填情况表示恢复正常。"""
    change, revision = body.change, body.revision
    return done(set_condition(session, runtime, case_id, row_id, change, revision=revision, key=key, actor=actor))


@router.post("/{case_id}/parties/{row_id}/liability", summary="登记承担责任的方式")
def liability(
    case_id: CaseId,
    row_id: RowId,
    body: LiabilityRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """直接、连带、先行清偿或不承担，写明依据；系统不推定。"""
    change, revision = body.change, body.revision
    return done(set_liability(session, runtime, case_id, row_id, change, revision=revision, key=key, actor=actor))


@router.post("/{case_id}/parties/{row_id}/successor", summary="更换或承继当事人")
def successor(
    case_id: CaseId,
    row_id: RowId,
    body: SuccessorRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """认错单位的更换、合并或移交的承继、继承人和监护人；`result.party` 为新当事人。"""
    change, revision = body.change, body.revision
    return done(succeed(session, runtime, case_id, row_id, change, revision=revision, key=key, actor=actor))


@router.put("/{case_id}/parties/{row_id}/needs", summary="登记需要特别照顾的情况")
def needs(
    case_id: CaseId,
    row_id: RowId,
    body: NeedsRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """翻译、未成年、孕期、工伤等；所填即为今后的全部情况。

    已登记的健康等敏感情况平时遮盖，不列出也保留；`replace_hidden` 为真时以所填为准，空列表表示没有。
    """
    change, revision = body.change, body.revision
    return done(set_needs(session, runtime, case_id, row_id, change, revision=revision, key=key, actor=actor))


@router.put("/{case_id}/parties/{row_id}/authority", summary="登记代理权限")
def authority(
    case_id: CaseId,
    row_id: RowId,
    body: AuthorityRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """授权范围、特别授权的事项、到期日和授权委托书；到期日列为期限，到期前提醒。"""
    change, revision = body.change, body.revision
    return done(set_authority(session, runtime, case_id, row_id, change, revision=revision, key=key, actor=actor))


@router.get("/{case_id}/related", summary="关联的案件")
def related(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> list[RelatedView]:
    """登记的关联、同一劳动者、同一用人单位；只含本人可见的案件。"""
    case_view(session, runtime, case_id, actor)
    rows = related_cases(session, actor, case_id)
    return [RelatedView.model_validate(row, from_attributes=True) for row in rows]


@router.post("/{case_id}/related", summary="关联另一案件")
def link(
    case_id: CaseId,
    body: LinkRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """两案都会显示这一关联。"""
    return done(link_cases(session, runtime, case_id, body.link, key=key, actor=actor))


@router.post("/{case_id}/split", summary="分案")
def split(
    case_id: CaseId,
    body: SplitRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """把部分劳动者连同请求和证据分出另立一案；`result.case` 为新案编号。"""
    settled = workers_with_sums(session, case_id)
    once = {"revision": body.revision, "key": key, "actor": actor}
    return done(split_case(session, runtime, case_id, body.change, settled=settled, **once))  # type: ignore[arg-type]


@router.get("/{case_id}/conflicts", summary="本人与本案的利害关系")
def conflicts(
    case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> list[ConflictView]:
    """认领或接受指派之前的核对；grave 为不能承办。"""
    case_view(session, runtime, case_id, actor)
    found = conflicts_of(session, actor.person_id or 0, case_id, runtime.clock.today())
    return [ConflictView.model_validate(one, from_attributes=True) for one in found]
