"""显示方式: light or dark, usual or large print; from the foot of every page, for whoever is there."""

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.people.accounts import keep_display

from ..deps import CurrentShell, PossibleVisitor, WriteSession
from ..display import PRINTS, THEMES, display_of, keep
from ..forms import TypedForm
from ..keeping import inside
from .templating import page

router = APIRouter()


@router.get("/display")
def display_page(request: Request, _visitor: PossibleVisitor) -> Response:
    return page(request, "account/display.html")


@router.post("/display")
def change_display(
    request: Request, typed: TypedForm, visitor: PossibleVisitor, session: WriteSession, shell: CurrentShell
) -> Response:
    """What the form does not name stays as it is."""
    given = {name: typed.text(name) for name in ("theme", "print") if typed.texts(name)}
    allowed = {name: value for name, value in given.items() if value in (THEMES if name == "theme" else PRINTS)}
    chosen = replace(display_of(request), **allowed)
    if visitor is not None and visitor.login is not None:
        keep_display(session, visitor.login.account_id, chosen.packed())
    response = RedirectResponse(inside(typed.text("back")), 303)
    keep(response, shell.settings, chosen)
    return response
