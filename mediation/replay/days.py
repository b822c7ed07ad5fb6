"""Published dates: a day, a month, a year, a day without its year, a span, or nothing. And the days they stand for."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..engine.ask_types import wrong

_SHAPE = re.compile(r"(?P<year>[0-9]{4}|-(?=-))(-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2}))?)?\Z")
_LATE = re.compile(r"(?:by |at )?(?:the )?end of", re.IGNORECASE)
_EARLY = re.compile(r"early|(?:at )?(?:the )?beginning of", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Published:
    """A date as far as it was published. `span`: it was a span of time, and this is its end."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    span: bool = False

    def on(self, year: int | None, event: str = "") -> date | None:
        """The day it stands for, or None where the month is missing. `event` may say early or end of the month."""
        year = self.year or year
        if self.month is None or year is None or self.span:
            return None
        last = calendar.monthrange(year, self.month)[1]
        if self.day is not None:
            return date(year, self.month, min(self.day, last))
        if _LATE.match(event):
            return date(year, self.month, last)
        return date(year, self.month, 5 if _EARLY.match(event) else 15)

    @property
    def known(self) -> bool:
        return self.year is not None or self.month is not None

    def latest(self) -> date | None:
        """The last day it may mean, where the year was published."""
        if self.year is None:
            return None
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


def read_published(value: Any) -> Published:
    """From text (or a day); refuses what is no date."""
    if value is None or value == "unknown":
        return Published()
    if isinstance(value, date):
        return Published(value.year, value.month, value.day)
    text = str(value).strip()
    if ".." in text:
        first, _, last = text.partition("..")
        read_published(first)
        end = read_published(last)
        return Published(end.year, end.month, end.day, span=True)
    found = _SHAPE.match(text)
    if found is None:
        raise wrong(f"“{text}”不是日期，应写成 2026、2026-03、2026-03-05、--03-05、A..B 或 unknown。")
    return _checked(text, found)


def _checked(text: str, found: re.Match[str]) -> Published:
    year = None if found["year"] == "-" else int(found["year"])
    month, day = (int(found[part]) if found[part] else None for part in ("month", "day"))
    try:
        date(year or 2024, month or 1, day or 1)
    except ValueError:
        raise wrong(f"“{text}”这一天不存在，请核对。") from None
    return Published(year, month, day)
