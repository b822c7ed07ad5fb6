"""A deadline that was counted from the wrong day, or by a calendar that has changed: shown first, then recounted.

Every recount writes a line in the deadline's ledger, plans its reminders anew and leaves an audit entry.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..deadlines.ledger import Move, Moved, Recount, correct_start, recalculate, recount
from ..deadlines.models import Deadline
from ..engine.ask_types import Day, LongText
from ..engine.definition import DeadlineRule
from ..errors import BadInput, NotFound
from ..people.actor import CLOCK, Actor
from ..runtime import Runtime
from .access import seen
from .change import Change, changing
from .models import Proceeding
from .proceedings import dispute_of
from .schedule import replan

CALENDAR = "放假安排变更，重新推算"


class StartCorrection(BaseModel):
    """From which day the deadline should have been counted, and why."""

    model_config = ConfigDict(extra="forbid", title="更正起算日")

    start: Day = Field(title="起算日")
    reason: LongText = Field(title="理由", max_length=500)


def preview(session: Session, runtime: Runtime, case_id: int, deadline_id: int, start: date, actor: Actor) -> Recount:
    """What a correction would do, for those who may see the case. Writes nothing, locks nothing."""
    connection = session.connection()
    seen(actor, runtime.reading.row(connection, dispute_of(connection, case_id), runtime.clock.now()))
    _rule(session, runtime, case_id, deadline_id)
    _not_later(start, runtime.clock.today())
    return recount(session, runtime.law, deadline_id, start)


def correct_deadline(
    session: Session,
    runtime: Runtime,
    case_id: int,
    deadline_id: int,
    data: StartCorrection,
    *,
    revision: int,
    key: str,
    actor: Actor,
) -> Change:
    """Count the deadline from another day; `result` says what moved from when to when."""
    given = {"deadline": deadline_id, **data.model_dump(mode="json")}
    word = "correct_deadline"
    with changing(session, runtime, case_id, word, given, revision=revision, key=key, actor=actor) as change:
        if change.repeated is None:
            rule, proceeding_id = _rule(session, runtime, case_id, deadline_id)
            _not_later(data.start, change.step.today)
            move = Move(session, runtime.law, proceeding_id, data.reason, actor.person_id, change.step.at)
            shown = recount(session, runtime.law, deadline_id, data.start)
            moved = correct_start(move, rule, deadline_id, data.start)
            change.result |= _replan(change, rule, moved, shown, "起算日已更正")
    return change


def apply_calendar(session: Session, runtime: Runtime, case_id: int, shown: Recount) -> Change:
    """Recount one deadline by the present calendars, as the clock's own doing. The same calendar twice does nothing."""
    version = runtime.law.calendar_version
    given = {"deadline": shown.deadline_id, "calendar": version}
    key = f"calendar:{version}:{shown.deadline_id}"
    with changing(
        session,
        runtime,
        case_id,
        "calendar_changed",
        given,
        revision=None,
        key=key,
        actor=CLOCK,
        bumps=False,
    ) as change:
        if change.repeated is None:
            rule, proceeding_id = _rule(session, runtime, case_id, shown.deadline_id)
            move = Move(session, runtime.law, proceeding_id, CALENDAR, None, change.step.at)
            moved = recalculate(move, rule, shown.deadline_id)
            change.result |= _replan(change, rule, moved, shown, CALENDAR)
    return change


def _replan(change: Change, rule: DeadlineRule, moved: Moved, shown: Recount, reason: str) -> Mapping[str, Any]:
    replan(change.step, rule, moved, reason)
    return {
        "deadline": moved.id,
        "start_before": shown.start_before,
        "start": shown.start_after,
        "due_before": shown.legal_before,
        "due": moved.legal_due,
    }


def _rule(session: Session, runtime: Runtime, case_id: int, deadline_id: int) -> tuple[DeadlineRule, int]:
    """The rule and the proceeding of a deadline of this case."""
    query = (
        select(Deadline.name, Proceeding.id, Proceeding.workflow, Proceeding.version)
        .join(Proceeding, Proceeding.id == Deadline.proceeding_id)
        .where(Deadline.id == deadline_id, Deadline.case_id == case_id)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound("本案没有这个期限。")
    name, proceeding_id, workflow, version = found
    rule = runtime.machine(workflow, version).definition.deadlines.get(name)
    if rule is None:
        raise NotFound("流程定义中已经没有这个期限，请联系管理员。")
    return rule, proceeding_id


def _not_later(start: date, today: date) -> None:
    if start > today:
        raise BadInput("起算日不能晚于今天。", {"start": "起算日不能晚于今天。"})
