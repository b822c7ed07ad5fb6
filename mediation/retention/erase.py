"""Destroying the personal data of a case for good: values, blind indexes, files, and the content of its trail.

Sums, counts, days, codes and numbers stay, so that every figure stays what it was.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, MetaData, Table, and_, select, update

from ..cases.audit import ERASED
from ..db import Base, Database, connection_of
from ..documents.models import Document
from ..runtime import Runtime
from ..sealing.types import SealedJson
from .emptied import codes_only, empty_chains
from .offices import empty_offices, marks_of
from .register import APART, columns_of, nothing, of_cases, rows_of
from .shared import erase_files, erase_people

CERTIFICATE = "deletion_certificate"
"""The template of papers that stay: they hold nothing of a person."""


def erase(session: Any, runtime: Runtime, case_id: int, classes: Sequence[str]) -> dict[str, Any]:
    """What was destroyed: `values` by class, `files`, `papers`, and the `chains` and `offices` sealed anew."""
    session.flush()
    connection, metadata = connection_of(session), Base.metadata
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("pragma secure_delete=on")
    whole = "narrative" in classes
    told: dict[str, Any] = {"values": {}, "files": 0, "papers": 0, "chains": {}, "offices": {}}
    if whole:
        told["files"] = erase_files(connection, metadata, case_id)
        told["offices"] = empty_offices(connection, case_id, marks_of(connection, case_id))
        told["chains"] = empty_chains(connection, case_id, codes_only(runtime))
    papers = _titles(connection, runtime, case_id) if {"identity", "narrative"} & set(classes) else 0
    told["papers"] = papers if whole else 0
    told["shared"] = erase_people(connection, case_id, classes)
    for one in classes:
        told["values"][one] = sum(_table(connection, metadata, name, case_id, one) for name in _tables(metadata))
    session.expire_all()
    return told


def _tables(metadata: MetaData) -> list[str]:
    return [name for name in of_cases(metadata) if name not in APART]


def _titles(connection: Connection, runtime: Runtime, case_id: int) -> int:
    """Papers for one worker have the name in their title; how many papers."""
    query = select(Document.id, Document.template).where(Document.case_id == case_id)
    rows = connection.execute(query.where(Document.template != CERTIFICATE)).all()
    for row in rows:
        title = runtime.templates.get(row.template).title if row.template in runtime.templates.names else ERASED
        connection.execute(update(Document).where(Document.id == row.id).values(title=title))
    return len(rows)


def _table(connection: Connection, metadata: MetaData, name: str, case_id: int, data_class: str) -> int:
    """Empty the columns of this class; how many values there were."""
    table = metadata.tables[name]
    columns = list(columns_of(table, [data_class]))
    if not columns:
        return 0
    which = rows_of(metadata, name, case_id)
    if name == "documents":
        which = and_(which, table.c.template != CERTIFICATE)
    there = connection.execute(select(table.c.id, *columns).where(which)).mappings().all()
    found = sum(_filled(row[c.name]) for row in there for c in columns)
    plain = [c for c in columns if not isinstance(c.type, SealedJson) and not _stays(c)]
    if plain and there:
        connection.execute(update(table).where(which).values({c.name: nothing(c) for c in plain}))
    _json(connection, table, there, [c for c in columns if isinstance(c.type, SealedJson)])
    if name == "parties" and data_class == "identity":
        found -= _firms(connection, table, which, there)
    return found


def _json(connection: Connection, table: Table, rows: Sequence[Any], columns: Sequence[Any]) -> None:
    for row in rows if columns else ():
        values = {c.name: nothing(c, row[c.name]) for c in columns}
        connection.execute(update(table).where(table.c.id == row["id"]).values(values))


def _stays(column: Any) -> bool:
    return str(column) in ("parties.name", "documents.title")


def _firms(connection: Connection, table: Table, which: Any, rows: Sequence[Any]) -> int:
    """Names of parties go, but for firms; how many stay."""
    person = table.c.employer_id.is_(None)
    gone = connection.execute(update(table).where(which, person).values(name=ERASED)).rowcount
    return len(rows) - gone


def _filled(value: Any) -> bool:
    return value not in (None, "", [], {}, ERASED, b"")


def scrub(database: Database) -> None:
    """Let nothing of what was destroyed linger in the write-ahead log or in dead rows. Needs no transaction."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("pragma wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
        else:
            connection.exec_driver_sql("VACUUM")
