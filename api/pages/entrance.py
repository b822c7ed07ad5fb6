"""What stands at the door: the page to log in, its further steps, and the form that waited outside."""

from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from mediation.errors import BadInput, MediationError
from mediation.logins.factor import proposal
from mediation.logins.provider import Provider
from mediation.people.models import Account

from ..forms import Form, Typed
from ..keeping import FIELD, Kept, inside, is_authors, unpacked
from .qr import qr_picture
from .templating import page

_SECRETS = ("password", "code")


def door(
    request: Request,
    status: int = 200,
    *,
    form: Form | None = None,
    kept: str = "",
    next: str = "/",
    linking: str = "",
    sentence: str = "",
) -> HTMLResponse:
    """The page to log in. `kept`: the packed form that waits. `linking`: who somebody is at the provider."""
    provider: Provider | None = request.app.state.provider
    shown = form or Form.filled({"next": next})
    told: dict[str, Any] = {
        "kept": kept,
        "linking": linking,
        "sentence": sentence,
        "sign_on": provider.name if provider else "",
    }
    return page(request, "login/login.html", status, form=shown, **told)


def door_again(request: Request, typed: Typed, error: MediationError, linking: str = "") -> HTMLResponse:
    """The same after a refusal: what was typed stays, but for the password."""
    shown = Form.again(_without_secrets(typed), error)
    return door(request, error.status, form=shown, kept=typed.text(FIELD), linking=linking)


def ask_factor(request: Request, status: int = 200, *, form: Form, kept: str = "") -> HTMLResponse:
    return page(request, "login/factor.html", status, form=form, kept=kept)


def ask_setup(request: Request, account: Account, status: int = 200, *, form: Form, kept: str = "") -> HTMLResponse:
    """The QR code of the proposed secret, before anybody is let in."""
    secret, address = proposal(account) or ("", "")
    told: dict[str, Any] = {"secret": secret, "picture": qr_picture(address), "kept": kept}
    return page(request, "login/setup.html", status, form=form, **told)


def step_again(typed: Typed, sentence: str) -> Form:
    return Form.again(_without_secrets(typed), BadInput(sentence, {"code": sentence}))


def waiting_form(request: Request, session: Session, typed: Typed, person_id: int) -> HTMLResponse | None:
    """After the log-in: the form that waited, offered to its author; None if none waited or it is somebody else's."""
    kept = unpacked(typed.text(FIELD))
    if kept is None:
        return None
    if not is_authors(session, kept, person_id):
        sentence = "登录过期前正在填写的内容属于另一个账号，没有保存，也不在这里显示。如需保存，请由填写人本人登录。"
        return page(request, "error.html", 403, error=BadInput(sentence), title="内容属于另一个账号")
    return offered(request, kept)


def offered(request: Request, kept: Kept, status: int = 200) -> HTMLResponse:
    """The form as it was sent, to be sent again with one click."""
    return page(request, "login/continue.html", status, kept=kept, form=kept.form)


def back_to(request: Request) -> str:
    """The page that a form was sent from, as far as the browser tells; else the front page."""
    told = urlsplit(request.headers.get("referer", ""))
    return inside(told.path + (f"?{told.query}" if told.query else "")) if told.netloc == request.url.netloc else "/"


def next_of(typed: Typed) -> str:
    return inside(typed.text("next"))


def _without_secrets(typed: Typed) -> Typed:
    return Typed(tuple(item for item in typed.items if item[0] not in (*_SECRETS, FIELD)))
