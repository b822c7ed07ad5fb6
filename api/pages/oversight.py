"""待审核 and 督办: what waits for a second person, and what the supervisor wants answered in words."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from mediation.assignments.hand_over_lists import to_sign
from mediation.people.actor import Actor
from mediation.reports.in_hand import orders_given, orders_to_answer, proposals
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from .overdue import supervising
from .templating import page
from .turning import page_number

PER_PAGE = 30

router = APIRouter()


def waits_for(session: Session, runtime: Runtime, actor: Actor) -> dict[str, Any]:
    """For the first page of whoever works on cases: orders to answer, hand-over lists to confirm."""
    return {
        "orders": orders_to_answer(session, runtime, actor, limit=20),
        "lists": to_sign(session, actor.person_id or 0),
    }


@router.get("/approvals")
def approvals_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    supervising(actor)
    number = page_number(request)
    found = proposals(session, runtime, actor, offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
    return page(
        request,
        "oversight/approvals.html",
        rows=found[:PER_PAGE],
        number=number,
        has_next=len(found) > PER_PAGE,
    )


@router.get("/orders")
def orders_page(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    supervising(actor)
    number, ended = page_number(request), "ended" in request.query_params
    found = orders_given(session, runtime, actor, ended=ended, offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
    return page(
        request,
        "oversight/orders.html",
        rows=found[:PER_PAGE],
        ended=ended,
        number=number,
        has_next=len(found) > PER_PAGE,
    )
