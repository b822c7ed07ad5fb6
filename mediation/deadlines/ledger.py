"""Extension, suspension, resumption and correction of a running deadline: each with a line in its ledger.

Who may extend stands with the period in `workflows/law`; the arithmetic is `mediation.law.reckoning`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..engine.definition import DeadlineRule
from ..errors import BadInput, NotFound, Refusal, Refused
from ..law.book import LawBook
from ..law.reckoning import extend, resume
from .models import Deadline, DeadlineChange
from .run import as_course, explanation


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline after its due day has changed."""

    id: int
    nominal_due: date
    legal_due: date


@dataclass(frozen=True, slots=True)
class Move:
    """What every line of the ledger says: on which proceeding, why, by whom, when, shown by which paper."""

    session: Session
    law: LawBook
    proceeding_id: int
    reason: str
    by_id: int | None
    at: datetime
    evidence_id: int | None = None

    def line(self, deadline: Deadline, kind: str, nominal_before: date, legal_before: date) -> None:
        self.session.add(
            DeadlineChange(
                deadline_id=deadline.id,
                kind=kind,
                on=self.at.date(),
                reason=self.reason,
                evidence_id=self.evidence_id,
                nominal_before=nominal_before,
                legal_before=legal_before,
                nominal_after=deadline.nominal_due,
                legal_after=deadline.legal_due,
                at=self.at,
                by_id=self.by_id,
            )
        )
        self.session.flush()


def running(session: Session, proceeding_id: int, name: str) -> Sequence[Deadline]:
    """The open deadlines of this name, oldest first."""
    query = select(Deadline).where(
        Deadline.proceeding_id == proceeding_id, Deadline.name == name, Deadline.closed_at.is_(None)
    )
    return session.scalars(query.order_by(Deadline.id).execution_options(populate_existing=True)).all()


def _one(move: Move, rule: DeadlineRule) -> Deadline:
    found = running(move.session, move.proceeding_id, rule.name)
    if not found:
        raise Refused([Refusal("deadline_is_running", f"“{rule.title}”没有在计算，无从变更。")])
    return found[0]


def extend_deadline(move: Move, rule: DeadlineRule, *, until: date | None = None, days: int | None = None) -> Moved:
    """Prolong by `days`, or to the agreed day `until`; within what the period allows (its cap, its unit)."""
    deadline = _one(move, rule)
    if rule.period is None:
        raise BadInput(f"“{rule.title}”是约定的日期，请重新约定。")
    period = move.law.period(rule.period, deadline.start_on)
    before = deadline.nominal_due, deadline.legal_due
    more = days if days is not None else _days_until(deadline, until, rule)
    longer = extend(
        period,
        deadline.start_on,
        deadline.nominal_due,
        more,
        move.law.calendar,
        already=extended_so_far(move.session, deadline.id),
    )
    _set(deadline, longer.nominal_due, longer.legal_due, rule)
    deadline.provisional = longer.provisional
    deadline.explanation = explanation(longer)
    deadline.missed_at = None
    move.line(deadline, "extended", *before)
    return Moved(deadline.id, deadline.nominal_due, deadline.legal_due)


def _days_until(deadline: Deadline, until: date | None, rule: DeadlineRule) -> int:
    if until is None or until <= deadline.nominal_due:
        shown = deadline.nominal_due.isoformat()
        raise BadInput(f"延期后的日期须晚于“{rule.title}”现在的届满日{shown}。", {"extended_until": f"须晚于{shown}。"})
    return (until - deadline.nominal_due).days


def extended_so_far(session: Session, deadline_id: int) -> int:
    """Days already given by earlier extensions."""
    rows = session.execute(
        select(DeadlineChange.nominal_before, DeadlineChange.nominal_after).where(
            DeadlineChange.deadline_id == deadline_id, DeadlineChange.kind == "extended"
        )
    )
    return sum((after - before).days for before, after in rows)


def _set(deadline: Deadline, nominal: date, legal: date, rule: DeadlineRule) -> None:
    deadline.nominal_due = nominal
    deadline.legal_due = legal
    deadline.target_on = legal - timedelta(days=rule.target) if rule.target else None


