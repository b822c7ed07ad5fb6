"""Who has looked at a case and who may (查阅记录、限制查阅), and emergency access with its review, for programs."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from mediation.access.emergency import EmergencyIn, Review, ReviewIn, open_in_emergency, review, reviews
from mediation.access.restrict import LiftIn, RestrictIn, check_supervisor, lift, restrict, restriction_of
from mediation.cases.readings import Asked, readers, readings
from mediation.errors import Forbidden, NotFound
from mediation.people.rights import roles_of

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .cases import ChangeDone, done
from .parameters import LARGEST, CaseId, Limit, Offset, RequiredKey

router = APIRouter(tags=["查阅"])

Kind = Literal["file", "paper", "evidence", "field", "export", "progress", ""]
AccessId = Annotated[int, Path(title="紧急查阅编号", ge=1, le=LARGEST)]


class ReadingView(BaseModel):
    at: datetime = Field(title="时间；合并的为第一次")
    person_id: int | None = Field(title="人员编号；凭回执编码查进展的没有")
    name: str = Field(title="姓名")
    places: str = Field(title="任职单位")
    roles: list[str] = Field(title="以什么角色")
    kind: str = Field(title="file 案卷，paper 文书，evidence 证据，field 完整号码，export 导出，progress 凭编码查进展")
    what: str = Field(title="看了什么")
    why: str | None = Field(title="理由")
    emergency: bool = Field(title="紧急查阅")


class ReadingsView(BaseModel):
    total: int = Field(title="共多少次")
    rows: list[ReadingView] = Field(title="新的在前")


class ReaderView(BaseModel):
    at: datetime = Field(title="第一次")
    last_at: datetime | None = Field(title="最后一次")
    times: int = Field(title="次数")
    person_id: int | None = Field(title="人员编号")
    name: str = Field(title="姓名")
    places: str = Field(title="任职单位")
    roles: list[str] = Field(title="以什么角色")
    kind: str = Field(title="方式代码")


class ReaderName(BaseModel):
    id: int = Field(title="人员编号")
    name: str = Field(title="姓名")


class RestrictionView(BaseModel):
    restricted: bool = Field(title="限制查阅")
    since: datetime | None = Field(title="自何时起")
    why: str = Field(title="理由")
    readers: list[ReaderName] = Field(title="承办人以外可以查阅的人")


class EmergencyOpened(BaseModel):
    case_id: int = Field(title="案件编号，在四小时内只读")
    repeated: bool = Field(title="同一编号此前已提交过，这次没有再办")
    until: datetime = Field(title="至何时为止")


class ReviewView(BaseModel):
    id: int = Field(title="紧急查阅编号")
    case_id: int | None = Field(title="案件编号；本人无权查看的受限案件为空")
    number: str | None = Field(title="案号；本人无权查看的受限案件为空")
    organisation: str = Field(title="组织")
    name: str = Field(title="查阅人")
    roles: str = Field(title="查阅人的任职")
    reason: str = Field(title="理由")
    opened_at: datetime = Field(title="开始")
    ends_at: datetime = Field(title="结束")
    due: date = Field(title="应在何日前复核")
    overdue: bool = Field(title="逾期未复核")
    escalated: bool = Field(title="已报上级主管")
    reviewed_at: datetime | None = Field(title="复核时间")
    verdict: str | None = Field(title="justified 确有必要，unjustified 没有必要")
    review: str | None = Field(title="复核意见")


class ReviewsView(BaseModel):
    total: int = Field(title="共多少次")
    rows: list[ReviewView] = Field(title="先到期的在前")


@router.get("/cases/{case_id}/readings", summary="谁看过本案")
def looks(
    case_id: CaseId,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    kind: Annotated[Kind, Query(title="方式代码")] = "",
    person_id: Annotated[int | None, Query(title="人员编号", ge=1, le=LARGEST)] = None,
    from_on: Annotated[date | None, Query(title="自何日起")] = None,
    to_on: Annotated[date | None, Query(title="至何日止（含当日）")] = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> ReadingsView:
    """主管查看；这次查看本身也会记录。"""
    check_supervisor(session, runtime, case_id, actor)
    found = readings(session, case_id, Asked(kind, person_id, from_on, to_on), offset=offset, limit=limit)
    rows = [ReadingView.model_validate(row, from_attributes=True) for row in found.rows]
    return ReadingsView(total=found.total, rows=rows)


@router.get("/cases/{case_id}/readers", summary="谁看过本案：各人几次")
def people_who_looked(
    case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> list[ReaderView]:
    """一人一种方式一行，如同给当事人的答复。"""
    check_supervisor(session, runtime, case_id, actor)
    return [ReaderView.model_validate(row, from_attributes=True) for row in readers(session, case_id, Asked())]


@router.get("/cases/{case_id}/restriction", summary="限制查阅的情况")
def restriction(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> RestrictionView:
    """由主管查看。"""
    check_supervisor(session, runtime, case_id, actor)
    found = restriction_of(session, case_id)
    if found is None:
        return RestrictionView(restricted=False, since=None, why="", readers=[])
    named = [ReaderName(id=id, name=name) for id, name in found.readers]
    return RestrictionView(restricted=True, since=found.since, why=found.why, readers=named)


@router.post("/cases/{case_id}/restriction", summary="限制查阅，或者更改可以查阅的人")
def restrict_case(
    case_id: CaseId,
    body: RestrictIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """承办人和办理的主管总可以查阅；`result.readers` 为可以查阅的人。"""
    return done(restrict(session, runtime, case_id, body, key=key, actor=actor))


@router.post("/cases/{case_id}/restriction/lift", summary="解除限制查阅")
def lift_restriction(
    case_id: CaseId,
    body: LiftIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """须写明理由。"""
    return done(lift(session, runtime, case_id, body, key=key, actor=actor))


@router.post("/emergencies", summary="紧急查阅")
def emergency(
    body: EmergencyIn, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequiredKey
) -> EmergencyOpened:
    """四小时内只读；承办人和主管随即得到通知，主管事后复核。"""
    case_id, made = open_in_emergency(session, runtime, body, key=key, actor=actor)
    until = (made.repeated or made.result)["until"]
    return EmergencyOpened(case_id=case_id, repeated=made.repeated is not None, until=until)


@router.get("/emergencies", summary="紧急查阅的复核")
def emergencies(
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    everything: Annotated[bool, Query(alias="all", title="也列出已复核的")] = False,
    offset: Offset = 0,
    limit: Limit = 20,
) -> ReviewsView:
    """主管所辖单位的；不含本人的。"""
    if not actor.has(*roles_of("emergency_review")):
        raise Forbidden("紧急查阅由主管复核。")
    found, total = reviews(session, runtime, actor, waiting=not everything, offset=offset, limit=limit)
    return ReviewsView(total=total, rows=[_review(row) for row in found])


@router.post("/emergencies/{access_id}/review", summary="复核紧急查阅")
def reviewed(
    access_id: AccessId,
    body: ReviewIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """不能复核本人的。"""
    if not actor.has(*roles_of("emergency_review")):
        raise NotFound("没有这次紧急查阅，或者您无权复核。")
    return done(review(session, runtime, access_id, body, key=key, actor=actor))


def _review(row: Review) -> ReviewView:
    same = set(ReviewView.model_fields) - {"case_id"}
    return ReviewView(
        **{name: getattr(row, name) for name in same}, case_id=row.case_id if row.number is not None else None
    )
