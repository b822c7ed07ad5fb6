"""Figures for programs. Each opens to the lines that make it."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from mediation.engine.ask_types import Day, Instant
from mediation.money import yuan
from mediation.reports.recovered import lines, recovered

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from .parameters import Limit, Offset

router = APIRouter(prefix="/reports", tags=["报表"])

From = Annotated[Day, Query(alias="from", title="起始日期")]
To = Annotated[Day, Query(title="截止日期，含当日")]
By = Annotated[Literal["month", "street", "cause"], Query(title="分组：month 月，street 组织，cause 事由")]
AsOf = Annotated[Instant | None, Query(title="按哪一时刻已登记的内容统计；不填为现在")]


class ColumnView(BaseModel):
    name: str = Field(title="栏目")
    title: str = Field(title="名称")
    definition: str = Field(title="口径")


class RowView(BaseModel):
    key: str = Field(title="分组的键，用于打开明细")
    title: str = Field(title="分组名称")
    sums: dict[str, str] = Field(title="各栏金额（元）")


class ReportView(BaseModel):
    formula: str = Field(title="公式版本")
    from_on: date = Field(title="起始日期")
    to_on: date = Field(title="截止日期")
    as_of: datetime = Field(title="统计时刻")
    scope: str = Field(title="范围")
    columns: list[ColumnView] = Field(title="栏目与口径")
    rows: list[RowView] = Field(title="各组")
    totals: dict[str, str] = Field(title="合计（元）")
    received_by_kind: dict[str, str] = Field(
        title="到账合计按性质分列（元）：payment 付款，advance 垫付，set_off 代付后抵扣"
    )
    definitions: list[str] = Field(title="说明，须随表列出")


class LineView(BaseModel):
    case_id: int | None = Field(title="案件编号；计入但无权查看的案件没有")
    number: str = Field(title="案号")
    party: str = Field(title="劳动者")
    on: date = Field(title="日期")
    amount: str = Field(title="金额（元）")
    id: int = Field(title="请求、义务、裁决或到账的编号")


class LinesView(BaseModel):
    count: int = Field(title="共多少笔")
    total: str = Field(title="合计（元），等于报表中的数字")
    lines: list[LineView] = Field(title="明细")


@router.get("/recovered", summary="挽回金额")
def recovered_wages(
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    from_: From,
    to: To,
    by: By = "month",
    as_of: AsOf = None,
) -> ReportView:
    """请求、协议、裁决、到账四个数各按各的日期统计，不相加，不互为分母。"""
    report = recovered(session, runtime, from_, to, by, actor, as_of=as_of)
    names = [column.name for column in report.columns]
    return ReportView(
        formula=report.formula,
        from_on=report.from_on,
        to_on=report.to_on,
        as_of=report.as_of,
        scope=report.scope,
        columns=[ColumnView(name=c.name, title=c.title, definition=c.definition) for c in report.columns],
        rows=[
            RowView(key=row.key, title=row.title, sums=dict(zip(names, map(yuan, row.sums), strict=True)))
            for row in report.rows
        ],
        totals=dict(zip(names, map(yuan, report.totals), strict=True)),
        received_by_kind={kind: yuan(amount) for kind, _, amount in report.by_kind},
        definitions=list(report.definitions),
    )


@router.get("/recovered/lines", summary="挽回金额的明细")
def recovered_lines(
    session: ReadSession,
    actor: CurrentActor,
    from_: From,
    to: To,
    column: Annotated[Literal["claimed", "agreed", "awarded", "received"], Query(title="哪一栏")],
    by: By = "month",
    key: Annotated[str | None, Query(title="哪一组；不填为合计", max_length=40)] = None,
    as_of: AsOf = None,
    offset: Offset = 0,
    limit: Limit = 100,
) -> LinesView:
    """与报表用同样的条件，合计与报表中的数字相同。"""
    found = lines(session, from_, to, by, actor, column=column, key=key, as_of=as_of, offset=offset, limit=limit)
    shown = [
        LineView(case_id=x.case_id, number=x.number, party=x.party, on=x.on, amount=yuan(x.amount), id=x.id)
        for x in found.lines
    ]
    return LinesView(count=found.count, total=yuan(found.total), lines=shown)
