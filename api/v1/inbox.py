"""Reminders of the person who is logged in."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from mediation.access.letters import letters
from mediation.engine.ask_types import Integer
from mediation.reminders.inbox import mark_read, unread

from ..deps import CurrentActor, Now, ReadSession, WriteSession
from .parameters import Limit, Offset

router = APIRouter(prefix="/inbox", tags=["收件箱"])


class ReminderView(BaseModel):
    id: int = Field(title="提醒编号")
    subject: str = Field(title="标题")
    body: str = Field(title="正文")
    at: datetime = Field(title="发出时间")
    read_at: datetime | None = Field(title="阅读时间")
    late: bool = Field(title="晚于应发时间一小时以上才发出")
    case_id: int | None = Field(title="案件编号；通知可以与案件无关")
    proceeding_id: int | None = Field(title="程序编号；通知没有")
    deadline_id: int | None = Field(title="期限编号；通知没有")


class InboxView(BaseModel):
    unread: int = Field(title="未读多少条")
    reminders: list[ReminderView] = Field(title="新的在前")


class ReadRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ids: list[Integer] | None = Field(None, title="哪些提醒；不填为全部", max_length=1000)


class ReadDone(BaseModel):
    marked: int = Field(title="这次标为已读的条数")


@router.get("", summary="我的提醒")
def reminders(
    session: ReadSession,
    actor: CurrentActor,
    unread_only: Annotated[bool, Query(title="只看未读")] = False,
    offset: Offset = 0,
    limit: Limit = 50,
) -> InboxView:
    lines = letters(session, actor, offset=offset, limit=limit, unread_only=unread_only)
    shown = [ReminderView.model_validate(line, from_attributes=True) for line in lines]
    return InboxView(unread=unread(session, actor.person_id or 0), reminders=shown)


@router.post("/read", summary="标为已读")
def read(body: ReadRequest, session: WriteSession, actor: CurrentActor, now: Now) -> ReadDone:
    """重复标记无妨，因此不需要防重复编号。"""
    return ReadDone(marked=mark_read(session, actor.person_id or 0, at=now, ids=body.ids))
