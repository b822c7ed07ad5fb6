"""用人单位: everything about one employer over all streets one may see, for the leader who asks (moment 15)."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mediation.reports.employers import find_employers, one_employer

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from ..v1.parameters import RowId
from .overdue import reporting
from .templating import page
from .turning import page_number

PER_PAGE = 30

router = APIRouter()


@router.get("/employers")
def employers_page(request: Request, session: ReadSession, actor: CurrentActor) -> Response:
    reporting(actor)
    number, text = page_number(request), (request.query_params.get("text") or "").strip()[:100]
    found = find_employers(session, actor, text, offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
    return page(
        request,
        "employers/list.html",
        rows=found[:PER_PAGE],
        text=text,
        number=number,
        has_next=len(found) > PER_PAGE,
    )


@router.get("/employers/{employer_id}")
def employer_page(
    request: Request, employer_id: RowId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    reporting(actor)
    number = page_number(request)
    found = one_employer(session, runtime, actor, employer_id, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    return page(
        request,
        "employers/one.html",
        found=found,
        today=runtime.clock.today(),
        number=number,
        has_next=number * PER_PAGE < found.total,
    )
