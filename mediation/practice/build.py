"""The practice district is built by living its year: day after day, case after case, only through the use cases.

The same seed on the same day gives the same district. Nothing is dated today or later, so that the first morning of
the demonstration finds what is due today still to be done.
"""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..clock import SHANGHAI, TestClock
from ..db import Database, make_engine
from ..errors import Refusal, Refused
from ..people.models import Account, Organisation
from ..reminders.channels import Inbox
from ..runtime import Runtime
from ..sealing.keys import ring_of
from ..sweeping.missed import fire_missed
from ..sweeping.send import send_due
from .beside import ask_to_delete, furnish, told
from .desk import Folder, Script, Town
from .invented import Inventor
from .longer import LONGER
from .office import LOGINS, PASSWORD, open_accounts, set_up
from .open_files import NEEDED, OPEN
from .routes import GROUPS, ROUTES, group, merged_into
from .steps import Route

__all__ = ["LOGINS", "PASSWORD", "Built", "build", "build_if_missing"]

CASES = 200
SEED = 20260701
FEWEST = NEEDED + len(ROUTES) + len(LONGER) + 5
"""Below this not everything would be there; some of the older cases are groups and twins instead of a route."""
OPEN_SHARE = 60
"""Files open today, in per cent of all, but never fewer than are needed nor more than there are."""
YEAR = timedelta(days=365)
SETTLED = timedelta(days=34)
"""The youngest of the older cases came in so long ago."""


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: how many cases, and the last day that was lived."""

    cases: int
    until: date


def build_if_missing(runtime: Runtime, *, say: Callable[[str], object]) -> bool:
    """Build the district unless its log-ins are there; whether it was built now."""
    with runtime.database.read() as session:
        if session.scalar(select(Account.id).where(Account.login.in_(LOGINS))) is not None:
            return False
    say(f"正在建立练习区（{CASES}个虚构案件，约需十几秒）……")
    build(runtime)
    return True


def build(runtime: Runtime, *, cases: int = CASES, seed: int = SEED) -> Built:
    """Build the district on a migrated, empty database. Refused where another organisation works in it already."""
    if cases < FEWEST:
        raise Refused([Refusal("enough_cases", f"练习区至少要有{FEWEST}个案件，才能看到各种状态。")])
    today = runtime.clock.today()
    clock = TestClock(datetime.combine(today - YEAR - timedelta(days=7), time(8), SHANGHAI))
    with _quick(runtime) as database:
        quick = replace(runtime, clock=clock, database=database)
        inventor = Inventor(seed)
        with database.write() as session:
            _refuse_used(session)
            office = set_up(session, clock, inventor)
            town = Town(quick, clock, inventor, office, today, session)
            furnish(town)
        _live(town, _planned(town, cases))
        with database.write() as session:
            town.session = session
            ask_to_delete(town)
            open_accounts(session, clock, office)
    return Built(cases, clock.today())


@contextmanager
def _quick(runtime: Runtime) -> Iterator[Database]:
    """The same database; an embedded one without waiting for the disk after every day of the year."""
    url = runtime.database.engine.url
    if url.get_backend_name() != "sqlite":
        yield runtime.database
        return
    keys = ring_of(runtime.database.engine.dialect)
    database = Database(make_engine(url.render_as_string(hide_password=False), keys=keys, synchronous="OFF"))
    try:
        yield database
    finally:
        database.engine.dispose()


def _refuse_used(session: Session) -> None:
    if session.scalar(select(func.count(Organisation.id))):
        sentence = "数据库里已经有组织（或上一次没有建完）。练习区只能建在空的数据库里，请换一个数据库，或删除后重试。"
        raise Refused([Refusal("database_is_empty", sentence)])


# ── who comes when, and what becomes of it ──

Entry = tuple[date, int, Script]


def _planned(town: Town, cases: int) -> list[Entry]:
    """Every case with the day it comes in, as a heap by day."""
    opened = [_open_file(town, n) for n in range(min(len(OPEN), max(NEEDED, cases * OPEN_SHARE // 100)))]
    older = _older(town, cases - len(opened))
    found = [(day, number, script) for number, (day, script) in enumerate([*older, *opened])]
    heapq.heapify(found)
    return found


def _open_file(town: Town, number: int) -> tuple[date, Script]:
    file = OPEN[number]
    folder = _folder(town, number)
    return town.before(file.ago), _life(folder, lambda f: file.script(f, file.ago), file.workers, file.cause, file.left)


def _older(town: Town, count: int) -> list[tuple[date, Script]]:
    """The cases of the year, evenly spread; groups and twins now and then."""
    routes = _mixed(town, count)
    span = (YEAR - SETTLED).days
    found: list[tuple[date, Script]] = []
    for number, route in enumerate(routes):
        day = town.until - YEAR + timedelta(days=number * span // count)
        folder = _folder(town, number)
        if number % 14 == 5:
            found.append((day, _life(folder, group, GROUPS[number // 14 % len(GROUPS)])))
        elif number % 40 == 20:
            twin = replace(folder)
            found += [(day, _life(folder, route, 1)), (day + timedelta(days=2), _life(twin, merged_into(folder), 1))]
        else:
            found.append((day, _life(folder, route, 1)))
    return [(town.runtime.law.calendar.roll(day), script) for day, script in found[:count]]


def _mixed(town: Town, count: int) -> list[Route]:
    """Every route once, then by weight, in an order of chance; long ones do not all come last."""
    routes = [*ROUTES, *LONGER]
    once = [route for route, _ in routes]
    rest = [route for route, weight in routes for _ in range(weight - 1)]
    town.random.shuffle(rest)
    chosen = (once + rest * (1 + count // len(rest)))[:count]
    town.random.shuffle(chosen)
    return chosen


def _folder(town: Town, number: int) -> Folder:
    """Six of ten cases come to the first street, most of them to its first mediator."""
    places = town.office.places
    place = places[0] if number % 10 < 6 else places[1 + number % (len(places) - 1)]
    mediator = place.mediators[0] if number % 10 < 5 else place.mediators[-1]
    return Folder(town, place, mediator)


def _life(folder: Folder, route: Route, workers: int, cause: str | None = None, left: int | None = None) -> Script:
    folder.open(workers=workers, cause=cause, left=left)
    if folder.at_the_counter:
        told(folder)
    yield from route(folder)


# ── the year ──


def _live(town: Town, heap: list[Entry]) -> None:
    """Each day: first what time makes happen, then the work of the day in one transaction."""
    day = heap[0][0]
    while day < town.until:
        town.clock.set(datetime.combine(day, time(9), SHANGHAI))
        fire_missed(town.runtime)
        send_due(town.runtime, [Inbox()])
        if heap and heap[0][0] <= day:
            with town.runtime.database.write() as session:
                town.session = session
                _work(town, heap, day)
        day += timedelta(days=1)


def _work(town: Town, heap: list[Entry], day: date) -> None:
    while heap and heap[0][0] <= day:
        _, number, script = heapq.heappop(heap)
        town.clock.move(minutes=3)
        following = next(script, None)
        if following is not None:
            heapq.heappush(heap, (following, number, script))
