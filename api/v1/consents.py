"""Privacy notices, consents and questions about who has looked, for programs."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from mediation.access.asked import QuestionIn, answer, ask
from mediation.cases.view import case_view
from mediation.consents.notice import notices
from mediation.consents.record import AnswerIn, WithdrawalIn, record_answer, withdraw
from mediation.consents.standing import consents_of

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .cases import ChangeDone, done
from .parameters import CaseId, RequiredKey, RowId

router = APIRouter(tags=["案件"])


class NoticePart(BaseModel):
    heading: str = Field(title="标题")
    text: str = Field(title="内容")


class NoticeFile(BaseModel):
    version: str = Field(title="版本代码")
    title: str = Field(title="版本")
    from_on: date = Field(title="生效日")
    parts: list[NoticePart] = Field(title="各部分")


class ConsentFile(BaseModel):
    id: int = Field(title="编号")
    party_id: int = Field(title="当事人编号")
    purpose: str = Field(title="事项代码")
    answer: str = Field(title="答复代码")
    ground: str = Field(title="依据代码")
    notice: str = Field(title="告知书版本")
    way: str = Field(title="方式代码")
    given_on: date = Field(title="日期")
    guardian: str | None = Field(title="监护人")
    note: str = Field(title="说明")
    at: datetime = Field(title="登记时间")
    withdrawn_on: date | None = Field(title="撤回日期")
    stops: str = Field(title="撤回后停止什么")
    keeps: str = Field(title="撤回后依法保留什么")


@router.get("/privacy-notices", summary="个人信息处理告知书的各版本")
def all_notices(runtime: CurrentRuntime, _actor: CurrentActor) -> list[NoticeFile]:
    """最早的在前；每一版都保留。"""
    return [
        NoticeFile(
            version=one.version,
            title=one.title,
            from_on=one.from_on,
            parts=[NoticePart(heading=heading, text=text) for heading, text in one.parts],
        )
        for one in notices(runtime)
    ]


@router.get("/cases/{case_id}/consents", summary="个人信息的告知和同意")
def listed(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> list[ConsentFile]:
    """本案各当事人的告知、同意、撤回，新的在前。"""
    view = case_view(session, runtime, case_id, actor)
    rows = consents_of(session, runtime, view.id)
    return [ConsentFile.model_validate(row, from_attributes=True) for row in rows]


@router.post("/cases/{case_id}/consents", summary="登记告知和同意")
def record(
    case_id: CaseId,
    body: AnswerIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """一人一次答复一项或几项；`result.consents` 为各项的编号。"""
    return done(record_answer(session, runtime, case_id, body, key=key, actor=actor))


@router.post("/cases/{case_id}/consents/{row_id}/withdraw", summary="登记撤回同意")
def taken_back(
    case_id: CaseId,
    row_id: RowId,
    body: WithdrawalIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """`result.stops`、`result.keeps` 说明停止什么、依法保留什么。"""
    return done(withdraw(session, runtime, case_id, row_id, body, key=key, actor=actor))


@router.post("/cases/{case_id}/questions", summary="登记当事人询问谁看过")
def asked(
    case_id: CaseId,
    body: QuestionIn,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """`result.due_on` 为应答复的日期。"""
    return done(ask(session, runtime, case_id, body, key=key, actor=actor))


@router.post("/cases/{case_id}/questions/{row_id}/answer", summary="出具谁看过的答复")
def answered(
    case_id: CaseId,
    row_id: RowId,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """由主管出具；`result.documents` 为答复文书。"""
    return done(answer(session, runtime, case_id, row_id, key=key, actor=actor))
