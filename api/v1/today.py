"""今天, for programs: whose turn it is in my cases, until when and why that day, what to do next, what has changed."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from mediation.assignments.hand_over_lists import to_sign
from mediation.clock import SHANGHAI
from mediation.errors import Forbidden
from mediation.reminders.inbox import unread
from mediation.reports.today import Order, Task, Turn, changed_since, tasks

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from .parameters import Limit, Offset

router = APIRouter(prefix="/today", tags=["案件"])


class StepView(BaseModel):
    event: str = Field(title="事项代码")
    title: str = Field(title="名称")


class TaskView(BaseModel):
    case_id: int = Field(title="案件编号")
    number: str = Field(title="案号")
    workers: str = Field(title="劳动者")
    employers: str = Field(title="用人单位")
    cause: str = Field(title="事由")
    owner: str | None = Field(title="承办人")
    proceeding_id: int = Field(title="要办的程序编号")
    procedure: str = Field(title="程序名称；主程序为空")
    state: str = Field(title="状态名称")
    turn: Turn = Field(title="mine 轮到我，others 等别人，nobody 没有期限")
    awaits: str = Field(title="等谁")
    urgency: str = Field(title="now 红色预警或逾期，days 三天内，week 一周内，later 以后，open 没有期限")
    harms: list[str] = Field(title="危害代码，重的在前")
    due_title: str | None = Field(title="最近的期限")
    due_on: date | None = Field(title="到期日")
    days_left: int = Field(title="还有多少个工作日；逾期为负")
    reasons: list[str] = Field(title="为什么是这一天")
    step: StepView | None = Field(title="建议的下一步")


class ChangedView(BaseModel):
    case_id: int = Field(title="案件编号")
    number: str = Field(title="案号")
    title: str = Field(title="办了什么")
    by: str = Field(title="谁办的")
    at: datetime = Field(title="时间")


class TodayView(BaseModel):
    total: int = Field(title="共多少件")
    turns: dict[Turn, int] = Field(title="各有多少件")
    tasks: list[TaskView] = Field(title="本人的案件")
    unread: int = Field(title="未读的提醒")
    hand_overs_to_sign: list[int] = Field(title="要我确认的移交清单编号")
    changes: list[ChangedView] = Field(title="`since` 之后别人办的，新的在前，至多20条")


@router.get("", summary="今天")
def today(
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    turn: Annotated[Turn | None, Query(title="只看轮到谁的")] = None,
    order: Annotated[Order, Query(title="harm 按危害和急迫，day 按日期，moved 最近变动的在前")] = "harm",
    since: Annotated[date | None, Query(title="自哪一天起的变动；不填则不列变动")] = None,
    offset: Offset = 0,
    limit: Limit = 20,
) -> TodayView:
    """调解员和律师自己的案件。要答复的督办见 /orders/mine，提醒见 /inbox。"""
    if not actor.has("mediator", "lawyer"):
        raise Forbidden("“今天”列出承办人自己的案件，只对调解员和律师开放。")
    found = tasks(session, runtime, actor, turn=turn, order=order, offset=offset, limit=limit)
    from_at = None if since is None else datetime(since.year, since.month, since.day, tzinfo=SHANGHAI)
    changes = () if from_at is None else changed_since(session, runtime, actor, from_at, limit=20)
    person = actor.person_id or 0
    return TodayView(
        total=found.total,
        turns=dict(found.counts),
        tasks=[_task(one) for one in found.rows],
        unread=unread(session, person),
        hand_overs_to_sign=list(to_sign(session, person)),
        changes=[ChangedView.model_validate(one, from_attributes=True) for one in changes],
    )


def _task(row: Task) -> TaskView:
    same = set(TaskView.model_fields) - {"harms", "due_title", "due_on", "reasons", "step"}
    return TaskView(
        **{name: getattr(row, name) for name in same},
        harms=[harm.name for harm in row.harms],
        due_title=row.due.title if row.due else None,
        due_on=row.due.due_on if row.due else None,
        reasons=list(row.due.reasons) if row.due else [],
        step=StepView(event=row.step.name, title=row.step.title) if row.step else None,
    )
