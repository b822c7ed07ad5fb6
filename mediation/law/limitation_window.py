"""Double wage for want of a contract: every day of its window has a year of its own (BJQA 41)."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from mediation.law import wording
from mediation.law.book import LawBook
from mediation.law.limitation import PERIODS, Clock, Start, Window
from mediation.law.limitation_line import Interruption, Suspension, law_of, line, span, walk
from mediation.law.reckoning import add_months, reckon
from mediation.law.workdays import DAY


@lru_cache(maxsize=1024)
def double_wage(
    law: LawBook,
    start: Start,
    window: tuple[date, date],
    at: date,
    interruptions: tuple[Interruption, ...] = (),
    suspensions: tuple[Suspension, ...] = (),
) -> Clock:
    """Every day of the window has a year of its own; what is older than that on the claim day `at` is barred.

    Reckoned on unrolled days. An interruption renews the days that were in time then.
    """
    first, last = window
    events = tuple(line(interruptions, suspensions))
    ends = {day: walk(day, events, _a_year, _unrolled).due for day in _days(first, last)}
    in_time = [day for day, end in ends.items() if end is None or end >= at]
    known = [end for day in in_time if (end := ends[day]) is not None]
    standing = bool(in_time) and not known
    back = reckon(law.period_since(PERIODS["double_wage"], at), at, law.calendar)
    found = Window(
        first,
        last,
        in_time[0] if in_time else None,
        in_time[-1] if in_time else None,
        len(in_time),
        len(ends),
        min(known) if known else None,
    )
    over = max((end for end in ends.values() if end is not None), default=None)
    due = None if standing else max(known) if known else over
    return Clock(
        start.kind,
        back.period,
        start,
        first,
        due,
        due,
        max((s.from_on for s in suspensions if s.until_on is None), default=None) if standing else None,
        (),
        False,
        (start.why, *_window_reasons(found, at, interruptions, suspensions), *back.reasons),
        back.cites,
        found,
    )


def _window_reasons(
    found: Window, at: date, interruptions: Sequence[Interruption], suspensions: Sequence[Suspension]
) -> Iterator[str]:
    yield f"双倍工资期间{found.from_on.isoformat()}至{found.until_on.isoformat()}，共{found.days}日，每一天各算一年"
    for one in sorted(interruptions, key=lambda one: (one.on, one.title)):
        yield (
            f"{wording.day_text(one.on)}{one.title}{law_of(one.cites)}，其时尚未超过一年的各日自次日起重新计算，已超过的不再计算"
        )
    for pause in suspensions:
        yield f"{span(pause)}{pause.title}{law_of(pause.cites)}，其间不计入"
    if found.in_time_from is None or found.in_time_until is None:
        yield f"以{at.isoformat()}主张计，各日均已超过一年"
        return
    yield (
        f"以{at.isoformat()}主张计，{found.in_time_from.isoformat()}至{found.in_time_until.isoformat()}"
        f"共{found.in_time}日尚在时效内"
    )
    if found.next_loss is not None:
        yield f"最迟{found.next_loss.isoformat()}主张才能保住这些日子，此后逐日减少；逐日计算不作顺延，从严"


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += DAY


def _a_year(day: date) -> date:
    return add_months(day, 12)


def _unrolled(day: date) -> date:
    return day
