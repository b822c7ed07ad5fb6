"""One field of one person in clear, for programs: with a reason, and written down like every look."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from mediation.access.reveal import RevealIn, reveal

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from .parameters import CaseId, RowId

router = APIRouter(prefix="/cases", tags=["案件"])

PartyField = Literal["phone", "id_number", "address", "birth_date", "email", "needs"]


class RevealRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    field: PartyField = Field(title="看哪一项")
    why: RevealIn = Field(title="理由")


class ProofRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    why: RevealIn = Field(title="理由")


class FieldShown(BaseModel):
    name: str = Field(title="姓名或名称")
    field: str = Field(title="哪一项")
    title: str = Field(title="名称")
    value: str = Field(title="完整内容，只在这一次回答中")


@router.post("/{case_id}/parties/{row_id}/reveal", summary="查看当事人的一项完整内容")
def reveal_party(
    case_id: CaseId,
    row_id: RowId,
    body: RevealRequest,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> FieldShown:
    """电话、证件号码、地址、出生日期、电子邮箱、健康和特殊需要之一；每次查看都记入查阅记录，本人可以询问。"""
    found = reveal(session, runtime, case_id, "party", row_id, body.field, body.why, actor=actor)
    return FieldShown.model_validate(found, from_attributes=True)


@router.post("/{case_id}/receipts/{row_id}/reveal", summary="查看一笔到账的完整凭据")
def reveal_proof(
    case_id: CaseId,
    row_id: RowId,
    body: ProofRequest,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> FieldShown:
    """凭据中的银行账号等；每次查看都记入查阅记录。"""
    found = reveal(session, runtime, case_id, "receipt", row_id, "proof", body.why, actor=actor)
    return FieldShown.model_validate(found, from_attributes=True)
