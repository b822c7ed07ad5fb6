"""The database: engine, sessions, column types, and prepared statements for the hot path.

SQLite is opened with `BEGIN IMMEDIATE` (its default transactions lose updates) and `synchronous=FULL` (an answer that
was sent is on disk). PostgreSQL runs READ COMMITTED; rows are locked where a use case says so.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
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
    String,
    create_engine,
    event,
)
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.sql.base import Executable
from sqlalchemy.types import TypeDecorator, TypeEngine

from .clock import SHANGHAI
from .errors import BadInput, Unavailable

Id = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware instant; stored as UTC, read back as Asia/Shanghai (SQLite would silently drop the offset)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        sortable_text = String(26)
        return dialect.type_descriptor(sortable_text if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone")
        utc = value.astimezone(UTC)
        return utc.isoformat(" ", "microseconds")[:26] if dialect.name == "sqlite" else utc

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """The same as `process_bind_param`, without what SQLAlchemy would wrap around it at every value."""
        return lambda value: self.process_bind_param(value, dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value
        return cast(datetime, utc.astimezone(SHANGHAI))


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


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def dump(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, Chinese as it is. Equal data gives equal text, so it can be hashed."""
    return _ENCODER.encode(value)


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
        _execute(connection, "BEGIN" if readonly else "BEGIN IMMEDIATE", ())


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
        self._read = sessionmaker(engine, expire_on_commit=False, execution_options={"readonly": True})

    def write(self) -> AbstractContextManager[Session]:
        """The session stands on one connection, whose transaction ends here; `connection_of` gives it cheaply."""
        return _Writing(self.engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        with _as_unavailable(), self._read() as session, session.begin():
            yield session


class _Writing:
    """One transaction with a session on it. A class, because every event passes here."""

    __slots__ = ("connection", "engine", "session")

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __enter__(self) -> Session:
        try:
            self.connection = self.engine.connect()
        except (OperationalError, InterfaceError) as error:
            raise _unavailable() from error
        try:
            self.connection.begin()
        except (OperationalError, InterfaceError) as error:
            self.connection.close()
            raise _unavailable() from error
        self.session = Session(self.connection, expire_on_commit=False)
        return self.session

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        try:
            if error is None:
                self.session.flush()
                self.connection.commit()
            else:
                self.connection.rollback()
        except (OperationalError, InterfaceError) as broken:
            raise _unavailable() from broken
        finally:
            self.session.close()
            self.connection.close()
        if isinstance(error, OperationalError | InterfaceError):
            raise _unavailable() from error
        if isinstance(error, DataError):
            raise BadInput("有一项内容太长，或数字超出范围，没有保存；请缩短或核对后重试。") from error


def connection_of(session: Session) -> Connection:
    """The connection of a session; for those of `Database.write` without starting the ORM's own bookkeeping."""
    bind = session.bind
    return bind if isinstance(bind, Connection) else session.connection()


@contextmanager
def _as_unavailable() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise _unavailable() from error


def _unavailable() -> Unavailable:
    return Unavailable("数据库暂时无法使用（可能正忙或已断开），内容未保存，请稍后重试。")


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
        compiled = self._compiled.get(name)
        if compiled is None:
            compiled = self._compiled[name] = _Compiled(self.statement, connection.dialect)
        return compiled

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Execute; the number of rows written."""
        compiled = self._for(connection)
        return int(_execute(connection, compiled.sql, compiled.bind(values)).rowcount)

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        if len(rows) == 1:
            self.run(connection, rows[0])
            return
        compiled = self._for(connection)
        _execute(connection, compiled.sql, [compiled.bind(row) for row in rows], many=True)

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        compiled = self._for(connection)
        return compiled.read(_execute(connection, compiled.sql, compiled.bind(values)).fetchall())

    def one(self, connection: Connection, values: Mapping[str, Any]) -> dict[str, Any] | None:
        rows = self.rows(connection, values)
        return rows[0] if rows else None


def _execute(connection: Connection, sql: str, values: Any, *, many: bool = False) -> Any:
    """On a cursor of the driver's own, kept with the connection. Its errors come out as SQLAlchemy's (but without the
    values), as everywhere else."""
    pooled = connection.connection
    cursor = pooled.info.get("cursor")
    if cursor is None:
        cursor = pooled.info["cursor"] = pooled.cursor()
    try:
        if many:
            cursor.executemany(sql, values)
        else:
            cursor.execute(sql, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise cast(DBAPIError, DBAPIError.instance(None, None, error, Exception, dialect=connection.dialect)) from error
    return cursor


class _Compiled:
    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.sql = str(compiled)
        self._positional = compiled.positiontup is not None
        binds = [self._bind(compiled.binds[name], name, dialect) for name in compiled.positiontup or compiled.binds]
        self._binds = [(name, fixed) for name, fixed, _ in binds]
        self._names = [name for name, _, _ in binds]
        self._processes = [(place, process) for place, (_, _, process) in enumerate(binds) if process]
        self._results: list[tuple[str, Callable[[Any], Any] | None]] = [
            (entry.keyname, entry.type.dialect_impl(dialect).result_processor(dialect, None))
            for entry in (compiled._result_columns or ())
        ]

    def _bind(self, bind: Any, name: str, dialect: Dialect) -> tuple[str, Any, Callable[[Any], Any] | None]:
        """Name, the value it has where none is given, and what the driver needs done to it."""
        fixed = bind.value if not bind.required else None
        return name, fixed, bind.type.dialect_impl(dialect).bind_processor(dialect)

    def bind(self, values: Mapping[str, Any]) -> Any:
        given = values.get
        row = [given(name, fixed) for name, fixed in self._binds]
        for place, process in self._processes:
            row[place] = process(row[place])
        return row if self._positional else dict(zip(self._names, row, strict=True))

    def read(self, rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        results = self._results
        return [{k: (p(v) if p else v) for (k, p), v in zip(results, row, strict=True)} for row in rows]
