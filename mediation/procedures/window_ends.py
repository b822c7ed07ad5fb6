"""When the two years to apply for enforcement no longer matter, matter again, or are counted from better known days."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, update

from ..cases.effects import nothing
from ..cases.models import Proceeding
from ..cases.schedule import ENDED
from ..cases.step import Step
from ..deadlines.models import Deadline
from ..deadlines.run import reopen_deadlines
from ..recovery.models import Award
from ..reminders.plan import cancel_deadlines, revive
from ..runtime import Effect, Inverse
from .windows import (
    DOCUMENT,
    KINDS,
    PROMISES,
    RUNNING,
    TABLE,
    Window,
    being_enforced,
    last_days,
    open_debts,
    own,
    performance,
    windows,
)

APPLYING = ("apply_enforcement", "enforce", "enforce_judgment")
PAYING = ("record_payment", "record_paid_by_others", "record_duty_done")
"""Events that end a window: of whom it was closed by tells under which condition it may run again."""


def _close(step: Step, ended: Iterable[Window]) -> None:
    ids = [window.id for window in ended]
    if not ids:
        return
    change = update(Deadline).where(Deadline.id.in_(ids)).values(closed_at=step.at, closed_by=step.event)
    step.session.execute(change, execution_options={"synchronize_session": False})
    cancel_deadlines(step.connection, ids, step.at, ENDED)
    step.before.setdefault("closed", []).extend(ids)


def _reopen(step: Step, closed_by: Iterable[str], which: Callable[[Window], bool]) -> None:
    """Whatever is not over runs on to its old day, which is the safe one: no interruption is counted."""
    ended = windows(step, Deadline.closed_by.in_(list(closed_by)), Deadline.legal_due >= step.today)
    chosen = Deadline.id.in_([window.id for window in ended if which(window)])
    rows = step.session.execute(select(Deadline.id, Deadline.closed_at, Deadline.closed_by).where(chosen)).all()
    reopen_deadlines(step.connection, [row.id for row in rows])
    for row in rows:
        revive(step.connection, [row.id], row.closed_at, ENDED)
    if rows:
        step.before["windows"] = [[row.id, row.closed_by] for row in rows]


def close_again(step: Step, before: Mapping[str, Any]) -> None:
    """The way back of `_reopen`: as if they had never run on."""
    for id, by in before.get("windows", ()):
        change = update(Deadline).where(Deadline.id == id).values(closed_at=step.at, closed_by=by)
        step.session.execute(change, execution_options={"synchronize_session": False})
        cancel_deadlines(step.connection, [id], step.at, ENDED)


def enforcement_is_applied_for(step: Step) -> None:
    """The window of the title that is enforced has served its purpose."""
    title = step.answers.enforcement_title
    _close(step, [window for window in windows(step, RUNNING) if window.title == title])


def enforcement_came_to_nothing(step: Step) -> None:
    """The application was withdrawn or refused, not because it was paid: the title can still be enforced."""
    if step.facts.told("withdrawal_reason") != "paid":
        title = step.facts.said.get("enforcement_title")
        _reopen(step, APPLYING, lambda window: window.title == title)


def close_paid_windows(step: Step) -> None:
    """Nothing is owed any more of what was to be performed by that day."""
    _close(step, [window for window in windows(step, RUNNING) if _is_paid(step, window)])


def open_unpaid_windows(step: Step) -> None:
    """A payment was taken back: what it had closed runs on."""
    _reopen(step, PAYING, lambda window: not _is_paid(step, window))


def _is_paid(step: Step, window: Window) -> bool:
    kinds = KINDS[window.title]
    days, unpaid = last_days(step, kinds), open_debts(step, kinds)
    if not unpaid:
        return bool(days)
    return window.source == PROMISES and window.day in set(days.values()) - {days[debt] for debt in unpaid}


def windows_follow_award(step: Step) -> None:
    """The orders of an award or a judgment are on record with their days: these are what counts from now on."""
    title = _latest_decision(step)
    _follow(step, [title], title)


def windows_follow_settlement(step: Step) -> None:
    """The same for a settlement of an arbitration or a suit; one that is no title opens nothing."""
    _follow(step, ["arbitral_settlement", "court_settlement"], None)


def _follow(step: Step, titles: Iterable[str], otherwise: str | None) -> None:
    replaced = [one for one in windows(step, RUNNING) if one.title in titles and one.source == DOCUMENT]
    _close(step, replaced)
    title = replaced[-1].title if replaced else otherwise
    if title is not None and not being_enforced(step, title):
        days = last_days(step, KINDS[title], agreement=step.results["agreement"])
        running = {(one.title, one.day) for one in windows(step, RUNNING)}
        fresh = sorted(day for day in set(days.values()) if (title, day) not in running)
        step.tables[TABLE] = [performance(step, title, day, PROMISES) for day in fresh]


def windows_follow_acceleration(step: Step) -> None:
    """One instalment was missed and the rest fell due with it: the two years count from the earlier day."""
    if "accelerated" not in step.results:
        return
    running = [window for window in windows(step, RUNNING) if window.source == PROMISES]
    gone: list[Window] = []
    opened: dict[tuple[str, date], Mapping[str, Any]] = {}
    for title in dict.fromkeys(window.title for window in running):
        days = last_days(step, KINDS[title])
        left = {days[debt] for debt in open_debts(step, KINDS[title])}
        mine = [window for window in running if window.title == title]
        gone += [window for window in mine if window.day not in set(days.values())]
        for day in left - {window.day for window in mine}:
            opened[title, day] = performance(step, title, day, PROMISES)
    _close(step, gone)
    step.tables[TABLE] = [opened[key] for key in sorted(opened)]


def _latest_decision(step: Step) -> str:
    query = (
        select(Proceeding.workflow)
        .join(Award, Award.proceeding_id == Proceeding.id)
        .where(Award.case_id == step.case_id, Award.superseded_at.is_(None))
    )
    return "judgment" if step.session.scalar(query.order_by(Award.id.desc()).limit(1)) == "litigation" else "award"


def windows_outlive(step: Step) -> None:
    """The file is closed with money unpaid; the worker can still enforce, and people are still reminded of it."""
    step.tables[TABLE] = [performance(step, one.title, one.day, one.source) for one in windows(step, own(step))]


EFFECTS: Mapping[str, Effect] = {
    f.__name__: f
    for f in (
        enforcement_is_applied_for,
        enforcement_came_to_nothing,
        close_paid_windows,
        open_unpaid_windows,
        windows_follow_award,
        windows_follow_settlement,
        windows_follow_acceleration,
        windows_outlive,
    )
}
UNDOES: Mapping[str, Inverse] = {
    **dict.fromkeys(EFFECTS, nothing),
    "enforcement_came_to_nothing": close_again,
}
"""What was closed is in `before.closed`, what was opened in the results: every undo takes both back."""
