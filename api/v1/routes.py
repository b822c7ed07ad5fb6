"""协议之后走哪条路, for programs: every way open, closed or uncertain for one case, with reasons and the last day."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from mediation.law.reckoning import Reckoning
from mediation.law.statutes import Statute
from mediation.procedures.hand_off import Asked, HandOff, Way, hand_off
from mediation.procedures.route_rules import three

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from .parameters import CaseId

router = APIRouter(prefix="/cases", tags=["案件"])

Three = Literal["yes", "no", "unknown", ""]


class RouteCite(BaseModel):
    id: str = Field(title="条文编号")
    text: str = Field(title="怎样引用")
    source: str = Field(title="来源标记")
    verified: bool = Field(title="已对照原文核实")


class RouteReason(BaseModel):
    name: str = Field(title="条件；window 为期间")
    bars: bool = Field(title="是：因此不能走；否：须先查明")
    sentence: str = Field(title="原因")
    cites: list[RouteCite] = Field(title="依据")


class RouteWindow(BaseModel):
    last_day: date = Field(title="末日")
    provisional: bool = Field(title="暂定")
    reasons: list[str] = Field(title="为什么是这一天")


class RouteFile(BaseModel):
    route: str = Field(title="途径")
    title: str = Field(title="名称")
    state: Literal["open", "uncertain", "closed"] = Field(title="open 可以走，uncertain 须先查明，closed 不能走")
    reasons: list[RouteReason] = Field(title="全部原因，可以走的为空")
    who_applies: str = Field(title="由谁申请")
    agreements: str = Field(title="适用于哪些协议")
    window: RouteWindow | None = Field(title="申请期间；没有自己期间或起算日不明的为空")
    window_note: str | None = Field(title="关于期间的说明")
    result: str = Field(title="结果")
    cost: str = Field(title="费用")
    cost_verified: bool = Field(title="费用已核实")
    note: str | None = Field(title="说明")
    verified: bool = Field(title="依据均已核实")
    cites: list[RouteCite] = Field(title="依据")
    event: str = Field(title="走了这条路之后登记的事项（在主程序中）")
    allowed: bool = Field(title="本人现在可以登记")
    under_way: bool = Field(title="这个程序正在办理")


class HandOffFile(BaseModel):
    case: int = Field(title="案件编号")
    proceeding: int = Field(title="主程序编号")
    document: str = Field(title="mediation_agreement 调解协议，wage_iou 工资欠条，none 没有")
    signed_on: date | None = Field(title="协议生效之日")
    due_on: date | None = Field(title="最早一笔尚未履行的履行日")
    titles: list[str] = Field(title="已有的执行依据代码")
    routes: list[RouteFile] = Field(title="全部途径，可以走的在前")


def _asked(
    jointly: Annotated[Three, Query(title="双方都愿意共同申请")] = "",
    lawful_body: Annotated[Three, Query(title="法院认可调解组织为依法设立")] = "",
    debtor_missing: Annotated[Three, Query(title="用人单位下落不明")] = "",
    mutual_debts: Annotated[Three, Query(title="双方互负其他债务")] = "",
    body: Annotated[str, Query(title="协议由谁主持调解（代码）", max_length=40)] = "",
    wage_iou: Annotated[bool, Query(title="没有协议，但有工资欠条")] = False,
) -> Asked:
    answers = (three(jointly), three(lawful_body), three(debtor_missing), three(mutual_debts))
    return Asked(*answers, body=body or None, wage_iou=wage_iou)


AskedForThisLook = Annotated[Asked, Depends(_asked)]


@router.get("/{case_id}/routes", summary="协议之后走哪条路")
def routes(
    case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor, asked: AskedForThisLook
) -> HandOffFile:
    """每条途径现在能不能走、为什么、到哪一天。查询参数只用于这一次判断，不保存。"""
    found = hand_off(session, runtime, case_id, actor, asked)
    return _file(case_id, found)


def _file(case_id: int, found: HandOff) -> HandOffFile:
    return HandOffFile(
        case=case_id,
        proceeding=found.proceeding_id,
        document=found.case.document,
        signed_on=found.case.signed_on,
        due_on=found.case.due_on,
        titles=list(found.titles),
        routes=[_route(way) for way in found.ways],
    )


def _route(way: Way) -> RouteFile:
    judged, route = way.judged, way.judged.route
    return RouteFile(
        route=route.id,
        title=route.title,
        state=judged.state,
        reasons=[
            RouteReason(name=r.name, bars=r.bars, sentence=r.sentence, cites=_cites(r.cites)) for r in judged.reasons
        ],
        who_applies=route.who_applies,
        agreements=route.agreements,
        window=_window(judged.window) if judged.window else None,
        window_note=route.window_note,
        result=route.result,
        cost=route.cost,
        cost_verified=route.cost_verified,
        note=route.note,
        verified=route.verified and all(cite.verified for cite in route.cites),
        cites=_cites(route.cites),
        event=way.event,
        allowed=way.allowed,
        under_way=way.under_way,
    )


def _window(window: Reckoning) -> RouteWindow:
    return RouteWindow(last_day=window.legal_due, provisional=window.provisional, reasons=list(window.reasons))


def _cites(cites: tuple[Statute, ...]) -> list[RouteCite]:
    return [RouteCite(id=c.id, text=c.text, source=c.source, verified=c.verified) for c in cites]
