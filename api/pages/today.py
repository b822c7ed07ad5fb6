"""今天: whose turn it is in my cases, until when and why that day, what to do next, and what has changed."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mediation.errors import Forbidden
from mediation.reminders.inbox import unread
from mediation.reports.today import Order, Turn, changed_since, last_visit, tasks

from ..deps import CurrentRuntime, CurrentVisitor, ReadSession
from .oversight import waits_for
from .templating import page
from .turning import page_number

PER_PAGE = 12
FEW = 5
"""Changes in view; the rest stands a click away."""
ROLES = ("mediator", "lawyer")
TURNS: dict[Turn, str] = {"mine": "轮到我", "others": "等别人", "nobody": "没有期限"}
ORDERS: dict[Order, str] = {"harm": "按危害和急迫", "day": "按日期", "moved": "最近变动的在前"}
URGENCY = {"now": "红色预警或者已经逾期", "days": "三天以内", "week": "一周以内", "later": "以后", "open": "没有期限"}

router = APIRouter()


@router.get("/today")
def today(request: Request, session: ReadSession, runtime: CurrentRuntime, visitor: CurrentVisitor) -> Response:
    """Unknown filters narrow nothing: an address that somebody kept still opens."""
    actor, asked, number = visitor.actor, request.query_params, page_number(request)
    if not actor.has(*ROLES):
        raise Forbidden("“今天”列出承办人自己的案件，只对调解员和律师开放。请从菜单进入您的页面。")
    now, person = runtime.clock.now(), actor.person_id or 0
    turn = next((name for name in TURNS if name == asked.get("turn")), None)
    order: Order = next((name for name in ORDERS if name == asked.get("order")), "harm")
    found = tasks(session, runtime, actor, turn=turn, order=order, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    since = last_visit(session, person, now, visitor.login.csrf_token if visitor.login else "")
    changes = changed_since(session, runtime, actor, since, limit=FEW + 1) if number == 1 else ()
    return page(
        request,
        "today/today.html",
        found=found,
        turn=turn,
        turns=TURNS,
        order=order,
        orders=ORDERS,
        urgency=URGENCY,
        since=since,
        changes=changes[:FEW],
        more_changes=len(changes) > FEW,
        unread=unread(session, person),
        mine=waits_for(session, runtime, actor),
        day=now.date(),
        number=number,
        has_next=number * PER_PAGE < found.total,
    )
