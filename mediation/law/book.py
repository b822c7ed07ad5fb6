"""The law as one loaded, cross-checked whole. Built once at start; everything in it is read-only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from mediation.errors import BadInput, BrokenDefinition, NotFound
from mediation.law.amounts import Amount, read_amounts
from mediation.law.calendars import read_calendars
from mediation.law.doubts import Doubt, Doubts
from mediation.law.entitlements.registry import FORMULAS
from mediation.law.periods import GROUPS, Period, read_counting, read_periods
from mediation.law.reckoning import Reckoning, reckon
from mediation.law.routes import Route, read_routes
from mediation.law.statutes import Instrument, Statute, read_instruments
from mediation.law.workdays import Workdays

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class LawBook:
    """Laws with their articles, periods, routes, amounts, calendars and open points of one `workflows` folder.

    `calendar_version` is a short digest of all loaded calendars, to be stamped on whatever was computed with them.
    """

    instruments: Mapping[str, Instrument]
    statutes: Mapping[str, Statute]
    periods: Mapping[str, tuple[Period, ...]]
    routes: Mapping[str, Route]
    amounts: Mapping[str, tuple[Amount, ...]]
    calendar: Workdays
    doubts: Mapping[str, Doubt]

    @classmethod
    def load(cls, folder: Path) -> "LawBook":
        """Read `folder`/law and `folder`/calendars/cn. Raises BrokenDefinition with every fault of every file."""
        faults: list[str] = []
        law = folder / "law"
        doubts = Doubts(law / "unverified.yaml", faults)
        instruments = read_instruments(law / "statutes", doubts, faults)
        statutes = {article.id: article for instrument in instruments.values() for article in instrument.articles}
        counting = read_counting(law / "counting.yaml", statutes, faults)
        periods = read_periods(law / "periods", statutes, counting, doubts, faults)
        office = read_periods(law / "office.yaml", statutes, counting, doubts, faults)
        faults.extend(f"{law / 'office.yaml'}:1: “{key}”在 periods/ 已有，请改名" for key in office if key in periods)
        known = {**periods, **office}
        routes = read_routes(law / "routes.yaml", statutes, periods, faults)
        amounts = read_amounts(law / "amounts.yaml", statutes, doubts, faults)
        calendars = read_calendars(folder / "calendars" / "cn", faults)
        doubts.check(
            {
                "instruments": instruments,
                "articles": statutes,
                "periods": known,
                "amounts": amounts,
                "formulas": FORMULAS,
            }
        )
        if faults:
            raise BrokenDefinition(faults)
        ordered = dict(sorted(known.items(), key=lambda row: tuple(GROUPS).index(row[1][0].group)))
        return cls(instruments, statutes, ordered, routes, amounts, Workdays(calendars), doubts.by_id)

    @property
    def calendar_version(self) -> str:
        return self.calendar.version

    def statute(self, id: str) -> Statute:
        return _known(self.statutes, id, "条文")

    def doubt(self, id: str) -> Doubt:
        return _known(self.doubts, id, "待核实事项")

    def route(self, id: str) -> Route:
        return _known(self.routes, id, "途径")

    def period(self, id: str, as_of: date) -> Period:
        """The version in force on a day. NotFound for an unknown id, BadInput when no version is in force that day."""
        versions = _known(self.periods, id, "期限")
        return _dated(versions, lambda p: p.in_force(as_of), f"“{versions[0].title}”", as_of, versions[0].in_force_from)

    def period_since(self, id: str, start: date) -> Period:
        """The version for a fact of that day; for one older than every version held, the oldest, so that what happened
        long ago can be recorded."""
        first = _known(self.periods, id, "期限")[0].in_force_from
        day = start.date() if isinstance(start, datetime) else start
        return self.period(id, max(day, first or date.min))

    def amount(self, key: str, as_of: date) -> Amount:
        """The value that applies on a day. NotFound for an unknown key, BadInput when no value holds that day."""
        versions = _known(self.amounts, key, "数额")
        return _dated(
            versions[::-1],
            lambda a: a.in_force_from <= as_of and (a.in_force_to is None or as_of <= a.in_force_to),
            f"“{versions[0].title}”",
            as_of,
            versions[0].in_force_from,
        )

    def reckon(self, id: str, start: date, as_of: date | None = None) -> Reckoning:
        """Reckon a period from its start, under the law of `as_of` (the day of the start unless told)."""
        day = as_of or (start.date() if isinstance(start, datetime) else start)
        return reckon(self.period(id, day), start, self.calendar)


def _known(found: Mapping[str, T], id: str, noun: str) -> T:
    if id not in found:
        raise NotFound(f"没有编号为“{id}”的{noun}，已有：{'、'.join(sorted(found))}")
    return found[id]


def _dated(versions: tuple[T, ...], holds: Callable[[T], bool], name: str, day: date, since: date | None) -> T:
    for version in versions:
        if holds(version):
            return version
    if since and day < since:
        raise BadInput(f"{name}自{since.isoformat()}起才施行，不能用于{day.isoformat()}的事项")
    raise BadInput(f"{name}在{day.isoformat()}没有施行中的版本，请核对日期或补充数据")
