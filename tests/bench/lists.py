"""`python -m tests.bench.lists FOLDER`: how long the server needs for each list of an office with 100,000 cases.

FOLDER is filled once (some minutes, some gigabytes) and kept. `--url` names an empty PostgreSQL database to fill and
measure instead; FOLDER then holds only the keys. Each page is asked for through the whole application, without a
network: wall and processor time from the first byte of the request to the last of the answer, and the statements.
"""

import argparse
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event as sa_event
from sqlalchemy import func, select
from starlette.testclient import TestClient

from api.app import create_app
from mediation.assembly import assemble, prepare
from mediation.cases.models import Activity, Case
from mediation.people.models import Employer
from mediation.practice.build import PASSWORD
from mediation.runtime import Runtime
from mediation.settings import Settings

from .beyond import LOGINS
from .many import grow

BUDGET = 100
"""Milliseconds of wall time that the median of a page may need."""

PAGES = Path(__file__).with_name("lists.txt")


@dataclass
class Meter:
    """An ASGI application around ours that notes what each request took."""

    app: Any
    wall: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        began, worked = time.perf_counter(), time.process_time()
        await self.app(scope, receive, send)
        self.wall.append((time.perf_counter() - began) * 1000)
        self.busy.append((time.process_time() - worked) * 1000)


@dataclass(frozen=True, slots=True)
class Taken:
    """One page: milliseconds, statements, and how it was answered."""

    path: str
    status: int
    median: float
    late: float
    busy: float
    statements: int


@contextmanager
def counted(runtime: Runtime) -> Iterator[list[str]]:
    """The statements of SQLAlchemy and of the prepared ones, as the driver gets them."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        seen.append(sql)

    engine = runtime.database.engine
    sa_event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa_event.remove(engine, "before_cursor_execute", note)


def measured(runtime: Runtime, meter: Meter, client: TestClient, path: str, times: int) -> Taken:
    with counted(runtime) as seen:
        status = client.get(path).status_code
    meter.wall.clear()
    meter.busy.clear()
    for _ in range(times):
        client.get(path)
    late = sorted(meter.wall)[max(0, round(times * 0.95) - 1)]
    return Taken(path, status, statistics.median(meter.wall), late, statistics.median(meter.busy), len(seen))


def examples(runtime: Runtime) -> dict[str, str]:
    """What the addresses are filled with: things that are there."""
    with runtime.database.read() as session:
        long = session.execute(
            select(Activity.case_id).group_by(Activity.case_id).order_by(func.count().desc()).limit(1)
        ).scalar_one()
        case = session.get_one(Case, long)
        firm = session.execute(select(Employer.id, Employer.name).order_by(Employer.id).limit(1)).one()
        year = runtime.clock.today().year
        return {
            "long": str(long),
            "place": str(case.organisation_id),
            "number": case.number,
            "name": firm.name[2:6],
            "firm": firm.name[2:6],
            "employer": str(firm.id),
            "year": f"from={year}-01-01&to={runtime.clock.today()}&from_on={year}-01-01&to_on={runtime.clock.today()}",
        }


def asked(only: str) -> dict[str, list[str]]:
    """Who asks for which pages."""
    found: dict[str, list[str]] = {}
    for line in PAGES.read_text().splitlines():
        if not line.startswith("#") and only in line:
            who, pattern = line.split()
            found.setdefault(who, []).append(pattern)
    return found


def run(runtime: Runtime, times: int, only: str) -> Sequence[Taken]:
    """Every page of every person, one after the other."""
    meter, found = Meter(create_app(runtime)), []
    filled = examples(runtime)
    with ExitStack() as stack:
        for who, pages in asked(only).items():
            client = stack.enter_context(TestClient(meter, follow_redirects=False))
            entered = client.post("/login", data={"login": LOGINS[who], "password": PASSWORD})
            assert entered.status_code == 303, entered.text
            for pattern in pages:
                taken = measured(runtime, meter, client, pattern.format_map(filled), times)
                mark = "over" if taken.median > BUDGET else "" if taken.status == 200 else f"({taken.status})"
                print(
                    f"{who:<11}{pattern:<52}{taken.median:8.0f}{taken.late:8.0f}{taken.busy:8.0f}"
                    f"{taken.statements:6}  {mark}",
                    flush=True,
                )
                found.append(taken)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", default="")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--only", default="", help="a part of the addresses to ask for")
    told = parser.parse_args()
    runtime = assemble(Settings(data_folder=told.folder, database_url=told.url, session_idle_minutes=720))
    prepare(runtime)
    with runtime.database.read() as session:
        there = session.scalar(select(func.count(Case.id))) or 0
    if not there:
        grow(runtime, told.cases, lambda line: print(line, flush=True))
        with runtime.database.read() as session:
            there = session.scalar(select(func.count(Case.id))) or 0
    print(f"{there} cases, {runtime.database.engine.dialect.name}, {told.times} times each; milliseconds")
    print(f"{'who':<11}{'page':<52}{'median':>8}{'p95':>8}{'cpu':>8}{'stmts':>6}")
    found = run(runtime, told.times, told.only)
    over = [taken for taken in found if taken.median > BUDGET]
    print(f"{len(over)} of {len(found)} pages over {BUDGET} ms" if over else f"all {len(found)} under {BUDGET} ms")


if __name__ == "__main__":
    main()
