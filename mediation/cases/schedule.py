"""What an event does to deadlines and their reminders: end, move, begin; in the event's own transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from ..db import dump
from ..deadlines.ledger import Move, Moved, extend_deadline, resume_deadline, suspend_deadline
from ..deadlines.models import Deadline
from ..deadlines.run import Course, close_all, close_deadline, close_deadlines, course, open_deadline
from ..engine.definition import TODAY, DeadlineRule, Definition, Event
from ..engine.machine import Decision
from ..law.book import LawBook
from ..reminders.plan import cancel_deadline, cancel_deadlines, plan, plan_anew
from .step import Step

ENDED = "期限已结束"


def settle_deadlines(step: Step, decision: Decision, *, ends: bool) -> None:
    """Close what the event, its branch and its effects close, and everything where the proceeding ends."""
    running = running_names(step)
    names = [n for n in (*decision.event.closes, *decision.branch.closes) if n in running]
    by, closed = decision.event.name, []
    for name in names:
        closed += close_deadlines(step.connection, step.proceeding_id, name, by, step.at)
    for name, subject in step.ended:
        closed += close_deadline(step.connection, step.proceeding_id, name, subject, by, step.at)
    if ends and running - set(names):
        closed += close_all(step.connection, step.proceeding_id, by, step.at)
    if closed:
        cancel_deadlines(step.connection, closed, step.at, ENDED)
        step.before.setdefault("closed", []).extend(closed)
        step.results["closed"] = sorted({*names, *(name for name, _ in step.ended)})


def running_names(step: Step) -> set[str]:
    return set((step.facts.running or "").split(",")) - {""}


def open_deadlines(step: Step, definition: Definition, names: Iterable[str]) -> None:
    """Open each named deadline, or one for each row of its table. A start that is not known opens nothing."""
    running = running_names(step)
    for name in names:
        rule = chosen(step, definition.deadlines[name])
        if rule.each is None:
            if name in running:
                replaced = close_deadlines(step.connection, step.proceeding_id, name, "replaced", step.at)
                cancel_deadlines(step.connection, replaced, step.at, ENDED)
                step.before.setdefault("closed", []).extend(replaced)
            open_one(step, rule, start_of(step, definition, rule), "", "")
        for row in _rows(step, rule):
            open_one(step, rule, row[rule.on or rule.from_ or ""], row["subject"], row["label"], row.get("why", ""))


def chosen(step: Step, rule: DeadlineRule) -> DeadlineRule:
    """The rule with the period that stands in for the usual one, where a fact or an answer asks for it."""
    for fact, periods in rule.instead.items():
        value = step.facts.told(fact) or step.facts.known(fact)
        if value in periods and _was_in_force(step, rule, periods[value]):
            return replace(rule, period=periods[value])
    return rule


def _was_in_force(step: Step, rule: DeadlineRule, period: str) -> bool:
    """A rule younger than the fact does not stand in for the usual one."""
    since = step.runtime.law.periods[period][0].in_force_from
    day = (step.facts.day(rule.from_) if rule.from_ not in (None, TODAY) else None) or step.today
    return since is None or day >= since


def _rows(step: Step, rule: DeadlineRule) -> Iterable[Mapping[str, Any]]:
    return step.tables.get(rule.each, ()) if rule.each else ()


def start_of(step: Step, definition: Definition, rule: DeadlineRule) -> date | None:
    """The day (the instant, for periods in hours) that the deadline counts from; the end of another one, if named."""
    name = rule.on or rule.from_ or TODAY
    if name != TODAY:
        day = step.facts.day(name)
        return _end_of(step, name) if day is None and name in definition.deadlines else day
    if rule.period and _in_hours(step.runtime.law, rule.period, step.today):
        return step.at
    return step.today


def _end_of(step: Step, name: str) -> date | None:
    """The last day of the newest deadline of this name, whether it still runs or not."""
    query = select(Deadline.legal_due).where(Deadline.proceeding_id == step.proceeding_id, Deadline.name == name)
    return step.connection.scalar(query.order_by(Deadline.id.desc()).limit(1))


@lru_cache(maxsize=1024)
def _in_hours(law: LawBook, period: str, day: date) -> bool:
    span = law.period(period, day).working_span
    return span is not None and span.unit == "hours"


def open_one(
    step: Step, rule: DeadlineRule, start: date | None, subject: str = "", label: str = "", why: str = ""
) -> None:
    """Write the deadline with its ladder of reminders; nothing where its start is not known.

    `why`: the reason to keep with the row in place of the usual one, where the agreed day is not what counts.
    """
    if start is None:
        return
    timed = course(step.runtime.law, rule, start)
    if why:
        timed = replace(timed, explanation=dump({"reasons": [why], "cites": []}))
    opened = open_deadline(
        step.connection,
        rule,
        timed,
        case_id=step.case_id,
        proceeding_id=step.proceeding_id,
        subject=subject,
        label=label,
        calendar=step.runtime.law.calendar_version,
        at=step.at,
    )
    plan(
        step.connection,
        opened.id,
        rule.remind,
        nominal_due=timed.nominal_due,
        legal_due=timed.legal_due,
        due_at=timed.due_at,
        at=step.at,
    )
    _remember(step, rule, timed, opened.id, subject)


def _remember(step: Step, rule: DeadlineRule, timed: Course, id: int, subject: str) -> None:
    step.courses[rule.name] = timed
    due: date | datetime = timed.due_at or timed.legal_due
    said = {"name": rule.name, "id": id, "due": due.isoformat(), "provisional": timed.provisional}
    if subject:
        said["subject"] = subject
    step.results.setdefault("opened", []).append(said)


def move_deadlines(step: Step, definition: Definition, event: Event) -> None:
    """Extend, suspend and resume: each with a line in the deadline's ledger and a new ladder of reminders.

    An answer called `suspended_on` or `resumed_on` is the day on which it happened; without one, today is.
    """
    if not (event.extends or event.suspends or event.resumes):
        return
    move = Move(
        session=step.session,
        law=step.runtime.law,
        proceeding_id=step.proceeding_id,
        reason=event.title,
        by_id=step.actor.person_id,
        at=step.at,
        evidence_id=next((getattr(step.answers, a.name) for a in event.asks.values() if a.type == "evidence"), None),
        happened_on=step.facts.told("suspended_on") or step.facts.told("resumed_on"),
    )
    for extension in event.extends:
        rule = definition.deadlines[extension.deadline]
        until = step.facts.day(extension.until) if extension.until else None
        days = step.facts.told(extension.days) if extension.days else None
        _replan(step, rule, extend_deadline(move, rule, until=until, days=days), "期限已延长")
    for name in event.suspends:
        for id in suspend_deadline(move, definition.deadlines[name]):
            cancel_deadline(step.connection, id, step.at, "期限中止")
    for name in event.resumes:
        for moved in resume_deadline(move, definition.deadlines[name]):
            _replan(step, definition.deadlines[name], moved, "期限恢复计算")


def _replan(step: Step, rule: DeadlineRule, moved: Moved, reason: str) -> None:
    replan(step, rule, moved, reason)
    step.results.setdefault("moved", []).append({"name": rule.name, "due": moved.legal_due.isoformat()})


def replan(step: Step, rule: DeadlineRule, moved: Moved, reason: str) -> None:
    """The deadline has moved: its ladder of reminders is planned anew."""
    plan_anew(
        step.connection,
        moved.id,
        rule.remind,
        nominal_due=moved.nominal_due,
        legal_due=moved.legal_due,
        at=step.at,
        reason=reason,
    )
