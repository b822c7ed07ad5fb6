"""询问谁看过: a person of the case asks who has looked; a supervisor answers on paper within the office's own days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.access import EMERGENCY
from ..cases.access_models import KEPT_YEARS, ReadingRequest
from ..cases.change import Change, changing
from ..cases.models import Case, Party
from ..cases.readings import KINDS, Asked, ReadingRow, readers
from ..cases.step import Step
from ..documents.issue import Issued, Issuer, issue
from ..engine.ask_types import Day, Integer, Text
from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..people.colleagues import nearest_holders
from ..people.models import Organisation
from ..reminders.notices import tell
from ..runtime import Runtime

PERIOD, TEMPLATE = "readings_answer", "readings_answer"


class QuestionIn(BaseModel):
    """Who asks, for which party of the case, and how the question came."""

    model_config = ConfigDict(extra="forbid", title="询问谁看过")

    party: Integer = Field(title="当事人", ge=1)
    asker: Text | None = Field(default=None, title="来问的人（不是本人的）", max_length=100)
    way: Text = Field(title="方式")
    asked_on: Day | None = Field(default=None, title="日期（不填为今天）")


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `paper`: id of the answer."""

    id: int
    party: str
    asker: str
    way: str
    asked_on: date
    due_on: date
    overdue: bool
    answered_at: datetime | None
    paper: int | None


def ask(session: Session, runtime: Runtime, case_id: int, data: QuestionIn, *, key: str, actor: Actor) -> Change:
    """Record the question and the day its answer is due; the supervisors are told. `result.request` is its id."""
    given = data.model_dump(mode="json", exclude_none=True)
    with changing(
        session, runtime, case_id, "readings_asked", given, revision=None, key=key, actor=actor, bumps=False
    ) as made:
        if made.repeated is None:
            row = _question(made.step, data)
            session.add(row)
            session.flush()
            made.result |= {"request": row.id, "due_on": row.due_on.isoformat()}
            _tell_supervisors(made.step, row)
    return made


def _question(step: Step, data: QuestionIn) -> ReadingRequest:
    party, on = step.session.get(Party, data.party), data.asked_on or step.today
    faults = {} if data.way in step.runtime.codes["consent_ways"] else {"way": "请从列表中选择。"}
    if party is None or party.case_id != step.case_id:
        faults["party"] = "请从本案当事人中选择。"
    if on > step.today:
        faults["asked_on"] = "日期不能晚于今天。"
    if faults or party is None:
        raise BadInput("填写的内容有误，请按提示修改。", faults)
    due = step.runtime.law.reckon(PERIOD, on).legal_due
    return ReadingRequest(
        case_id=step.case_id,
        party_id=party.id,
        asker=data.asker or party.name,
        way=data.way,
        asked_on=on,
        due_on=due,
        at=step.at,
        by_id=step.actor.person_id,
    )


def _tell_supervisors(step: Step, row: ReadingRequest) -> None:
    people = nearest_holders(step.session, step.facts.path, step.today, "supervisor")
    body = f"请在{row.due_on}前在“谁看过本案”页面出具答复。"
    subject = f"{step.facts.number}：当事人询问谁看过案卷"
    tell(step.session, people, subject, body, key=f"asked{row.id}", at=step.at, case_id=step.case_id)


def answer(session: Session, runtime: Runtime, case_id: int, request_id: int, *, key: str, actor: Actor) -> Change:
    """Issue the paper with everybody who has looked up to now. NotFound where the case has no such question, BadInput
    where it is answered. `result.documents` names the paper."""
    given = {"request": request_id}
    with changing(
        session, runtime, case_id, "readings_answered", given, revision=None, key=key, actor=actor, bumps=False
    ) as made:
        if made.repeated is None:
            row = session.get(ReadingRequest, request_id, with_for_update=True)
            if row is None or row.case_id != case_id:
                raise NotFound("本案没有这次询问，请从“谁看过本案”页面进入。")
            if row.answered_at is not None:
                raise BadInput("这次询问已经答复，请刷新页面。")
            issued = _paper(made.step, row)
            row.answered_at, row.answered_by_id, row.document_id = made.step.at, actor.person_id, issued.id
            made.result["documents"] = [issued.said]
    return made


def _paper(step: Step, row: ReadingRequest) -> Issued:
    place = step.session.get_one(Organisation, step.facts.organisation_id)
    told = {"name": place.name, "phone": place.phone, "address": place.address}
    facts: dict[str, Any] = {
        "case_number": step.session.scalar(select(Case.number).where(Case.id == step.case_id)),
        "today": step.today,
        "organisation": {name: value for name, value in told.items() if value},
        "looked": {
            "asker": row.asker,
            "asked_on": row.asked_on,
            "kept_years": KEPT_YEARS,
            "readers": [_reader(step.runtime, one) for one in readers(step.session, step.case_id, Asked())],
        },
    }
    return issue(
        step.connection,
        step.runtime.templates.get(TEMPLATE),
        facts,
        Issuer(step.facts.organisation_id, step.facts.short_name),
        case_id=step.case_id,
        proceeding_id=step.proceeding_id,
        by_id=step.actor.person_id,
        at=step.at,
    )


def _reader(runtime: Runtime, row: ReadingRow) -> Mapping[str, Any]:
    roles = ("紧急查阅" if code == EMERGENCY else runtime.title("roles", code) for code in row.roles)
    return {
        "name": row.name,
        "place": row.places or "—",
        "roles": "、".join(roles) or "—",
        "how": KINDS[row.kind],
        "first": f"{row.at:%Y-%m-%d %H:%M}",
        "last": f"{row.last_at or row.at:%Y-%m-%d %H:%M}",
        "times": row.times,
    }


def questions(session: Session, runtime: Runtime, case_id: int) -> Sequence[Question]:
    """All questions of a case, those that wait for an answer first."""
    query = (
        select(ReadingRequest, Party.name)
        .join(Party, Party.id == ReadingRequest.party_id)
        .where(ReadingRequest.case_id == case_id)
        .order_by(ReadingRequest.answered_at.is_not(None), ReadingRequest.due_on, ReadingRequest.id)
    )
    today = runtime.clock.today()
    return [
        Question(
            row.id,
            name,
            row.asker,
            runtime.title("consent_ways", row.way),
            row.asked_on,
            row.due_on,
            row.answered_at is None and row.due_on < today,
            row.answered_at,
            row.document_id,
        )
        for row, name in session.execute(query)
    ]
