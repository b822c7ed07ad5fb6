"""Time in employment, day by day: full months and years, and the half years of article 47.

The first and the last day both count: 2011-11-01 to 2026-10-31 is fifteen years. A month from a day is complete on the
day before the corresponding day; where that month has no such day, on its last day (民法典第二百零二条).
"""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

DAY = timedelta(days=1)


def after_months(start: date, months: int) -> date:
    """The first day after so many full months from `start`, which counts."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    try:
        return date(year, month + 1, start.day)
    except ValueError:
        return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)


def full_months(start: date, end: date) -> tuple[int, int]:
    """Full months and further days from `start` to `end`, both counted; (0, 0) where `end` is earlier."""
    if end < start:
        return 0, 0
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    while after_months(start, months) > end + DAY:
        months -= 1
    return months, (end + DAY - after_months(start, months)).days


def service_months(start: date, end: date) -> Fraction:
    """How many months' pay a length of service gives (劳动合同法第四十七条第一款).

    One for each full year; one more for a rest of six months or more, one half for a shorter rest.
    """
    months, days = full_months(start, end)
    years, rest = divmod(months, 12)
    if rest >= 6:
        return Fraction(years + 1)
    return years + (Fraction(1, 2) if rest or days else Fraction(0))


def on_the_edge(start: date, end: date) -> bool:
    """Whether one day more or less would change the number of months' pay."""
    k = service_months(start, end)
    return any(service_months(start, end + shift) != k for shift in (-DAY, DAY))


def calendar_months(first: date, last: date) -> list[tuple[date, date]]:
    """The days from `first` to `last` cut at the ends of calendar months: (first, last) of each piece."""
    starts = [first]
    while (following := _next_first(starts[-1])) <= last:
        starts.append(following)
    return [(a, b - DAY) for a, b in pairwise([*starts, last + DAY])]


def whole_month(first: date, last: date) -> bool:
    """Whether these days are one whole calendar month."""
    return first.day == 1 and last + DAY == _next_first(first)


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the calendar month of a day."""
    first = day.replace(day=1)
    return first, _next_first(first) - DAY


def _next_first(day: date) -> date:
    return (day.replace(day=28) + 4 * DAY).replace(day=1)


def years_back(day: date, years: int) -> date:
    """The same day so many years earlier; 1 March where there is no 29 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)