def suspend_deadline(move: Move, rule: DeadlineRule) -> list[int]:
    """Stop the clock today; the ids of the deadlines stopped."""
    stopped = []
    for deadline in running(move.session, move.proceeding_id, rule.name):
        if deadline.suspended_on is None:
            deadline.suspended_on = move.at.date()
            move.line(deadline, "suspended", deadline.nominal_due, deadline.legal_due)
            stopped.append(deadline.id)
    return stopped


def resume_deadline(move: Move, rule: DeadlineRule) -> list[Moved]:
    """Let the remainder run on from today."""
    moved = []
    for deadline in running(move.session, move.proceeding_id, rule.name):
        if deadline.suspended_on is None or rule.period is None:
            continue
        before = deadline.nominal_due, deadline.legal_due
        period = move.law.period(rule.period, deadline.start_on)
        later = resume(
            period,
            deadline.start_on,
            deadline.nominal_due,
            deadline.suspended_on,
            move.at.date(),
            move.law.calendar,
        )
        _set(deadline, later.nominal_due, later.legal_due, rule)
        deadline.suspended_on = None
        deadline.provisional = later.provisional
        deadline.explanation = explanation(later)
        move.line(deadline, "resumed", *before)
        moved.append(Moved(deadline.id, deadline.nominal_due, deadline.legal_due))
    return moved


@dataclass(frozen=True, slots=True)
class Recount:
    """What a corrected start would do to one deadline; the preview and the deed show the same."""

    deadline_id: int
    title: str
    start_before: date
    start_after: date
    legal_before: date
    legal_after: date
    nominal_after: date
    provisional: bool
    reasons: tuple[str, ...]


def recount(session: Session, law: LawBook, deadline_id: int, start: date) -> Recount:
    """Preview: the deadline as it would be if it had started on `start`. Writes nothing."""
    deadline = session.get(Deadline, deadline_id)
    if deadline is None or deadline.closed_at is not None:
        raise NotFound("没有这个期限，或者期限已经结束。")
    if deadline.period is None:
        raise BadInput("约定的日期没有起算日，请重新约定。")
    fresh = law.reckon(deadline.period, start)
    timed = as_course(fresh)
    return Recount(
        deadline.id,
        deadline.title,
        deadline.start_on,
        timed.start_on,
        deadline.legal_due,
        timed.legal_due,
        timed.nominal_due,
        timed.provisional,
        fresh.reasons,
    )


def correct_start(move: Move, rule: DeadlineRule, deadline_id: int, start: date) -> Moved:
    """Set another starting day and recount."""
    deadline = move.session.get(Deadline, deadline_id)
    preview = recount(move.session, move.law, deadline_id, start)
    assert deadline is not None
    before = deadline.nominal_due, deadline.legal_due
    _set(deadline, preview.nominal_after, preview.legal_after, rule)
    deadline.start_on = preview.start_after
    deadline.provisional = preview.provisional
    deadline.explanation = explanation(move.law.reckon(deadline.period or "", start))
    deadline.calendar = move.law.calendar_version
    move.line(deadline, "start_corrected", *before)
    return Moved(deadline.id, deadline.nominal_due, deadline.legal_due)


def recalculated(session: Session, law: LawBook) -> list[Recount]:
    """After a change of the calendars: every open, never moved deadline whose dates change. Writes nothing.

    Deadlines that were extended or suspended are listed by their last line of the ledger and left to a person.
    """
    moved_ids = select(DeadlineChange.deadline_id)
    query = select(Deadline).where(
        Deadline.closed_at.is_(None),
        Deadline.period.is_not(None),
        Deadline.calendar != law.calendar_version,
        Deadline.due_at.is_(None),
        Deadline.id.not_in(moved_ids),
    )
    previews = (recount(session, law, d.id, d.start_on) for d in session.scalars(query.order_by(Deadline.id)))
    return [p for p in previews if p.legal_after != p.legal_before]
