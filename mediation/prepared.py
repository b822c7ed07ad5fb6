"""Prepared statements: Core statements compiled once and run on the driver's own cursor, for the event's hot path."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable


class Prepared:
    """One Core statement, compiled once per kind of database, run on the driver's own cursor.

    The ORM's unit of work costs ten times the raw write; the event's hot path uses these instead. Bind and result
    types of the Core statement are honoured. Parameters are a mapping by bind name.
    """

    def __init__(self, statement: Executable) -> None:
        self.statement = statement
        self._written: dict[str, _Written] = {}
        self._compiled: WeakKeyDictionary[Dialect, _Compiled] = WeakKeyDictionary()

    def _for(self, connection: Connection) -> "_Compiled":
        dialect = connection.dialect
        compiled = self._compiled.get(dialect)
        if compiled is None:
            written = self._written.get(dialect.name)
            if written is None:
                written = self._written[dialect.name] = _Written(self.statement, dialect)
            compiled = self._compiled[dialect] = _Compiled(written, dialect)
        return compiled

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Execute; the number of rows written."""
        compiled = self._for(connection)
        return int(execute(connection, compiled.sql, compiled.bind(values)).rowcount)

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        if len(rows) == 1:
            self.run(connection, rows[0])
            return
        compiled = self._for(connection)
        execute(connection, compiled.sql, [compiled.bind(row) for row in rows], many=True)

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        compiled = self._for(connection)
        return compiled.read(execute(connection, compiled.sql, compiled.bind(values)).fetchall())

    def one(self, connection: Connection, values: Mapping[str, Any]) -> dict[str, Any] | None:
        rows = self.rows(connection, values)
        return rows[0] if rows else None


def execute(connection: Connection, sql: str, values: Any, *, many: bool = False) -> Any:
    """On a cursor of the driver's own, kept with the connection. Its errors come out as SQLAlchemy's (but without the
    values), as everywhere else."""
    cursor = connection.__dict__.get("prepared_cursor")
    if cursor is None:
        cursor = connection.__dict__["prepared_cursor"] = connection.connection.cursor()
    try:
        if many:
            cursor.executemany(sql, values)
        else:
            cursor.execute(sql, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise cast(DBAPIError, DBAPIError.instance(None, None, error, Exception, dialect=connection.dialect)) from error
    return cursor


class _Written:
    """The SQL of a statement, with its binds and columns; the same for every engine of one kind of database."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.sql, order, named = str(compiled), compiled.positiontup, dict(compiled.binds)
        if compiled.post_compile_params:
            self.sql, order, named = _expanded(compiled)
        self.positional = order is not None
        self.binds = [(name, named[name]) for name in order or named]
        self.columns = [(entry.keyname, entry.type) for entry in compiled._result_columns or ()]


class _Compiled:
    """A written statement with what one engine does to values: its keys belong to that."""

    def __init__(self, written: _Written, dialect: Dialect) -> None:
        self.sql, self._positional = written.sql, written.positional
        binds = [self._bind(bind, name, dialect) for name, bind in written.binds]
        self._names = [name for name, _, _ in binds]
        self._fixed = {name: fixed for name, fixed, _ in binds if fixed is not None}
        self._pick = itemgetter(*self._names) if len(self._names) > 1 else None
        self._processes = [(place, process) for place, (_, _, process) in enumerate(binds) if process]
        self._keys = [key for key, _ in written.columns]
        read = [(key, type.dialect_impl(dialect).result_processor(dialect, None)) for key, type in written.columns]
        self._readers = [(key, process) for key, process in read if process]

    def _bind(self, bind: Any, name: str, dialect: Dialect) -> tuple[str, Any, Callable[[Any], Any] | None]:
        """Name, the value it has where none is given, and what the driver needs done to it."""
        fixed = bind.value if not bind.required else None
        return name, fixed, bind.type.dialect_impl(dialect).bind_processor(dialect)

    def bind(self, values: Mapping[str, Any]) -> Any:
        """Every name must be given, but for the constants of the statement itself."""
        given = {**self._fixed, **values} if self._fixed else values
        row = list(self._pick(given)) if self._pick else [given[name] for name in self._names]
        for place, process in self._processes:
            row[place] = process(row[place])
        return row if self._positional else dict(zip(self._names, row, strict=True))

    def read(self, rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        found = [dict(zip(self._keys, row, strict=True)) for row in rows]
        for row in found:
            for key, process in self._readers:
                row[key] = process(row[key])
        return found


def _expanded(compiled: Any) -> tuple[str, Any, dict[str, Any]]:
    """Constant lists (`IN ('a', 'b')`) written out, as SQLAlchemy itself does it when a statement runs."""
    state = compiled._process_parameters_for_postcompile({name: bind.value for name, bind in compiled.binds.items()})
    lists = compiled.post_compile_params
    named = {name: bind for name, bind in compiled.binds.items() if bind not in lists}
    for name, parts in state.parameter_expansion.items():
        of = compiled.binds[name]
        named |= {part: bindparam(part, state.parameters[part], of.type) for part in parts}
    return state.statement, state.positiontup, named
