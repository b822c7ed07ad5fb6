"""The sealed columns as they stand in the database: under which keys, and sealed anew under the newest.

Works on rows as they are stored, at the newest schema. A value that is not sealed yet (a later version made its column
a sealed one) is sealed by the same means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    MetaData,
    Table,
    TableClause,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
    update,
)

from .blind import SUFFIX
from .keys import Keyring, ring_of
from .types import BYTES_SIGN, ENVELOPE, KEY_ID, SIGN, Sealed, SealedBytes, SealedJson

CLEAR = "clear"
"""In place of a key's id: the value is not sealed."""


@dataclass(frozen=True)
class SealedTable:
    """A table with sealed columns. `stored` is the same table as the database knows it: with plain types."""

    table: Table

    @property
    def name(self) -> str:
        return self.table.name

    @cached_property
    def columns(self) -> list[Column[Any]]:
        return [found for found in self.table.columns if isinstance(found.type, Sealed)]

    @cached_property
    def key(self) -> str:
        (only,) = self.table.primary_key.columns
        return only.name

    @cached_property
    def stored(self) -> TableClause:
        return table(self.name, *(column(c.name, _plain(c.type)) for c in self.table.columns))

    @cached_property
    def blinds(self) -> Mapping[str, str]:
        """Blind index: the sealed column it stands for."""
        names = {c.name for c in self.columns}
        return {name + SUFFIX: name for name in names if name + SUFFIX in self.table.columns}

    @property
    def batch(self) -> int:
        """How many rows are held in memory and locked at a time; files are large."""
        return 8 if any(isinstance(c.type, SealedBytes) for c in self.columns) else 500

    def filled(self, name: str) -> ColumnElement[bool]:
        """Whether there is a value: empty texts, lists and files stay as they are."""
        there = self.stored.c[name].is_not(None)
        if isinstance(self.table.columns[name].type, SealedJson):
            return and_(there, cast(self.stored.c[name], Text).not_in(("[]", "{}")))
        return and_(there, func.length(self.stored.c[name]) > 0)

    def key_in(self, name: str) -> ColumnElement[Any]:
        """The id of the key that a filled value is sealed with, or CLEAR; as bytes where the column is of bytes."""
        kind, value = self.table.columns[name].type, self.stored.c[name]
        if isinstance(kind, SealedBytes):
            sign = func.substr(value, 1, len(BYTES_SIGN), type_=LargeBinary)
            key_id = func.substr(value, len(BYTES_SIGN) + 1, KEY_ID, type_=LargeBinary)
            return case((sign == literal(BYTES_SIGN, LargeBinary), key_id), else_=literal(CLEAR.encode(), LargeBinary))
        words: Any = func.coalesce(value[ENVELOPE].as_string(), "") if isinstance(kind, SealedJson) else value
        return case((func.substr(words, 1, len(SIGN)) == SIGN, func.substr(words, len(SIGN) + 1, KEY_ID)), else_=CLEAR)

    def under(self, name: str, key_id: str) -> ColumnElement[bool]:
        is_bytes = isinstance(self.table.columns[name].type, SealedBytes)
        wanted = literal(key_id.encode(), LargeBinary) if is_bytes else literal(key_id)
        return and_(self.filled(name), self.key_in(name) == wanted)

    def stale(self, newest: str) -> ColumnElement[bool]:
        """Rows with a value that is not under this key."""
        return or_(*(and_(self.filled(c.name), ~self.under(c.name, newest)) for c in self.columns))

    def clear(self) -> ColumnElement[bool]:
        """Rows with a value that is not sealed."""
        return or_(*(self.under(c.name, CLEAR) for c in self.columns))


def _plain(kind: Any) -> Any:
    if isinstance(kind, SealedJson):
        return JSON(none_as_null=True)
    if isinstance(kind, SealedBytes):
        return LargeBinary()
    return Text() if isinstance(kind, Sealed) else kind


def sealed_tables(metadata: MetaData) -> list[SealedTable]:
    found = [SealedTable(one) for one in metadata.sorted_tables]
    return [one for one in found if one.columns]


def counts(connection: Connection, metadata: MetaData) -> dict[str, int]:
    """How many values stand under each key (or in clear), all tables together."""
    found: dict[str, int] = {}
    for one in sealed_tables(metadata):
        for c in one.columns:
            key_id = one.key_in(c.name).label("key_id")
            query = select(key_id, func.count()).select_from(one.stored).where(one.filled(c.name)).group_by(key_id)
            for id, number in connection.execute(query):
                found[_named(id)] = found.get(_named(id), 0) + number
    return found


def sampled_keys(connection: Connection, metadata: MetaData) -> set[str]:
    """Keys of the first and the last value of every column."""
    seen: set[str] = set()
    for one in sealed_tables(metadata):
        for c in one.columns:
            key, key_id = one.stored.c[one.key], one.key_in(c.name)
            query = select(key_id).where(one.filled(c.name)).limit(1)
            for order in (key.asc(), key.desc()):
                seen |= {_named(id) for id in connection.scalars(query.order_by(order))}
    return seen - {CLEAR}


def _named(key_id: str | bytes) -> str:
    return key_id if isinstance(key_id, str) else bytes(key_id).decode("ascii", "replace")


def seal_what_is_clear(connection: Connection, metadata: MetaData) -> int:
    """Seal every value that is not; how many rows. One transaction: the caller's."""
    done = 0
    for one in sealed_tables(metadata):
        after: Any = None
        while keys := reseal(connection, one, one.clear(), after):
            done, after = done + len(keys), keys[-1]
    return done


def reseal(connection: Connection, one: SealedTable, which: ColumnElement[bool], after: Any) -> list[Any]:
    """Seal some of these rows, those that follow `after`, under the newest key; their primary keys. Rows that others
    work on are left out."""
    ring, stored = ring_of(connection.dialect), one.stored
    names = [one.key, *(c.name for c in one.columns)]
    query = select(*(stored.c[name] for name in names)).where(which).order_by(stored.c[one.key]).limit(one.batch)
    if after is not None:
        query = query.where(stored.c[one.key] > after)
    rows = connection.execute(query.with_for_update(skip_locked=True)).mappings().all()
    values = [{"the_key": row[one.key], **_anew(one, dict(row), ring)} for row in rows]
    if values:
        columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in (*names[1:], *one.blinds)}
        connection.execute(update(stored).where(stored.c[one.key] == bindparam("the_key")).values(columns), values)
    return [row["the_key"] for row in values]


def _anew(one: SealedTable, row: Mapping[str, Any], ring: Keyring) -> dict[str, Any]:
    """The sealed columns of a row and their blind indexes, under the newest key."""
    found: dict[str, Any] = {}
    opened: dict[str, Any] = {}
    for c in one.columns:
        kind: Any = c.type
        stored, place = row[c.name], kind.place.encode()
        found[f"new_{c.name}"], opened[c.name] = stored, None
        if stored:
            value = kind.opened(stored, ring, place) if kind.under(stored) else kind.before(stored)
            found[f"new_{c.name}"], opened[c.name] = kind.sealed(value, ring, place), value
    for index, name in one.blinds.items():
        place = one.table.columns[name].type.place.encode()  # type: ignore[attr-defined]
        found[f"new_{index}"] = ring.blind(opened[name], place) if opened[name] else None
    return found
