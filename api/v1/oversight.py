"""What waits for a second person, and orders (督办), for programs. Both are decided by the events of their workflow."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from mediation.errors import Forbidden
from mediation.people.actor import Actor
from mediation.reports.in_hand import Order, Proposal, orders_given, orders_to_answer, proposals

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from .parameters import Limit, Offset

router = APIRouter(tags=["督办"])


class WayOn(BaseModel):
    event: str = Field(title="事项代码")
    title: str = Field(title="名称")
    path: str = Field(title="办理的地址，以 POST 提交")


class Said(BaseModel):
    title: str = Field(title="栏目")
    text: str = Field(title="内容")


class ApprovalView(BaseModel):
    proceeding_id: int = Field(title="程序编号")
    case_id: int = Field(title="案件编号")
    number: str = Field(title="案号")
    organisation: str = Field(title="组织")
    workflow: str = Field(title="程序代码")
    workflow_title: str = Field(title="程序")
    state: str = Field(title="状态名称")
    title: str = Field(title="提请审核的事项")
    by: str = Field(title="提请人")
    at: datetime = Field(title="提请时间")
    outcome: str = Field(title="结果")
    said: list[Said] = Field(title="提请时填写的内容")
    own: bool = Field(title="本人提请的，须由别人审核")
    due_title: str | None = Field(title="最近的期限")
    due_on: date | None = Field(title="到期日")
    revision: int = Field(title="修订号（办理时带回）")
    ways: list[WayOn] = Field(title="可以怎样办理；办理时须再次核对权限和条件")


class ApprovalsView(BaseModel):
    more: bool = Field(title="后面还有")
    rows: list[ApprovalView] = Field(title="等得久的在前")


class OrderView(BaseModel):
    proceeding_id: int = Field(title="督办程序编号")
    case_id: int = Field(title="案件编号")
    number: str = Field(title="案号")
    organisation: str = Field(title="组织")
    owner: str | None = Field(title="承办人")
    state: str = Field(title="状态代码")
    state_title: str = Field(title="状态名称")
    ended: bool = Field(title="已办结")
    text: str = Field(title="督办内容")
    answer: str = Field(title="答复")
    remark: str = Field(title="主管的意见")
    returned: str = Field(title="退回的理由")
    given_at: datetime = Field(title="发出时间")
    since: datetime = Field(title="自何时起在此状态")
    due_on: date | None = Field(title="答复到期日")
    late: bool = Field(title="逾期未答复")
    revision: int = Field(title="修订号（办理时带回）")


class OrdersView(BaseModel):
    more: bool = Field(title="后面还有")
    rows: list[OrderView] = Field(title="已答复的在前，其次等得久的")


@router.get("/approvals", summary="待审核的事项")
def approvals(
    session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor, offset: Offset = 0, limit: Limit = 30
) -> ApprovalsView:
    """须由第二个人审核的结案、文书等。用 `ways` 中的事项办理，带回 `revision`。"""
    _supervising(actor)
    found = proposals(session, runtime, actor, offset=offset, limit=limit + 1)
    return ApprovalsView(more=len(found) > limit, rows=[_approval(row) for row in found[:limit]])


@router.get("/orders", summary="发出的督办")
def orders(
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    ended: Annotated[bool, Query(title="已办结的")] = False,
    offset: Offset = 0,
    limit: Limit = 30,
) -> OrdersView:
    """主管所辖单位的督办；发出、答复、办结都是 follow_up_order 程序的事项。"""
    _supervising(actor)
    found = orders_given(session, runtime, actor, ended=ended, offset=offset, limit=limit + 1)
    return OrdersView(more=len(found) > limit, rows=[_order(row) for row in found[:limit]])


@router.get("/orders/mine", summary="要我答复的督办")
def orders_of_mine(
    session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor, limit: Limit = 50
) -> list[OrderView]:
    """本人承办的案件，等得久的在前。"""
    return [_order(row) for row in orders_to_answer(session, runtime, actor, limit=limit)]


def _supervising(actor: Actor) -> None:
    if not actor.has("supervisor"):
        raise Forbidden("审核和督办只对主管开放。如需主管权限，请联系本单位管理员。")


def _approval(row: Proposal) -> ApprovalView:
    same = set(ApprovalView.model_fields) - {"workflow", "workflow_title", "said", "due_title", "due_on", "ways"}
    base = f"/api/v1/{row.name}/{row.proceeding_id}"
    return ApprovalView(
        **{name: getattr(row, name) for name in same},
        workflow=row.name,
        workflow_title=row.workflow,
        said=[Said(title=title, text=text) for title, text in row.said],
        due_title=row.due.title if row.due else None,
        due_on=row.due.due_on if row.due else None,
        ways=[WayOn(event=one.name, title=one.title, path=f"{base}/{one.name}") for one in row.events],
    )


def _order(row: Order) -> OrderView:
    same = set(OrderView.model_fields) - {"due_on"}
    return OrderView(**{name: getattr(row, name) for name in same}, due_on=row.due.due_on if row.due else None)
