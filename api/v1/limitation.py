"""时效, for programs: the clock of each demand with its reasons, and the events that interrupt or suspend it."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from mediation.cases.view import case_view
from mediation.engine.ask_types import Integer
from mediation.law.limitation import Clock
from mediation.law.statutes import Statute
from mediation.limitation.clocks import DemandClock, EventRow, clocks_of, events_of
from mediation.limitation.events import LimitationEventIn, StrikeOut, add_limitation_event, strike_limitation_event

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .cases import ChangeDone, done
from .parameters import CaseId, RequiredKey, RowId

router = APIRouter(prefix="/cases", tags=["案件"])


class LimitationCite(BaseModel):
    id: str = Field(title="条文编号")
    text: str = Field(title="怎样引用")
    verified: bool = Field(title="已对照原文核实")


class DoubleWageFile(BaseModel):
    from_on: date = Field(title="二倍工资期间自")
    until_on: date = Field(title="至")
    in_time_from: date | None = Field(title="今天主张，尚在时效内的自")
    in_time_until: date | None = Field(title="至；空为全部已过")
    in_time: int = Field(title="尚在时效内的日数")
    days: int = Field(title="全部日数")
    next_loss: date | None = Field(title="此后逐日减少的最后一日")


class ClockFile(BaseModel):
    demand: int = Field(title="请求编号")
    party: str = Field(title="提出人")
    item: str = Field(title="请求")
    kind: str = Field(title="种类代码")
    state: str = Field(title="not_running 不计算，running 进行中，suspended 中止，expired 已届满")
    start_on: date | None = Field(title="起算日")
    counted_from: date | None = Field(title="现在自哪天计算（最后一次中断）")
    last_day: date | None = Field(title="届满日")
    nominal_last_day: date | None = Field(title="未顺延的届满日")
    days_left: int | None = Field(title="还剩几天；负数为已过")
    urgent: bool = Field(title="不足七日，可以先行提供法律援助")
    provisional: bool = Field(title="暂定")
    doubts: list[str] = Field(title="假定与待核实之处")
    reasons: list[str] = Field(title="每一步的理由")
    cites: list[LimitationCite] = Field(title="依据")
    double_wage: DoubleWageFile | None = Field(title="逐日计算的二倍工资")


class LimitationEventFile(BaseModel):
    id: int = Field(title="事由编号")
    demand: int | None = Field(title="请求编号；空为全部请求")
    kind: str = Field(title="interrupted 中断，suspended 中止，resumed 中止的原因消除")
    ground: str = Field(title="事由代码")
    title: str = Field(title="事由")
    on: date = Field(title="日期")
    note: str = Field(title="经过与凭据")
    source_event: str = Field(title="由哪个事项登记")
    by: str = Field(title="登记人")
    at: datetime = Field(title="登记时间")
    struck_why: str | None = Field(title="删去的理由；空为有效")
    cites: list[LimitationCite] = Field(title="依据")


class LimitationFile(BaseModel):
    revision: int = Field(title="主程序的修订号")
    clocks: list[ClockFile] = Field(title="各项请求的时效，最紧迫的在前")
    events: list[LimitationEventFile] = Field(title="中断、中止的事由，按日期")


class _Revised(BaseModel):
    model_config = ConfigDict(extra="forbid")

    revision: Integer = Field(title="您看到的修订号")


class LimitationEventRequest(_Revised):
    event: LimitationEventIn = Field(title="事由")


class StrikeRequest(_Revised):
    strike: StrikeOut = Field(title="理由")


@router.get("/{case_id}/limitation", summary="时效")
def limitation(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> LimitationFile:
    """每项请求的时效：起算、中断、中止、届满日与理由。时效届满不妨碍调解；仲裁中是否抗辩由对方决定。"""
    view = case_view(session, runtime, case_id, actor)
    return LimitationFile(
        revision=view.main.revision,
        clocks=[_clock(each) for each in clocks_of(session, runtime, case_id)],
        events=[_event(row) for row in events_of(session, runtime, case_id)],
    )


@router.post("/{case_id}/limitation/events", summary="登记时效中断、中止")
def new_event(
    case_id: CaseId,
    body: LimitationEventRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """`result.limitation_events` 为新事由的编号；届满日随即重算。"""
    return done(
        add_limitation_event(session, runtime, case_id, body.event, revision=body.revision, key=key, actor=actor)
    )


@router.post("/{case_id}/limitation/events/{row_id}/strike", summary="删去登记有误的时效事由")
def struck(
    case_id: CaseId,
    row_id: RowId,
    body: StrikeRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """原记录保留并注明理由，不再影响时效。"""
    return done(
        strike_limitation_event(
            session, runtime, case_id, row_id, body.strike, revision=body.revision, key=key, actor=actor
        )
    )


def _clock(each: DemandClock) -> ClockFile:
    clock = each.clock
    return ClockFile(
        demand=each.demand_id,
        party=each.party,
        item=each.item,
        kind=clock.kind,
        state=each.state,
        start_on=clock.start.on,
        counted_from=clock.counted_from,
        last_day=clock.legal_due,
        nominal_last_day=clock.nominal_due,
        days_left=each.days_left,
        urgent=each.urgent,
        provisional=clock.provisional,
        doubts=list(clock.doubts),
        reasons=list(clock.reasons),
        cites=_cites(clock.cites),
        double_wage=_window(clock),
    )


def _window(clock: Clock) -> DoubleWageFile | None:
    return DoubleWageFile.model_validate(clock.window, from_attributes=True) if clock.window else None


def _event(row: EventRow) -> LimitationEventFile:
    names = set(LimitationEventFile.model_fields) - {"demand", "cites"}
    copied = {name: getattr(row, name) for name in names}
    return LimitationEventFile(**copied, demand=row.demand_id, cites=_cites(row.cites))


def _cites(cites: tuple[Statute, ...]) -> list[LimitationCite]:
    return [LimitationCite(id=c.id, text=c.text, verified=c.verified) for c in cites]
