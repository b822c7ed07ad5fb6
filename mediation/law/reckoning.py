"""From a starting day and a period to the last day, with every step as a Chinese sentence.

Two dates come out. `nominal_due` is the plain arithmetic; `legal_due` is the day after rolling over rest days. The
counting follows CC 201-203 and CPL 85; what no article fixes (bridging days, counting back, suspension) is said so.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from mediation.clock import SHANGHAI
from mediation.errors import BadInput
from mediation.law import wording
from mediation.law.periods import Period, Span
from mediation.law.statutes import Statute
from mediation.law.workdays import DAY, Workdays

D = TypeVar("D", bound=date)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The reckoned end of one period.

    For periods in hours the three days are aware datetimes. `provisional` means that a year without a holiday table was
    consulted. `statutory` is False for internal targets and for settings of the office: they are never law.
    `unverified_because` says what is not verified about the period and its articles; empty when all is.
    """

    period: str
    start: date
    nominal_due: date
    legal_due: date
    provisional: bool
    statutory: bool
    reasons: tuple[str, ...]
    cites: tuple[Statute, ...]
    unverified_because: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        return not self.unverified_because


def reckon(period: Period, start: date, calendar: Workdays) -> Reckoning:
    """The end of a period that starts with a fact on `start`; pure and cached.

    Raises BadInput when the law gives no number to reckon with, when a period in hours gets no time of day, or when the
    result lies outside the calendar of the computer.
    """
    return _reckon(period, _fitting(period, start), calendar)


@lru_cache(maxsize=8192)
def _reckon(period: Period, start: date, calendar: Workdays) -> Reckoning:
    span = _span(period)
    if isinstance(start, datetime):
        due = _within_reach(lambda: start + timedelta(hours=span.length))
        return _result(period, start, (due, due), False, (wording.hours(span, period, start, due),))
    nominal = _within_reach(lambda: _count(period, span, start, calendar))
    first = start - DAY if period.direction == "before" else start + DAY
    return _close(period, start, nominal, calendar, wording.lead(period, span, start, nominal), span, first)


def extend(
    period: Period, start: date, nominal_due: date, n: int, calendar: Workdays, *, already: int = 0
) -> Reckoning:
    """Prolong a running period by `n` of its extension's unit: the old nominal end plus n, then rolled.

    `already` is what earlier extensions gave. Raises BadInput when the law allows no extension or less than asked; our
    own proposed cap is only mentioned.
    """
    rule = period.extension
    if rule is None:
        raise BadInput(f"“{period.title}”没有可以延长的规定")
    if n < 1:
        raise BadInput("延长的天数应至少为1")
    if rule.cap is not None and already + n > rule.cap:
        raise BadInput(f"“{period.title}”最多延长{Span(rule.cap, rule.unit).text}，已延长{already}，不能再延长{n}")
    span = Span(n, rule.unit)
    nominal = _within_reach(lambda: _forward(span, nominal_due, calendar))
    lead = wording.extended(rule, span, nominal_due, nominal)
    longer = _close(period, start, nominal, calendar, lead, span, nominal_due + DAY)
    return replace(longer, reasons=longer.reasons + wording.extension_limits(rule, already + n))


def resume(
    period: Period, start: date, nominal_due: date, suspended_on: date, resumed_on: date, calendar: Workdays
) -> Reckoning:
    """The end after a suspension: the remainder runs on from `resumed_on`, itself counted; `suspended_on` is not.

    For a limitation (LMA 27(3)) this holds at any time of its run.
    """
    if _span(period).unit == "hours":
        raise BadInput(f"“{period.title}”按小时计算，不能中止")
    if not start <= suspended_on <= nominal_due or resumed_on < suspended_on:
        raise BadInput("中止日应在起算日与届满日之间，恢复日不得早于中止日，请核对日期")
    if _span(period).unit == "working_days":
        lost = Span(calendar.count_working(suspended_on - DAY, resumed_on - DAY), "working_days")
    else:
        lost = Span((resumed_on - suspended_on).days, "natural_days")
    nominal = _within_reach(lambda: _forward(lost, nominal_due, calendar))
    lead = wording.resumed(lost, suspended_on, resumed_on, nominal_due)
    later = _close(period, start, nominal, calendar, lead, lost, suspended_on)
    return replace(later, reasons=(*later.reasons, period.counting.suspension_note))


