"""The front door: everybody goes on to the first page of their role."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from ..deps import CurrentActor
from .navigation import entries_for
from .templating import page

router = APIRouter()


@router.get("/")
def home(request: Request, actor: CurrentActor) -> Response:
    entries = entries_for(actor)
    if entries:
        return RedirectResponse(entries[0].path, 303)
    return page(request, "home/no_role.html")
