"""Colleagues with their roles at places and their accounts, for administrators' programs."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from mediation.administration.queries import Colleague, Sought, colleague, people
from mediation.administration.staff import (
    AccountIn,
    ColleagueChange,
    ColleagueIn,
    PasswordIn,
    RoleIn,
    add_colleague,
    change_colleague,
    end_role,
    grant,
    lock_account,
    new_password,
    open_account,
    reset_factor,
    unlock_account,
)
from mediation.engine.ask_types import Day
from mediation.errors import NotFound
from mediation.people.actor import Actor
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .parameters import LARGEST, Limit, Offset, RequiredKey, RowId

router = APIRouter(prefix="/admin/people", tags=["管理"])

PersonId = Annotated[int, Path(title="人员编号", ge=1, le=LARGEST)]
Account = Literal["lock", "unlock", "reset-factor"]
VERBS = {"lock": lock_account, "unlock": unlock_account, "reset-factor": reset_factor}


class RoleView(BaseModel):
    id: int = Field(title="任职编号")
    organisation: str = Field(title="任职单位")
    role: str = Field(title="角色代码")
    from_on: date = Field(title="自何日起")
    until_on: date | None = Field(title="至何日止（含当日）")
    live: bool = Field(title="今天有效")
    reachable: bool = Field(title="在本人管理范围内")


class AccountView(BaseModel):
    id: int = Field(title="账号编号")
    login: str = Field(title="登录名")
    active: bool = Field(title="可以登录；否为已停用")
    locked_until: datetime | None = Field(title="因输错密码锁定至")
    second_factor: bool = Field(title="已启用两步验证")


class ColleagueView(BaseModel):
    id: int = Field(title="人员编号")
    name: str = Field(title="姓名")
    phone: str | None = Field(title="电话")
    email: str | None = Field(title="邮箱")
    languages: list[str] = Field(title="能听取陈述的语言（代码）")
    roles: list[RoleView] = Field(title="任职")
    accounts: list[AccountView] = Field(title="账号")


class ColleaguesView(BaseModel):
    total: int = Field(title="共多少人")
    rows: list[ColleagueView] = Field(title="按姓名排列")


class EndIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    until_on: Day = Field(title="任职到哪一天（含当日）")


@router.get("", summary="人员")
def listed(
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    text: Annotated[str, Query(title="姓名或登录名中的文字", max_length=100)] = "",
    role: Annotated[str, Query(title="角色代码", max_length=40)] = "",
    organisation_id: Annotated[int | None, Query(title="任职单位编号", ge=1, le=LARGEST)] = None,
    state: Annotated[
        Literal["serving", "former", "all"], Query(title="serving 在任，former 已离任，all 全部")
    ] = "serving",
    offset: Offset = 0,
    limit: Limit = 50,
) -> ColleaguesView:
    """本人管理范围内任职或曾任职的人；当事人不在其中。"""
    sought = Sought(text=text.strip(), role=role, organisation_id=organisation_id, state=state)
    found, total = people(session, actor, sought, runtime.clock.today(), offset=offset, limit=limit)
    return ColleaguesView(total=total, rows=[_view(one) for one in found])


@router.post("", summary="添加人员")
def new_person(
    body: ColleagueIn, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequiredKey
) -> ColleagueView:
    """连同第一项任职。"""
    made = add_colleague(session, runtime, body, key=key, actor=actor)
    return _one(session, runtime, actor, made)


@router.get("/{person_id}", summary="一个人")
def one(person_id: PersonId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> ColleagueView:
    """连同过去的任职。"""
    return _one(session, runtime, actor, person_id)


@router.put("/{person_id}", summary="更正人员")
def changed(
    person_id: PersonId,
    body: ColleagueChange,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ColleagueView:
    """全部栏目一并写入。"""
    change_colleague(session, runtime, person_id, body, key=key, actor=actor)
    return _one(session, runtime, actor, person_id)


@router.post("/{person_id}/roles", summary="授予角色")
def granted(
    person_id: PersonId,
    body: RoleIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ColleagueView:
    """只能在本人管理范围内授予；不能给自己授权。"""
    grant(session, runtime, person_id, body, key=key, actor=actor)
    return _one(session, runtime, actor, person_id)


@router.post("/{person_id}/roles/{row_id}/end", summary="结束任职")
def ended(
    person_id: PersonId,
    row_id: RowId,
    body: EndIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ColleagueView:
    """到这一天（含当日）为止；没有其他任职的人随即退出登录。"""
    if row_id not in {role.id for role in colleague(session, actor, person_id, runtime.clock.today()).roles}:
        raise NotFound("没有这项任职，或者不在您的管理范围内。")
    end_role(session, runtime, row_id, body.until_on, key=key, actor=actor)
    return _one(session, runtime, actor, person_id)


@router.post("/{person_id}/accounts", summary="开设账号")
def opened(
    person_id: PersonId,
    body: AccountIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ColleagueView:
    """一人一个账号。"""
    open_account(session, runtime, person_id, body, key=key, actor=actor)
    return _one(session, runtime, actor, person_id)


@router.post("/{person_id}/accounts/{row_id}/password", summary="重设密码")
def password(
    person_id: PersonId,
    row_id: RowId,
    body: PasswordIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ColleagueView:
    """这个账号的全部登录随即结束。"""
    _account_of(session, runtime, actor, person_id, row_id)
    new_password(session, runtime, row_id, body, key=key, actor=actor)
    return _one(session, runtime, actor, person_id)


@router.post("/{person_id}/accounts/{row_id}/do/{what}", summary="停用、恢复账号，取消两步验证")
def account_changed(
    person_id: PersonId,
    row_id: RowId,
    what: Annotated[Account, Path(title="lock 停用，unlock 恢复，reset-factor 取消两步验证（本人须重新设置）")],
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ColleagueView:
    """停用的账号不能登录，已登录的随即退出。"""
    _account_of(session, runtime, actor, person_id, row_id)
    VERBS[what](session, runtime, row_id, key=key, actor=actor)
    return _one(session, runtime, actor, person_id)


def _account_of(session: Session, runtime: Runtime, actor: Actor, person_id: int, account_id: int) -> None:
    if account_id not in {one.id for one in colleague(session, actor, person_id, runtime.clock.today()).accounts}:
        raise NotFound("没有这个账号，或者不在您的管理范围内。")


def _one(session: Session, runtime: Runtime, actor: Actor, person_id: int) -> ColleagueView:
    return _view(colleague(session, actor, person_id, runtime.clock.today()))


def _view(found: Colleague) -> ColleagueView:
    return ColleagueView.model_validate(found, from_attributes=True)
