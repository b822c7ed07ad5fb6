"""When a room or the office is open: weekdays, hours, holidays and make-up working days. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ..clock import SHANGHAI
from ..law.workdays import Workdays

CELL = timedelta(minutes=30)
"""Meetings begin and end on the half hour."""
OFFICE_HOURS = "09:00-12:00,13:30-17:30"
"""The office's own hours where a meeting needs no room (design)."""
WEEK = "12345"

Stretch = tuple[datetime, datetime]
_STRETCH = re.compile(r"([01]?\d|2[0-3]):([03]0)-([01]?\d|2[0-4]):([03]0)")


@dataclass(frozen=True, slots=True)
class Opening:
    """`days`: ISO weekdays as digits; `hours`: stretches of one day in minutes since midnight."""

    days: str
    hours: tuple[tuple[int, int], ...]

    def stretches(self, calendar: Workdays, day: date) -> list[Stretch]:
        """When it is open on this day. Holidays are closed; a make-up working day is open where any weekday is."""
        if calendar.is_makeup(day):
            is_open = bool(set(self.days) & set(WEEK))
        else:
            is_open = calendar.holiday(day) is None and str(day.isoweekday()) in self.days
        midnight = datetime.combine(day, time(), SHANGHAI)
        return [(midnight + timedelta(minutes=a), midnight + timedelta(minutes=b)) for a, b in self.hours if is_open]


def opening(days: str, hours: str) -> Opening:
    """ValueError where the hours cannot be read, overlap or run backwards."""
    plain = "".join(unicodedata.normalize("NFKC", hours).replace("、", ",").replace("—", "-").replace("–", "-").split())
    found = [_STRETCH.fullmatch(part) for part in plain.split(",") if part]
    if not found or None in found:
        raise ValueError(hours)
    numbers = [[int(n) for n in match.groups()] for match in found if match]
    stretches = tuple((a * 60 + b, c * 60 + d) for a, b, c, d in numbers)
    flat = [minute for stretch in stretches for minute in stretch]
    if any(a >= b for a, b in stretches) or flat != sorted(flat) or flat[-1] > 24 * 60:
        raise ValueError(hours)
    return Opening("".join(sorted(set(days))), stretches)


def written(hours: Sequence[tuple[int, int]]) -> str:
    """ "09:00-12:00,13:30-17:30"."""
    return ",".join(f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in hours)


def cells(starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """The half hours that a meeting takes."""
    return [starts_at + CELL * n for n in range((ends_at - starts_at) // CELL)]


def on_the_grid(at: datetime) -> bool:
    return at.minute % 30 == 0 and at.second == at.microsecond == 0


def overlaps(one: Stretch, other: Stretch) -> bool:
    return one[0] < other[1] and other[0] < one[1]
