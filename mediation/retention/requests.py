"""What somebody asks about their own data, the answer, and what stops destruction: each in the trail of the case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..cases.models import Party
from ..engine.ask_types import Day, Integer, LongText
from ..errors import BadInput, NotFound, Refusal, Refused
from ..people.actor import Actor
from ..runtime import Runtime
from .due import standing
from .models import WAITING, Deletion, LegalHold, PersonalRequest
from .periods import load_periods

KINDS: Mapping[str, str] = {
    "delete": "删除个人信息",
    "copy": "查阅、复制个人信息",
    "correct": "更正、补充个人信息",
}
ANSWERS: Mapping[str, str] = {"granted": "同意", "refused": "不能同意，说明理由"}
Reason = Annotated[LongText, Field(max_length=1000)]


class RequestIn(BaseModel):
    """Who asked for what, and when; `words` as they said it."""

    model_config = ConfigDict(extra="forbid", title="个人信息请求")

    party: Integer = Field(title="谁提出的")
    kind: Literal["delete", "copy", "correct"] = Field(title="请求")
    words: LongText | None = Field(default=None, title="具体内容", max_length=1000)
    received_on: Day = Field(title="收到日期")


class AnswerIn(BaseModel):
    model_config = ConfigDict(extra="forbid", title="答复")

    request: Integer = Field(title="哪一项请求")
    answer: Literal["granted", "refused"] = Field(title="答复")
    reason: Reason = Field(title="答复的内容和理由")


class HoldIn(BaseModel):
    model_config = ConfigDict(extra="forbid", title="暂停销毁")

    reason: Reason = Field(title="理由")


def record_request(
    session: Session, runtime: Runtime, case_id: int, data: RequestIn, *, key: str, actor: Actor
) -> Change:
    """Keep the request with the day by which it is to be answered. BadInput for a party of another case."""
    given = data.model_dump(mode="json")
    with changing(
        session, runtime, case_id, "personal_request", given, revision=None, key=key, actor=actor, bumps=False
    ) as made:
        if made.repeated is None:
            _check(session, runtime, case_id, data)
            periods = load_periods(runtime.settings.workflows_folder)
            due = runtime.law.calendar.add_working(data.received_on, periods.answer_days)
            row = PersonalRequest(case_id=case_id, party_id=data.party, kind=data.kind, words=data.words or "")
            row.received_on, row.due_on = data.received_on, due
            row.recorded_at, row.recorded_by_id = made.step.at, actor.person_id
            session.add(row)
            session.flush()
            made.result |= {"request": row.id, "due_on": str(due)}
    return made


def _check(session: Session, runtime: Runtime, case_id: int, data: RequestIn) -> None:
    if session.scalar(select(Party.case_id).where(Party.id == data.party)) != case_id:
        raise BadInput("请选择本案的当事人。", {"party": "请选择本案的当事人。"})
    if data.received_on > runtime.clock.today():
        raise BadInput("收到日期不能晚于今天。", {"received_on": "收到日期不能晚于今天。"})


def answer_request(
    session: Session, runtime: Runtime, case_id: int, data: AnswerIn, *, key: str, actor: Actor
) -> Change:
    """The answer with its reason. A granted deletion is proposed by whoever grants it, and needs another to approve."""
    given = data.model_dump(mode="json")
    with changing(
        session, runtime, case_id, "answer_personal_request", given, revision=None, key=key, actor=actor, bumps=False
    ) as made:
        if made.repeated is None:
            row = session.get(PersonalRequest, data.request, with_for_update=True)
            if row is None or row.case_id != case_id:
                raise NotFound("没有这项请求。")
            if row.answered_at is not None:
                raise Refused([Refusal("answered", "这项请求已经答复，请刷新页面后再看。")])
            row.answered_at, row.answered_by_id = made.step.at, actor.person_id
            row.answer, row.reason = data.answer, data.reason
            session.flush()
            if row.kind == "delete" and data.answer == "granted":
                _propose(session, runtime, row, actor)
    return made


def _propose(session: Session, runtime: Runtime, request: PersonalRequest, actor: Actor) -> None:
    """Everything of the case, before its period is over."""
    now = standing(session, runtime, request.case_id)
    if now.obstacles or now.closed_on is None:
        why = "、".join(now.obstacles) or "本案还没有办结"
        sentence = f"现在不能同意删除：{why}。请选择“不能同意”，并把理由告诉本人。"
        raise Refused([Refusal("keeps", sentence)])
    query = select(Deletion).where(Deletion.case_id == request.case_id, Deletion.state.in_(WAITING))
    row = session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        row = Deletion(case_id=request.case_id, organisation_id=now.organisation_id, found_at=runtime.clock.now())
        session.add(row)
    row.classes = [name for name in now.due if name not in now.gone]
    row.closed_on, row.due_on, row.ground = now.closed_on, runtime.clock.today(), "request"
    row.state, row.proposed_at, row.proposed_by_id = "proposed", runtime.clock.now(), actor.person_id
    session.flush()


def hold(session: Session, runtime: Runtime, case_id: int, data: HoldIn, *, key: str, actor: Actor) -> Change:
    """From now on nothing of this case is destroyed; whatever waits for it is dropped the next night."""
    given = data.model_dump()
    with changing(
        session, runtime, case_id, "hold_deletion", given, revision=None, key=key, actor=actor, bumps=False
    ) as made:
        if made.repeated is None:
            if _held(session, case_id) is not None:
                raise Refused([Refusal("held", "本案已经暂停销毁。")])
            row = LegalHold(case_id=case_id, reason=data.reason, placed_at=made.step.at, placed_by_id=actor.person_id)
            session.add(row)
    return made


def release(session: Session, runtime: Runtime, case_id: int, data: HoldIn, *, key: str, actor: Actor) -> Change:
    """The rule holds again."""
    given = data.model_dump()
    with changing(
        session, runtime, case_id, "release_deletion", given, revision=None, key=key, actor=actor, bumps=False
    ) as made:
        if made.repeated is None:
            row = _held(session, case_id)
            if row is None:
                raise Refused([Refusal("held", "本案没有暂停销毁。")])
            row.lifted_at, row.lifted_by_id = made.step.at, actor.person_id
    return made


def _held(session: Session, case_id: int) -> LegalHold | None:
    query = select(LegalHold).where(LegalHold.case_id == case_id, LegalHold.lifted_at.is_(None))
    return session.scalars(query.with_for_update()).first()


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request as the page of the case shows it."""

    id: int
    party: str
    kind: str
    words: str
    received_on: date
    due_on: date
    answer: str | None
    reason: str | None
    answered_on: date | None


def requests_of(session: Session, case_id: int) -> Sequence[RequestRow]:
    """Newest first; for whoever has passed `access.seen`."""
    query = select(PersonalRequest, Party.name).join(Party, Party.id == PersonalRequest.party_id)
    rows = session.execute(query.where(PersonalRequest.case_id == case_id).order_by(PersonalRequest.id.desc()))
    return [
        RequestRow(
            r.id,
            name,
            r.kind,
            r.words,
            r.received_on,
            r.due_on,
            r.answer,
            r.reason,
            r.answered_at.date() if r.answered_at else None,
        )
        for r, name in rows
    ]


def hold_of(session: Session, case_id: int) -> tuple[str, date] | None:
    """Why and since when nothing is destroyed; None where nothing stops it."""
    query = select(LegalHold).where(LegalHold.case_id == case_id, LegalHold.lifted_at.is_(None))
    row = session.scalars(query).first()
    return None if row is None else (row.reason, row.placed_at.date())
