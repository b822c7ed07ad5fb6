"""收件箱: the reminders of the person who is logged in."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.access.letters import letters
from mediation.procedures.applications.kinds import DEADLINES
from mediation.reminders.inbox import mark_read, unread

from ..deps import CurrentActor, Now, ReadSession, WriteSession
from ..forms import TypedForm
from .templating import page
from .turning import page_number

PER_PAGE = 30

router = APIRouter()


@router.get("/inbox")
def inbox_page(request: Request, session: ReadSession, actor: CurrentActor) -> Response:
    number, person = page_number(request), actor.person_id or 0
    unread_only = "unread" in request.query_params
    found = letters(session, actor, offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1, unread_only=unread_only)
    return page(
        request,
        "inbox/inbox.html",
        lines=found[:PER_PAGE],
        unread_only=unread_only,
        with_papers=DEADLINES,
        waiting=unread(session, person),
        number=number,
        has_next=len(found) > PER_PAGE,
    )


@router.post("/inbox/read")
def read(typed: TypedForm, session: WriteSession, actor: CurrentActor, now: Now) -> Response:
    """Marks the line that was pressed, or all."""
    one = typed.text("id")
    ids = [int(one)] if one.isascii() and one.isdecimal() and len(one) < 15 else None
    if ids or typed.text("all"):
        mark_read(session, actor.person_id or 0, at=now, ids=ids)
    return RedirectResponse("/inbox", 303)
