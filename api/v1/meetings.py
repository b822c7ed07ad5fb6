"""Mediation meetings for programs: times at which everybody can, booking, moving, calling off, telling, rooms."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from mediation.cases.view import case_view
from mediation.engine.ask_types import Day, Integer
from mediation.errors import Forbidden
from mediation.meetings.asked import LONGEST, USUAL_MINUTES, MeetingIn
from mediation.meetings.book import CancelIn, book_meeting, cancel_meeting, move_meeting
from mediation.meetings.notices import ToldIn, tell_party
from mediation.meetings.queries import Wish, desk_of, meetings_of, three_slots, week
from mediation.meetings.rooms import RoomIn, add_room, change_room, rooms_seen
from mediation.meetings.times import PartyTimeIn, add_party_time, party_times, remove_party_time
from mediation.people.rights import roles_of

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .cases import ChangeDone, done
from .parameters import CaseId, RequiredKey, RowId
from .parties import Revision

router = APIRouter(prefix="/cases", tags=["调解会"])
office = APIRouter(tags=["调解会"])


class RoomView(BaseModel):
    id: int = Field(title="编号")
    organisation_id: int = Field(title="单位编号")
    organisation: str = Field(title="单位")
    name: str = Field(title="名称")
    address: str = Field(title="地址")
    seats: int = Field(title="座位数")
    accessible: bool = Field(title="无障碍")
    video: bool = Field(title="可以接入视频")
    days: str = Field(title="开放的星期，1为星期一")
    hours: str = Field(title="开放时间")
    note: str = Field(title="备注")
    closed: bool = Field(title="已停用")
    revision: int = Field(title="修订号")


class SlotView(BaseModel):
    starts_at: datetime = Field(title="开始")
    ends_at: datetime = Field(title="结束")
    room: RoomView | None = Field(title="调解室；不需要的为空")
    late: bool = Field(title="在调解期限之后")


class SlotsView(BaseModel):
    slots: list[SlotView] = Field(title="大家都有空的时间，至多三个")
    obstacles: Mapping[str, int] = Field(title="排除的时间：person 调解员，party 当事人，room 调解室")
    until: date | None = Field(title="调解期限届满日")


class NoticeView(BaseModel):
    id: int = Field(title="编号")
    party_id: int = Field(title="当事人编号")
    party: str = Field(title="当事人")
    safe_only: bool = Field(title="只用约定的安全方式联系")
    cancels: bool = Field(title="取消通知")
    document_id: int | None = Field(title="文书编号；口头告知的为空")
    number: str | None = Field(title="文号")
    current: bool = Field(title="现行有效")
    told_at: datetime | None = Field(title="通知时间")
    told_how: str | None = Field(title="通知方式代码")


class MeetingView(BaseModel):
    id: int = Field(title="编号")
    state: str = Field(title="状态：booked、held、cancelled、unrecorded")
    starts_at: datetime = Field(title="开始")
    ends_at: datetime = Field(title="结束")
    form: str = Field(title="方式代码")
    room_id: int | None = Field(title="调解室编号")
    where: str = Field(title="地点")
    interpreter: str = Field(title="翻译")
    accessible: bool = Field(title="须无障碍")
    people: list[tuple[int, str]] = Field(title="调解员编号和姓名，主持人在前")
    sequence: int = Field(title="第几次变动")
    flag: str | None = Field(title="host_busy：现承办人当时没空")
    stale: bool = Field(title="通知之后有变动")
    no_show: str | None = Field(title="未到场的一方")
    cancelled_why: str = Field(title="取消原因")
    notices: list[NoticeView] = Field(title="通知")


class PartyTimeView(BaseModel):
    id: int = Field(title="编号")
    party_id: int = Field(title="当事人编号")
    party: str = Field(title="当事人")
    from_at: datetime | None = Field(title="不能来：自；为空的是愿望")
    until_at: datetime | None = Field(title="至")
    note: str = Field(title="愿望或说明")


class WeekView(BaseModel):
    starts_at: datetime = Field(title="开始")
    ends_at: datetime = Field(title="结束")
    case_id: int | None = Field(title="案件编号；无权查看的为空，只显示占用")
    meeting_id: int | None = Field(title="调解会编号")
    number: str = Field(title="案号")
    room: str = Field(title="调解室")
    people: list[tuple[int, str]] = Field(title="调解员")
    state: str = Field(title="状态")


class RoomRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    organisation: Integer = Field(title="单位编号")
    room: RoomIn = Field(title="调解室")


class RoomChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    revision: Revision
    room: RoomIn = Field(title="调解室")


@router.get("/{case_id}/meetings", summary="本案的调解会")
def meetings(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> list[MeetingView]:
    """新的在前，连同对各方的通知。"""
    case_view(session, runtime, case_id, actor)
    rows = meetings_of(session, case_id)
    return [MeetingView.model_validate(row, from_attributes=True) for row in rows]


@router.get("/{case_id}/meeting-slots", summary="大家都有空的三个时间")
def slots(
    case_id: CaseId,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    minutes: Annotated[int, Query(title="时长（分钟）", ge=30, le=LONGEST, multiple_of=30)] = USUAL_MINUTES,
    form: Annotated[str, Query(title="方式代码", max_length=20)] = "joint",
    first: Annotated[Day | None, Query(title="最早日期")] = None,
    accessible: Annotated[bool | None, Query(title="须无障碍；不填按当事人的情况")] = None,
) -> SlotsView:
    """调解员、当事人和调解室都有空，在开放时间和工作日内；由人选定。"""
    desk = desk_of(session, runtime, actor, case_id)
    level = desk.needs.accessible if accessible is None else accessible
    wish = Wish(minutes=minutes, form=form, accessible=level, first=first)
    found = three_slots(session, runtime, desk, wish)
    shown = [SlotView.model_validate(slot, from_attributes=True) for slot in found.slots]
    return SlotsView(slots=shown, obstacles=found.obstacles, until=desk.until)


@router.post("/{case_id}/meetings", summary="约调解会")
def book(
    case_id: CaseId,
    body: MeetingIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """生成对各方的通知书；`result.meeting` 为其编号。有疑问的，须 `confirmed` 后再约。"""
    return done(book_meeting(session, runtime, case_id, body, key=key, actor=actor))


@router.post("/{case_id}/meetings/{row_id}/move", summary="调解会改期")
def move(
    case_id: CaseId,
    row_id: RowId,
    body: MeetingIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """原通知作废，另行通知各方。"""
    return done(move_meeting(session, runtime, case_id, row_id, body, key=key, actor=actor))


@router.post("/{case_id}/meetings/{row_id}/cancel", summary="取消调解会")
def cancel(
    case_id: CaseId,
    row_id: RowId,
    body: CancelIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """原通知作废，生成取消通知书。"""
    return done(cancel_meeting(session, runtime, case_id, row_id, body, key=key, actor=actor))


@router.post("/{case_id}/meetings/{row_id}/told", summary="登记通知已送达")
def told(
    case_id: CaseId,
    row_id: RowId,
    body: ToldIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """只能用安全方式联系的当事人，须确认是这样联系的。"""
    return done(tell_party(session, runtime, case_id, row_id, body, key=key, actor=actor))


@router.get("/{case_id}/party-times", summary="当事人的时间和愿望")
def times(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> list[PartyTimeView]:
    """没有起止时间的是愿望。"""
    case_view(session, runtime, case_id, actor)
    return [PartyTimeView.model_validate(row, from_attributes=True) for row in party_times(session, case_id)]


@router.post("/{case_id}/party-times", summary="登记当事人的时间和愿望")
def new_time(
    case_id: CaseId,
    body: PartyTimeIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """`result.time` 为其编号。"""
    return done(add_party_time(session, runtime, case_id, body, key=key, actor=actor))


@router.delete("/{case_id}/times/{row_id}", summary="删去当事人的时间")
def no_time(
    case_id: CaseId,
    row_id: RowId,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """办理记录中仍然留有。"""
    return done(remove_party_time(session, runtime, case_id, row_id, key=key, actor=actor))


@office.get("/meetings", summary="一周的调解会")
def calendar(
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    first: Annotated[Day | None, Query(title="自哪一天；不填为今天")] = None,
    days: Annotated[int, Query(title="多少天", ge=1, le=31)] = 7,
) -> list[WeekView]:
    """本单位及下级单位的；无权查看的案件只显示占用。"""
    if not actor.has(*roles_of("book_meeting")):
        raise Forbidden("调解会的日程只对本单位的调解员、书记员和主管开放。")
    rows = week(session, actor, first or runtime.clock.today(), days)
    return [WeekView.model_validate(row, from_attributes=True) for row in rows]


@office.get("/rooms", summary="调解室")
def rooms(session: ReadSession, actor: CurrentActor) -> list[RoomView]:
    """本单位、下级和上级单位的。"""
    return [RoomView.model_validate(room, from_attributes=True) for room in rooms_seen(session, actor)]


@office.post("/rooms", summary="添加调解室")
def new_room(
    body: RoomRequest, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequiredKey
) -> dict[str, int]:
    """由主管或管理员；返回编号。"""
    return {"room": add_room(session, runtime, body.organisation, body.room, key=key, actor=actor)}


@office.put("/rooms/{row_id}", summary="更改调解室")
def changed_room(
    row_id: RowId,
    body: RoomChange,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> dict[str, int]:
    """所填即为今后的全部内容；返回新的修订号。"""
    done = change_room(session, runtime, row_id, body.room, revision=body.revision, key=key, actor=actor)
    return {"revision": done}
