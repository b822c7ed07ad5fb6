"""One's own account: changing the password, which ends every other log-in."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.errors import BadInput
from mediation.people.accounts import change_password
from mediation.people.sessions import close_sessions_of

from ..deps import CurrentVisitor, Now, WriteSession
from ..forms import Form, Typed, TypedForm
from ..logging_in import forget
from .templating import page, shown_again

router = APIRouter()


@router.get("/account")
def account_page(request: Request, visitor: CurrentVisitor) -> Response:
    return page(request, "account/account.html", visitor=visitor, form=Form())


@router.post("/account/password")
def replace_password(
    request: Request, typed: TypedForm, session: WriteSession, visitor: CurrentVisitor, now: Now
) -> Response:
    old, new, again = (next(iter(typed.texts(name)), "") for name in ("old_password", "password", "again"))
    with shown_again(request, "account/account.html", Typed()):
        if new != again:
            raise BadInput("两次填写的新密码不一致。", {"again": "与上面的新密码不一致。"})
        change_password(session, visitor.login.account_id, old, new)
    close_sessions_of(session, visitor.login.account_id, at=now)
    response = RedirectResponse("/login", 303)
    forget(request, response)
    return response
