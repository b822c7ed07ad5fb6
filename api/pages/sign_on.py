"""Single sign-on: to the provider and back. No transaction is open while the provider is asked."""

import hmac
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.errors import NotFound
from mediation.logins.entering import by_provider
from mediation.logins.identities import account_of, is_linked, link_identity, links_of, unlink_identity
from mediation.logins.provider import Attempt, Identity, Provider, ProviderDown, Untrusted
from mediation.logins.throttle import log_attempt

from ..cookies import HalfWay, SignOn
from ..deps import LOGGED_IN, CurrentLogin, CurrentShell, Now, ReadSession, Shell, WriteSession
from ..forms import Typed
from ..keeping import inside
from ..logging_in import begin_sign_on, end_sign_on, forget_half_way, half_way, sign_on_under_way, stop_half_way
from ..origins import origin_of
from ..v1.parameters import RowId
from .entrance import door
from .login import let_in, next_step
from .templating import page

router = APIRouter()
_LOST = "没有找到这次登录的起点（可能等待太久，或浏览器禁用了Cookie），没有登录。请重新点击登录。"


@router.get("/login/sign-on")
def to_provider(request: Request, shell: CurrentShell, next: str = "/") -> Response:
    try:
        return _sent(request, shell, next)
    except (ProviderDown, Untrusted) as error:
        return door(request, error.status, next=inside(next), sentence=error.sentence)


@router.get("/account/identities/prove", dependencies=[LOGGED_IN])
def to_provider_for_linking(request: Request, shell: CurrentShell) -> Response:
    """Somebody logged in proves who they are at the provider; then they are asked whether to link it."""
    return _sent(request, shell, "/account/identities", linking=True)


@router.get("/account/identities")
def identity_page(request: Request, session: ReadSession, login: CurrentLogin) -> Response:
    provider: Provider | None = request.app.state.provider
    found = half_way(request, session, "link")
    told: dict[str, Any] = {"links": links_of(session, login.account_id), "proven": found[0].name if found else ""}
    return page(request, "account/identities.html", sign_on=provider.name if provider else "", **told)


@router.post("/account/identities")
def link_proven(request: Request, session: WriteSession, login: CurrentLogin, now: Now) -> Response:
    found = half_way(request, session, "link")
    if found is None:
        raise Untrusted(_LOST)
    link_identity(session, login.account_id, found[0].issuer, found[0].subject, at=now)
    response = RedirectResponse("/account/identities", 303)
    forget_half_way(request, response)
    return response


@router.post("/account/identities/{link_id}/end")
def unlink(link_id: RowId, session: WriteSession, login: CurrentLogin, now: Now) -> Response:
    unlink_identity(session, login.account_id, link_id, at=now)
    return RedirectResponse("/account/identities", 303)


def _sent(request: Request, shell: Shell, target: str, linking: bool = False) -> Response:
    provider = _provider(request)
    address, attempt = provider.begin(_redirect(request, shell), shell.clock.now())
    response = RedirectResponse(address, 303)
    step = SignOn(attempt.state, attempt.nonce, attempt.verifier, inside(target), linking)
    begin_sign_on(request, response, step)
    return response


@router.get("/login/sign-on/back")
def back_from_provider(
    request: Request,
    shell: CurrentShell,
    state: str = "",
    code: str = "",
    iss: str | None = None,
) -> Response:
    step = sign_on_under_way(request)
    target = step.next if step else "/"
    try:
        identity = _identity(request, shell, step, state, code, iss)
        response = _welcomed(request, shell, identity, step)
    except (ProviderDown, Untrusted) as error:
        response = door(request, error.status, next=target, sentence=error.sentence)
    end_sign_on(request, response)
    return response


def _identity(request: Request, shell: Shell, step: SignOn | None, state: str, code: str, iss: str | None) -> Identity:
    provider = _provider(request)
    if step is None or not hmac.compare_digest(step.state.encode(), state.encode()):
        raise Untrusted(_LOST)
    if not code or iss not in (None, provider.issuer):
        raise Untrusted(f"{provider.name}没有完成登录。请重试，或用本系统的登录名和密码登录。")
    attempt = Attempt(step.state, step.nonce, step.verifier)
    return provider.finish(code, attempt, _redirect(request, shell), shell.clock.now())


def _welcomed(request: Request, shell: Shell, identity: Identity, step: SignOn | None) -> Response:
    """Let in, asked for a second factor, or asked to log in once with the password."""
    at, target = shell.clock.now(), step.next if step else "/"
    typed = Typed((("next", target),))
    half = HalfWay("link", 0, "", "sign_on", identity.issuer, identity.subject, identity.name)
    if step and step.linking:
        return _ask_to_log_in(request, half, step.next)
    origin = origin_of(request, "sign_on")
    with shell.database.write() as session:
        account = account_of(session, identity.issuer, identity.subject, at=at)
        if account is None and is_linked(session, identity.issuer, identity.subject):
            raise Untrusted("您的账号已停用，不能登录。如有疑问，请联系本单位管理员。")
        if account is None:
            log_attempt(session, None, "unlinked", origin, at=at)
            return _ask_to_log_in(request, half, "/login?" + urlencode({"link": "true", "next": target}))
        entered = by_provider(session, shell.settings, account, strong=identity.strong, at=at, origin=origin)
        known = HalfWay("", method="sign_on")
        if entered.then:
            return next_step(request, typed, entered, known)
        return let_in(request, session, typed, account, known, "sign_on")


def _ask_to_log_in(request: Request, half: HalfWay, target: str) -> Response:
    """The identity waits in the browser until its owner has said which account it opens."""
    response = RedirectResponse(target, 303)
    stop_half_way(request, response, None, half)
    return response


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.provider
    if provider is None:
        raise NotFound("本单位没有启用统一身份认证，请用登录名和密码登录。")
    return provider


def _redirect(request: Request, shell: Shell) -> str:
    """Where the provider sends people back to; it must be registered there."""
    address = request.url_for("back_from_provider")
    return str(address.replace(scheme="https") if shell.settings.secure_cookies else address)
