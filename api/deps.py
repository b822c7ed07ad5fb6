"""What endpoints ask for: the runtime, a database session, who is there, the request's key.

Every dependency that commits has scope="function": the transaction ends before the answer is sent, so a failed commit
becomes an error page and never a false success. The visitor is found in a short transaction of its own that is over
before the endpoint's transaction begins; no request ever holds two connections.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from mediation.clock import Clock
from mediation.db import Database
from mediation.errors import BadInput, Forbidden, NotAuthenticated
from mediation.people.actor import Actor, load_actor
from mediation.people.sessions import LiveSession, find_session
from mediation.runtime import Runtime
from mediation.settings import Settings

from .footing import footing
from .forms import TypedForm
from .security import SAFE_METHODS, SessionCookie

LOGIN_PATHS = frozenset(("/login", "/api/v1/session"))


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
    """Somebody who is logged in: the person with today's grants, and the session."""

    actor: Actor
    login: LiveSession


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
    cookie: SessionCookie = request.app.state.session_cookie
    token = cookie.read(request)
    request.state.visitor = None
    if token is None:
        return None
    shell = _shell(request)
    with shell.database.read() as session:
        login = find_session(session, token, shell.clock.now())
        if login is not None:
            actor = load_actor(session, login.person_id, shell.clock.today())
            request.state.visitor = Visitor(actor, login)
            if not request.url.path.startswith("/api/"):
                request.state.footing = footing(session, actor, shell.clock.now(), shell.settings.sweep_seconds)
    visitor: Visitor | None = request.state.visitor
    return visitor


PossibleVisitor = Annotated[Visitor | None, Depends(_find_visitor)]


def _visitor(found: PossibleVisitor) -> Visitor:
    if found is None:
        raise NotAuthenticated("请先登录；若刚才已登录，说明登录已过期，请重新登录。")
    return found


CurrentVisitor = Annotated[Visitor, Depends(_visitor)]


def csrf_checked(request: Request, typed: TypedForm, visitor: PossibleVisitor) -> None:
    """Every changing request of somebody logged in carries the session's token (`_csrf` or X-CSRF-Token).

    Logging in needs none: a page that was opened before may hold an older token, and `Shield` has checked the origin.
    """
    if request.method in SAFE_METHODS or visitor is None or _is_log_in(request):
        return
    token = request.headers.get("x-csrf-token") or typed.text("_csrf")
    if not hmac.compare_digest(token.encode(), visitor.login.csrf_token.encode()):
        raise Forbidden("页面已过期或请求来路不明，内容未保存。请刷新页面后重新提交。")


def _is_log_in(request: Request) -> bool:
    return request.method == "POST" and request.url.path in LOGIN_PATHS


def _actor(visitor: CurrentVisitor) -> Actor:
    return visitor.actor


def _lawyer(actor: Annotated[Actor, Depends(_actor)]) -> Actor:
    if not actor.has("lawyer"):
        raise Forbidden("律师案件池只对志愿律师开放。如需律师权限，请联系本单位管理员。")
    return actor


def _read_session(request: Request, _found: PossibleVisitor) -> Iterator[Session]:
    with _shell(request).database.read() as session:
        yield session


def _write_session(request: Request, _found: PossibleVisitor) -> Iterator[Session]:
    with _shell(request).database.write() as session:
        yield session


def _request_key(request: Request, typed: TypedForm) -> str | None:
    key = request.headers.get("idempotency-key") or typed.text("_key") or None
    if key is not None and not (8 <= len(key) <= 80 and key.isascii() and key.isprintable()):
        raise BadInput("请求的防重复编号（Idempotency-Key）应为8至80个可见的英文字符。")
    return key


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
