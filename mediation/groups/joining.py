"""Joiners and leavers, each with a day and a reason; the head count and the gravity of the case follow."""

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..cases.headcount import recount
from ..cases.models import Party
from ..cases.parties import PartyIn, add_party_row
from ..engine.ask_types import Day, Integer, LongText
from ..errors import BadInput
from ..people.actor import Actor
from ..runtime import Runtime
from .subgroups import leave_subgroups, present_workers


class JoinIn(BaseModel):
    """A worker who joins a case that is there already."""

    model_config = ConfigDict(extra="forbid", title="劳动者加入")

    worker: PartyIn = Field(title="劳动者")
    joined_on: Day = Field(title="加入日期")
    reason: LongText = Field(title="理由")


class LeaveIn(BaseModel):
    """Workers who leave the case; their sums stay where they are."""

    model_config = ConfigDict(extra="forbid", title="劳动者退出")

    workers: list[Integer] = Field(title="退出的劳动者", min_length=1, max_length=1000)
    left_on: Day = Field(title="退出日期")
    reason: LongText = Field(title="理由")


def join_group(
    session: Session, runtime: Runtime, case_id: int, data: JoinIn, *, revision: int, key: str, actor: Actor
) -> Change:
    """Add a worker with the day of joining; `result.party` is the new id. No earlier agreement covers a joiner."""
    given = data.model_dump(mode="json", exclude_none=True)
    with changing(session, runtime, case_id, "join_group", given, revision=revision, key=key, actor=actor) as made:
        if made.repeated is None:
            if data.joined_on > made.step.today:
                raise BadInput("日期不能晚于今天。", {"joined_on": "日期不能晚于今天。"})
            if data.worker.represents is not None or data.worker.role != "party":
                raise BadInput("这里只添加劳动者本人。", {"worker.role": "代理人、代表请在各自的位置登记。"})
            party = add_party_row(session, runtime, case_id, "worker", data.worker, made.step.at, "worker.")
            party.joined_on = data.joined_on
            made.result |= {"party": party.id, "workers_count": recount(session, case_id)}
    return made


def leave_group(
    session: Session, runtime: Runtime, case_id: int, data: LeaveIn, *, revision: int, key: str, actor: Actor
) -> Change:
    """Workers leave, those who speak for them too. At least one stays: the last one withdraws the application."""
    given = data.model_dump(mode="json")
    with changing(session, runtime, case_id, "leave_group", given, revision=revision, key=key, actor=actor) as made:
        if made.repeated is None:
            if data.left_on > made.step.today:
                raise BadInput("日期不能晚于今天。", {"left_on": "日期不能晚于今天。"})
            leaving = present_workers(session, case_id, data.workers)
            _somebody_stays(session, case_id, leaving)
            speaking = select(Party).where(Party.represents_id.in_([party.id for party in leaving]))
            for party in [*leaving, *session.scalars(speaking.where(Party.left_on.is_(None)))]:
                party.left_on = data.left_on
            leave_subgroups(session, [party.id for party in leaving], data.left_on)
            made.result["workers_count"] = recount(session, case_id, left=len(leaving))
    return made


def _somebody_stays(session: Session, case_id: int, leaving: list[Party]) -> None:
    query = select(Party.id).where(Party.case_id == case_id, Party.side == "worker", Party.left_on.is_(None))
    query = query.where(Party.represents_id.is_(None), Party.role != "elected_representative")
    if set(session.scalars(query)) == {party.id for party in leaving}:
        sentence = "不能让全部劳动者都退出；全体不再申请的，请在案件中办理撤回。"
        raise BadInput(sentence, {"workers": sentence})
