"""Events of limitation that a person records: claims made to the other side with proof, obstacles and their end."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..cases.models import Demand, Evidence
from ..engine.ask_types import Day, Integer, LongText, Text
from ..errors import BadInput, NotFound
from ..people.actor import CLOCK, Actor
from ..people.rights import roles_of
from ..runtime import Runtime
from .models import LimitationEvent

ROLES = roles_of("add_limitation_event")
MISSING = "填写的内容有误，请按提示修改。"


class LimitationEventIn(BaseModel):
    """One dated fact. `demand` None: of every demand of the case. `until`: when an obstacle ended, if it has."""

    model_config = ConfigDict(extra="forbid", title="时效中断、中止")

    ground: Text = Field(title="事由")
    on: Day = Field(title="日期")
    until: Day | None = Field(default=None, title="中止的原因消除之日")
    demand: Integer | None = Field(default=None, title="哪一项请求（不选为全部）")
    proof: LongText = Field(title="经过与凭据")
    evidence: Integer | None = Field(default=None, title="证据编号")


def add_limitation_event(
    session: Session,
    runtime: Runtime,
    case_id: int,
    data: LimitationEventIn,
    *,
    revision: int,
    key: str,
    actor: Actor,
) -> Change:
    """Record it and reckon the clocks anew; `result.limitation_events` are the new ids."""
    given = data.model_dump(mode="json", exclude_none=True)
    word = "add_limitation_event"
    with changing(session, runtime, case_id, word, given, revision=revision, key=key, actor=actor) as change:
        if change.repeated is None:
            _check(session, runtime, case_id, data, change.step.today)
            kind = runtime.codes["limitation_grounds"].about(data.ground)["kind"]
            rows = [_row(change, case_id, data, kind, data.ground, data.on)]
            if data.until is not None:
                rows.append(_row(change, case_id, data, "resumed", "obstacle_ended", data.until))
            session.add_all(rows)
            session.flush()
            change.result["limitation_events"] = [row.id for row in rows]
    return change


def _row(change: Change, case_id: int, data: LimitationEventIn, kind: str, ground: str, on: date) -> LimitationEvent:
    step = change.step
    return LimitationEvent(
        case_id=case_id,
        demand_id=data.demand,
        kind=kind,
        ground=ground,
        on=on,
        note=data.proof,
        source_event=step.event,
        evidence_id=data.evidence,
        by_id=step.actor.person_id,
        at=step.at,
    )


def _check(session: Session, runtime: Runtime, case_id: int, data: LimitationEventIn, today: date) -> None:
    wrong: dict[str, str] = {}
    grounds = runtime.codes["limitation_grounds"]
    if data.ground not in grounds:
        raise BadInput(MISSING, {"ground": "不在可选范围内，请从列表中选择。"})
    kind = grounds.about(data.ground)["kind"]
    if data.on > today:
        wrong["on"] = "日期不能晚于今天。"
    if data.until is not None:
        if kind != "suspended":
            wrong["until"] = "只有中止才有消除之日，请清空。"
        elif not data.on <= data.until <= today:
            wrong["until"] = "应在中止之日与今天之间。"
    for name, table, id in (("demand", Demand, data.demand), ("evidence", Evidence, data.evidence)):
        if id is not None and not _in_case(session, table, id, case_id):
            wrong[name] = "请从本案中选择。"
    if kind == "resumed" and not _standing(session, case_id, data):
        wrong["ground"] = "此前没有登记中止的事由，请先登记中止。"
    if wrong:
        raise BadInput(MISSING, wrong)


def _in_case(session: Session, table: Any, id: int, case_id: int) -> bool:
    row = session.get(table, id)
    return row is not None and row.case_id == case_id


def _standing(session: Session, case_id: int, data: LimitationEventIn) -> bool:
    query = select(LimitationEvent.id).where(
        LimitationEvent.case_id == case_id,
        LimitationEvent.kind == "suspended",
        LimitationEvent.on <= data.on,
        LimitationEvent.struck_at.is_(None),
    )
    return session.scalar(query.limit(1)) is not None


class StrikeOut(BaseModel):
    """Why an event does not count after all."""

    model_config = ConfigDict(extra="forbid", title="删去登记有误的事由")

    reason: LongText = Field(title="理由")


def strike_limitation_event(
    session: Session,
    runtime: Runtime,
    case_id: int,
    event_id: int,
    data: StrikeOut,
    *,
    revision: int,
    key: str,
    actor: Actor,
) -> Change:
    """The event stays readable, struck out, and no longer counts."""
    given = {"limitation_event": event_id, **data.model_dump(mode="json")}
    word = "strike_limitation_event"
    with changing(session, runtime, case_id, word, given, revision=revision, key=key, actor=actor) as change:
        if change.repeated is None:
            event = session.get(LimitationEvent, event_id)
            if event is None or event.case_id != case_id or event.struck_at is not None:
                raise NotFound("本案没有这条时效事由，或者已经删去。")
            event.struck_at, event.struck_why = change.step.at, data.reason
            change.result["before"] = {"ground": event.ground, "on": event.on, "demand": event.demand_id}
    return change


def recount_limitation(session: Session, runtime: Runtime, case_id: int) -> Change:
    """The calendars have changed: reckon the clocks of the case anew, as the clock's own doing."""
    version = runtime.law.calendar_version
    given = {"calendar": version}
    with changing(
        session,
        runtime,
        case_id,
        "limitation_recounted",
        given,
        revision=None,
        key=f"limitation:{version}:{case_id}",
        actor=CLOCK,
        bumps=False,
    ) as change:
        pass
    return change
