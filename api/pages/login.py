"""Logging in and out: the password, then a second factor where there is one, then on to where one wanted to go."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from mediation.errors import BadInput, NotAuthenticated
from mediation.logins.entering import Step, by_factor, by_password
from mediation.logins.factor import confirm_factor
from mediation.logins.throttle import log_attempt
from mediation.people.accounts import LoginRefused
from mediation.people.models import Account

from ..cookies import HalfWay
from ..deps import CurrentShell, Now, PossibleVisitor, ReadSession, WriteSession
from ..forms import Form, Typed, TypedForm
from ..keeping import FIELD, inside
from ..logging_in import enter, forget, half_way, leave, link_if_asked, remember, stop_half_way
from ..origins import origin_of
from .entrance import ask_factor, ask_setup, door, door_again, next_of, step_again, waiting_form
from .templating import page

_TOO_SLOW = "登录步骤已过期，请重新填写登录名和密码。"

router = APIRouter()


@router.get("/login")
def login_page(
    request: Request, visitor: PossibleVisitor, session: ReadSession, next: str = "/", link: bool = False
) -> Response:
    if visitor is not None:
        return RedirectResponse(inside(next), 303)
    return door(request, next=inside(next), linking=_linking(request, session) if link else "")


@router.post("/login")
def log_in_by_form(
    request: Request, typed: TypedForm, session: WriteSession, shell: CurrentShell, now: Now
) -> Response:
    login, password = typed.text("login"), next(iter(typed.texts("password")), "")
    identity = half_way(request, session, "link") if typed.text("link") else None
    half = identity[0] if identity else HalfWay("")
    step = by_password(session, shell.settings, login, password, at=now, origin=origin_of(request))
    if isinstance(step, LoginRefused):  # answered and not raised: the failure has to be counted
        return door_again(request, typed, BadInput(step.sentence), linking=half.name)
    if step.then == "":
        return let_in(request, session, typed, step.account, half)
    return next_step(request, typed, step, half)


def next_step(request: Request, typed: Typed, step: Step, half: HalfWay) -> Response:
    """The page of the step that follows; without a form that waits, at an address of its own."""
    kept, again = typed.text(FIELD), Form.filled({"next": next_of(typed)})
    response: Response
    if not kept:
        response = RedirectResponse(f"/login/{step.then}?{_query(next_of(typed))}", 303)
    elif step.then == "factor":
        response = ask_factor(request, form=again, kept=kept)
    else:
        response = ask_setup(request, step.account, form=again, kept=kept)
    done = HalfWay(step.then, method=half.method, issuer=half.issuer, subject=half.subject, name=half.name)
    stop_half_way(request, response, step.account, done)
    return response


def let_in(
    request: Request, session: Session, typed: Typed, account: Account, half: HalfWay, method: str = "password"
) -> Response:
    """Open the session; then to the form that waited, or to the page one wanted."""
    link_if_asked(request, session, account, half)
    visitor, token = enter(request, session, account, method)
    waiting = waiting_form(request, session, typed, visitor.actor.person_id or 0)
    response = waiting or RedirectResponse(next_of(typed), 303)
    remember(request, response, token)
    return response


@router.get("/login/factor")
def factor_page(request: Request, session: ReadSession, next: str = "/") -> Response:
    if half_way(request, session, "factor") is None:
        return RedirectResponse("/login?" + _query(inside(next)), 303)
    return ask_factor(request, form=Form.filled({"next": inside(next)}))


@router.post("/login/factor")
def check_second_factor(request: Request, typed: TypedForm, session: WriteSession, now: Now) -> Response:
    found = half_way(request, session, "factor")
    if found is None or found[1] is None:
        return door_again(request, typed, BadInput(_TOO_SLOW))
    half, account = found[0], found[1]
    step = by_factor(session, account.id, typed.text("code"), at=now, origin=origin_of(request, "factor"))
    if isinstance(step, LoginRefused):
        return ask_factor(request, 422, form=step_again(typed, step.sentence), kept=typed.text(FIELD))
    return let_in(request, session, typed, account, half, "factor" if half.method == "password" else half.method)


@router.get("/login/setup")
def setup_page(request: Request, session: ReadSession, next: str = "/") -> Response:
    found = half_way(request, session, "setup")
    if found is None or found[1] is None:
        return RedirectResponse("/login?" + _query(inside(next)), 303)
    return ask_setup(request, found[1], form=Form.filled({"next": inside(next)}))


@router.post("/login/setup")
def set_up_factor(request: Request, typed: TypedForm, session: WriteSession, now: Now) -> Response:
    found = half_way(request, session, "setup")
    if found is None or found[1] is None:
        return door_again(request, typed, BadInput(_TOO_SLOW))
    half, account = found[0], found[1]
    session.refresh(account, with_for_update=True)
    try:
        codes = confirm_factor(session, account, typed.text("code"), at=now)
    except BadInput as error:
        again = step_again(typed, error.sentence)
        return ask_setup(request, account, 422, form=again, kept=typed.text(FIELD))
    link_if_asked(request, session, account, half)
    log_attempt(session, account.id, "entered", origin_of(request, "factor"), at=now)
    _, token = enter(request, session, account, "factor")
    shown = Form.filled({"next": next_of(typed)})
    response = page(request, "login/codes.html", codes=codes, form=shown, kept=typed.text(FIELD))
    remember(request, response, token)
    return response


@router.post("/login/continue")
def go_on(request: Request, typed: TypedForm, session: ReadSession, visitor: PossibleVisitor) -> Response:
    """Logged in meanwhile, perhaps in another tab: to the form that waited."""
    if visitor is None:
        return door_again(request, typed, NotAuthenticated("还没有登录，请先登录。您填写的内容仍保留着。"))
    waiting = waiting_form(request, session, typed, visitor.actor.person_id or 0)
    return waiting or RedirectResponse(next_of(typed), 303)


@router.post("/logout")
def log_out(request: Request, session: WriteSession) -> Response:
    leave(request, session)
    response = RedirectResponse("/login", 303)
    forget(request, response)
    return response


def _linking(request: Request, session: Session) -> str:
    """Who came back from the provider and is not known here yet."""
    found = half_way(request, session, "link")
    if found is None:
        raise NotAuthenticated(_TOO_SLOW)
    return found[0].name


def _query(target: str) -> str:
    return urlencode({"next": target})
