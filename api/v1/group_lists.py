"""Lists of workers for programs: handed in, looked at, saved, compared."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from mediation.errors import BadInput
from mediation.groups.comparing import compare
from mediation.groups.importing import SaveIn, hand_in, look, save_roster
from mediation.money import yuan

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from ..forms import TypedForm
from .cases import ChangeDone, done
from .groups import Revision
from .parameters import CaseId, RequiredKey, RowId

router = APIRouter(prefix="/cases/{case_id}/group", tags=["群体案件"])

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SaveRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    revision: Revision
    change: SaveIn = Field(title="保存名单")


class FaultView(BaseModel):
    row: int = Field(title="行")
    column: str = Field(title="列；空为整行")
    sentence: str = Field(title="错误")


class ListView(BaseModel):
    list_id: int = Field(title="名单编号")
    kind: str = Field(title="unpaid 欠薪名单，payroll 工资表")
    name: str = Field(title="文件名")
    sha256: str = Field(title="校验值，保存时带回")
    saved_at: datetime | None = Field(title="保存时间；空为尚未保存")
    rows: int = Field(title="正确的行数")
    people: int = Field(title="人数")
    new: int = Field(title="新增劳动者")
    due: str = Field(title="应发合计（元）")
    unpaid: str = Field(title="未发合计（元）")
    faults: list[FaultView] = Field(title="全部错误，按表中顺序")


class ComparedView(BaseModel):
    name: str = Field(title="姓名")
    kind: str = Field(title="same、differs、only_payroll、only_unpaid")
    payroll_due: str | None = Field(title="工资表应发（元）")
    payroll_unpaid: str | None = Field(title="工资表未发（元）")
    claimed_due: str | None = Field(title="名单应发（元）")
    claimed: str | None = Field(title="名单未发（元）")


@router.post("/lists", summary="上传名单", status_code=201)
def new_list(
    case_id: CaseId,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    _key: RequiredKey,
    typed: TypedForm,
    file: Annotated[UploadFile, File(title="名单文件")],
    kind: Annotated[Literal["unpaid", "payroll"], Form(title="unpaid 欠薪名单，payroll 工资表")],
) -> ListView:
    """以 multipart/form-data 提交 .xlsx 或 CSV。只检查，不保存为案件内容；有错时下载标出错误的原表。"""
    sent = next(iter(typed.files("file")), None)
    if sent is None or not file.filename:
        raise BadInput("没有上传文件。", {"file": "请选择文件，并保留文件名。"})
    id = hand_in(session, runtime, case_id, kind, sent.name, sent.content, actor=actor)
    return _list(session, runtime, case_id, id, actor)


@router.get("/lists/{row_id}", summary="查看名单")
def one_list(
    case_id: CaseId, row_id: RowId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> ListView:
    """有哪些错误，或者保存后会增加什么。"""
    return _list(session, runtime, case_id, row_id, actor)


def _list(session: Any, runtime: Any, case_id: int, row_id: int, actor: Any) -> ListView:
    found = look(session, runtime, case_id, row_id, actor=actor)
    faults = [FaultView(row=f.row, column=f.column, sentence=f.sentence) for f in found.checked.ordered()]
    return ListView(
        list_id=found.roster.id,
        kind=found.roster.kind,
        name=found.roster.name,
        sha256=found.roster.sha256,
        saved_at=found.roster.saved_at,
        rows=len(found.checked.entries),
        people=found.people,
        new=found.new,
        due=yuan(found.checked.due),
        unpaid=yuan(found.checked.total),
        faults=faults,
    )


@router.get(
    "/lists/{row_id}/marked.xlsx",
    summary="标出错误的原表",
    response_class=Response,
    responses={200: {"description": "表格", "content": {_XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
def marked_list(
    case_id: CaseId, row_id: RowId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    """错处标红并加批注，末列写明原因。"""
    found = look(session, runtime, case_id, row_id, actor=actor)
    return Response(found.marked(), media_type=_XLSX, headers={"content-disposition": "attachment"})


@router.post("/lists/{row_id}/save", summary="保存名单")
def save_list(
    case_id: CaseId,
    row_id: RowId,
    body: SaveRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """一次全部保存；有一处错误就一行也不保存。"""
    now = {"revision": body.revision, "key": key, "actor": actor}
    return done(save_roster(session, runtime, case_id, row_id, body.change, **now))  # type: ignore[arg-type]


@router.get("/comparison", summary="比较工资表和欠薪名单")
def comparison(
    case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> list[ComparedView]:
    """只列不一致的人。"""
    names = ("payroll_due", "payroll_unpaid", "claimed_due", "claimed")
    found = compare(session, runtime, case_id, actor=actor)
    return [
        ComparedView(name=one.name, kind=one.kind, **{name: _yuan(getattr(one, name)) for name in names})
        for one in found.differences
    ]


def _yuan(amount: int | None) -> str | None:
    return None if amount is None else yuan(amount)
