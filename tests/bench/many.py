"""A large office: the practice district, lived once through the use cases, then copied row by row to many cases.

Copies are made inside the database, so that a hundred thousand cases take minutes and every row is one that a use case
wrote. Of four copies one is whole, as a year under way; three hold only what had ended, each dated a year earlier.
What is sealed stays readable: a sealed value is bound to its table and column, not to its row.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Date, String, Table, UniqueConstraint, insert, text

from mediation.cases.models import Case
from mediation.db import Base, Instant
from mediation.people.models import Organisation
from mediation.practice.build import build
from mediation.practice.office import DISTRICT
from mediation.runtime import Runtime

from .beyond import CITY, make

STRIDE = 1_000_000
"""Between the ids of one copy and the next; each copy is far smaller."""
DISTRICTS = 20
EMPLOYERS = 50
APART = frozenset({"hand_overs", "hand_over_items", "hand_over_signatures"})
"""Not copied with the cases, but made afterwards."""


def grow(runtime: Runtime, cases: int, say: Callable[[str], object]) -> None:
    """Fill a migrated, empty database with about so many cases; one log-in for each of LOGINS."""
    began = time.perf_counter()
    say("living the practice district")
    build(runtime)
    _thin(runtime)
    with runtime.database.engine.connect() as connection:
        postgres = connection.dialect.name == "postgresql"
        _carelessly(connection, postgres)
        _city(connection)
        owned = _owned()
        ended = _prepare(connection, owned)
        per_cycle = 200 + 3 * ended
        cycles = max(1, round(cases / per_cycle))
        for n in range(4 * cycles):
            _copy(connection, owned, n, postgres)
            if n % 40 == 0:
                say(f"{n * per_cycle // 4:>7} cases   {time.perf_counter() - began:5.0f} s")
        _sequences(connection, postgres)
        say("statistics")
        connection.execute(text("ANALYZE"))
        connection.commit()
        connection.invalidate()
    with runtime.database.write() as session:
        make(session, runtime)
    say(f"done in {time.perf_counter() - began:.0f} s")


def _thin(runtime: Runtime) -> None:
    """The year of the practice district reminds far more often than an office would keep in view."""
    with runtime.database.write() as session:
        if session.connection().dialect.name == "sqlite":
            session.execute(text("PRAGMA defer_foreign_keys=on"))
        session.execute(text("DELETE FROM deliveries WHERE NOT (id % 4 = 0)"))
        kept = "state = 'waiting' OR id IN (SELECT reminder_id FROM deliveries WHERE reminder_id IS NOT NULL)"
        session.execute(text(f"DELETE FROM reminders WHERE NOT ({kept})"))


def _carelessly(connection: Connection, postgres: bool) -> None:
    """Nothing here is worth waiting for the disk, and the copies keep the foreign keys of the first."""
    if postgres:
        for setting in ("session_replication_role = replica", "synchronous_commit = off"):
            connection.execute(text(f"SET {setting}"))
        connection.commit()
        return
    driver: Any = connection.connection.driver_connection
    for pragma in ("foreign_keys=off", "synchronous=off", "journal_mode=off", "cache_size=-400000", "temp_store=2"):
        driver.execute("pragma " + pragma)


def _city(connection: Connection) -> None:
    """A city above the district."""
    connection.execute(
        insert(Organisation).values(
            id=CITY, name="示范市总工会", short_name="示市", level="city", path=f"/{CITY}/", areas=[], industries=[]
        )
    )
    connection.execute(text(f"UPDATE organisations SET path = '/{CITY}' || path WHERE id <> {CITY}"))
    connection.execute(text(f"UPDATE organisations SET parent_id = {CITY} WHERE name = '{DISTRICT}'"))
    connection.commit()


# ── what belongs to a case ──


def _owned() -> dict[str, list[tuple[Column[Any], str]]]:
    """Table → its columns that point into a case file, the first of them to what it belongs to."""
    found: dict[str, list[tuple[Column[Any], str]]] = {"cases": []}
    for table in Base.metadata.sorted_tables:
        points = [(c, next(iter(c.foreign_keys)).column.table.name) for c in table.columns if c.foreign_keys]
        into = [(c, name) for c, name in points if name in found or name == table.name]
        if table.name not in APART and any(name != table.name for _, name in into):
            found[table.name] = into
    found["cases"] = [(c, "cases") for c in Case.__table__.columns if c.name == "merged_into_id"]
    return found


def _prepare(connection: Connection, owned: Mapping[str, Any]) -> int:
    """The rows to copy, in tables of their own, with a mark whether their case has ended; how many have."""
    connection.execute(
        text(
            "CREATE TEMPORARY TABLE from_cases AS SELECT c.*, NOT EXISTS (SELECT 1 FROM proceedings p "
            "WHERE p.case_id = c.id AND p.ended_at IS NULL) AS has_ended FROM cases c"
        )
    )
    for name, points in owned.items():
        if name != "cases":
            column, parent = next(point for point in points if point[1] != name)
            connection.execute(
                text(
                    f"CREATE TEMPORARY TABLE from_{name} AS SELECT t.*, o.has_ended FROM {name} t "
                    f"JOIN from_{parent} o ON o.id = t.{column.name}"
                )
            )
    for name in ("persons", "memberships", "employers", "organisations"):
        connection.execute(text(f"CREATE TEMPORARY TABLE from_{name} AS SELECT * FROM {name}"))
    ended = connection.scalar(text("SELECT count(*) FROM from_cases WHERE has_ended"))
    connection.commit()
    return int(ended or 0)


# ── copying ──


def _copy(connection: Connection, owned: Mapping[str, Any], n: int, postgres: bool) -> None:
    """The n-th copy; the first is the original itself."""
    cycle, years = divmod(n, 4)
    shifts = {"persons": cycle * 4, "organisations": cycle % DISTRICTS, "employers": cycle % EMPLOYERS}
    shifts |= dict.fromkeys(owned, n)
    if n == 0:
        return
    if years == 0:
        _insert(connection, "persons", shifts, 0, postgres)
        if cycle < DISTRICTS:
            _districts(connection, cycle)
        if cycle < EMPLOYERS:
            _insert(connection, "employers", shifts, 0, postgres)
        _insert(connection, "memberships", shifts | {"memberships": n}, 0, postgres)
    for name in owned:
        _insert(connection, name, shifts, years, postgres, only_ended=years > 0)
    connection.commit()


def _insert(
    connection: Connection, name: str, shifts: Mapping[str, int], years: int, postgres: bool, only_ended: bool = False
) -> None:
    table = Base.metadata.tables[name]
    values = ", ".join(_value(column, shifts, years, postgres) for column in table.columns)
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    narrowed = " WHERE has_ended" if only_ended else ""
    connection.exec_driver_sql(f"INSERT INTO {name} ({columns}) SELECT {values} FROM from_{name}{narrowed}")


def _value(column: Column[Any], shifts: Mapping[str, int], years: int, postgres: bool) -> str:
    name, table = f'"{column.name}"', column.table.name
    target = table if column.primary_key else ""
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column.table.name
    if target in shifts and not isinstance(column.type, String):
        return f"{name} + {shifts[target] * STRIDE}"
    if column.name in _alone(column.table):
        kept = (getattr(column.type, "length", None) or 100) - 8
        return "NULL" if column.nullable else f"'{shifts[table]}~' || substr({name}, 1, {kept})"
    if years and isinstance(column.type, Instant | Date):
        return _earlier(name, years, postgres)
    return name


def _alone(table: Table) -> set[str]:
    """Texts that must be the only ones of their kind, in the whole table or beside what is not copied."""
    keys = [list(i.columns) for i in table.indexes if i.unique]
    keys += [list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    found = set()
    for columns in keys:
        own = [c for c in columns if isinstance(c.type, String) and not c.foreign_keys]
        if own and not any((c.foreign_keys and _moves(c)) or c.primary_key for c in columns):
            found.add(own[-1].name)
    return found


def _moves(column: Column[Any]) -> bool:
    target = next(iter(column.foreign_keys)).column.table.name
    return target not in ("persons", "organisations", "employers", "accounts")


def _earlier(name: str, years: int, postgres: bool) -> str:
    if postgres:
        return f"({name} - interval '{years} years')"
    return f"(substr({name}, 1, 4) - {years}) || substr({name}, 5)"


def _districts(connection: Connection, n: int) -> None:
    """One more district with its streets."""
    shift = n * STRIDE
    rows = connection.execute(text(f"SELECT * FROM from_organisations WHERE id <> {CITY}")).mappings().all()
    for row in rows:
        steps = [int(step) for step in row["path"].strip("/").split("/")[1:]]
        path = "/".join(["", str(CITY), *(str(step + shift) for step in steps), ""])
        parent = row["parent_id"] if row["parent_id"] == CITY else row["parent_id"] + shift
        connection.execute(
            insert(Organisation).values(
                id=row["id"] + shift,
                parent_id=parent,
                level=row["level"],
                name=f"{row['name']}{n}",
                short_name=row["short_name"],
                path=path,
                areas=[],
                industries=[],
            )
        )


def _sequences(connection: Connection, postgres: bool) -> None:
    if postgres:
        for table in Base.metadata.sorted_tables:
            if "id" in table.columns and not isinstance(table.c.id.type, String):
                connection.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                        f"(SELECT coalesce(max(id), 1) FROM {table.name}))"
                    )
                )
