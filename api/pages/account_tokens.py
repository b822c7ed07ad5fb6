"""Tokens for one's own programs: made after the password was typed again, shown once, revoked at any time."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from mediation.errors import BadInput
from mediation.logins.entering import password_again
from mediation.logins.tokens import SCOPES, make_token, revoke_token, tokens_of
from mediation.people.accounts import LoginRefused

from ..deps import CurrentLogin, Now, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from ..origins import origin_of
from ..v1.parameters import RowId
from . import tidy
from .attempts import key_in
from .templating import page

TEMPLATE = "account/tokens.html"

router = APIRouter()


@router.get("/account/tokens")
def tokens_page(request: Request, session: ReadSession, login: CurrentLogin, now: Now) -> Response:
    return _shown(request, session, login, now, Form.filled({"scopes": ["read"], "days": "90"}))


@router.post("/account/tokens")
def make(
    request: Request, typed: TypedForm, session: WriteSession, login: CurrentLogin, now: Now, key: RequestKey
) -> Response:
    plain = Typed(tuple(item for item in typed.items if item[0] != "password"))
    password = next(iter(typed.texts("password")), "")
    proven = password_again(session, login.account_id, password, at=now, origin=origin_of(request))
    if isinstance(proven, LoginRefused):
        error = BadInput(proven.sentence, {"password": proven.sentence})
        return _shown(request, session, login, now, Form.again(plain, error), 422)
    try:
        days = _whole(tidy.number(typed.text("days")))
        name, scopes = typed.text("name"), typed.texts("scopes")
        secret = make_token(session, login.account_id, name, scopes, days, at=now, key=key_in(key))
    except BadInput as error:
        return _shown(request, session, login, now, Form.again(plain, error), 422)
    if secret is None:
        return RedirectResponse("/account/tokens", 303)
    return _shown(request, session, login, now, Form.filled({"scopes": ["read"], "days": "90"}), secret=secret)


@router.post("/account/tokens/{token_id}/end")
def revoke(token_id: RowId, session: WriteSession, login: CurrentLogin, now: Now) -> Response:
    revoke_token(session, login.account_id, token_id, at=now)
    return RedirectResponse("/account/tokens", 303)


def _shown(
    request: Request, session: Session, login: CurrentLogin, now: Now, form: Form, status: int = 200, secret: str = ""
) -> Response:
    scopes = [(code, scope.title) for code, scope in SCOPES.items()]
    rows = tokens_of(session, login.account_id)
    return page(request, TEMPLATE, status, form=form, rows=rows, scopes=scopes, now=now, secret=secret)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