def restart(period: Period, on: date, because: str, calendar: Workdays, cites: tuple[Statute, ...] = ()) -> Reckoning:
    """Begin again in full from an event: an interrupted limitation (LMA 27(2), ER 31), a replaced start (AR 46).

    `because` is the Chinese name of the event, `cites` the articles that give it this effect.
    """
    fresh = reckon(replace(period, start=because), on, calendar)
    reasons = (wording.restarted(on, because, cites), *fresh.reasons)
    return replace(fresh, reasons=reasons, cites=tuple(dict.fromkeys((*fresh.cites, *cites))))


def fixed_date(period: Period, start: date, due: date) -> Reckoning:
    """A day that the parties wrote down themselves: due as written, with no roll."""
    if due < start:
        raise BadInput("约定的日期早于起算日，请核对日期")
    return _result(period, start, (due, due), False, (wording.fixed(due),))


def add_months(day: date, n: int) -> date:
    """The same day of the n-th month later (or earlier), else the last day of that month (CC 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    first = date(year, month + 1, 1)
    return date(year, month + 1, min(day.day, _days_in_month(first)))


def _days_in_month(first: date) -> int:
    if first.month == 12:
        return 31
    return (date(first.year, first.month + 1, 1) - first).days


def _fitting(period: Period, start: date) -> date:
    """The start as the unit needs it: a plain day, or an aware instant for hours."""
    span = period.working_span
    if span is not None and span.unit == "hours":
        if not isinstance(start, datetime):
            raise BadInput(f"“{period.title}”按小时计算，请给出时刻，如 2026-11-20T09:30")
        return start.astimezone(SHANGHAI) if start.tzinfo else start.replace(tzinfo=SHANGHAI)
    if isinstance(start, datetime):
        return (start.astimezone(SHANGHAI) if start.tzinfo else start).date()
    return start


def _span(period: Period) -> Span:
    if period.working_span is None:
        raise BadInput(f"“{period.title}”没有可以推算的天数：{period.note or '以约定为准，请填写约定的日期'}")
    return period.working_span


def _count(period: Period, span: Span, start: date, calendar: Workdays) -> date:
    if period.direction == "after":
        return _forward(span, start, calendar)
    if span.unit == "working_days":
        return calendar.sub_working(start, span.length)
    if span.unit == "natural_days":
        return start - timedelta(days=span.length)
    return add_months(start, -span.length * (12 if span.unit == "years" else 1))


def _forward(span: Span, start: date, calendar: Workdays) -> date:
    if span.unit == "working_days":
        return calendar.add_working(start, span.length)
    if span.unit == "natural_days":
        return start + timedelta(days=span.length)
    return add_months(start, span.length * (12 if span.unit == "years" else 1))


def _close(
    period: Period, start: date, nominal: date, calendar: Workdays, lead: str, span: Span, first: date
) -> Reckoning:
    """Roll the nominal end and put the reasons together. `first` is the first day counted, if in working days."""
    legal = _within_reach(lambda: calendar.roll(nominal)) if period.roll else nominal
    walked = tuple(sorted((first, nominal))) if span.unit == "working_days" and span.length else ()
    consulted = sorted((*walked, *((nominal, legal) if period.roll else ())))
    missing = calendar.missing(consulted[0], consulted[-1]) if consulted else ()
    rolled_over = [nominal + DAY * n for n in range((legal - nominal).days)]
    reasons = [f"{lead}，{wording.end(period, nominal, legal, start, calendar)}" if span.length else lead]
    reasons += wording.working_details(walked[0], walked[1], calendar) if walked else ()
    reasons += wording.end_details(nominal, legal, calendar) if period.roll and not walked else ()
    reasons += wording.rules(period, span, rolled_over, calendar)
    reasons += [wording.provisional(missing, calendar)] if missing else []
    return _result(period, start, (nominal, legal), bool(missing), tuple(reasons))


def _result(
    period: Period, start: date, due: tuple[date, date], provisional: bool, reasons: tuple[str, ...]
) -> Reckoning:
    return Reckoning(
        period=period.id,
        start=start,
        nominal_due=due[0],
        legal_due=due[1],
        provisional=provisional,
        statutory=period.is_law and period.span is not None,
        reasons=(wording.basis(period), *reasons, *wording.doubts(period)),
        cites=period.cites,
        unverified_because=period.unverified_because,
    )


def _within_reach(compute: Callable[[], D]) -> D:
    try:
        return compute()
    except (ValueError, OverflowError):
        raise BadInput("日期超出可以推算的范围，请核对起算日") from None
