"""One's own times without meetings and one's own calendar feeds, for programs."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from mediation.meetings.calendars import end_feed, feeds_of, make_feed
from mediation.meetings.times import BusyIn, add_busy, busy_of, remove_busy

from ..deps import LOGGED_IN, CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .parameters import Limit, Offset, RequiredKey, RowId

router = APIRouter(tags=["调解会"])


class BusyView(BaseModel):
    id: int = Field(title="编号")
    from_at: datetime = Field(title="自")
    until_at: datetime = Field(title="至")
    note: str = Field(title="说明，仅本人可见")


class BusyMade(BaseModel):
    id: int = Field(title="编号")


class FeedView(BaseModel):
    id: int = Field(title="编号")
    hint: str = Field(title="地址的开头几位")
    created_at: datetime = Field(title="生成时间")
    revoked_at: datetime | None = Field(title="停用时间")


class FeedMade(BaseModel):
    address: str | None = Field(title="日历地址，只在这一次回答中；同一编号重复提交的为空")


@router.get("/busy-times", summary="本人不能安排的时间")
def busy_times(
    session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor, offset: Offset = 0, limit: Limit = 100
) -> list[BusyView]:
    """还没有过去的，早的在前。"""
    rows = busy_of(session, runtime, actor.person_id or 0)
    return [BusyView.model_validate(row, from_attributes=True) for row in rows[offset : offset + limit]]


@router.post("/busy-times", summary="登记本人不能安排的时间")
def new_busy_time(
    body: BusyIn, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequiredKey
) -> BusyMade:
    """已约好的会不受影响，会显示冲突。"""
    return BusyMade(id=add_busy(session, runtime, body, key=key, actor=actor))


@router.delete("/busy-times/{row_id}", summary="删去本人不能安排的时间", status_code=204)
def busy_time_gone(
    row_id: RowId, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequiredKey
) -> None:
    """已经删去的，不再改动。"""
    remove_busy(session, runtime, row_id, key=key, actor=actor)


@router.get("/calendar-feeds", summary="本人的日历地址")
def calendar_feeds(session: ReadSession, actor: CurrentActor) -> list[FeedView]:
    """地址本身只在生成时给出一次；至多20个，新的在前。"""
    rows = feeds_of(session, actor.person_id or 0)
    return [FeedView.model_validate(row, from_attributes=True) for row in rows]


@router.post("/calendar-feeds", summary="生成日历地址", dependencies=[LOGGED_IN])
def new_calendar_feed(
    request: Request, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequiredKey
) -> FeedMade:
    """知道地址的人都能看到本人的调解会（不含当事人姓名）。不能用令牌生成。"""
    secret = make_feed(session, runtime, key=key, actor=actor)
    return FeedMade(address=None if secret is None else f"{request.base_url}calendar/{secret}.ics")


@router.delete("/calendar-feeds/{row_id}", summary="停用日历地址", status_code=204, dependencies=[LOGGED_IN])
def calendar_feed_ended(
    row_id: RowId, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequiredKey
) -> None:
    """停用后，知道地址的人也看不到。不能用令牌停用。"""
    end_feed(session, runtime, row_id, key=key, actor=actor)
