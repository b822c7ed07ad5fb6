"""Activities: notes, calls, visits, counselling … whatever is done without moving a state."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from ..engine.ask_types import Instant, LongText, Text, YesNo
from ..errors import BadInput
from ..people.actor import Actor
from ..runtime import Runtime
from .change import Change, changing
from .models import Activity


class ActivityIn(BaseModel):
    """One entry of the work log."""

    model_config = ConfigDict(extra="forbid", title="工作记录")

    kind: Text = Field(title="种类")
    text: LongText = Field(title="内容")
    at: Instant | None = Field(default=None, title="时间")
    private: YesNo = Field(default=False, title="仅调解员可见")


def add_activity(
    session: Session, runtime: Runtime, case_id: int, data: ActivityIn, *, key: str, actor: Actor
) -> Change:
    """Record what was done. It cannot collide with anything, so no revision is asked for and none is used up."""
    given = data.model_dump(mode="json", exclude_none=True)
    with changing(
        session, runtime, case_id, "add_activity", given, revision=None, key=key, actor=actor, bumps=False
    ) as change:
        if change.repeated is None:
            if data.kind not in runtime.codes["activity_kinds"]:
                raise BadInput("请选择工作记录的种类。", {"kind": "不在可选范围内，请从列表中选择。"})
            at = data.at or change.step.at
            if at > change.step.at:
                raise BadInput("时间不能晚于现在。", {"at": "时间不能晚于现在。"})
            change.result["activity"] = add_activity_row(change.step, data.kind, data.text, at, data.private)
    return change


def add_activity_row(step: Any, kind: str, text: str, at: datetime, private: bool = False) -> int:
    """The row alone, for effects of events."""
    row = Activity(
        case_id=step.case_id,
        proceeding_id=step.proceeding_id,
        kind=kind,
        text=text,
        private=private,
        at=at,
        by_id=step.actor.person_id,
    )
    step.session.add(row)
    step.session.flush()
    step.before.setdefault("activities", []).append(row.id)
    return row.id
