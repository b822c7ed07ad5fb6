"""What logging in over HTTP means, for the page and for programs: open a session, set the cookie, remember a step."""

import hashlib
from dataclasses import replace
from datetime import timedelta

from fastapi import Request, Response
from sqlalchemy.orm import Session

from mediation.logins.identities import link_identity
from mediation.people.actor import load_actor
from mediation.people.models import Account
from mediation.people.sessions import close_session, live, open_session

from .cookies import HalfWay, SignOn, StepCookie
from .deps import Shell, Visitor
from .display import keep, unpacked
from .language import keep_language
from .origins import origin_of
from .security import SessionCookie


def enter(request: Request, session: Session, account: Account, method: str) -> tuple[Visitor, str]:
    """A new session and its token. An older session of the same browser ends."""
    shell: Shell = request.app.state.runtime
    at = shell.clock.now()
    leave(request, session)
    lasts = timedelta(hours=shell.settings.session_hours)
    token, row = open_session(session, account, at=at, lasts=lasts, origin=origin_of(request, method))
    actor = load_actor(session, account.person_id, shell.clock.today())
    visitor = Visitor(actor, live(row, account.person_id), row.expires_at)
    request.state.visitor, request.state.language, request.state.display = visitor, account.language, account.display
    return visitor, token


def leave(request: Request, session: Session) -> None:
    """End the session of this browser, if it has one."""
    cookie: SessionCookie = request.app.state.session_cookie
    token = cookie.read(request)
    if token is not None:
        shell: Shell = request.app.state.runtime
        close_session(session, token, at=shell.clock.now())


def remember(request: Request, response: Response, token: str) -> None:
    """Logged in: the cookie of the session replaces those of the steps; language and look are the account's."""
    cookie: SessionCookie = request.app.state.session_cookie
    cookie.write(response, token)
    shell: Shell = request.app.state.runtime
    if request.state.language:
        keep_language(response, request.state.language, shell.settings)
    if request.state.display is not None:
        keep(response, shell.settings, unpacked(request.state.display))
    _half_way(request).clear(response)


def forget(request: Request, response: Response) -> None:
    cookie: SessionCookie = request.app.state.session_cookie
    cookie.clear(response)


def stop_half_way(request: Request, response: Response, account: Account | None, half: HalfWay) -> None:
    """Remember what was proven, for the step that follows."""
    shell: Shell = request.app.state.runtime
    known = replace(half, account_id=account.id, stamp=_stamp(account)) if account else half
    _half_way(request).write(response, known, shell.clock.now())


def forget_half_way(request: Request, response: Response) -> None:
    _half_way(request).clear(response)


def half_way(request: Request, session: Session, *then: str) -> tuple[HalfWay, Account | None] | None:
    """The step this browser is at, and its account; None if it is at none of these, or was too slow."""
    shell: Shell = request.app.state.runtime
    told = _half_way(request).read(request, shell.clock.now())
    half = HalfWay(**told) if told else None
    if half is None or half.then not in then:
        return None
    account = session.get(Account, half.account_id) if half.account_id else None
    if half.then != "link" and (account is None or not account.active or _stamp(account) != half.stamp):
        return None
    return half, account


def link_if_asked(request: Request, session: Session, account: Account, half: HalfWay) -> None:
    """The identity with which somebody came back from the provider opens this account from now on."""
    if half.subject:
        shell: Shell = request.app.state.runtime
        link_identity(session, account.id, half.issuer, half.subject, at=shell.clock.now())


def begin_sign_on(request: Request, response: Response, step: SignOn) -> None:
    shell: Shell = request.app.state.runtime
    _sign_on(request).write(response, step, shell.clock.now())


def sign_on_under_way(request: Request) -> SignOn | None:
    shell: Shell = request.app.state.runtime
    told = _sign_on(request).read(request, shell.clock.now())
    return SignOn(**told) if told else None


def end_sign_on(request: Request, response: Response) -> None:
    _sign_on(request).clear(response)


def _half_way(request: Request) -> StepCookie:
    cookie: StepCookie = request.app.state.half_way_cookie
    return cookie


def _sign_on(request: Request) -> StepCookie:
    cookie: StepCookie = request.app.state.sign_on_cookie
    return cookie


def _stamp(account: Account) -> str:
    return hashlib.sha256(account.password_hash.encode()).hexdigest()[:16]
