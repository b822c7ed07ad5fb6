"""Parties that change: replaced, lost, dead, wound up, succeeded; and who of several respondents owes how.

The rows of what was agreed, awarded and received never move: a worker's place keeps its sums, heirs act in it.
"""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..engine.ask_types import Day, LongText, Text
from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..runtime import Runtime
from .change import Change, changing
from .models import Party
from .parties import PartyIn, add_party_row

STANDING_IN = ("heir", "guardian", "representative", "relative")
"""Roles that act for somebody else and have no sums of their own."""
GONE = ("dead", "deregistered", "revoked")
"""Conditions of those who can no longer act or sign themselves."""


class ConditionIn(BaseModel):
    """What has become of a party. Without a `condition` it is as usual again (found, recovered)."""

    model_config = ConfigDict(extra="forbid", title="当事人的情况")

    condition: Text | None = Field(default=None, title="情况")
    condition_on: Day | None = Field(default=None, title="发生或查明的日期")
    reason: LongText = Field(title="来源与说明")


class LiabilityIn(BaseModel):
    """How a respondent owes: of itself, jointly, first and with recourse, or not at all; and on which ground."""

    model_config = ConfigDict(extra="forbid", title="承担责任的方式")

    liability: Text = Field(title="方式")
    liability_basis: LongText = Field(title="依据（条文、裁判或协议）")


class SuccessorIn(PartyIn):
    """Who takes the place of a party. `keeps_place`: the old one stays beside (heirs), else it leaves (correction)."""

    model_config = ConfigDict(extra="forbid", title="承继或更换")

    since_on: Day = Field(title="自何日起")
    reason: LongText = Field(title="理由与依据")


def set_condition(
    session: Session,
    runtime: Runtime,
    case_id: int,
    party_id: int,
    data: ConditionIn,
    *,
    revision: int,
    key: str,
    actor: Actor,
) -> Change:
    """Note that a party is missing, dead, deregistered …, or as usual again. `result` keeps what was before."""
    given = {"party": party_id, **data.model_dump(mode="json", exclude_none=True)}
    with changing(session, runtime, case_id, "party_condition", given, revision=revision, key=key, actor=actor) as made:
        if made.repeated is None:
            party = _party(session, case_id, party_id)
            on = _past(runtime, data.condition_on, "condition_on")
            if data.condition is not None and data.condition not in runtime.codes["party_conditions"]:
                raise BadInput("请选择情况。", {"condition": "不在可选范围内，请从列表中选择。"})
            if data.condition == "dead" and party.person_id is None:
                raise BadInput("单位不会死亡。", {"condition": "单位不再存续的，请选“已注销”或“被吊销”。"})
            made.result["before"] = {"condition": party.condition, "condition_on": party.condition_on}
            party.condition, party.condition_on = data.condition, on if data.condition else None
    return made


def set_liability(
    session: Session,
    runtime: Runtime,
    case_id: int,
    party_id: int,
    data: LiabilityIn,
    *,
    revision: int,
    key: str,
    actor: Actor,
) -> Change:
    """Say how a respondent or third party owes, and on which ground; nothing is presumed."""
    given = {"party": party_id, **data.model_dump(mode="json")}
    with changing(session, runtime, case_id, "party_liability", given, revision=revision, key=key, actor=actor) as made:
        if made.repeated is None:
            party = _party(session, case_id, party_id)
            if data.liability not in runtime.codes["liabilities"]:
                raise BadInput("请选择承担责任的方式。", {"liability": "不在可选范围内，请从列表中选择。"})
            if party.side == "worker":
                raise BadInput("劳动者不是承担责任的一方。", {"liability": "请在用人单位或第三人处登记。"})
            made.result["before"] = {"liability": party.liability, "basis": party.liability_basis}
            party.liability, party.liability_basis = data.liability, data.liability_basis
    return made


def succeed(
    session: Session,
    runtime: Runtime,
    case_id: int,
    party_id: int,
    data: SuccessorIn,
    *,
    revision: int,
    key: str,
    actor: Actor,
) -> Change:
    """Somebody takes the place of a party; `result.party` is the new id.

    A worker's heir or guardian acts in the worker's place, which keeps its demands and sums. A respondent is replaced
    (named wrongly) or succeeded (merger, take-over): the old one leaves, promises keep the name under which they were
    made, and consent has to be asked of the new one.
    """
    given = {"party": party_id, **data.model_dump(mode="json", exclude_none=True)}
    with changing(session, runtime, case_id, "succeed_party", given, revision=revision, key=key, actor=actor) as made:
        if made.repeated is None:
            old = _party(session, case_id, party_id)
            on = _past(runtime, data.since_on, "since_on")
            plain = PartyIn.model_validate(data.model_dump(exclude={"since_on", "reason"}, exclude_none=True))
            new = _successor(session, runtime, made, old, plain, on or made.step.today)
            made.result |= {"party": new.id, "succeeds": old.id, "left": old.left_on}
    return made


def _successor(session: Session, runtime: Runtime, made: Change, old: Party, data: PartyIn, on: date) -> Party:
    stands_in = data.role in STANDING_IN
    if old.side == "worker" and not stands_in:
        sentence = "劳动者由继承人、监护人或代理人代为行使权利，请选择这些身份；要换一位劳动者，请另行添加。"
        raise BadInput(sentence, {"role": sentence})
    if stands_in:
        data = data.model_copy(update={"represents": old.id})
    new = add_party_row(session, runtime, old.case_id, old.side, data, made.step.at)
    new.succeeds_id = old.id
    if not stands_in:
        old.left_on = on
        new.liability, new.liability_basis = old.liability, old.liability_basis
    session.flush()
    return new


def _party(session: Session, case_id: int, party_id: int) -> Party:
    party = session.scalars(select(Party).where(Party.id == party_id, Party.case_id == case_id)).one_or_none()
    if party is None:
        raise NotFound("本案没有这个当事人。")
    if party.left_on is not None:
        raise BadInput("这个当事人已经退出本案。")
    return party


def _past(runtime: Runtime, day: Any, field: str) -> date | None:
    if day is not None and day > runtime.clock.today():
        raise BadInput("日期不能晚于今天。", {field: "日期不能晚于今天。"})
    return day if isinstance(day, date) else None
