"""Referrals to and from other bodies, for programs. Each figure opens to the referrals that make it."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from mediation.reports.referrals import Row, listed, referrals

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from .reports import From, To

router = APIRouter(prefix="/reports/referrals", tags=["报表"])

Way = Annotated[Literal["out", "in"], Query(title="方向：out 转出，in 转来")]
Grouping = Annotated[Literal["kind", "body", "month", "street"], Query(title="分组")]


class GroupView(BaseModel):
    key: str = Field(title="分组的键，用于打开明细")
    title: str = Field(title="分组名称")
    total: int = Field(title="件数，等于各栏之和")
    counts: dict[str, int] = Field(title="各栏件数")
    papers: int = Field(title="移交材料份数")
    papers_back: int = Field(title="退回材料份数")
    papers_kept: int = Field(title="未退回材料份数")


class ReferralsView(BaseModel):
    from_on: date = Field(title="起始日期")
    to_on: date = Field(title="截止日期")
    as_of: datetime = Field(title="统计时刻")
    rows: list[GroupView] = Field(title="各组")
    totals: GroupView = Field(title="合计")
    definitions: list[str] = Field(title="说明，须随表列出")


class ReferralView(BaseModel):
    case_id: int | None = Field(title="案件编号；计入但无权查看的案件没有")
    number: str = Field(title="案号")
    kind: str = Field(title="单位类别")
    body: str = Field(title="单位")
    on: date = Field(title="日期")
    place: str = Field(title="在哪一栏")
    papers: int = Field(title="移交材料份数")
    papers_back: int = Field(title="退回材料份数")


@router.get("", summary="转办统计")
def referral_report(
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    from_: From,
    to: To,
    direction: Way = "out",
    by: Grouping = "kind",
) -> ReferralsView:
    """每件转办同一时刻只在一栏，各栏相加等于件数。"""
    report = referrals(session, runtime, actor, direction=direction, from_on=from_, to_on=to, by=by)
    names = [place.name for place in report.places]
    return ReferralsView(
        from_on=report.from_on,
        to_on=report.to_on,
        as_of=report.as_of,
        rows=[_group(names, row) for row in report.rows],
        totals=_group(names, report.totals),
        definitions=list(report.definitions),
    )


@router.get("/lines", summary="转办明细")
def referral_lines(
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    from_: From,
    to: To,
    direction: Way = "out",
    by: Grouping = "kind",
    key: Annotated[str | None, Query(title="哪一组；不填为合计", max_length=500)] = None,
    place: Annotated[str | None, Query(title="哪一栏；不填为全部", max_length=20)] = None,
) -> list[ReferralView]:
    """与报表用同样的条件，件数与报表中的数字相同。"""
    found = listed(session, runtime, actor, direction=direction, from_on=from_, to_on=to, by=by, key=key, place=place)
    return [ReferralView(**{name: getattr(one, name) for name in ReferralView.model_fields}) for one in found]


def _group(names: list[str], row: Row) -> GroupView:
    same = set(GroupView.model_fields) - {"counts"}
    return GroupView(counts=dict(zip(names, row.counts, strict=True)), **{n: getattr(row, n) for n in same})
