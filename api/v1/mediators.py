"""Who might mediate a case, for programs."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from mediation.assignments.mediators import mediators_for
from mediation.cases.change import STAFF
from mediation.cases.view import case_view
from mediation.errors import Forbidden

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from .parameters import CaseId

router = APIRouter(prefix="/cases", tags=["案件"])


class MediatorView(BaseModel):
    id: int = Field(title="人员编号")
    name: str = Field(title="姓名")
    load: int = Field(title="手上办理中的案件（折合件数）")
    speaks: list[str] = Field(title="会说劳动者需要的哪些语言（代码）")
    last: bool = Field(title="最好另选他人")
    barred: bool = Field(title="不能承办")
    reasons: list[str] = Field(title="理由")


@router.get("/{case_id}/mediators", summary="推荐调解员")
def mediators(
    case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> list[MediatorView]:
    """按语言、手上的案件、是否在岗、有没有办过该单位的案件排列，前三名为推荐；只供参考，由人选定。"""
    view = case_view(session, runtime, case_id, actor)
    if not view.roles & set(STAFF):
        raise Forbidden("只有本单位人员可以查看调解员的推荐。")
    found = mediators_for(session, runtime, case_id, view.path)
    return [MediatorView.model_validate(one, from_attributes=True) for one in found]
