"""What endpoints ask for: the runtime, a database session, who is there, the request's key.

Every dependency that commits has scope="function": the transaction ends before the answer is sent, so a failed commit
becomes an error page and never a false success. The visitor is found in a short transaction of its own that is over
before the endpoint's transaction begins; no request ever holds two connections.
"""

import hmac
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Protocol

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from mediation.cases.readings import write_looks
from mediation.clock import Clock
from mediation.db import Database
from mediation.errors import BadInput, Forbidden, NotAuthenticated, Unavailable
from mediation.logins.tokens import USED_EVERY, find_token, narrowed, token_used
from mediation.people.actor import Actor, load_actor
from mediation.people.rights import roles_of
from mediation.people.sessions import SEEN_EVERY, LiveSession, find_session, seen
from mediation.runtime import Runtime
from mediation.settings import Settings

from .footing import footing
from .forms import TypedForm
from .keeping import Kept, is_authors, kept_from
from .origins import address_of
from .pages.templating import ShowAgain, page
from .security import SAFE_METHODS, SessionCookie

LOGIN_PATHS = frozenset(("/login", "/login/factor", "/login/setup", "/login/continue", "/api/v1/session"))
TOKEN_PATHS = "/api/v1/"
"""Where a program may come with a token."""


class Shell(Protocol):
    """The part of the runtime that the shell itself relies on."""

    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def database(self) -> Database: ...


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is logged in: the person with today's grants, and the session.

    A program with a token has no session: `login` is None, and the grants are those its scopes leave.
    """

    actor: Actor
    login: LiveSession | None
    expires_at: datetime

    @property
    def csrf_token(self) -> str:
        return self.login.csrf_token if self.login else ""


def _shell(request: Request) -> Shell:
    shell: Shell = request.app.state.runtime
    return shell


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


def _now(request: Request) -> datetime:
    return _shell(request).clock.now()


def _find_visitor(request: Request) -> Visitor | None:
    """The visitor, also kept on the request, where error pages find it. None: nobody is logged in."""
    request.state.visitor = None
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and request.url.path.startswith(TOKEN_PATHS):
        request.state.visitor = _program(request, secret.strip())  # never the cookie as well
    elif token := _cookie(request).read(request):
        request.state.visitor = _person(request, token)
    visitor: Visitor | None = request.state.visitor
    return visitor


def _cookie(request: Request) -> SessionCookie:
    cookie: SessionCookie = request.app.state.session_cookie
    return cookie


def _person(request: Request, token: str) -> Visitor | None:
    """Somebody with a session."""
    shell = _shell(request)
    at = shell.clock.now()
    with shell.database.read() as session:
        login = find_session(session, token, at, timedelta(minutes=shell.settings.session_idle_minutes))
        if login is None:
            return None
        actor = load_actor(session, login.person_id, shell.clock.today())
        if not request.url.path.startswith("/api/"):
            request.state.footing = footing(session, actor, at, shell.settings.sweep_seconds)
    if at - login.last_seen_at >= SEEN_EVERY:
        with suppress(Unavailable), shell.database.write() as session:
            seen(session, token, at=at)
    return Visitor(actor, login, login.expires_at)


def _program(request: Request, secret: str) -> Visitor:
    """A program with a token; NotAuthenticated or Forbidden otherwise."""
    shell = _shell(request)
    at = shell.clock.now()
    with shell.database.read() as session:
        token = find_token(session, secret, at)
        if token is None:
            raise NotAuthenticated("令牌无效、已到期或已停用，请在“我的账号”中另发一个。")
        actor = load_actor(session, token.person_id, shell.clock.today())
    if token.last_used_at is None or at - token.last_used_at >= USED_EVERY:
        with suppress(Unavailable), shell.database.write() as session:
            token_used(session, token.id, address_of(request), at=at)
    changing = request.method not in SAFE_METHODS
    return Visitor(narrowed(actor, token.scopes, changing=changing), None, token.expires_at)


PossibleVisitor = Annotated[Visitor | None, Depends(_find_visitor)]


def _visitor(found: PossibleVisitor) -> Visitor:
    if found is None:
        raise NotAuthenticated("请先登录；若刚才已登录，说明登录已过期，请重新登录。")
    return found


CurrentVisitor = Annotated[Visitor, Depends(_visitor)]


def _login(visitor: CurrentVisitor) -> LiveSession:
    if visitor.login is None:
        raise Forbidden("令牌不能用来管理账号，请在网页上登录后办理。")
    return visitor.login


CurrentLogin = Annotated[LiveSession, Depends(_login)]
"""The session itself; refuses programs with a token."""
LOGGED_IN = Depends(_login)


def csrf_checked(request: Request, typed: TypedForm, visitor: PossibleVisitor) -> None:
    """Every changing request of somebody logged in carries the session's token (`_csrf` or X-CSRF-Token).

    Logging in needs none: a page that was opened before may hold an older token, and `Shield` has checked the origin.
    A program with an access token needs none: no browser sends that by itself. A form of an older session of the same
    person is not lost: the person is asked once more.
    """
    request.state.kept = None
    if request.method in SAFE_METHODS or _is_log_in(request):
        return
    request.state.kept = kept_from(request, typed)
    if visitor is None or visitor.login is None:
        return
    token = request.headers.get("x-csrf-token") or typed.text("_csrf")
    if not hmac.compare_digest(token.encode(), visitor.login.csrf_token.encode()):
        _offer_again(request, visitor.login.person_id)
        raise Forbidden("页面已过期或请求来路不明，内容未保存。请刷新页面后重新提交。")


def _offer_again(request: Request, person_id: int) -> None:
    kept: Kept | None = request.state.kept
    if kept is not None:
        with _shell(request).database.read() as session:
            if is_authors(session, kept, person_id):
                raise ShowAgain(page(request, "login/continue.html", 409, kept=kept, form=kept.form))


def _is_log_in(request: Request) -> bool:
    return request.method == "POST" and request.url.path in LOGIN_PATHS


def _actor(visitor: CurrentVisitor) -> Actor:
    return visitor.actor


def _lawyer(actor: Annotated[Actor, Depends(_actor)]) -> Actor:
    if not actor.has(*roles_of("lawyer_queue")):
        raise Forbidden("律师案件池只对志愿律师开放。如需律师权限，请联系本单位管理员。")
    return actor


def _read_session(request: Request, found: PossibleVisitor) -> Iterator[Session]:
    """Afterwards every case file that was looked at is written down; a change has its audit entry instead."""
    shell = _shell(request)
    with shell.database.read() as session:
        yield session
    if found is not None:
        write_looks(shell.database, found.actor, request.url.path, shell.clock.now())


def _write_session(request: Request, _found: PossibleVisitor) -> Iterator[Session]:
    with _shell(request).database.write() as session:
        yield session


def _request_key(request: Request, typed: TypedForm) -> str | None:
    key = request.headers.get("idempotency-key") or typed.text("_key") or None
    if key is not None and not (8 <= len(key) <= 80 and key.isascii() and key.isprintable()):
        raise BadInput("请求的防重复编号（Idempotency-Key）应为8至80个可见的英文字符。")
    return key


CurrentShell = Annotated[Shell, Depends(_shell)]
CurrentRuntime = Annotated[Runtime, Depends(_runtime)]
Now = Annotated[datetime, Depends(_now)]
CurrentActor = Annotated[Actor, Depends(_actor)]
"""Refuses visitors who are not logged in."""
CurrentLawyer = Annotated[Actor, Depends(_lawyer)]
"""Refuses whoever is no lawyer anywhere."""
ReadSession = Annotated[Session, Depends(_read_session, scope="function")]
WriteSession = Annotated[Session, Depends(_write_session, scope="function")]
"""Commits once when the endpoint returns, before the answer is sent; an exception rolls everything back."""
RequestKey = Annotated[str | None, Depends(_request_key)]
"""The idempotency key: header `Idempotency-Key`, or the hidden form field `_key`."""
