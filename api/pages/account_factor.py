"""One's own second factor: on, off, new recovery codes. Each asks for the password, for screens are left open."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from mediation.errors import BadInput
from mediation.logins.entering import factor_demanded, password_again
from mediation.logins.factor import codes_left, confirm_factor, proposal, propose_factor, remove_factor, renew_codes
from mediation.people.accounts import LoginRefused
from mediation.people.models import Account

from ..deps import CurrentLogin, CurrentShell, Now, ReadSession, Shell, WriteSession
from ..forms import Form, Typed, TypedForm
from ..origins import origin_of
from .qr import qr_picture
from .templating import page

TEMPLATE = "account/factor.html"

router = APIRouter()


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every one of these pages needs."""

    request: Request
    shell: Shell
    login: CurrentLogin
    now: Now

    def shown(self, session: Session, form: Form, status: int = 200) -> Response:
        account = session.get_one(Account, self.login.account_id)
        found = proposal(account)
        told: dict[str, Any] = {
            "since": account.factor_since,
            "left": codes_left(session, account.id),
            "demanded": factor_demanded(session, self.shell.settings, account.person_id, self.now),
            "secret": found[0] if found else "",
            "picture": qr_picture(found[1]) if found else "",
        }
        return page(self.request, TEMPLATE, status, form=form, **told)

    def proven(self, session: Session, typed: Typed) -> Account | Response:
        """The account, once the password was typed again; else the page that says why not."""
        password = next(iter(typed.texts("password")), "")
        origin = origin_of(self.request)
        found = password_again(session, self.login.account_id, password, at=self.now, origin=origin)
        if not isinstance(found, LoginRefused):
            return found
        error = BadInput(found.sentence, {"password": found.sentence})
        return self.shown(session, Form.again(Typed(), error), 422)


def _desk(request: Request, shell: CurrentShell, login: CurrentLogin, now: Now) -> _Desk:
    return _Desk(request, shell, login, now)


Desk = Annotated[_Desk, Depends(_desk)]


@router.get("/account/factor")
def factor_page(desk: Desk, session: ReadSession) -> Response:
    return desk.shown(session, Form())


@router.post("/account/factor/begin")
def begin(desk: Desk, session: WriteSession, typed: TypedForm) -> Response:
    account = desk.proven(session, typed)
    if not isinstance(account, Account):
        return account
    propose_factor(session, account)
    return RedirectResponse("/account/factor", 303)


@router.post("/account/factor/confirm")
def confirm(desk: Desk, session: WriteSession, typed: TypedForm) -> Response:
    account = session.get_one(Account, desk.login.account_id, with_for_update=True)
    try:
        codes = confirm_factor(session, account, typed.text("code"), at=desk.now)
    except BadInput as error:
        return desk.shown(session, Form.again(Typed(), error), 422)
    return _codes(desk, codes)


@router.post("/account/factor/codes")
def new_codes(desk: Desk, session: WriteSession, typed: TypedForm) -> Response:
    account = desk.proven(session, typed)
    if not isinstance(account, Account):
        return account
    return _codes(desk, renew_codes(session, account, at=desk.now))


@router.post("/account/factor/remove")
def remove(desk: Desk, session: WriteSession, typed: TypedForm) -> Response:
    account = desk.proven(session, typed)
    if not isinstance(account, Account):
        return account
    try:
        demanded = factor_demanded(session, desk.shell.settings, account.person_id, desk.now)
        remove_factor(session, account, at=desk.now, demanded=demanded)
    except BadInput as error:
        return desk.shown(session, Form.again(Typed(), error), 422)
    return RedirectResponse("/account/factor", 303)


def _codes(desk: _Desk, codes: list[str]) -> Response:
    form = Form.filled({"next": "/account/factor"})
    return page(desk.request, "login/codes.html", codes=codes, form=form, kept="")
