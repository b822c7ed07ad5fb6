"""Logging in and out."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.errors import BadInput
from mediation.people.accounts import LoginRefused

from ..deps import PossibleVisitor, WriteSession
from ..forms import Form, Typed, TypedForm
from ..logging_in import enter, forget, leave, remember
from .templating import page

router = APIRouter()


@router.get("/login")
def login_page(request: Request, visitor: PossibleVisitor, next: str = "/") -> Response:
    if visitor is not None:
        return RedirectResponse(_inside(next), 303)
    return page(request, "login/login.html", form=Form.filled({"next": _inside(next)}))


@router.post("/login")
def log_in_by_form(request: Request, typed: TypedForm, session: WriteSession) -> Response:
    entered = enter(request, session, typed.text("login"), next(iter(typed.texts("password")), ""))
    if isinstance(entered, LoginRefused):  # answered and not raised: the failure has to be counted
        shown = Form.again(_without_password(typed), BadInput(entered.sentence))
        return page(request, "login/login.html", BadInput.status, form=shown)
    response = RedirectResponse(_inside(typed.text("next")), 303)
    remember(request, response, entered[1])
    return response


@router.post("/logout")
def log_out(request: Request, session: WriteSession) -> Response:
    leave(request, session)
    response = RedirectResponse("/login", 303)
    forget(request, response)
    return response


def _without_password(typed: Typed) -> Typed:
    return Typed(tuple(item for item in typed.items if item[0] != "password"))


def _inside(target: str) -> str:
    """Only an address of this site; anything else becomes the front page."""
    good = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if good else "/"
