"""Taking the last step of a procedure back, for programs."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from mediation.cases.access import UNSEEN
from mediation.cases.models import Proceeding
from mediation.cases.undo import undo
from mediation.cases.undoable import undoables
from mediation.cases.view import case_view
from mediation.engine.ask_types import LongText
from mediation.errors import NotFound

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .events import EventDone, done
from .parameters import CaseId, ProceedingId, RequiredKey
from .parties import Revision

router = APIRouter(tags=["案件"])


class UndoRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    revision: Revision
    reason: LongText | None = Field(default=None, title="理由（办理十分钟以后或撤销他人的步骤时必填）")


class UndoableView(BaseModel):
    proceeding_id: int = Field(title="程序编号")
    seq: int = Field(title="办理记录的序号")
    title: str = Field(title="可以撤销的步骤")
    minutes: int = Field(title="本人还可以直接撤销的分钟数；0 为须由主管写明理由")


@router.get("/cases/{case_id}/undoable", summary="现在可以撤销的步骤")
def undoable(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> list[UndoableView]:
    """每个程序至多一步；不在其中的，撤销时会说明原因。"""
    view = case_view(session, runtime, case_id, actor)
    found = undoables(session, runtime, case_id, actor, view.roles)
    return [UndoableView.model_validate(one, from_attributes=True) for one in found.values()]


@router.post("/proceedings/{proceeding_id}/undo", summary="撤销上一步")
def take_back(
    proceeding_id: ProceedingId,
    body: UndoRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> EventDone:
    """十分钟内由办理人撤销，过后由主管写明理由撤销；原记录保留，另记一条撤销。"""
    row = session.execute(select(Proceeding.workflow, Proceeding.version).where(Proceeding.id == proceeding_id)).first()
    if row is None:
        raise NotFound(UNSEEN)
    taken = undo(session, runtime, proceeding_id, reason=body.reason, revision=body.revision, key=key, actor=actor)
    return done(runtime.machine(row.workflow, row.version).definition, taken)
