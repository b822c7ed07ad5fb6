"""The database: engine, sessions, column types, and prepared statements for the hot path.

SQLite is opened with `BEGIN IMMEDIATE` (its default transactions lose updates) and `synchronous=FULL` (an answer that
was sent is on disk). PostgreSQL runs READ COMMITTED; rows are locked where a use case says so.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    create_engine,
    event,
)
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.sql.base import Executable
from sqlalchemy.types import TypeDecorator, TypeEngine

from .clock import SHANGHAI
from .errors import Unavailable

Id = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware instant; stored as UTC, read back as Asia/Shanghai (SQLite would silently drop the offset)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(SHANGHAI)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant(), dict[str, Any]: JSON(), list[str]: JSON()}


def key() -> Mapped[int]:
    """A surrogate primary key."""
    return mapped_column(Id, primary_key=True, autoincrement=True)


def link(target: str, *, index: bool = False, nullable: bool = False) -> Any:
    """A foreign key to `target` ("table.column")."""
    return mapped_column(Id, ForeignKey(target), index=index, nullable=nullable)


def dump(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, Chinese as it is. Equal data gives equal text, so it can be hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def make_engine(url: str, *, synchronous: str = "FULL", pool_size: int = 10) -> Engine:
    """An engine with this project's transaction rules. `synchronous` is SQLite's; lower it only for throw-away data."""
    if url.startswith("sqlite"):
        engine = create_engine(url, json_serializer=dump, connect_args={"timeout": 10})
        _sqlite_rules(engine, synchronous)
        return engine
    return create_engine(url, json_serializer=dump, pool_size=pool_size, max_overflow=10, pool_pre_ping=True)


def _sqlite_rules(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def _connect(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None
        for pragma in ("busy_timeout=10000", f"synchronous={synchronous}", "foreign_keys=on"):
            dbapi.execute("pragma " + pragma)
        _write_ahead(dbapi)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        readonly = connection.get_execution_options().get("readonly")
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


def _write_ahead(dbapi: Any) -> None:
    """Switch a new file to WAL. SQLite does not wait for others here, so that replicas starting together must retry."""
    for attempt in range(200):
        try:
            if dbapi.execute("pragma journal_mode=wal").fetchone():
                return
        except sqlite3.OperationalError:
            if attempt == 199:
                raise
            time.sleep(0.05)


class Database:
    """Sessions of one database. `write()` commits once at the end or not at all; `read()` never writes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._write = sessionmaker(engine, expire_on_commit=False)
        self._read = sessionmaker(engine, expire_on_commit=False, execution_options={"readonly": True})

    @contextmanager
    def write(self) -> Iterator[Session]:
        with _as_unavailable(), self._write() as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        with _as_unavailable(), self._read() as session, session.begin():
            yield session


@contextmanager
def _as_unavailable() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise Unavailable("数据库暂时无法使用（可能正忙或已断开），内容未保存，请稍后重试。") from error


class Prepared:
    """One Core statement, compiled once per dialect, run on the driver's own cursor.

    The ORM's unit of work costs ten times the raw write; the event's hot path uses these instead. Bind and result
    types of the Core statement are honoured. Parameters are a mapping by bind name.
    """

    def __init__(self, statement: Executable) -> None:
        self.statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def _for(self, connection: Connection) -> "_Compiled":
        name = connection.dialect.name
        if name not in self._compiled:
            self._compiled[name] = _Compiled(self.statement, connection.dialect)
        return self._compiled[name]

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Execute; the number of rows written."""
        compiled = self._for(connection)
        with _cursor(connection) as cursor:
            cursor.execute(compiled.sql, compiled.bind(values))
            return int(cursor.rowcount)

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        compiled = self._for(connection)
        with _cursor(connection) as cursor:
            cursor.executemany(compiled.sql, [compiled.bind(row) for row in rows])

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        compiled = self._for(connection)
        with _cursor(connection) as cursor:
            cursor.execute(compiled.sql, compiled.bind(values))
            return [compiled.row(r) for r in cursor.fetchall()]

    def one(self, connection: Connection, values: Mapping[str, Any]) -> dict[str, Any] | None:
        rows = self.rows(connection, values)
        return rows[0] if rows else None


@contextmanager
def _cursor(connection: Connection) -> Iterator[Any]:
    """The driver's own cursor. Its errors come out as SQLAlchemy's, as everywhere else (but without the values)."""
    cursor = connection.connection.cursor()
    try:
        yield cursor
    except connection.dialect.loaded_dbapi.Error as error:
        raise cast(DBAPIError, DBAPIError.instance(None, None, error, Exception, dialect=connection.dialect)) from error
    finally:
        cursor.close()


class _Compiled:
    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.sql = str(compiled)
        self.names: Sequence[str] | None = compiled.positiontup
        self._binds: dict[str, Callable[[Any], Any] | None] = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()
        }
        self._fixed = {n: b.value for n, b in compiled.binds.items() if not b.required and b.value is not None}
        self._results: list[tuple[str, Callable[[Any], Any] | None]] = [
            (entry.keyname, entry.type.dialect_impl(dialect).result_processor(dialect, None))
            for entry in (compiled._result_columns or ())
        ]

    def _value(self, name: str, values: Mapping[str, Any]) -> Any:
        value = values[name] if name in values else self._fixed[name]
        process = self._binds[name]
        return process(value) if process else value

    def bind(self, values: Mapping[str, Any]) -> Any:
        if self.names is not None:
            return [self._value(n, values) for n in self.names]
        return {n: self._value(n, values) for n in self._binds}

    def row(self, values: Sequence[Any]) -> dict[str, Any]:
        return {k: (p(v) if p else v) for (k, p), v in zip(self._results, values, strict=True)}
