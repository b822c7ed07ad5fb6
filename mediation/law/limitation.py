"""Limitation (时效) as a clock: from when it runs, what made it begin anew or stand still, its last day, and why.

LMA 27, AR 26-28, ER 31. Nobody is barred by it here: whether the defence is raised is the other side's business
(JI2 20). Pure; all days are dates, the reasons are Chinese sentences.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from mediation.law import wording
from mediation.law.book import LawBook
from mediation.law.limitation_line import Interruption, Suspension, law_of, line, span, walk
from mediation.law.periods import Period
from mediation.law.reckoning import Reckoning, reckon, restart, resume
from mediation.law.statutes import Statute

State = Literal["not_running", "running", "suspended", "expired"]

PERIODS = {
    "ordinary": "arb_limitation",
    "wages": "arb_limitation_wages",
    "double_wage": "double_wage_limitation_bj",
    "civil_servant": "arb_limitation_civil_servant",
    "civil": "civil_limitation",
}
"""Kind of limitation → its period in the law book."""

URGENT = 7
"""Fewer days left than this: legal aid may be given in advance (LAL 44; the number itself is not "fewer", CC 1259)."""


@dataclass(frozen=True, slots=True)
class Start:
    """From when it runs. `on` None: it does not run yet. `why` says whence the day is known, `doubts` what is assumed
    or has not been checked."""

    kind: str
    on: date | None
    why: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """The days of a double-wage window that are in time at one claim day; None where none is left.

    `next_loss` is the last day on which all that is in time now still is; after it the claim shrinks day by day.
    """

    from_on: date
    until_on: date
    in_time_from: date | None
    in_time_until: date | None
    in_time: int
    days: int
    next_loss: date | None


@dataclass(frozen=True, slots=True)
class Clock:
    """`legal_due` is the last day after rolling, `nominal_due` before; both None while it does not run or stands still.

    `counted_from` is the start, or the last interruption that counted.
    """

    kind: str
    period: str
    start: Start
    counted_from: date | None
    nominal_due: date | None
    legal_due: date | None
    suspended_on: date | None
    pauses: tuple[tuple[date, date], ...]
    provisional: bool
    reasons: tuple[str, ...]
    cites: tuple[Statute, ...]
    window: Window | None = None

    @property
    def doubts(self) -> tuple[str, ...]:
        return self.start.doubts

    def state(self, at: date) -> State:
        if self.counted_from is None or at < self.counted_from:
            return "not_running"
        if self.suspended_on is not None or any(begin <= at < end for begin, end in self.pauses):
            return "suspended"
        return "expired" if self.legal_due is None or at > self.legal_due else "running"

    def days_left(self, at: date) -> int | None:
        """Until the last day: 0 on it, negative after it; None while there is no last day."""
        return None if self.legal_due is None else (self.legal_due - at).days

    @property
    def losing(self) -> bool:
        """Double wage of which the first days are barred already, and more every day."""
        return self.window is not None and 0 < self.window.in_time < self.window.days

    @property
    def next_end(self) -> date | None:
        """The unrolled day after which something is lost at one stroke: all, or the first of the double-wage days."""
        whole = self.window is not None and self.window.in_time == self.window.days
        return self.window.next_loss if self.window is not None and whole else self.nominal_due

    def urgent(self, at: date) -> bool:
        """Fewer than seven days left, counted on the unrolled day to be on the safe side, and not yet over."""
        end = self.window.next_loss if self.window is not None else self.nominal_due
        return self.state(at) == "running" and end is not None and (end - at).days < URGENT


@lru_cache(maxsize=4096)
def clock(
    law: LawBook,
    start: Start,
    interruptions: tuple[Interruption, ...] = (),
    suspensions: tuple[Suspension, ...] = (),
) -> Clock:
    """The clock of one claim. The order in which events are told does not matter.

    An interruption after the last day does not revive it; one never shortens it. What was suspended runs on afterwards,
    at whatever time of the run (LMA 27(3)).
    """
    if start.on is None:
        cites = law.period_since(PERIODS[start.kind], date.max).cites
        return Clock(start.kind, PERIODS[start.kind], start, None, None, None, None, (), False, (start.why,), cites)
    period = law.period_since(PERIODS[start.kind], start.on)
    told = _Telling(period, law, start)
    run = walk(start.on, line(interruptions, suspensions), lambda day: told.due(day), law.calendar.roll, told)
    last = told.last
    standing = run.suspended_on is not None
    return Clock(
        start.kind,
        period.id,
        start,
        run.base,
        None if standing else last.nominal_due,
        None if standing else last.legal_due,
        run.suspended_on,
        tuple(run.pauses),
        last.provisional and not standing,
        tuple(dict.fromkeys(told.reasons)),
        tuple(dict.fromkeys(told.cites)),
    )


class _Telling:
    """Collects the reasons while the line is walked; `last` is the reckoning that counts at the end."""

    def __init__(self, period: Period, law: LawBook, start: Start) -> None:
        assert start.on is not None
        self.period = period
        self.calendar = law.calendar
        self.last: Reckoning = reckon(period, start.on, law.calendar)
        self.reasons = [start.why, *self.last.reasons]
        self.cites = [*self.last.cites]

    def due(self, day: date) -> date:
        return reckon(self.period, day, self.calendar).nominal_due

    def interrupted(self, item: Interruption, in_time: bool, later: bool) -> None:
        day = wording.day_text(item.on)
        if not in_time:
            self.reasons.append(f"{day}{item.title}发生在届满之后，不能使时效重新计算；其效力请律师核对")
        elif not later:
            self.reasons.append(f"{day}{item.title}，重新计算的届满日并不更晚，仍按原届满日")
        else:
            self._now(restart(self.period, item.on, item.title, self.calendar, item.cites))

    def paused(self, item: Suspension, base: date, due: date, begin: date, end: date) -> None:
        self.reasons.append(f"{span(item)}{item.title}{law_of(item.cites)}，时效中止")
        self._now(resume(self.period, base, due, begin, end, self.calendar))
        self.cites += item.cites

    def stands(self, item: Suspension, begin: date) -> None:
        self.reasons.append(
            f"{wording.day_text(begin)}起{item.title}{law_of(item.cites)}，时效中止；原因消除后继续计算剩余的期间，届满日待定"
        )
        self.cites += item.cites

    def _now(self, reckoning: Reckoning) -> None:
        self.last = reckoning
        self.reasons += reckoning.reasons
        self.cites += reckoning.cites
