"""What is late, for programs."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from mediation.reports.overdue import Late, overdue

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from .parameters import LARGEST, Limit, Offset

router = APIRouter(prefix="/overdue", tags=["报表"])


class LateView(BaseModel):
    case_id: int = Field(title="案件编号")
    number: str = Field(title="案号")
    organisation: str = Field(title="组织")
    cause: str = Field(title="事由")
    workers_count: int = Field(title="涉及人数")
    state: str = Field(title="状态名称")
    owner_id: int | None = Field(title="承办人编号")
    owner: str | None = Field(title="承办人")
    harm: str = Field(title="最重的危害（workflows/oversight/harms.yaml），如 danger 红色预警、money 款项未付")
    harms: list[str] = Field(title="全部危害，重的在前")
    deadline: str = Field(title="期限")
    kind: str = Field(title="law 法定，agreed 约定，internal 内部目标")
    since_on: date = Field(title="应于哪一天")
    days: int = Field(title="逾期的工作日数")
    days_in_case: int = Field(title="收案至今的工作日数")
    days_in_state: int = Field(title="在此状态的工作日数")
    days_with_person: int | None = Field(title="在现承办人手中的工作日数")
    days_held: int = Field(title="其间中止的工作日数（不扣除）")
    reasons: list[str] = Field(title="为什么是这一天")
    told: list[str] = Field(title="已提醒的人")
    risen: list[str] = Field(title="已升级到")


class OverdueView(BaseModel):
    total: int = Field(title="共多少项")
    rows: list[LateView] = Field(title="对劳动者危害大的在前")


@router.get("", summary="逾期督办")
def late(
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    kind: Annotated[
        Literal["outside", "office", "held"], Query(title="outside 法定或约定期限，office 内部目标，held 中止中")
    ] = "outside",
    street_id: Annotated[int | None, Query(title="组织编号", ge=1, le=LARGEST)] = None,
    person_id: Annotated[int | None, Query(title="承办人编号；0为未指派", ge=0, le=LARGEST)] = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> OverdueView:
    """法定或约定期限的逾期，与落后于内部目标，是两份清单，从不混同。"""
    found = overdue(
        session,
        runtime,
        actor,
        street_id=street_id,
        person_id=person_id,
        kind=kind,
        offset=offset,
        limit=limit,
    )
    return OverdueView(total=found.total, rows=[_view(row) for row in found.rows])


def _view(row: Late) -> LateView:
    same = set(LateView.model_fields) - {"deadline", "kind", "reasons", "told", "harms", "risen"}
    return LateView(
        **{name: getattr(row, name) for name in same},
        deadline=row.due.title,
        kind=row.due.kind,
        reasons=list(row.due.reasons),
        told=[one.name for one in row.told],
        harms=[one.name for one in row.harms],
        risen=[one.title for one in row.risen],
    )
