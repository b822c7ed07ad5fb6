"""What logging in over HTTP means, for the page and for programs: check the words, open a session, set the cookie."""

from datetime import timedelta

from fastapi import Request, Response
from sqlalchemy.orm import Session

from mediation.people.accounts import LoginRefused, log_in
from mediation.people.actor import load_actor
from mediation.people.sessions import LiveSession, close_session, open_session

from .deps import Shell, Visitor
from .security import SessionCookie


def enter(request: Request, session: Session, login: str, password: str) -> tuple[Visitor, str] | LoginRefused:
    """A new session and its token, or why not. An older session of the same browser ends."""
    shell: Shell = request.app.state.runtime
    at = shell.clock.now()
    account = log_in(session, login, password, at=at)
    if isinstance(account, LoginRefused):
        return account
    leave(request, session)
    token, row = open_session(session, account, at=at, lasts=timedelta(hours=shell.settings.session_hours))
    actor = load_actor(session, account.person_id, shell.clock.today())
    return Visitor(actor, LiveSession(account.id, account.person_id, row.csrf_token, row.expires_at)), token


def leave(request: Request, session: Session) -> None:
    """End the session of this browser, if it has one."""
    cookie: SessionCookie = request.app.state.session_cookie
    token = cookie.read(request)
    if token is not None:
        shell: Shell = request.app.state.runtime
        close_session(session, token, at=shell.clock.now())


def remember(request: Request, response: Response, token: str) -> None:
    cookie: SessionCookie = request.app.state.session_cookie
    cookie.write(response, token)


def forget(request: Request, response: Response) -> None:
    cookie: SessionCookie = request.app.state.session_cookie
    cookie.clear(response)
