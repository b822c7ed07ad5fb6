"""The log of offers for programs. What was not released is told to mediators only."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel, Field

from mediation.cases.view import case_view
from mediation.money import yuan
from mediation.offers.log import (
    EndIn,
    OfferIn,
    ReleaseIn,
    end_offer,
    gap,
    offers_of,
    record_offer,
    release_offer,
)

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .cases import ChangeDone, done
from .parameters import CaseId, RequiredKey, RowId

router = APIRouter(prefix="/cases", tags=["案件"])


class OfferView(BaseModel):
    id: int = Field(title="出价编号")
    number: int = Field(title="序号")
    party_id: int = Field(title="提出人的当事人编号")
    side: str = Field(title="worker 劳动者，employer 用人单位")
    amount: str | None = Field(title="金额（元）")
    terms: str = Field(title="其他条件")
    made_on: date = Field(title="提出日期")
    valid_until: date | None = Field(title="有效至")
    state: str = Field(title="状态代码")
    lapsed: bool = Field(title="已过有效期")
    released_on: date | None = Field(title="何日告知对方；空为只有调解员知道")


class OfferLog(BaseModel):
    gap: str | None = Field(title="双方有效出价的差额（元）；负数为已经相交；只告诉调解员")
    offers: list[OfferView] = Field(title="出价，新的在前")


@router.get("/{case_id}/offers", summary="出价记录")
def offers(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> OfferLog:
    """调解员以外的人只看到已经告知对方的。"""
    view = case_view(session, runtime, case_id, actor)
    rows = offers_of(session, case_id, view.roles, runtime.clock.today())
    apart = gap(rows) if view.confidential else None
    copied = set(OfferView.model_fields) - {"amount"}
    told = [
        OfferView(**{n: getattr(r, n) for n in copied}, amount=None if r.amount is None else yuan(r.amount))
        for r in rows
    ]
    return OfferLog(gap=None if apart is None else yuan(apart.left), offers=told)


@router.post("/{case_id}/offers", summary="登记出价")
def new_offer(
    case_id: CaseId,
    body: OfferIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """同一人此前有效的出价随即作废。"""
    return done(record_offer(session, runtime, case_id, body, key=key, actor=actor))


@router.post("/{case_id}/offers/{row_id}/release", summary="出价告知对方")
def release(
    case_id: CaseId,
    row_id: RowId,
    body: ReleaseIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """须经提出人同意。"""
    return done(release_offer(session, runtime, case_id, row_id, body, key=key, actor=actor))


@router.post("/{case_id}/offers/{row_id}/end", summary="出价撤回或接受")
def end(
    case_id: CaseId,
    row_id: RowId,
    body: EndIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """对方知道的出价才能登记为接受；接受后起草协议时自动带出。"""
    return done(end_offer(session, runtime, case_id, row_id, body, key=key, actor=actor))
