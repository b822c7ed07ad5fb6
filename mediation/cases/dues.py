"""Deadlines as people read them: which kind of date it is, how far away, and why it is that day."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from ..deadlines.models import Deadline, DeadlineChange
from ..people.models import Person

Kind = Literal["law", "agreed", "internal"]

CHANGES = {
    "extended": "延期",
    "suspended": "中止",
    "resumed": "恢复",
    "start_corrected": "更正起算日",
    "calendar_changed": "放假安排变更后重算",
    "limitation": "时效重新推算",
    "undone": "撤销",
}


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One change of a deadline."""

    title: str
    on: date
    reason: str
    before: date
    after: date
    by: str


@dataclass(frozen=True, slots=True)
class Due:
    """One deadline. `kind`: a limit of the law, a day the parties agreed on, or the office's own target.

    `days` are left until the day (negative: gone by). `reasons` and `cites` answer "why this date".
    """

    id: int
    proceeding_id: int
    name: str
    subject: str
    title: str
    owner: str
    kind: Kind
    due_on: date
    due_at: datetime | None
    target_on: date | None
    nominal_due: date
    provisional: bool
    verified: bool
    suspended_on: date | None
    closed_at: datetime | None
    quarantined_why: str | None
    calendar: str
    days: int
    passed: bool
    target_passed: bool
    reasons: tuple[str, ...]
    cites: tuple[Mapping[str, Any], ...]
    ledger: tuple[LedgerLine, ...] = ()

    @property
    def overdue(self) -> bool:
        """Late before the law or before the other side."""
        return self.passed and self.kind != "internal"

    @property
    def behind(self) -> bool:
        """Later than the office wanted to be, and late before nobody else."""
        return not self.overdue and (self.passed or self.target_passed)


def running(table: type[Deadline] = Deadline) -> ColumnElement[bool]:
    """Open and not suspended: what one has to act on. `table` may be an alias."""
    return and_(table.closed_at.is_(None), table.suspended_on.is_(None))


def overdue(now: datetime, table: type[Deadline] = Deadline) -> ColumnElement[bool]:
    """Running, and late before the law or before the other side (not: behind an internal target)."""
    gone = or_(table.due_at < now, and_(table.due_at.is_(None), table.legal_due < now.date()))
    return and_(running(table), table.legal_due <= now.date(), gone, or_(table.legal, table.period.is_(None)))


def as_due(row: Deadline, now: datetime) -> Due:
    told, today = json.loads(row.explanation), now.date()
    live = row.closed_at is None and row.suspended_on is None
    gone = row.due_at < now if row.due_at is not None else row.legal_due < today
    return Due(
        id=row.id,
        proceeding_id=row.proceeding_id,
        name=row.name,
        subject=row.subject,
        title=row.title,
        owner=row.owner,
        kind="law" if row.legal else "agreed" if row.period is None else "internal",
        due_on=row.legal_due,
        due_at=row.due_at,
        target_on=row.target_on,
        nominal_due=row.nominal_due,
        provisional=row.provisional,
        verified=row.verified,
        suspended_on=row.suspended_on,
        closed_at=row.closed_at,
        quarantined_why=row.quarantined_why,
        calendar=row.calendar,
        days=(row.legal_due - today).days,
        passed=live and gone,
        target_passed=live and row.target_on is not None and row.target_on < today,
        reasons=tuple(told.get("reasons", ())),
        cites=tuple(told.get("cites", ())),
    )


def dues_of(session: Session, case_id: int, now: datetime) -> tuple[Due, ...]:
    """All deadlines of a case with their ledgers: the running ones first, by day."""
    query = (
        select(Deadline)
        .where(Deadline.case_id == case_id)
        .order_by(Deadline.closed_at.is_not(None), Deadline.legal_due, Deadline.id)
    )
    dues = [as_due(row, now) for row in session.scalars(query)]
    ledgers = _ledgers(session, [due.id for due in dues])
    return tuple(replace(due, ledger=tuple(ledgers.get(due.id, ()))) for due in dues)


def _ledgers(session: Session, ids: Collection[int]) -> Mapping[int, Sequence[LedgerLine]]:
    query = (
        select(DeadlineChange, Person.name)
        .outerjoin(Person, Person.id == DeadlineChange.by_id)
        .where(DeadlineChange.deadline_id.in_(ids))
        .order_by(DeadlineChange.id)
    )
    ledgers: dict[int, list[LedgerLine]] = {}
    for row, name in session.execute(query):
        line = LedgerLine(
            CHANGES.get(row.kind, row.kind), row.on, row.reason, row.legal_before, row.legal_after, name or "系统时钟"
        )
        ledgers.setdefault(row.deadline_id, []).append(line)
    return ledgers
