"""The machine, for programs: is it alive, what is late, what it gave up, what was found wrong; with the remedies."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from mediation.engine.ask_types import LongText
from mediation.errors import Forbidden
from mediation.findings.queries import open_findings
from mediation.findings.repair import repair_finding
from mediation.people.rights import roles_of
from mediation.sweeping.health import health
from mediation.sweeping.stuck import Kind, beats, drop, late_reminders, retry, stuck_items

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .parameters import LARGEST, Limit, Offset, RequiredKey, RowId

router = APIRouter(prefix="/machine", tags=["系统"])

FindingId = Annotated[int, Path(title="核查发现的编号", ge=1, le=LARGEST)]
StuckKind = Annotated[Kind, Path(title="reminder 提醒，deadline 到期办理")]


class BeatView(BaseModel):
    replica: str = Field(title="进程")
    at: datetime = Field(title="上次运行")
    sent: int = Field(title="发出的提醒")
    fired: int = Field(title="自动办理的事项")
    quarantined: int = Field(title="失败的事项")


class LateReminderView(BaseModel):
    case_id: int = Field(title="案件编号")
    number: str = Field(title="案号")
    title: str = Field(title="期限")
    recipient: str = Field(title="提醒谁")
    remind_at: datetime = Field(title="应于何时发出")
    attempts: int = Field(title="试过几次")
    why: str = Field(title="为什么没有发出")


class StuckView(BaseModel):
    kind: Kind = Field(title="reminder 提醒，deadline 到期办理")
    id: int = Field(title="编号")
    case_id: int | None = Field(title="案件编号；本人无权查看的受限案件为空")
    number: str | None = Field(title="案号；本人无权查看的受限案件为空")
    title: str = Field(title="期限；本人无权查看的受限案件为“受限案件”")
    why: str = Field(title="为什么失败")


class FindingView(BaseModel):
    id: int = Field(title="编号")
    kind: str = Field(title="种类代码")
    case_id: int | None = Field(title="案件编号；关于整个系统的为空")
    number: str | None = Field(title="案号")
    sentence: str = Field(title="问题")
    found_at: datetime = Field(title="发现时间")
    repairable: bool = Field(title="可以一键修复")


class MachineView(BaseModel):
    last_tick: datetime | None = Field(title="定时任务上次运行；从未运行过的为空")
    late_count: int = Field(title="全系统滞后的提醒")
    stuck_count: int = Field(title="本人所在单位搁置的事项")
    beats: list[BeatView] = Field(title="一天内运行过的进程，新的在前")
    late: list[LateReminderView] = Field(title="滞后的提醒，至多50条")
    stuck: list[StuckView] = Field(title="自动办理失败、已搁置的事项")
    findings: list[FindingView] = Field(title="核查发现的问题，早的在前")


class DropRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: LongText = Field(title="不再办理的理由", max_length=500)


class StuckHandled(BaseModel):
    kind: Kind = Field(title="reminder 提醒，deadline 到期办理")
    id: int = Field(title="编号")


class Repaired(BaseModel):
    sentence: str = Field(title="办了什么")


@router.get("", summary="运行情况")
def machine(
    session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor, offset: Offset = 0, limit: Limit = 100
) -> MachineView:
    """`offset` 和 `limit` 用于搁置的事项和核查发现的问题。"""
    if not actor.has(*roles_of("read_reports")):
        raise Forbidden("您没有查看运行情况的权限。如有需要，请联系本单位管理员。")
    now = runtime.clock.now()
    found = health(session, now)
    stuck = stuck_items(session, actor, found)
    findings = open_findings(session, actor, offset=offset, limit=limit)
    return MachineView(
        last_tick=found.last_tick,
        late_count=found.late,
        stuck_count=len(stuck),
        beats=[BeatView.model_validate(one, from_attributes=True) for one in beats(session)],
        late=[LateReminderView.model_validate(o, from_attributes=True) for o in late_reminders(session, actor, now)],
        stuck=[StuckView.model_validate(one, from_attributes=True) for one in stuck[offset : offset + limit]],
        findings=[FindingView.model_validate(one, from_attributes=True) for one in findings],
    )


@router.post("/stuck/{kind}/{row_id}/retry", summary="重试搁置的事项")
def retried(
    kind: StuckKind,
    row_id: RowId,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> StuckHandled:
    """原因已经排除的，下一轮自动重试。"""
    retry(session, runtime, kind, row_id, key=key, actor=actor)
    return StuckHandled(kind=kind, id=row_id)


@router.post("/stuck/{kind}/{row_id}/drop", summary="放弃搁置的事项")
def dropped(
    kind: StuckKind,
    row_id: RowId,
    body: DropRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> StuckHandled:
    """理由留在案件的办理记录中。"""
    drop(session, runtime, kind, row_id, body.reason, key=key, actor=actor)
    return StuckHandled(kind=kind, id=row_id)


@router.post("/findings/{finding_id}/repair", summary="修复核查发现的问题")
def repaired(
    finding_id: FindingId, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequiredKey
) -> Repaired:
    """只有 `repairable` 的可以修复，其余须由人判断。"""
    return Repaired(sentence=repair_finding(session, runtime, finding_id, key=key, actor=actor))
