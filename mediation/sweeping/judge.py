"""Judging a due reminder at the moment of sending: is the deadline still what it was when the reminder was planned?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from ..assignments.models import Assignment
from ..cases.models import Case, Proceeding
from ..deadlines.models import Deadline
from ..people.models import Organisation
from ..reminders.models import Reminder
from ..reminders.plan import moment


@dataclass(frozen=True, slots=True)
class Due:
    """A due reminder with everything that decides whether, to whom and what is sent."""

    reminder: Reminder
    deadline: Deadline
    workflow: str
    version: int
    state: str
    ended_at: datetime | None
    owner_id: int | None
    lawyer_id: int | None
    """Who holds the proceeding as its lawyer, now."""
    main_owner_id: int | None
    """The mediator of the case: who owns its dispute proceeding."""
    case_number: str
    merged_into_id: int | None
    restricted_at: datetime | None
    path: str
    newest_round: int


@dataclass(frozen=True, slots=True)
class NotNow:
    """Not to be sent: never (`until` None), or not before `until` because the deadline has moved."""

    why: str
    until: datetime | None = None


_rounds, _main = aliased(Reminder), aliased(Proceeding)
_NEWEST = select(func.max(_rounds.round)).where(_rounds.deadline_id == Deadline.id).scalar_subquery()
_LAWYER = (
    select(func.max(Assignment.person_id))
    .where(Assignment.proceeding_id == Proceeding.id, Assignment.role == "lawyer", Assignment.ended_at.is_(None))
    .scalar_subquery()
)
_MAIN_OWNER = (
    select(func.max(_main.owner_id)).where(_main.case_id == Case.id, _main.workflow == "dispute").scalar_subquery()
)


def look(session: Session, ids: Iterable[int]) -> Mapping[int, Due]:
    """The present facts of these reminders, in one statement."""
    query = (
        select(
            Reminder,
            Deadline,
            Proceeding.workflow,
            Proceeding.version,
            Proceeding.state,
            Proceeding.ended_at,
            Proceeding.owner_id,
            _LAWYER,
            _MAIN_OWNER,
            Case.number,
            Case.merged_into_id,
            Case.restricted_at,
            Organisation.path,
            _NEWEST,
        )
        .join(Deadline, Deadline.id == Reminder.deadline_id)
        .join(Proceeding, Proceeding.id == Deadline.proceeding_id)
        .join(Case, Case.id == Proceeding.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(Reminder.id.in_(list(ids)))
    )
    return {row[0].id: Due(*row) for row in session.execute(query)}


def not_now(due: Due, now: datetime) -> NotNow | None:
    """Why this reminder is not sent; None: send it."""
    deadline = due.deadline
    if deadline.closed_at is not None:
        return NotNow("期限已结束，不再提醒。")
    if due.ended_at is not None and deadline.opened_at < due.ended_at:  # what the end itself opened, outlives it
        return NotNow("程序已经办结，不再提醒。")
    if due.merged_into_id is not None:
        return NotNow("本案已并入另一案件，由该案继续提醒。")
    if deadline.suspended_on is not None:
        return NotNow("期限已中止，恢复计算后按新的日期提醒。")
    if due.newest_round > due.reminder.round:
        return NotNow("期限已变更，已按新的日期另行安排提醒。")
    when = moment(due.reminder.rung, deadline.nominal_due, deadline.legal_due, deadline.due_at)
    if when > now:
        return NotNow("期限已变更，改按新的日期提醒。", when)
    return None
