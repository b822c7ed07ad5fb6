"""Logging in and out for programs."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from mediation.errors import BadInput
from mediation.people.accounts import LoginRefused

from ..deps import CurrentVisitor, Visitor, WriteSession
from ..logging_in import enter, forget, leave, remember
from ..problems import answer

router = APIRouter(prefix="/session", tags=["登录"])


class Credentials(BaseModel):
    login: str = Field(title="登录名", max_length=200)
    password: str = Field(title="密码", max_length=200)


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
        person_id=visitor.login.person_id,
        name=visitor.actor.name,
        grants=[GrantView(role=g.role, organisation_id=g.organisation_id) for g in visitor.actor.grants],
        csrf_token=visitor.login.csrf_token,
        expires_at=visitor.login.expires_at,
    )


@router.post("", summary="登录", response_model=SessionView)
def open_session(
    request: Request, response: Response, words: Credentials, session: WriteSession
) -> SessionView | Response:
    """连续输错五次密码，账号锁定15分钟。成功后登录凭证在 Cookie 中。"""
    entered = enter(request, session, words.login, words.password)
    if isinstance(entered, LoginRefused):
        return answer(request, BadInput(entered.sentence))  # returned, not raised: the failure has to be counted
    visitor, token = entered
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
