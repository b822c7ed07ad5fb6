"""The lawyers' queue for programs."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from mediation.assignments.claim import claim, next_case, release
from mediation.assignments.queries import WORKFLOW, count_waiting, held_by, waiting
from mediation.cases.advance import Advanced
from mediation.cases.models import Proceeding
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentLawyer, CurrentRuntime, Now, ReadSession, WriteSession
from .events import EventDone, done
from .parameters import Limit, Offset, ProceedingId, RequiredKey

router = APIRouter(prefix="/queue", tags=["律师案件池"])


class WaitingView(BaseModel):
    proceeding_id: int = Field(title="援助程序编号")
    cause: str = Field(title="事由代码")
    cause_title: str = Field(title="事由")
    street: str = Field(title="所在组织")
    matter: str = Field(title="援助事项")
    since: datetime = Field(title="自何时起等待")
    hours: int | None = Field(title="预计工时")
    sum_band: str = Field(title="请求金额的区间")
    urgent: bool = Field(title="情况紧急（时效将届满等），优先")
    needs: list[str] = Field(title="受援人需要特别照顾的情况（代码）")


class QueueView(BaseModel):
    total: int = Field(title="等待认领的件数")
    cases: list[WaitingView] = Field(title="紧急的、等待最久的在前；认领前不显示姓名")


class HeldView(BaseModel):
    proceeding_id: int = Field(title="援助程序编号")
    case_id: int = Field(title="案件编号")
    number: str = Field(title="案号")
    cause_title: str = Field(title="事由")
    state: str = Field(title="状态")
    state_title: str = Field(title="状态名称")
    revision: int = Field(title="修订号")
    matter: str = Field(title="援助事项")
    workers: str = Field(title="受援人")
    claimed_at: datetime = Field(title="认领时间")
    due_title: str | None = Field(title="最近的期限")
    due_on: date | None = Field(title="到期日")
    due_at: datetime | None = Field(title="到期时刻（按小时计算的期限）")


class NextView(BaseModel):
    reason: str = Field(title="为什么是这一件")
    done: EventDone = Field(title="办理结果")


class ReleaseRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    release_reason: str = Field(title="退回原因代码（release_reasons）")
    release_note: str | None = Field(None, title="说明")


@router.get("", summary="等待认领的案件")
def waiting_cases(
    session: ReadSession, runtime: CurrentRuntime, actor: CurrentLawyer, offset: Offset = 0, limit: Limit = 20
) -> QueueView:
    """本人服务地区的案件，等待最久的在前。认领前不显示当事人姓名。"""
    rows = waiting(session, actor, offset=offset, limit=limit)
    cases = [
        WaitingView(
            proceeding_id=row.proceeding_id,
            cause=row.cause,
            cause_title=runtime.title("causes", row.cause),
            street=row.street,
            matter=row.matter,
            since=row.since,
            hours=row.hours,
            sum_band=row.sum_band,
            urgent=row.urgent,
            needs=list(row.needs),
        )
        for row in rows
    ]
    return QueueView(total=count_waiting(session, actor), cases=cases)


@router.get("/held", summary="我承办的案件")
def held_cases(session: ReadSession, runtime: CurrentRuntime, actor: CurrentLawyer, now: Now) -> list[HeldView]:
    """到期最近的在前。"""
    return [
        HeldView(
            proceeding_id=row.proceeding_id,
            case_id=row.case_id,
            number=row.number,
            cause_title=runtime.title("causes", row.cause),
            state=row.state,
            state_title=runtime.machine(WORKFLOW, row.version).definition.states[row.state].title,
            revision=row.revision,
            matter=row.matter,
            workers=row.workers,
            claimed_at=row.claimed_at,
            due_title=row.due.title if row.due else None,
            due_on=row.due.due_on if row.due else None,
            due_at=row.due.due_at if row.due else None,
        )
        for row in held_by(session, actor.person_id or 0, now)
    ]


@router.post("/next", summary="给我下一件")
def take_next(session: WriteSession, runtime: CurrentRuntime, actor: CurrentLawyer, key: RequiredKey) -> NextView:
    """认领等待最久、且本人没有退回过的一件，并说明理由。"""
    found = next_case(session, runtime, key=key, actor=actor)
    return NextView(reason=found.reason, done=_done(session, runtime, found.advanced))


@router.post("/{proceeding_id}/claim", summary="认领")
def claim_case(
    proceeding_id: ProceedingId, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequiredKey
) -> EventDone:
    """多人同时认领时只有一人成功；其余的人得到409，说明已由谁、何时认领。"""
    return _done(session, runtime, claim(session, runtime, proceeding_id, key=key, actor=actor))


@router.post("/{proceeding_id}/release", summary="退回案件池")
def release_case(
    proceeding_id: ProceedingId,
    body: ReleaseRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> EventDone:
    """办不了就早点退回，说明原因即可，不影响评价。"""
    answers = body.model_dump(exclude_none=True)
    return _done(session, runtime, release(session, runtime, proceeding_id, answers, key=key, actor=actor))


def _done(session: Session, runtime: Runtime, advanced: Advanced) -> EventDone:
    version = session.get_one(Proceeding, advanced.proceeding_id).version
    return done(runtime.machine(WORKFLOW, version).definition, advanced)
