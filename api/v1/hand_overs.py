"""Handing over everything that lies with somebody, for programs: what there is, the list, both sides' confirmation."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from mediation.assignments.hand_over import HandOverIn, Progress, choose_again, go_on, hand_over
from mediation.assignments.hand_over_lists import ListRow, hand_over_list, hand_overs
from mediation.assignments.holdings import held
from mediation.assignments.signing import sign
from mediation.assignments.suggesting import candidates, receivers_for, suggest
from mediation.engine.ask_types import Integer, LongText
from mediation.errors import Forbidden
from mediation.people.actor import Actor
from mediation.people.rights import roles_of

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .parameters import LARGEST, Limit, Offset, RequiredKey

router = APIRouter(prefix="/hand-overs", tags=["督办"])

HandOverId = Annotated[int, Path(title="移交清单编号", ge=1, le=LARGEST)]
MOST = 5000


class ProgressView(BaseModel):
    id: int = Field(title="移交清单编号")
    items: int = Field(title="共多少项")
    moved: int = Field(title="已移交")
    refused: int = Field(title="没有移交成的，须另选接收人")
    finished: bool = Field(title="各项都办过了；否：请继续（continue）")


class HandOverLine(BaseModel):
    id: int = Field(title="移交清单编号")
    giver: str = Field(title="移交人")
    kind: str = Field(title="情形")
    reason: str = Field(title="原因")
    made_by: str = Field(title="办理的主管")
    made_at: datetime = Field(title="办理时间")
    back_on: date | None = Field(title="返岗日期")
    returned_at: datetime | None = Field(title="交回时间")
    progress: ProgressView = Field(title="进度")
    unsigned: list[str] = Field(title="还没有确认的人")


class HandOversView(BaseModel):
    more: bool = Field(title="后面还有")
    rows: list[HandOverLine] = Field(title="新的在前")


class ItemView(BaseModel):
    id: int = Field(title="清单中的编号")
    case_id: int | None = Field(title="案件编号；本人无权查看的受限案件为空")
    number: str = Field(title="案号；本人无权查看的为“受限案件”")
    organisation: str = Field(title="组织")
    title: str = Field(title="程序")
    state: str = Field(title="状态名称")
    role: str = Field(title="以什么身份承办：mediator 调解员，lawyer 律师")
    receiver_id: int = Field(title="接收人编号")
    receiver: str = Field(title="接收人")
    next_title: str = Field(title="最近的期限")
    next_due: date | None = Field(title="到期日")
    deadlines: int = Field(title="计时中的期限")
    reminders: int = Field(title="待发的提醒")
    orders: int = Field(title="未办结的督办")
    moved_at: datetime | None = Field(title="移交时间")
    refused: str | None = Field(title="为什么没有移交成")
    returned_at: datetime | None = Field(title="交回时间")
    stayed: str | None = Field(title="为什么没有交回")


class SignatureView(BaseModel):
    person_id: int = Field(title="人员编号")
    name: str = Field(title="姓名")
    leg: Literal["out", "back"] = Field(title="out 移交，back 交回")
    giver: bool = Field(title="是移交人")
    signed_at: datetime | None = Field(title="确认时间")
    recorded_by: str | None = Field(title="由谁登记")
    note: str = Field(title="说明")


class HandOverFile(BaseModel):
    row: HandOverLine = Field(title="清单")
    giver_id: int = Field(title="移交人编号")
    total: int = Field(title="共多少项")
    items: list[ItemView] = Field(title="各项，到期早的在前")
    signatures: list[SignatureView] = Field(title="各人的确认")


class HeldItem(BaseModel):
    proceeding_id: int = Field(title="程序编号")
    case_id: int = Field(title="案件编号")
    number: str = Field(title="案号")
    organisation: str = Field(title="组织")
    cause: str = Field(title="事由")
    title: str = Field(title="程序")
    state: str = Field(title="状态名称")
    role: str = Field(title="以什么身份承办：mediator 调解员，lawyer 律师")
    next_title: str = Field(title="最近的期限")
    next_due: date | None = Field(title="到期日")
    deadlines: int = Field(title="计时中的期限")
    reminders: int = Field(title="待发的提醒")
    orders: int = Field(title="未办结的督办")
    suggested: int | None = Field(title="建议的接收人编号；空为没有合适的人")
    receivers: list[int] = Field(title="可以接收的人的编号")


class CandidateView(BaseModel):
    id: int = Field(title="人员编号")
    name: str = Field(title="姓名")
    load: int = Field(title="在办多少件")


class HeldView(BaseModel):
    total: int = Field(title="名下共多少项")
    items: list[HeldItem] = Field(title="到期早的在前")
    candidates: list[CandidateView] = Field(title="可以接收的人，手上少的在前")


class Receiver(BaseModel):
    model_config = ConfigDict(extra="forbid")

    proceeding: Integer = Field(title="程序编号")
    person: Integer = Field(title="接收人编号")


class HandOverRequest(HandOverIn):
    receiver: Integer | None = Field(default=None, title="其余各项的接收人；不填的，没有选定的各项按建议移交")
    receivers: list[Receiver] = Field(default_factory=list, title="逐项选定的接收人", max_length=MOST)


class ChosenItem(BaseModel):
    model_config = ConfigDict(extra="forbid")

    item: Integer = Field(title="清单中的编号")
    person: Integer = Field(title="接收人编号")


class AgainRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    receivers: list[ChosenItem] = Field(title="另选的接收人", min_length=1, max_length=MOST)


class SignRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    leg: Literal["out", "back"] = Field(default="out", title="out 移交，back 交回")
    person: Integer | None = Field(default=None, title="代谁登记纸质签字；不填为本人确认")
    note: LongText | None = Field(default=None, title="纸质清单何时、怎样签的字", max_length=500)


@router.get("", summary="移交清单")
def listed(
    session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor, offset: Offset = 0, limit: Limit = 30
) -> HandOversView:
    """主管看本单位的；其他人看与本人有关的。"""
    found = hand_overs(session, runtime, actor, offset=offset, limit=limit + 1)
    return HandOversView(more=len(found) > limit, rows=[_line(row) for row in found[:limit]])


@router.get("/holdings", summary="一位同事名下的事项和建议的接收人")
def holdings(
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    giver: Annotated[int, Query(title="移交人编号", ge=1, le=LARGEST)],
    offset: Offset = 0,
    limit: Limit = 50,
) -> HeldView:
    """主管所辖单位内的全部未办结事项；建议按手上的案件和回避情况得出，由主管决定。"""
    _supervising(actor)
    today = runtime.clock.today()
    rows, among = held(session, runtime, actor, giver), candidates(session, actor, giver, today)
    proposed = suggest(session, rows, among, today)
    same = set(HeldItem.model_fields) - {"suggested", "receivers"}
    items = [
        HeldItem(
            **{name: getattr(row, name) for name in same},
            suggested=proposed.get(row.proceeding_id),
            receivers=[one.id for one in among if one.may(row.role, row.path)],
        )
        for row in rows[offset : offset + limit]
    ]
    people = [CandidateView(id=one.id, name=one.person.name, load=one.load) for one in among]
    return HeldView(total=len(rows), items=items, candidates=people)


@router.post("", summary="办理移交")
def make(
    body: HandOverRequest, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequiredKey
) -> ProgressView:
    """列出清单并移交第一批；`finished` 为否的，用 continue 继续。"""
    _supervising(actor)
    data = HandOverIn.model_validate(body.model_dump(exclude={"receiver", "receivers"}))
    chosen = {one.proceeding: one.person for one in body.receivers}
    receivers = receivers_for(session, runtime, actor, data.giver, chosen, body.receiver)
    return _progress(hand_over(session, runtime, data, receivers, key=key, actor=actor))


@router.get("/{hand_over_id}", summary="一份移交清单")
def one(
    hand_over_id: HandOverId,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    offset: Offset = 0,
    limit: Limit = 200,
) -> HandOverFile:
    """双方共同确认的一份清单。"""
    found = hand_over_list(session, runtime, hand_over_id, actor)
    return HandOverFile(
        row=_line(found.row),
        giver_id=found.giver_id,
        total=len(found.items),
        items=_views(found.items[offset : offset + limit]),
        signatures=[SignatureView.model_validate(one, from_attributes=True) for one in found.signatures],
    )


@router.post("/{hand_over_id}/continue", summary="继续移交下一批")
def next_batch(
    hand_over_id: HandOverId, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor
) -> ProgressView:
    """每项只移交一次，重复请求无妨，因此不需要防重复编号。"""
    _supervising(actor)
    hand_over_list(session, runtime, hand_over_id, actor)
    return _progress(go_on(session, runtime, hand_over_id, actor=actor))


@router.post("/{hand_over_id}/again", summary="为没有移交成的另选接收人")
def again(
    hand_over_id: HandOverId, body: AgainRequest, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor
) -> ProgressView:
    """随即移交；已经移交的不受影响，因此不需要防重复编号。"""
    chosen = {one.item: one.person for one in body.receivers}
    return _progress(choose_again(session, runtime, hand_over_id, chosen, actor=actor))


@router.post("/{hand_over_id}/sign", summary="确认移交清单")
def confirm(
    hand_over_id: HandOverId, body: SignRequest, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor
) -> HandOverFile:
    """本人确认；或者由主管登记纸质签字，须写明何时、怎样签的。重复确认无妨，因此不需要防重复编号。"""
    person = body.person or actor.person_id or 0
    sign(session, runtime, hand_over_id, person, body.leg, body.note or "", actor=actor)
    return one(hand_over_id, session, runtime, actor, 0, 200)


def _supervising(actor: Actor) -> None:
    if not actor.has(*roles_of("hand_over")):
        raise Forbidden("移交只能由主管办理。")


def _progress(found: Progress) -> ProgressView:
    return ProgressView.model_validate(found, from_attributes=True)


def _line(row: ListRow) -> HandOverLine:
    return HandOverLine.model_validate(row, from_attributes=True)


def _views(items: Sequence[object]) -> list[ItemView]:
    return [ItemView.model_validate(item, from_attributes=True) for item in items]
