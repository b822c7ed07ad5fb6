"""What mediations came to, for programs: by case and by person. Each figure opens to those that make it."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from mediation.reports.outcomes import Entry, Row, listed, outcomes

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from .reports import AsOf, From, To

router = APIRouter(prefix="/reports/outcomes", tags=["报表"])

Counted = Annotated[Literal["cases", "workers", "employers"], Query(title="按什么统计")]


class OutcomeRow(BaseModel):
    outcome: str = Field(title="结果代码；合计为空")
    reason: str | None = Field(title="原因代码；没有原因的为空字符串，合计为空值")
    title: str = Field(title="名称")
    counts: dict[str, int] = Field(title="cases 案件数，workers 劳动者人数，employers 用人单位数")


class RateView(BaseModel):
    unit: str = Field(title="按什么统计")
    numerator: int = Field(title="分子：达成和部分达成")
    denominator: int = Field(title="分母：期间内有结果的全部")
    carried_in: int = Field(title="其中上期收到、本期有结果的")
    percent: str = Field(title="达成率")


class OutcomesView(BaseModel):
    from_on: date = Field(title="起始日期")
    to_on: date = Field(title="截止日期")
    as_of: datetime = Field(title="统计时刻")
    rows: list[OutcomeRow] = Field(title="各结果")
    totals: OutcomeRow = Field(title="合计")
    rates: list[RateView] = Field(title="达成率；没有要求的为空")
    open_at_end: int = Field(title="截止日还没有结果的案件")
    definitions: list[str] = Field(title="说明，须随表列出")


class OutcomeView(BaseModel):
    case_id: int | None = Field(title="案件编号；计入但无权查看的案件没有")
    number: str = Field(title="案号")
    party: str = Field(title="当事人；按案件统计时为空")
    outcome: str = Field(title="结果代码")
    reason: str = Field(title="原因代码")
    on: date = Field(title="日期")


@router.get("", summary="结果统计")
def outcome_report(
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    from_: From,
    to: To,
    as_of: AsOf = None,
    rate: Annotated[bool, Query(title="附达成率")] = False,
) -> OutcomesView:
    """按案件和按人分别统计，不相加；默认不给百分比。"""
    report = outcomes(session, runtime, actor, from_on=from_, to_on=to, as_of=as_of, rate=rate)
    names = [unit.name for unit in report.units]
    return OutcomesView(
        from_on=report.from_on,
        to_on=report.to_on,
        as_of=report.as_of,
        rows=[_row(names, row) for row in report.rows],
        totals=_row(names, report.totals),
        rates=[
            RateView(
                unit=one.unit.name,
                numerator=one.numerator,
                denominator=one.denominator,
                carried_in=one.carried_in,
                percent=one.percent,
            )
            for one in report.rates
        ],
        open_at_end=report.open_at_end,
        definitions=list(report.definitions),
    )


@router.get("/lines", summary="结果明细")
def outcome_lines(
    session: ReadSession,
    actor: CurrentActor,
    from_: From,
    to: To,
    unit: Counted = "cases",
    outcome: Annotated[str | None, Query(title="结果代码；不填为全部", max_length=20)] = None,
    reason: Annotated[str | None, Query(title="原因代码；不填为全部", max_length=40)] = None,
    as_of: AsOf = None,
) -> list[OutcomeView]:
    """与报表用同样的条件，件数与报表中的数字相同。"""
    asked = {"unit": unit, "outcome": outcome, "reason": reason}
    found = listed(session, actor, from_on=from_, to_on=to, as_of=as_of, **asked)  # type: ignore[arg-type]
    return [_view(one) for one in found]


def _view(entry: Entry) -> OutcomeView:
    view = OutcomeView.model_validate(entry, from_attributes=True)
    return view if entry.case_id > 0 else view.model_copy(update={"case_id": None})


def _row(names: list[str], row: Row) -> OutcomeRow:
    counts = dict(zip(names, row.counts, strict=True))
    return OutcomeRow(outcome=row.outcome, reason=row.reason, title=row.title, counts=counts)
