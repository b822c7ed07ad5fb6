"""Keeps the limitation deadlines of a case in step with its clocks, in the transaction of whatever changed them.

Only differences are written: a clock that moved leaves a line in the ledger of its deadline and a new ladder of
reminders. With the dispute the deadlines end; the clocks themselves can still be read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from ..cases.models import CaseLink
from ..cases.step import Step
from ..deadlines.models import Deadline, DeadlineChange
from ..deadlines.run import Course, course, open_deadline
from ..engine.definition import DeadlineRule
from ..reminders.models import WAITING, Reminder
from ..reminders.plan import cancel_deadlines, plan, plan_anew
from .clocks import DemandClock, clocks_of
from .models import LimitationEvent
from .wanted import Wanted, wanted_of

LIMITATION, ADVANCE, ACTION = "limitation", "advance_aid", "advance_aid_action"
KEPT_TABLES: Mapping[str, tuple[str, ...]] = {"demands": ("started_on", "ends_on")}
"""The tables that definitions name in `each` and whose deadlines are written here."""

RAISED = "advance_aid_due"
"""The event that the clock fires when fewer than seven days are left."""

UNTOUCHED = frozenset(
    (
        *("add_activity", "add_evidence", "draft_paper", "record_award", "record_credit", "correct_deadline"),
        *("book_meeting", "move_meeting", "cancel_meeting", "meeting_told", "party_time"),
    )
)
"""Changes of the file on which no clock depends."""


def keep_limitation(step: Step) -> None:
    """After any change of a case that is open: reckon anew and write what differs."""
    if step.facts.workflow != "dispute" or step.facts.ended_at is not None or step.event in UNTOUCHED:
        return
    if step.event == "register":
        _take_along(step)
    reckon_limitation(step)


def _take_along(step: Step) -> None:
    """A case that was split off keeps what interrupted or suspended the limitation in the case it comes from."""
    origin = select(CaseLink.other_id).where(CaseLink.case_id == step.case_id, CaseLink.kind == "split_from")
    old = select(LimitationEvent).where(
        LimitationEvent.case_id.in_(origin), LimitationEvent.demand_id.is_(None), LimitationEvent.struck_at.is_(None)
    )
    copied = ("kind", "ground", "on", "note", "source_event", "by_id")
    for event in step.session.scalars(old.order_by(LimitationEvent.id)).all():
        twin = {name: getattr(event, name) for name in copied}
        step.session.add(LimitationEvent(case_id=step.case_id, at=step.at, **twin))


def reckon_limitation(step: Step) -> None:
    """The same without asking whether the case is open, for events that open it again."""
    rules = step.runtime.machine(step.facts.workflow, step.facts.version).definition.deadlines
    if LIMITATION not in rules or ADVANCE not in rules:
        return
    step.session.flush()
    clocks = clocks_of(step.session, step.runtime, step.case_id)
    rows = step.session.execute(_OPEN.where(Deadline.proceeding_id == step.proceeding_id)).all()
    keeper = _Keeper(step, rules[LIMITATION], [row for row in rows if row.name == LIMITATION])
    keeper.keep(wanted_of(clocks))
    keep_advance(step, rules[ADVANCE], clocks, [row for row in rows if row.name != LIMITATION])
    if keeper.told:
        step.results[LIMITATION] = {**keeper.told, "earliest": keeper.earliest}


_SHOWN = ("start_on", "nominal_due", "legal_due", "provisional", "verified", "explanation")
_OPEN = (
    select(
        Deadline.id,
        Deadline.name,
        Deadline.subject,
        Deadline.title,
        Deadline.period,
        Deadline.calendar,
        Deadline.suspended_on,
        Deadline.missed_at,
        *(getattr(Deadline, name) for name in _SHOWN),
    )
    .where(Deadline.name.in_((LIMITATION, ADVANCE, ACTION)), Deadline.closed_at.is_(None))
    .order_by(Deadline.id)
)


class _Keeper:
    """Compares the deadlines that run with those wanted. What changes alike is written in one statement, however many
    demands there are."""

    def __init__(self, step: Step, rule: DeadlineRule, rows: Sequence[Row[Any]]) -> None:
        self.step = step
        self.rule = rule
        self.rows = {row.subject: row for row in rows}
        self.calendar = step.runtime.law.calendar_version
        self.told: dict[str, int] = {}
        self.earliest: date | None = None

    def keep(self, wanted: Mapping[str, Wanted]) -> None:
        self._close([row.id for subject, row in self.rows.items() if subject not in wanted])
        kept = [(self.rows[subject], one) for subject, one in wanted.items() if subject in self.rows]
        moved = self._renew(kept)
        for subject, one in wanted.items():
            if subject not in self.rows and one.course is not None:
                self._open(one, one.course)
        if self.told:
            self._remind(kept, moved)
        self.earliest = min((one.course.legal_due for one in wanted.values() if one.course), default=None)

    def _count(self, what: str, n: int = 1) -> None:
        if n:
            self.told[what] = self.told.get(what, 0) + n

    def _close(self, ids: Sequence[int]) -> None:
        close(self.step, ids, "时效不再计算")
        self._count("closed", len(ids))

    def _open(self, one: Wanted, timed: Course) -> None:
        step = self.step
        opened = open_deadline(
            step.connection,
            replace(self.rule, period=one.period),
            timed,
            case_id=step.case_id,
            proceeding_id=step.proceeding_id,
            subject=one.subject,
            label=one.label,
            calendar=self.calendar,
            at=step.at,
        )
        if one.carrier:
            plan(
                step.connection,
                opened.id,
                self.rule.remind,
                nominal_due=timed.nominal_due,
                legal_due=timed.legal_due,
                due_at=None,
                at=step.at,
            )
        self._count("opened")

    def _renew(self, kept: Sequence[tuple[Row[Any], Wanted]]) -> frozenset[int]:
        """Write what the rows should say; those whose last day moved, or that stopped or went on."""
        alike: dict[tuple[tuple[str, Any], ...], list[int]] = {}
        lines, moved = [], set[int]()
        for row, one in kept:
            changes = self._changes(row, one)
            if changes:
                alike.setdefault(tuple(changes.items()), []).append(row.id)
            if changes.keys() & {"nominal_due", "legal_due", "suspended_on"}:
                moved.add(row.id)
                lines.append(self._line(row, changes))
        for values, ids in alike.items():
            self.step.session.execute(
                update(Deadline).where(Deadline.id.in_(ids)).values(dict(values)),
                execution_options={"synchronize_session": False},
            )
        for part in _parts(lines):
            self.step.session.execute(insert(DeadlineChange).values(part))
        self._count("moved", len(moved))
        return frozenset(moved)

    def _changes(self, row: Row[Any], one: Wanted) -> dict[str, Any]:
        wanted: dict[str, Any] = {
            "title": f"{self.rule.title}：{one.label}"[:300],
            "suspended_on": one.suspended_on,
        }
        if one.course is not None:
            wanted |= {name: getattr(one.course, name) for name in _SHOWN}
            wanted |= {"period": one.period, "calendar": self.calendar}
            if row.missed_at is not None and one.course.legal_due >= self.step.today:
                wanted["missed_at"] = None
        return {name: value for name, value in wanted.items() if getattr(row, name) != value}

    def _line(self, row: Row[Any], changes: Mapping[str, Any]) -> dict[str, Any]:
        step = self.step
        event = step.runtime.machine(step.facts.workflow, step.facts.version).definition.events.get(step.event)
        return {
            "deadline_id": row.id,
            "kind": LIMITATION,
            "on": step.today,
            "reason": event.title if event else "案件内容变更，重新推算",
            "nominal_before": row.nominal_due,
            "legal_before": row.legal_due,
            "nominal_after": changes.get("nominal_due", row.nominal_due),
            "legal_after": changes.get("legal_due", row.legal_due),
            "at": step.at,
            "by_id": step.actor.person_id,
        }

    def _remind(self, kept: Sequence[tuple[Row[Any], Wanted]], moved: frozenset[int]) -> None:
        """One ladder for each last day: with its carrier, and nowhere else."""
        step = self.step
        reminded = _reminded(step, [row.id for row, _ in kept])
        idle = [row.id for row, one in kept if not one.carrier and row.id in reminded]
        cancel_deadlines(step.connection, idle, step.at, "时效中止，或者与同一天届满的合并提醒")
        for row, one in kept:
            if one.carrier and one.course is not None and (row.id in moved or row.id not in reminded):
                plan_anew(
                    step.connection,
                    row.id,
                    self.rule.remind,
                    nominal_due=one.course.nominal_due,
                    legal_due=one.course.legal_due,
                    at=step.at,
                    reason="时效重新推算",
                )


def _parts(rows: Sequence[dict[str, Any]], size: int = 500) -> Iterable[list[dict[str, Any]]]:
    """Databases take only so many values in one statement."""
    for start in range(0, len(rows), size):
        yield list(rows[start : start + size])


def _reminded(step: Step, ids: Sequence[int]) -> frozenset[int]:
    if not ids:
        return frozenset()
    query = select(Reminder.deadline_id).where(WAITING, Reminder.deadline_id.in_(ids)).distinct()
    return frozenset(step.session.scalars(query))


def close(step: Step, ids: Sequence[int], why: str, by: str | None = None) -> None:
    """End these deadlines with their reminders."""
    if not ids:
        return
    ended: dict[str, datetime | str] = {"closed_at": step.at, "closed_by": by or step.event}
    change = update(Deadline).where(Deadline.id.in_(ids)).values(ended)
    step.session.execute(change, execution_options={"synchronize_session": False})
    cancel_deadlines(step.connection, ids, step.at, why)


def keep_advance(step: Step, rule: DeadlineRule, clocks: Sequence[DemandClock], rows: Sequence[Row[Any]]) -> None:
    """One deadline for the case: the last day that is not yet "fewer than seven days" (LAL 44). It is counted from the
    unrolled last day, to be on the safe side, and opened once for each such day."""
    due = next(iter(_lines_ahead(step, rule, clocks)), None)
    lines = [row for row in rows if row.name == ADVANCE]
    close(step, [row.id for row in lines if due is None or row.legal_due != due.legal_due], "时效重新推算")
    if due is not None and due.legal_due not in {row.legal_due for row in lines}:
        open_deadline(
            step.connection,
            rule,
            due,
            case_id=step.case_id,
            proceeding_id=step.proceeding_id,
            calendar=step.runtime.law.calendar_version,
            at=step.at,
        )
    if not any(each.urgent for each in clocks):
        close(step, [row.id for row in rows if row.name == ACTION], "时效已不再紧迫")


def _lines_ahead(step: Step, rule: DeadlineRule, clocks: Sequence[DemandClock]) -> list[Course]:
    """In order of time, without those for which legal aid was raised already. What is being lost day by day is raised
    once, not every day."""
    running = [each.clock for each in clocks if each.state == "running"]
    ends = {end for each in running if (end := each.next_end) is not None}
    losing = {each.window.next_loss for each in running if each.window and each.losing} - {None}
    law, today = step.runtime.law, step.today
    lines = [course(law, rule, end) for end in sorted(ends)]
    if not losing and all(line.legal_due >= today for line in lines):
        return lines
    raised = set(step.session.scalars(_RAISED.where(Deadline.proceeding_id == step.proceeding_id)))
    if losing and not raised:
        lines = [course(law, rule, min(end for end in losing if end is not None)), *lines]
    return [line for line in lines if line.legal_due not in raised]


_RAISED = select(Deadline.legal_due).where(Deadline.name == ADVANCE, Deadline.closed_by == RAISED)
