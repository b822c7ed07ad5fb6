"""`make bench`: the life of a case through our use cases and through raw SQL, in turns, on SQLite and PostgreSQL.

Twelve events a case, each durable before the call returns. Prints events per second, p50 and p99 in milliseconds,
statements and (PostgreSQL) round trips per event, and the ratio to the floor, paired per repetition.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import event as sa_event
from sqlalchemy import func, select

from mediation.cases.models import AuditEntry, Proceeding
from mediation.db import Database, make_engine
from mediation.deadlines.models import Deadline
from mediation.migrations.apply import migrate
from mediation.reminders.models import Reminder
from mediation.sealing.keys import Keyring
from tests.databases import administer, postgres_server, url_on

from .floor import EVENTS, postgres_floor, sqlite_floor
from .ours import Ours

OPENED = sum(len(e[5]) for e in EVENTS)


class Contender(Protocol):
    def start(self, n: int) -> int: ...

    def event(self, case_id: int, i: int) -> None: ...


def live(who: Contender, first: int, cases: int, batch: int = 25) -> list[int]:
    """Nanoseconds of every event; the cases are interleaved, so that each event finds its case cold."""
    spent: list[int] = []
    clock = time.perf_counter_ns
    for start in range(first, first + cases, batch):
        ids = []
        for n in range(start, min(start + batch, first + cases)):
            began = clock()
            ids.append(who.start(n))
            spent.append(clock() - began)
        for i in range(1, len(EVENTS)):
            for id in ids:
                began = clock()
                who.event(id, i)
                spent.append(clock() - began)
    return spent


def figures(spent: list[int]) -> tuple[float, float, float]:
    """Events per second, p50 and p99 in milliseconds."""
    ordered = sorted(spent)
    middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return len(ordered) / (sum(ordered) / 1e9), middle / 1e6, late / 1e6


def verify(database: Database, cases: int) -> None:
    """Both did the work: the same durable facts, or the figures mean nothing."""
    wanted = {"audit": cases * len(EVENTS), "deadlines": cases * OPENED, "reminders": cases * OPENED, "closed": cases}
    with database.read() as session:
        found = {
            "audit": session.scalar(select(func.count(AuditEntry.id))),
            "deadlines": session.scalar(select(func.count(Deadline.id)).where(Deadline.closed_at.is_not(None))),
            "reminders": session.scalar(select(func.count(Reminder.id))),
            "closed": session.scalar(select(func.count(Proceeding.id)).where(Proceeding.state == "closed")),
        }
    if found != wanted:
        raise SystemExit(f"the work was not done: {found} instead of {wanted}")


def statements(ours: Ours, floor: Any, is_sqlite: bool) -> tuple[float, float, str]:
    """Statements per event of both (counted by SQLite, or by the server's protocol), and round trips as text."""
    if is_sqlite:
        return _traced(ours), _traced_floor(floor), "-"
    trips = _round_trips(ours)
    return trips, _floor_trips(floor), f"{trips:.1f}"


def _traced(ours: Ours) -> float:
    seen: list[str] = []
    engine = ours.runtime.database.engine
    engine.dispose()

    def trace(dbapi: Any, _record: Any, _proxy: Any) -> None:
        dbapi.set_trace_callback(seen.append)

    sa_event.listen(engine, "checkout", trace)
    events = len(live(ours, 9_000_000, 5))
    sa_event.remove(engine, "checkout", trace)
    engine.dispose()
    return len(seen) / events


def _traced_floor(floor: Any) -> float:
    seen: list[str] = []
    floor.connection.set_trace_callback(seen.append)
    events = len(live(floor, 9_000_000, 5))
    floor.connection.set_trace_callback(None)
    return len(seen) / events


def _round_trips(ours: Ours) -> float:
    engine = ours.runtime.database.engine
    with tempfile.TemporaryFile() as file:

        def trace(dbapi: Any, _record: Any, _proxy: Any) -> None:
            dbapi.pgconn.trace(file.fileno())

        def stop(dbapi: Any, _record: Any) -> None:
            dbapi.pgconn.untrace()

        sa_event.listen(engine, "checkout", trace)
        sa_event.listen(engine, "checkin", stop)
        events = len(live(ours, 9_000_000, 5))
        sa_event.remove(engine, "checkout", trace)
        sa_event.remove(engine, "checkin", stop)
        return _ready(file) / events


def _floor_trips(floor: Any) -> float:
    with tempfile.TemporaryFile() as file:
        floor.connection.pgconn.trace(file.fileno())
        events = len(live(floor, 9_000_000, 5))
        floor.connection.pgconn.untrace()
        return _ready(file) / events


def _ready(file: Any) -> int:
    """How often the server said that it is ready: once per round trip."""
    file.seek(0)
    return sum(b"ReadyForQuery" in line for line in file)


@contextmanager
def sqlite_pair(folder: Path) -> Iterator[tuple[Ours, Any]]:
    engine = make_engine(f"sqlite:///{folder / 'ours.db'}", keys=Keyring.throwaway())
    migrate(engine)
    yield Ours(Database(engine)), sqlite_floor(str(folder / "floor.db"))
    engine.dispose()


@contextmanager
def postgres_pair(_folder: Path) -> Iterator[tuple[Ours, Any]]:
    with postgres_server(durable=True) as server:
        for name in ("ours", "floor"):
            administer(server, f"CREATE DATABASE {name}")
        engine = make_engine(url_on(server, "ours"), keys=Keyring.throwaway())
        migrate(engine)
        yield Ours(Database(engine)), postgres_floor({"host": str(server), "user": "postgres", "dbname": "floor"})
        engine.dispose()


def compare(title: str, pair: Callable[[Path], Any], cases: int, repetitions: int) -> float:
    """Print the two rows of one database; the median of the paired ratios."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mediation-bench-")))
        ours, floor = stack.enter_context(pair(folder))
        for who in (ours, floor):
            live(who, 8_000_000, 5)
        rows: dict[str, list[tuple[float, float, float]]] = {"floor": [], "ours": []}
        for r in range(repetitions):
            rows["floor"].append(figures(live(floor, r * cases, cases)))
            rows["ours"].append(figures(live(ours, r * cases, cases)))
        verify(ours.runtime.database, repetitions * cases + 5)
        mine, theirs, _ = statements(ours, floor, title == "SQLite")
    ratios = [o[0] / f[0] for o, f in zip(rows["ours"], rows["floor"], strict=True)]
    unit = "statements" if title == "SQLite" else "round trips"
    for name, count in (("floor", theirs), ("ours", mine)):
        eps, p50, p99 = (statistics.median(column) for column in zip(*rows[name], strict=True))
        print(f"{title:<11}{name:<7}{eps:>9.0f} events/s   p50 {p50:6.2f} ms   p99 {p99:6.2f} ms   {count:4.1f} {unit}")
    print(f"{title:<11}ratio  {statistics.median(ratios):>9.2f}   ({min(ratios):.2f} to {max(ratios):.2f})")
    return statistics.median(ratios)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=30)
    parser.add_argument("--repetitions", type=int, default=15)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    told = parser.parse_args()
    print(f"12 events a case, {told.cases} cases, median of {told.repetitions} paired repetitions, durable commits")
    if told.only != "postgres":
        compare("SQLite", sqlite_pair, told.cases, told.repetitions)
    if told.only != "sqlite":
        compare("PostgreSQL", postgres_pair, told.cases, told.repetitions)


if __name__ == "__main__":
    main()
