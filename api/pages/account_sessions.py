"""One's own log-ins: where they are, ending them, and the last tries to get in."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.logins.own import attempts_of, end_other_sessions, end_session, sessions_of

from ..deps import CurrentLogin, CurrentShell, Now, ReadSession, WriteSession
from .templating import page

router = APIRouter()

METHODS = {"password": "密码", "factor": "两步验证", "recovery": "恢复码", "sign_on": "统一身份认证"}
OUTCOMES = {
    "entered": "已登录",
    "half": "密码正确，等待第二步",
    "wrong": "密码或验证码不正确",
    "closed": "账号已停用",
    "locked": "账号锁定中",
    "locking": "连续输错，账号被锁定",
    "waiting": "该地址失败过多，被要求等待",
}


@router.get("/account/sessions")
def sessions_page(
    request: Request, session: ReadSession, login: CurrentLogin, shell: CurrentShell, now: Now
) -> Response:
    idle = timedelta(minutes=shell.settings.session_idle_minutes)
    rows = sessions_of(session, login.account_id, at=now, idle=idle)
    told: dict[str, Any] = {
        "attempts": attempts_of(session, login.account_id),
        "methods": METHODS,
        "outcomes": OUTCOMES,
    }
    limits: dict[str, Any] = {"hours": shell.settings.session_hours, "minutes": shell.settings.session_idle_minutes}
    return page(request, "account/sessions.html", rows=rows, mine=login.handle, **told, **limits)


@router.post("/account/sessions/end-others")
def end_others(session: WriteSession, login: CurrentLogin, now: Now) -> Response:
    end_other_sessions(session, login.account_id, login.handle, at=now)
    return RedirectResponse("/account/sessions", 303)


@router.post("/account/sessions/{handle}/end")
def end_one(handle: str, session: WriteSession, login: CurrentLogin, now: Now) -> Response:
    end_session(session, login.account_id, handle, at=now)
    return RedirectResponse("/account/sessions", 303)
