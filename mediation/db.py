"""The database: engine, sessions, column types, and prepared statements for the hot path.

SQLite is opened with `BEGIN IMMEDIATE` (its default transactions lose updates) and `synchronous=FULL` (an answer that
was sent is on disk). PostgreSQL runs READ COMMITTED; rows are locked where a use case says so.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
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
from sqlalchemy.types import TypeDecorator, TypeEngine

from .clock import SHANGHAI
from .errors import BadInput, Unavailable
from .prepared import execute
from .sealing.blind import watch
from .sealing.keys import Keyring, attach

Id = BigInteger().with_variant(Integer, "sqlite")


_latest: tuple[datetime | None, str | None] = (None, None)
"""The last instant that was converted for SQLite, with its text; replaced as a whole, so that threads may share it."""


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
        """As `process_bind_param`, but one instant is converted once: an event writes its own into many columns."""
        if dialect.name != "sqlite":
            return lambda value: self.process_bind_param(value, dialect)

        def text(value: datetime | None) -> Any:
            global _latest
            seen, converted = _latest
            if value is not seen:
                converted = self.process_bind_param(value, dialect)
                _latest = (value, converted)
            return converted

        return text

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


watch(Base)


def make_engine(url: str, *, keys: Keyring | None = None, synchronous: str = "FULL", pool_size: int = 10) -> Engine:
    """An engine with this project's transaction rules: whoever begins one ends it, so the pool need not.

    `keys` seal and open what is sealed; without them such columns can be neither written nor read. `synchronous` is
    SQLite's; lower it only for throw-away data.
    """
    shared: dict[str, Any] = {"json_serializer": dump, "pool_reset_on_return": None, "hide_parameters": True}
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": 10}, **shared)
        _sqlite_rules(engine, synchronous)
    else:
        engine = create_engine(url, pool_size=pool_size, max_overflow=10, pool_pre_ping=True, **shared)
    if keys is not None:
        attach(engine.dialect, keys)
    return engine


def _sqlite_rules(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def _connect(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None
        for pragma in ("busy_timeout=10000", f"synchronous={synchronous}", "foreign_keys=on"):
            dbapi.execute("pragma " + pragma)
        _write_ahead(dbapi)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
            readonly = connection.get_execution_options().get("readonly")
            execute(connection, "BEGIN" if readonly else "BEGIN IMMEDIATE", ())


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
    """One transaction with a session on it. A class, because every event passes here.

    The transaction is the driver's own. Only when the ORM is used does SQLAlchemy keep books about it as well.
    """

    __slots__ = ("connection", "engine", "session")

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __enter__(self) -> Session:
        try:
            self.connection = self.engine.connect()
        except (OperationalError, InterfaceError) as error:
            raise _unavailable() from error
        if self.engine.dialect.name == "sqlite":
            try:
                execute(self.connection, "BEGIN IMMEDIATE", ())
            except OperationalError as error:
                self.connection.close()
                raise _unavailable() from error
        self.session = Session(self.connection, expire_on_commit=False)
        return self.session

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        try:
            if error is None:
                self._commit()
            else:
                self._roll_back()
        except (OperationalError, InterfaceError, DataError) as broken:
            self._roll_back()
            raise _sentence(broken) from broken
        except self.engine.dialect.loaded_dbapi.Error as lost:
            self.connection.invalidate()
            raise _unavailable() from lost
        except BaseException:
            self._roll_back()
            raise
        finally:
            if self.session.in_transaction():
                self.session.close()
            self.connection.close()
        if isinstance(error, OperationalError | InterfaceError | DataError):
            raise _sentence(error) from error

    def _commit(self) -> None:
        """An event that used prepared statements alone has left nothing in the session."""
        if self.session.in_transaction():
            self.session.flush()
            self.connection.commit()
        else:
            self.connection.connection.commit()

    def _roll_back(self) -> None:
        """Undo; a connection that cannot even do that is thrown away."""
        try:
            if self.connection.in_transaction() or self.connection.invalidated:
                self.connection.rollback()
            else:
                self.connection.connection.rollback()
        except (DBAPIError, self.engine.dialect.loaded_dbapi.Error):
            self.connection.invalidate()


def _sentence(error: DBAPIError) -> BadInput | Unavailable:
    """The error as people may read it."""
    if isinstance(error, DataError):
        return BadInput("有一项内容太长，或数字超出范围，没有保存；请缩短或核对后重试。")
    return _unavailable()


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
