"""Working days in constant time over the years whose holiday table is loaded; Monday to Friday, and said so, beyond."""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate

from mediation.law.calendars import CalendarYear, Holiday

DAY = timedelta(days=1)


class Workdays:
    """Which days are working days, and counting them.

    A year without a table counts Monday to Friday; `missing` names such years, so that a result that touched one is
    marked provisional instead of being silently wrong. Equal only to itself: a cache may use it as a key.
    """

    def __init__(self, calendars: Sequence[CalendarYear]) -> None:
        self.calendars = {calendar.year: calendar for calendar in calendars}
        self.version = hashlib.sha256("".join(c.digest for c in self.calendars.values()).encode()).hexdigest()[:12]
        self._holiday: dict[date, Holiday] = {d: h for c in calendars for h in c.holidays for d in h.days}
        self._statutory = {d for c in calendars for h in c.holidays for d in h.statutory}
        self._makeup = {d for c in calendars for d in c.makeup}
        self._index()

    def _index(self) -> None:
        """rank[i]: working days before day i of the indexed years; work: their ordinals. Outside, weeks are regular."""
        years = list(self.calendars) or [1970]
        self._first = date(min(years), 1, 1).toordinal()
        self._last = date(max(years), 12, 31).toordinal()
        open_days = [self.is_workday(date.fromordinal(o)) for o in range(self._first, self._last + 1)]
        self._work = [self._first + i for i, works in enumerate(open_days) if works]
        base = _plain_rank(self._first)
        self._rank = list(accumulate(open_days, initial=base))
        self._shift = self._rank[-1] - _plain_rank(self._last + 1)

    def is_workday(self, day: date) -> bool:
        if day in self._makeup:
            return True
        return day not in self._holiday and day.weekday() < 5

    def add_working(self, day: date, n: int) -> date:
        """The n-th working day after `day`, which is not counted."""
        return self._nth(self._rank_of(day.toordinal() + 1) + n - 1) if n else day

    def sub_working(self, day: date, n: int) -> date:
        """The n-th working day before `day`, which is not counted."""
        return self._nth(self._rank_of(day.toordinal()) - n) if n else day

    def count_working(self, after: date, until: date) -> int:
        """Working days later than `after` and not later than `until`; negative when `until` is the earlier day."""
        return self._rank_of(until.toordinal() + 1) - self._rank_of(after.toordinal() + 1)

    def roll(self, day: date) -> date:
        """The day itself when it is a working day, else the first one after it."""
        return day if self.is_workday(day) else self.add_working(day, 1)

    def missing(self, first: date, last: date) -> tuple[int, ...]:
        """The years from `first` to `last` that have no holiday table."""
        return tuple(y for y in range(first.year, last.year + 1) if y not in self.calendars)

    def notices(self, first: date, last: date) -> tuple[str, ...]:
        """The numbers of the holiday notices of the years from `first` to `last`."""
        return tuple(c.notice for y, c in sorted(self.calendars.items()) if first.year <= y <= last.year)

    def holiday(self, day: date) -> Holiday | None:
        return self._holiday.get(day)

    def is_statutory(self, day: date) -> bool:
        return day in self._statutory

    def is_makeup(self, day: date) -> bool:
        return day in self._makeup

    def holidays(self, first: date, last: date) -> tuple[Holiday, ...]:
        """The holidays with a day from `first` to `last`, in order."""
        years = (c for y, c in sorted(self.calendars.items()) if first.year <= y <= last.year)
        found = (h for c in years for h in c.holidays if any(first <= d <= last for d in h.days))
        return tuple(sorted(found, key=lambda h: h.days[0]))

    def makeups(self, first: date, last: date) -> tuple[date, ...]:
        """The make-up working days from `first` to `last`, in order."""
        return tuple(sorted(d for d in self._makeup if first <= d <= last))

    def _rank_of(self, ordinal: int) -> int:
        if ordinal < self._first:
            return _plain_rank(ordinal)
        if ordinal > self._last + 1:
            return _plain_rank(ordinal) + self._shift
        return self._rank[ordinal - self._first]

    def _nth(self, rank: int) -> date:
        if rank < self._rank[0]:
            return date.fromordinal(_plain_nth(rank))
        if rank >= self._rank[-1]:
            return date.fromordinal(_plain_nth(rank - self._shift))
        return date.fromordinal(self._work[rank - self._rank[0]])


def _plain_rank(ordinal: int) -> int:
    """Mondays to Fridays before a day; ordinal 1 (0001-01-01) is a Monday."""
    weeks, rest = divmod(ordinal - 1, 7)
    return weeks * 5 + min(rest, 5)


def _plain_nth(rank: int) -> int:
    weeks, rest = divmod(rank, 5)
    return weeks * 7 + rest + 1
