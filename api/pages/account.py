"""One's own account: changing the password, which ends every other log-in."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.errors import BadInput
from mediation.logins.entering import password_again
from mediation.logins.own import replace_password
from mediation.people.accounts import LoginRefused

from ..deps import LOGGED_IN, CurrentLogin, Now, WriteSession
from ..forms import Form, Typed, TypedForm
from ..origins import origin_of
from .templating import page, shown_again

TEMPLATE = "account/account.html"

router = APIRouter()


@router.get("/account", dependencies=[LOGGED_IN])
def account_page(request: Request, done: bool = False) -> Response:
    return page(request, TEMPLATE, form=Form(), done=done)


@router.post("/account/password")
def change_password_page(
    request: Request, typed: TypedForm, session: WriteSession, login: CurrentLogin, now: Now
) -> Response:
    old, new, again = (next(iter(typed.texts(name)), "") for name in ("old_password", "password", "again"))
    proven = password_again(session, login.account_id, old, at=now, origin=origin_of(request))
    if isinstance(proven, LoginRefused):
        error = BadInput(proven.sentence, {"old_password": proven.sentence})
        return page(request, TEMPLATE, 422, form=Form.again(Typed(), error), done=False)
    with shown_again(request, TEMPLATE, Typed(), done=False):
        if new != again:
            raise BadInput("两次填写的新密码不一致。", {"again": "与上面的新密码不一致。"})
        replace_password(session, login.account_id, old, new, login.handle, at=now)
    return RedirectResponse("/account?done=true", 303)
