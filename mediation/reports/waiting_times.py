"""How long something has waited, in working days, and for how much of that it stood still: holds hide nothing."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..assignments.models import Assignment, HandOver, HandOverItem
from ..cases.models import AuditEntry
from ..deadlines.models import Deadline, DeadlineChange
from ..runtime import Runtime


def since_with_person(session: Session, held: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], datetime]:
    """(procedure, person) → since when it has lain with them, where somebody gave it to them."""
    wanted, ids = set(held), {proceeding for proceeding, _ in held}
    found: dict[tuple[int, int], datetime] = {}

    def note(proceeding: int, person: int | None, at: datetime | None) -> None:
        key = proceeding, person or 0
        if key in wanted and at is not None:
            found[key] = max(at, found.get(key, at))

    live = select(Assignment).where(Assignment.proceeding_id.in_(ids), Assignment.ended_at.is_(None))
    for row in session.scalars(live):
        note(row.proceeding_id, row.person_id, row.began_at)
    moved = (
        select(HandOverItem, HandOver.giver_id)
        .join(HandOver, HandOver.id == HandOverItem.hand_over_id)
        .where(HandOverItem.proceeding_id.in_(ids))
    )
    for item, giver in session.execute(moved):
        note(item.proceeding_id, item.receiver_id, item.moved_at)
        note(item.proceeding_id, giver, item.returned_at)
    assigned = select(AuditEntry.proceeding_id, AuditEntry.payload, AuditEntry.at).where(
        AuditEntry.proceeding_id.in_(ids), AuditEntry.event == "assign_mediator"
    )
    for proceeding, payload, at in session.execute(assigned):
        note(proceeding or 0, json.loads(payload)["answers"].get("mediator"), at)
    return found


def held_days(session: Session, runtime: Runtime, proceeding_ids: Collection[int]) -> Mapping[int, int]:
    """Working days for which a deadline of the procedure stood still so far; overlapping holds count once."""
    query = (
        select(Deadline.proceeding_id, DeadlineChange.deadline_id, DeadlineChange.kind, DeadlineChange.on)
        .join(Deadline, Deadline.id == DeadlineChange.deadline_id)
        .where(Deadline.proceeding_id.in_(proceeding_ids), DeadlineChange.kind.in_(("suspended", "resumed")))
        .order_by(DeadlineChange.id)
    )
    open_since: dict[int, tuple[int, date]] = {}
    spans: dict[int, list[tuple[date, date]]] = {}
    for proceeding, deadline, kind, on in session.execute(query):
        if kind == "suspended":
            open_since[deadline] = proceeding, on
        elif deadline in open_since:
            spans.setdefault(proceeding, []).append((open_since.pop(deadline)[1], on))
    for proceeding, on in open_since.values():
        spans.setdefault(proceeding, []).append((on, runtime.clock.today()))
    return {proceeding: _counted(runtime, held) for proceeding, held in spans.items()}


def _counted(runtime: Runtime, spans: list[tuple[date, date]]) -> int:
    count, total, reached = runtime.law.calendar.count_working, 0, date.min
    for start, end in sorted(spans):
        start = max(start, reached)
        if end > start:
            total += count(start, end)
            reached = end
    return total
