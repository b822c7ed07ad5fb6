"""The tree of union bodies and the bodies outside it, for administrators' programs."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from mediation.administration.queries import one_body, outside_of, past_of, tree
from mediation.administration.tree import (
    BodyChange,
    BodyIn,
    CloseIn,
    MoveIn,
    OutsideIn,
    add_body,
    add_outside,
    change_body,
    change_outside,
    close_body,
    move_body,
)
from mediation.people.actor import Actor

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .parameters import LARGEST, Limit, Offset, RequiredKey

router = APIRouter(prefix="/admin/places", tags=["管理"])

OrganisationId = Annotated[int, Path(title="组织编号", ge=1, le=LARGEST)]
BodyId = Annotated[int, Path(title="外部单位编号", ge=1, le=LARGEST)]


class PlaceLine(BaseModel):
    id: int = Field(title="组织编号")
    parent_id: int | None = Field(title="上级组织编号")
    name: str = Field(title="全称")
    short_name: str = Field(title="简称")
    level: str = Field(title="层级代码")
    depth: int = Field(title="在本人管理范围内的第几层")
    people: int = Field(title="在任人数")
    open_cases: int = Field(title="未办结的案件")
    closed_on: date | None = Field(title="撤销日期")


class PlacesView(BaseModel):
    total: int = Field(title="共多少个")
    rows: list[PlaceLine] = Field(title="下级紧跟在上级之后")


class PastView(BaseModel):
    above: str = Field(title="上级组织")
    name: str = Field(title="当时的全称")
    from_on: date | None = Field(title="自何日起")
    until_on: date = Field(title="至何日止")


class OutsideView(BaseModel):
    id: int = Field(title="外部单位编号")
    organisation: str = Field(title="由哪个组织登记")
    kind: str = Field(title="种类代码")
    name: str = Field(title="名称")
    address: str | None = Field(title="地址")
    phone: str | None = Field(title="电话")
    note: str = Field(title="备注")
    closed_on: date | None = Field(title="撤销日期")


class PlaceView(BaseModel):
    id: int = Field(title="组织编号")
    parent_id: int | None = Field(title="上级组织编号")
    name: str = Field(title="全称")
    short_name: str = Field(title="简称")
    level: str = Field(title="层级代码")
    address: str | None = Field(title="地址")
    phone: str | None = Field(title="电话")
    arbitration_committee: str | None = Field(title="调解不成时告知的仲裁委员会")
    areas: list[str] = Field(title="辖区地名")
    industries: list[str] = Field(title="主管的行业代码")
    closed_on: date | None = Field(title="撤销日期")
    past: list[PastView] = Field(title="沿革，近的在前")
    outside: list[OutsideView] = Field(title="本组织和上级登记的外部单位")


class Made(BaseModel):
    id: int = Field(title="编号")


@router.get("", summary="组织")
def places(
    session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor, offset: Offset = 0, limit: Limit = 200
) -> PlacesView:
    """本人管理范围内的全部组织，已撤销的也在内。"""
    rows = tree(session, actor, runtime.clock.today())
    shown = [PlaceLine.model_validate(row, from_attributes=True) for row in rows[offset : offset + limit]]
    return PlacesView(total=len(rows), rows=shown)


@router.post("", summary="新设组织")
def new_place(
    body: BodyIn, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequiredKey
) -> Made:
    """设在 `parent` 之下。"""
    return Made(id=add_body(session, runtime, body, key=key, actor=actor))


@router.get("/{organisation_id}", summary="一个组织")
def place(organisation_id: OrganisationId, session: ReadSession, actor: CurrentActor) -> PlaceView:
    """连同沿革和外部单位。"""
    return _place(session, actor, organisation_id)


@router.put("/{organisation_id}", summary="更改组织")
def changed(
    organisation_id: OrganisationId,
    body: BodyChange,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> PlaceView:
    """全部栏目一并写入；新的名称自今日起使用，旧的留在沿革中。"""
    change_body(session, runtime, organisation_id, body, key=key, actor=actor)
    return _place(session, actor, organisation_id)


@router.post("/{organisation_id}/move", summary="组织改隶")
def moved(
    organisation_id: OrganisationId,
    body: MoveIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> PlaceView:
    """连同全部下级；案件随之。"""
    move_body(session, runtime, organisation_id, body, key=key, actor=actor)
    return _place(session, actor, organisation_id)


@router.post("/{organisation_id}/close", summary="撤销组织")
def closed(
    organisation_id: OrganisationId,
    body: CloseIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> PlaceView:
    """有下级组织或者未办结案件的，不能撤销；任职到今日为止。"""
    close_body(session, runtime, organisation_id, body, key=key, actor=actor)
    return _place(session, actor, organisation_id)


@router.post("/{organisation_id}/outside", summary="登记外部单位")
def new_outside(
    organisation_id: OrganisationId,
    body: OutsideIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> PlaceView:
    """仲裁委员会、法院等；下级组织都能看到。"""
    add_outside(session, runtime, organisation_id, body, key=key, actor=actor)
    return _place(session, actor, organisation_id)


@router.put("/{organisation_id}/outside/{body_id}", summary="更改外部单位")
def changed_outside(
    organisation_id: OrganisationId,
    body_id: BodyId,
    body: OutsideIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> PlaceView:
    """不再使用的，`closed` 填 true。"""
    change_outside(session, runtime, body_id, body, key=key, actor=actor)
    return _place(session, actor, organisation_id)


def _place(session: Session, actor: Actor, organisation_id: int) -> PlaceView:
    body = one_body(session, actor, organisation_id)
    same = set(PlaceView.model_fields) - {"past", "outside"}
    known = set(OutsideView.model_fields) - {"organisation"}
    return PlaceView(
        **{name: getattr(body, name) for name in same},
        past=[PastView.model_validate(row, from_attributes=True) for row in past_of(session, body.id)],
        outside=[
            OutsideView(**{name: getattr(row, name) for name in known}, organisation=whose)
            for row, whose in outside_of(session, body.path)
        ],
    )
