"""Logging in and out for programs."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from mediation.errors import BadInput, Refusal, Refused
from mediation.logins.entering import Step, by_factor, by_password
from mediation.people.accounts import LoginRefused

from ..deps import CurrentShell, CurrentVisitor, Now, Visitor, WriteSession
from ..logging_in import enter, forget, leave, remember
from ..origins import origin_of
from ..problems import answer

_CODE = "这个账号启用了两步验证，请在 code 中填写验证器上的6位数字或一个恢复码。"
_SET_UP = "您的角色必须使用两步验证，请先在网页上登录一次并完成设置。"

router = APIRouter(prefix="/session", tags=["登录"])


class Credentials(BaseModel):
    login: str = Field(title="登录名", max_length=200)
    password: str = Field(title="密码", max_length=200)
    code: str | None = Field(None, title="启用两步验证的账号须填：验证器上的6位数字，或一个恢复码", max_length=40)


class GrantView(BaseModel):
    role: str = Field(title="角色")
    organisation_id: int = Field(title="组织编号")


class SessionView(BaseModel):
    person_id: int = Field(title="人员编号")
    name: str = Field(title="姓名")
    grants: list[GrantView] = Field(title="今天有效的任职")
    csrf_token: str = Field(title="改动请求须在 X-CSRF-Token 中带回的令牌")
    expires_at: datetime = Field(title="登录有效期至")


def _view(visitor: Visitor) -> SessionView:
    return SessionView(
        person_id=visitor.actor.person_id or 0,
        name=visitor.actor.name,
        grants=[GrantView(role=g.role, organisation_id=g.organisation_id) for g in visitor.actor.grants],
        csrf_token=visitor.csrf_token,
        expires_at=visitor.expires_at,
    )


@router.post("", summary="登录", response_model=SessionView)
def open_session(
    request: Request, response: Response, words: Credentials, session: WriteSession, shell: CurrentShell, now: Now
) -> SessionView | Response:
    """连续输错五次密码或验证码，账号锁定15分钟。成功后登录凭证在 Cookie 中。长期运行的程序请改用令牌。"""
    origin = origin_of(request)
    step = by_password(session, shell.settings, words.login, words.password, at=now, origin=origin)
    method = "password"
    if isinstance(step, Step) and step.then == "setup":
        return answer(request, Refused([Refusal("second_factor", _SET_UP)]))
    if isinstance(step, Step) and step.then == "factor":
        if not words.code:
            return answer(request, BadInput(_CODE, {"code": _CODE}))
        method, step = "factor", by_factor(session, step.account.id, words.code, at=now, origin=origin)
    if isinstance(step, LoginRefused):
        return answer(request, BadInput(step.sentence))  # returned, not raised: the failure has to be counted
    visitor, token = enter(request, session, step.account, method)
    remember(request, response, token)
    return _view(visitor)


@router.get("", summary="我是谁")
def current_session(visitor: CurrentVisitor) -> SessionView:
    """当前登录人、今天有效的任职和改动请求所需的令牌。"""
    return _view(visitor)


@router.delete("", summary="退出登录", status_code=204)
def end_session(request: Request, response: Response, session: WriteSession) -> None:
    """未登录时也正常返回。"""
    leave(request, session)
    forget(request, response)
