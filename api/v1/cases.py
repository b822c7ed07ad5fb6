"""Case files for programs: register, list, and add to the file."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Query, UploadFile
from pydantic import BaseModel, ConfigDict, Field, SkipValidation

from mediation.arrival.registering import PrivacyIn, register_new
from mediation.cases.activities import ActivityIn, add_activity
from mediation.cases.change import Change
from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.intake import Intake
from mediation.cases.parties import (
    DemandChange,
    DemandIn,
    PartyCorrection,
    PartyIn,
    add_demand,
    add_party,
    change_demand,
    change_party,
)
from mediation.cases.queries import CaseRow, Filters, my_cases
from mediation.engine.ask_types import Integer, Text
from mediation.errors import BadInput
from mediation.people.actor import Actor
from mediation.people.rights import roles_of

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from ..forms import TypedForm
from .parameters import LARGEST, CaseId, Limit, Offset, RequiredKey, RowId

router = APIRouter(prefix="/cases", tags=["案件"])

REGISTRARS = roles_of("register_case")


class CaseRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    organisation_id: Integer | None = Field(None, title="受理组织编号；只在一个组织任职的可以不填")
    application: Annotated[Intake, SkipValidation()] = Field(title="登记内容")
    privacy: PrivacyIn = Field(default_factory=PrivacyIn, title="对第一位劳动者的个人信息告知，及其同意")


class RegisteredView(BaseModel):
    case_id: int = Field(title="案件编号")
    number: str = Field(title="案号")
    proceeding_id: int = Field(title="主程序编号")
    revision: int = Field(title="修订号")
    repeated: bool = Field(title="同一编号此前已提交过，这次没有再登记")


class CaseLine(BaseModel):
    case_id: int = Field(title="案件编号")
    number: str = Field(title="案号")
    organisation: str = Field(title="组织")
    cause: str = Field(title="事由")
    state: str = Field(title="状态名称")
    ended: bool = Field(title="已办结")
    acts_next: str = Field(title="下一步由谁办")
    owner: str | None = Field(title="经办人")
    workers: str = Field(title="劳动者")
    employers: str = Field(title="用人单位")
    workers_count: int = Field(title="涉及人数")
    gravity: str = Field(title="ordinary 一般，major 重大")
    risk_level: str | None = Field(title="风险等级")
    due_title: str | None = Field(title="最近的期限")
    due_on: date | None = Field(title="到期日")
    overdue: bool = Field(title="已逾期（法定或约定的期限）")


class CasesView(BaseModel):
    total: int = Field(title="共多少件")
    more: bool = Field(title="实际还不止这么多件，只数到这里")
    cases: list[CaseLine] = Field(title="最紧急的在前")


class ChangeDone(BaseModel):
    revision: int = Field(title="修订号（下一次改动请带回）")
    repeated: bool = Field(title="同一编号此前已提交过，这次没有再办")
    result: dict[str, Any] = Field(title="结果，如新条目的编号")


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid")

    revision: Integer = Field(title="您看到的修订号")


class PartyRequest(_Change):
    side: Text = Field(title="哪一方：worker、employer 或 third")
    party: PartyIn = Field(title="当事人")


class PartyChangeRequest(_Change):
    correction: PartyCorrection = Field(title="更正的内容与理由；不填的不变")


class DemandRequest(_Change):
    demand: DemandIn = Field(title="请求；party 为当事人编号")


class DemandChangeRequest(_Change):
    change: DemandChange = Field(title="新的金额或撤回，及理由")


@router.post("", summary="登记案件", status_code=201)
def register_case(
    body: CaseRequest, session: WriteSession, runtime: CurrentRuntime, actor: CurrentActor, key: RequiredKey
) -> RegisteredView:
    """登记后立即生成案号、首个期限和收件回执。

    同一劳动者与同一单位之间有未办结的案件的，不登记，回答409，`alike` 列出这些案件和应联系的组织；核对后仍要登记的，
    在 `application.not_duplicate` 中写明理由再提交，两案互相关联。
    """
    place = body.organisation_id if body.organisation_id is not None else _only_place(actor)
    told = body.privacy
    done = register_new(session, runtime, body.application, told, organisation_id=place, key=key, actor=actor)
    return RegisteredView(
        case_id=done.case_id,
        number=done.number,
        proceeding_id=done.proceeding_id,
        revision=done.revision,
        repeated=done.repeated,
    )


def _only_place(actor: Actor) -> int:
    places = {grant.organisation_id for grant in actor.grants if grant.role in REGISTRARS}
    if len(places) != 1:
        raise BadInput(
            "请写明在哪个组织登记。", {"organisation_id": "您不止在（或不在）一个组织任职，请填写组织编号。"}
        )
    return places.pop()


@router.get("", summary="案件列表")
def list_cases(
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    whose: Annotated[
        Literal["mine", "nobody", "all"], Query(title="谁的：mine 我的，nobody 无人经办，all 全部")
    ] = "all",
    state: Annotated[str, Query(title="状态")] = "",
    cause: Annotated[str, Query(title="事由代码")] = "",
    organisation_id: Annotated[int | None, Query(title="组织编号，含下级", ge=1, le=LARGEST)] = None,
    gravity: Annotated[str, Query(title="ordinary 一般，major 重大")] = "",
    text: Annotated[str, Query(title="案号或当事人", max_length=200)] = "",
    overdue: Annotated[bool, Query(title="只看已逾期的")] = False,
    offset: Offset = 0,
    limit: Limit = 20,
) -> CasesView:
    """本人有权查看的案件，最紧急的在前。未指定状态、案号或当事人时，只列未办结的。"""
    filters = Filters(whose, state, organisation_id, cause, gravity, text, overdue)
    found = my_cases(session, runtime, actor, filters, offset=offset, limit=limit)
    return CasesView(total=found.total, more=found.more, cases=[_line(row) for row in found.rows])


def _line(row: CaseRow) -> CaseLine:
    return CaseLine(
        case_id=row.id,
        number=row.number,
        organisation=row.organisation,
        cause=row.cause,
        state=row.state,
        ended=row.final,
        acts_next=row.acts_next,
        owner=row.owner,
        workers=row.workers,
        employers=row.employers,
        workers_count=row.workers_count,
        gravity=row.gravity,
        risk_level=row.risk_level,
        due_title=row.due.title if row.due else None,
        due_on=row.due.due_on if row.due else None,
        overdue=bool(row.due and row.due.overdue),
    )


def done(change: Change) -> ChangeDone:
    repeated = change.repeated is not None
    return ChangeDone(revision=change.revision, repeated=repeated, result=dict(change.repeated or change.result))


@router.post("/{case_id}/parties", summary="添加当事人")
def new_party(
    case_id: CaseId,
    body: PartyRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """新加入的劳动者、被申请人、第三人或代表；`result.party` 为其编号。"""
    return done(
        add_party(session, runtime, case_id, body.side, body.party, revision=body.revision, key=key, actor=actor)
    )


@router.patch("/{case_id}/parties/{row_id}", summary="更正当事人")
def corrected_party(
    case_id: CaseId,
    row_id: RowId,
    body: PartyChangeRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """更正名称等，或登记其退出；更正前的内容留在审计记录中。"""
    return done(
        change_party(session, runtime, case_id, row_id, body.correction, revision=body.revision, key=key, actor=actor)
    )


@router.post("/{case_id}/demands", summary="添加请求")
def new_demand(
    case_id: CaseId,
    body: DemandRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """`result.demand` 为新请求的编号。"""
    return done(add_demand(session, runtime, case_id, body.demand, revision=body.revision, key=key, actor=actor))


@router.patch("/{case_id}/demands/{row_id}", summary="变更请求")
def changed_demand(
    case_id: CaseId,
    row_id: RowId,
    body: DemandChangeRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """变更金额或撤回；原来的金额留在审计记录中。"""
    return done(
        change_demand(session, runtime, case_id, row_id, body.change, revision=body.revision, key=key, actor=actor)
    )


@router.post("/{case_id}/activities", summary="添加工作记录")
def new_activity(
    case_id: CaseId,
    body: ActivityIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """电话、走访、调查等不改变状态的工作。"""
    return done(add_activity(session, runtime, case_id, body, key=key, actor=actor))


@router.post("/{case_id}/evidence", summary="添加证据")
def new_evidence(
    case_id: CaseId,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
    typed: TypedForm,
    file: Annotated[UploadFile, File(title="文件")],
    name: Annotated[Text, Form(title="名称")],
    category: Annotated[Text, Form(title="种类代码")],
    visibility: Annotated[Text, Form(title="可见范围代码")] = "both_sides",
    proves: Annotated[Text | None, Form(title="证明什么")] = None,
    submitted_by: Annotated[Integer | None, Form(title="提交人的当事人编号")] = None,
) -> ChangeDone:
    """以 multipart/form-data 提交。`result` 即收据：编号、序号、SHA-256 和大小。"""
    # `file` documents the field; the shell has read (and closed) the form before
    data = EvidenceIn(name=name, category=category, visibility=visibility, proves=proves, submitted_by=submitted_by)
    sent = next(iter(typed.files("file")), None)
    if sent is None or not file.filename:
        raise BadInput("证据未保存，请按提示修改。", {"file": "请选择文件，并保留文件名。"})
    upload = Upload(sent.content, sent.media_type, sent.name)
    return done(add_evidence(session, runtime, case_id, data, upload, key=key, actor=actor))
