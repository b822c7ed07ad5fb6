"""申请书, for programs: what may be drafted and why not, and drafting it."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from mediation.cases.view import case_view
from mediation.engine.ask_types import Integer, Text, YesNo
from mediation.procedures.applications.draft import draft_paper
from mediation.procedures.applications.standing import standings

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .cases import ChangeDone, done
from .parameters import CaseId, RequiredKey

router = APIRouter(prefix="/cases", tags=["文书"])


class ApplicationFile(BaseModel):
    template: str = Field(title="文书代码")
    title: str = Field(title="名称")
    state: str = Field(title="open 可以起草，uncertain 可以起草但须先查明，closed 现在不能")
    reasons: list[str] = Field(title="不能或者须先查明的原因")
    until: date | None = Field(title="提出的最后一日；法律没有规定的为空")


class DraftRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    template: Text = Field(title="文书代码")
    workers: list[Integer] = Field(default_factory=list, max_length=1000, title="为哪些劳动者；不填为全部")
    together: YesNo = Field(default=True, title="多人合写一份并附名单；否则每人一份")


@router.get("/{case_id}/applications", summary="可以起草的申请书")
def applications(
    case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> list[ApplicationFile]:
    """每种申请书现在能不能起草、为什么。起草不改变案件状态。"""
    case_view(session, runtime, case_id, actor)
    _, found = standings(session, runtime, case_id)
    return [
        ApplicationFile(
            template=one.kind.template, title=one.title, state=one.state, reasons=list(one.reasons), until=one.until
        )
        for one in found
    ]


@router.post("/{case_id}/applications", summary="起草申请书")
def new_draft(
    case_id: CaseId,
    body: DraftRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """按卷宗起草，没有登记的留空；`result.documents` 列出各份草稿，用“下载文书”取得。"""
    change = draft_paper(
        session,
        runtime,
        case_id,
        body.template,
        key=key,
        actor=actor,
        workers=body.workers,
        together=body.together,
    )
    return done(change)
