"""Evidence for programs: the list as this person may see it, the file itself, another class of visibility."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from mediation.cases.evidence import EvidenceChange, change_evidence
from mediation.cases.evidence_rows import audience, evidence_page
from mediation.cases.view import case_view

from ..attachments import evidence_answer
from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .cases import ChangeDone, done
from .parameters import CaseId, Limit, Offset, RequiredKey, RowId

router = APIRouter(prefix="/cases", tags=["案件"])

Category = Annotated[str, Query(title="种类代码", max_length=40)]
Visibility = Annotated[str, Query(title="可见范围代码", max_length=40)]


class EvidenceItem(BaseModel):
    id: int = Field(title="证据编号")
    number: int = Field(title="序号")
    name: str = Field(title="名称")
    category: str = Field(title="种类代码")
    visibility: str = Field(title="可见范围代码")
    seen_by: list[str] = Field(title="哪些角色能看到")
    proves: str = Field(title="证明什么")
    submitted_by: str | None = Field(title="提交人")
    media_type: str = Field(title="按文件内容判断的类型")
    size: int = Field(title="大小（字节）")
    sha256: str = Field(title="校验值")
    received_at: datetime = Field(title="收到时间")


class EvidenceList(BaseModel):
    total: int = Field(title="本人能看到的份数")
    items: list[EvidenceItem] = Field(title="证据，新的在前")


@router.get("/{case_id}/evidence", summary="证据清单")
def evidence_list(
    case_id: CaseId,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    category: Category = "",
    visibility: Visibility = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> EvidenceList:
    """只列本人能看到的；三种可见范围：双方、提交方、仅调解员。"""
    roles = case_view(session, runtime, case_id, actor).roles
    asked = {"category": category, "visibility": visibility}
    found = evidence_page(session, case_id, roles, **asked, offset=offset, limit=limit)
    copied = set(EvidenceItem.model_fields) - {"seen_by"}
    items = [
        EvidenceItem(**{name: getattr(row, name) for name in copied}, seen_by=list(audience(row.visibility, row.side)))
        for row in found.rows
    ]
    return EvidenceList(total=found.total, items=items)


@router.get(
    "/{case_id}/evidence/{evidence_id}/file",
    summary="下载证据文件",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)
def file(
    case_id: CaseId, evidence_id: RowId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    """与上传时逐字节相同；一律作为附件下载。"""
    return evidence_answer(session, runtime, case_id, evidence_id, actor)


@router.post("/{case_id}/evidence/{evidence_id}/visibility", summary="更改证据的可见范围")
def visibility(
    case_id: CaseId,
    evidence_id: RowId,
    body: EvidenceChange,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """须写明理由；`result.was` 为原来的可见范围。"""
    return done(change_evidence(session, runtime, case_id, evidence_id, body, key=key, actor=actor))
