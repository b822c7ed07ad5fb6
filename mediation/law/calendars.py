"""The holidays of one year as the State Council's notice gives them: rest days by holiday, make-up working days."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mediation.errors import BrokenDefinition
from mediation.law.reading import Row
from mediation.law.strict_yaml import MarkedDict, MarkedList, load


@dataclass(frozen=True, slots=True)
class Holiday:
    """One holiday of one year. `statutory` are the days of the holiday law, `rest` the bridging days around."""

    name: str
    statutory: tuple[date, ...]
    rest: tuple[date, ...]

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(sorted(self.statutory + self.rest))


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year's table with the number of its notice and a hash of its content."""

    year: int
    notice: str
    holidays: tuple[Holiday, ...]
    makeup: tuple[date, ...]
    source: str
    verified: bool
    digest: str


def read_calendars(folder: Path, faults: list[str]) -> tuple[CalendarYear, ...]:
    """Every <year>.yaml of a folder, by year."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        faults.append(f"{folder}:1: 没有任何年份的放假安排，请至少放入一个 <年份>.yaml")
    found = (_read(path, faults) for path in files)
    return tuple(year for year in found if year)


def _read(path: Path, faults: list[str]) -> CalendarYear | None:
    try:
        node = load(path)
    except BrokenDefinition as broken:
        faults.extend(broken.faults)
        return None
    if not isinstance(node, MarkedDict):
        faults.append(f"{path}:1: 文件内容应为“键: 值”")
        return None
    before = len(faults)
    row = Row(node, path.stem, faults)
    source, verified = row.source()
    row.day("reviewed_on")
    calendar = CalendarYear(
        year=row.maybe_count("year") or 0,
        notice=row.text("notice"),
        holidays=_holidays(row),
        makeup=row.days("makeup"),
        source=source,
        verified=verified,
        digest=hashlib.sha256(path.read_text(encoding="utf-8").encode()).hexdigest(),
    )
    row.finish()
    if str(calendar.year) != path.stem:
        row.fault(f"的 year 应与文件名 {path.name} 一致", "year")
    _check_days(row, calendar)
    return calendar if len(faults) == before else None


def _holidays(row: Row) -> tuple[Holiday, ...]:
    listed = row.raw("holidays")
    if not isinstance(listed, MarkedList) or not all(isinstance(item, MarkedDict) for item in listed):
        row.fault("的 holidays 应为列表，每项写 name、statutory、rest", "holidays")
        return ()
    return tuple(_holiday(Row(item, row.name, row.faults)) for item in listed)


def _holiday(row: Row) -> Holiday:
    holiday = Holiday(row.text("name"), row.days("statutory"), row.days("rest"))
    if not holiday.statutory:
        row.fault(f"的“{holiday.name}”没有法定节假日（statutory）")
    row.finish()
    return holiday


def _check_days(row: Row, calendar: CalendarYear) -> None:
    """Every day inside the year and named once; a make-up working day is a Saturday or Sunday."""
    seen: set[date] = set()
    for day, line in _days_with_lines(row.node):
        if day.year != calendar.year:
            _fault(row, line, f"{day} 不在{calendar.year}年内")
        if day in seen:
            _fault(row, line, f"{day} 重复列出；同一天只能是放假日或上班日之一")
        seen.add(day)
    lines = _lines(row.node, "makeup")
    for day in calendar.makeup:
        if day.weekday() < 5:
            _fault(row, lines[day], f"{day} 不是周六或周日，不能是调休上班日")


def _days_with_lines(node: MarkedDict) -> list[tuple[date, int]]:
    holidays = [item for item in node.get("holidays") or [] if isinstance(item, MarkedDict)]
    places = [(item, key) for item in holidays for key in ("statutory", "rest")] + [(node, "makeup")]
    return [
        (day, days.lines[index])
        for place, key in places
        if isinstance(days := place.get(key), MarkedList)
        for index, day in enumerate(days)
        if isinstance(day, date)
    ]


def _lines(node: MarkedDict, key: str) -> dict[date, int]:
    days = node.get(key)
    return {day: days.lines[i] for i, day in enumerate(days)} if isinstance(days, MarkedList) else {}


def _fault(row: Row, line: int, sentence: str) -> None:
    row.faults.append(f"{row.node.path}:{line}: {sentence}，请核对放假通知")
