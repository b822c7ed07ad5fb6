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
from ..law.periods import Period
from ..law.reckoning import Reckoning, extend, reckon, resume
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
    happened_on: date | None = None
    """The day on which it happened, where that is told; else the day of recording."""

    @property
    def on(self) -> date:
        return self.happened_on or self.at.date()

    def line(self, deadline: Deadline, kind: str, nominal_before: date, legal_before: date) -> None:
        self.session.add(
            DeadlineChange(
                deadline_id=deadline.id,
                kind=kind,
                on=self.on,
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
    if deadline.period is None:
        raise BadInput(f"“{rule.title}”是约定的日期，请重新约定。")
    period = move.law.period_since(deadline.period, deadline.start_on)
    before = deadline.nominal_due, deadline.legal_due
    more = days if days is not None else _until(move.law, period, deadline, until, rule)
    longer = extend(
        period,
        deadline.start_on,
        deadline.nominal_due,
        more,
        move.law.calendar,
        already=extended_so_far(move.session, move.law, period, deadline.id),
    )
    _set(deadline, longer.nominal_due, longer.legal_due, rule)
    deadline.provisional = longer.provisional
    deadline.explanation = explanation(longer)
    deadline.missed_at = None
    move.line(deadline, "extended", *before)
    return Moved(deadline.id, deadline.nominal_due, deadline.legal_due)


def _until(law: LawBook, period: Period, deadline: Deadline, until: date | None, rule: DeadlineRule) -> int:
    """How much longer the agreed day is, in the unit of the extension."""
    more = _between(law, period, deadline.nominal_due, until) if until else 0
    if more < 1:
        shown = deadline.nominal_due.isoformat()
        raise BadInput(f"延期后的日期须晚于“{rule.title}”现在的届满日{shown}。", {"extended_until": f"须晚于{shown}。"})
    return more


def _between(law: LawBook, period: Period, before: date, after: date) -> int:
    unit = period.extension.unit if period.extension else ""
    if unit == "working_days":
        return law.calendar.count_working(before, after)
    if unit == "months":
        return (after.year - before.year) * 12 + after.month - before.month
    return (after - before).days


def extended_so_far(session: Session, law: LawBook, period: Period, deadline_id: int) -> int:
    """What earlier extensions gave, in the unit of the extension."""
    given = [line for line in standing(session, deadline_id) if line.kind == "extended"]
    return sum(_between(law, period, line.nominal_before, line.nominal_after) for line in given)


MOVES = ("extended", "suspended", "resumed")
"""Kinds of lines that an event writes, and that an undo of that event takes back."""


def standing(session: Session, deadline_id: int) -> Sequence[DeadlineChange]:
    """The extensions, suspensions and resumptions that were not undone, in their order."""
    query = select(DeadlineChange).where(DeadlineChange.deadline_id == deadline_id).order_by(DeadlineChange.id)
    found: list[DeadlineChange] = []
    for line in session.scalars(query):
        if line.kind == "undone":
            found.pop()
        elif line.kind in MOVES:
            found.append(line)
    return found


def undo_moves(move: Move, rule: DeadlineRule, done_at: datetime) -> list[Moved]:
    """Take back what the event of that instant did to the running deadlines of this rule, with a line that says so."""
    moved = []
    for deadline in running(move.session, move.proceeding_id, rule.name):
        lines = standing(move.session, deadline.id)
        if lines and lines[-1].at == done_at:
            _undo_move(move, rule, deadline, lines)
            moved.append(Moved(deadline.id, deadline.nominal_due, deadline.legal_due))
    return moved


def _undo_move(move: Move, rule: DeadlineRule, deadline: Deadline, lines: Sequence[DeadlineChange]) -> None:
    last, before = lines[-1], (deadline.nominal_due, deadline.legal_due)
    _set(deadline, last.nominal_before, last.legal_before, rule)
    if last.kind != "extended":
        stops = [line.on for line in lines if line.kind == "suspended"]
        deadline.suspended_on = stops[-1] if last.kind == "resumed" and stops else None
    move.line(deadline, "undone", *before)
    if last.kind != "suspended":
        timed = as_course(_anew(move.session, move.law, deadline, deadline.start_on))
        deadline.provisional, deadline.explanation = timed.provisional, timed.explanation


def _set(deadline: Deadline, nominal: date, legal: date, rule: DeadlineRule) -> None:
    deadline.nominal_due = nominal
    deadline.legal_due = legal
    deadline.target_on = legal - timedelta(days=rule.target) if rule.target else None


def suspend_deadline(move: Move, rule: DeadlineRule) -> list[int]:
    """Stop the clock; the ids of the deadlines stopped. What was over by then has nothing left to stop."""
    stopped = []
    for deadline in running(move.session, move.proceeding_id, rule.name):
        if move.on < deadline.start_on:
            shown = deadline.start_on.isoformat()
            sentence = f"中止日不能早于“{rule.title}”的起算日{shown}，请核对。"
            raise BadInput(sentence, {"suspended_on": f"不能早于{shown}。"})
        if deadline.suspended_on is None and move.on <= deadline.nominal_due:
            deadline.suspended_on = move.on
            move.line(deadline, "suspended", deadline.nominal_due, deadline.legal_due)
            stopped.append(deadline.id)
    return stopped


def resume_deadline(move: Move, rule: DeadlineRule) -> list[Moved]:
    """Let the remainder run on."""
    moved = []
    for deadline in running(move.session, move.proceeding_id, rule.name):
        if deadline.suspended_on is None or deadline.period is None:
            continue
        before = deadline.nominal_due, deadline.legal_due
        period = move.law.period_since(deadline.period, deadline.start_on)
        later = resume(
            period,
            deadline.start_on,
            deadline.nominal_due,
            deadline.suspended_on,
            move.on,
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
    deadline = _correctable(session, deadline_id)
    fresh = _anew(session, law, deadline, start)
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


KEPT = ("limitation", "advance_aid")
"""Reckoned from events of their own by `mediation.limitation`, never from one start."""


def _correctable(session: Session, deadline_id: int) -> Deadline:
    deadline = session.get(Deadline, deadline_id, populate_existing=True)
    if deadline is None or deadline.closed_at is not None:
        raise NotFound("没有这个期限，或者期限已经结束。")
    if deadline.name in KEPT:
        raise BadInput("时效按登记的事实和中断、中止事由推算，请更正这些登记。")
    if deadline.period is None:
        raise BadInput("约定的日期没有起算日，请重新约定。")
    if deadline.due_at is not None:
        raise BadInput("按小时计算的期限不能更正起算日，请在工作记录中说明。")
    return deadline


def _anew(session: Session, law: LawBook, deadline: Deadline, start: date) -> Reckoning:
    """Reckon from `start`, then everything that the ledger says was given or lost since, in the same order."""
    period = law.period_since(deadline.period or "", start)
    fresh = reckon(period, start, law.calendar)
    given, stopped_on = 0, None
    for line in standing(session, deadline.id):
        due = as_course(fresh).nominal_due
        if line.kind == "extended":
            more = _between(law, period, line.nominal_before, line.nominal_after)
            fresh = extend(period, start, due, more, law.calendar, already=given)
            given += more
        elif line.kind == "suspended":
            stopped_on = line.on
        elif line.kind == "resumed" and stopped_on is not None:
            fresh = resume(period, start, due, stopped_on, line.on, law.calendar)
    return fresh


def correct_start(move: Move, rule: DeadlineRule, deadline_id: int, start: date) -> Moved:
    """Set another starting day and recount; extensions and suspensions stay."""
    return _recounted(move, rule, deadline_id, start, "start_corrected")


def recalculate(move: Move, rule: DeadlineRule, deadline_id: int) -> Moved:
    """The calendar has changed: recount from the same starting day."""
    deadline = _correctable(move.session, deadline_id)
    return _recounted(move, rule, deadline_id, deadline.start_on, "calendar_changed")


def _recounted(move: Move, rule: DeadlineRule, deadline_id: int, start: date, kind: str) -> Moved:
    deadline = _correctable(move.session, deadline_id)
    fresh = _anew(move.session, move.law, deadline, start)
    timed = as_course(fresh)
    before = deadline.nominal_due, deadline.legal_due
    _set(deadline, timed.nominal_due, timed.legal_due, rule)
    deadline.start_on = timed.start_on
    deadline.provisional = timed.provisional
    deadline.explanation = timed.explanation
    deadline.calendar = move.law.calendar_version
    if deadline.legal_due >= move.at.date():
        deadline.missed_at = None
    deadline.quarantined_why = None
    move.line(deadline, kind, *before)
    return Moved(deadline.id, deadline.nominal_due, deadline.legal_due)


def recalculated(session: Session, law: LawBook) -> list[Recount]:
    """After a change of the calendars: every open deadline whose dates change, or which was provisional and is no
    more (or the other way round). Writes nothing.
    """
    query = select(Deadline).where(
        Deadline.closed_at.is_(None),
        Deadline.period.is_not(None),
        Deadline.calendar != law.calendar_version,
        Deadline.due_at.is_(None),
        Deadline.name.not_in(KEPT),
    )
    found = session.scalars(query.order_by(Deadline.id)).all()
    previews = [(d, recount(session, law, d.id, d.start_on)) for d in found]
    return [p for d, p in previews if _changes(d, p)]


def _changes(deadline: Deadline, fresh: Recount) -> bool:
    was = (deadline.nominal_due, deadline.legal_due, deadline.provisional)
    return was != (fresh.nominal_after, fresh.legal_after, fresh.provisional)
