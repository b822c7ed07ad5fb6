"""Where the personal data of a case stands: walked from the data classes of the columns and the foreign keys, so that
a new table or column of a case is covered by itself."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, MetaData, Table, or_, select

from ..cases.audit import ERASED
from ..sealing.blind import SUFFIX
from ..sealing.types import Sealed, SealedBytes, SealedJson

SHARED = frozenset(("persons", "employers", "organisations", "accounts", "stored_files"))
"""Tables of more than one case; `shared.py` decides what of them goes."""
APART = frozenset((*SHARED, "audit_entries"))


@cache
def of_cases(metadata: MetaData) -> Mapping[str, tuple[Column[Any], ...]]:
    """Each table of the case file with the columns by which its rows belong to a case, straight or through others."""
    found: dict[str, tuple[Column[Any], ...]] = {"cases": ()}
    while added := {t.name: ways for t in metadata.sorted_tables if t.name not in found and (ways := _ways(t, found))}:
        found |= added
    return found


def _ways(table: Table, known: Mapping[str, Any]) -> tuple[Column[Any], ...]:
    if table.name in SHARED:
        return ()
    foreign = [(c, f.column.table.name) for c in table.columns for f in c.foreign_keys]
    straight = tuple(c for c, target in foreign if target == "cases")
    if straight and not any(c.nullable for c in straight):
        return straight
    return straight + tuple(c for c, target in foreign if target in known and target not in ("cases", table.name))


def rows_of(metadata: MetaData, name: str, case_id: int) -> ColumnElement[bool]:
    """Which rows of this table belong to the case."""
    table, ways = metadata.tables[name], of_cases(metadata)[name]
    if name == "cases":
        return table.c.id == case_id
    return or_(*(_through(metadata, column, case_id) for column in ways))


def _through(metadata: MetaData, column: Column[Any], case_id: int) -> ColumnElement[bool]:
    (foreign,) = column.foreign_keys
    target = foreign.column.table.name
    if target == "cases":
        return column == case_id
    return column.in_(select(foreign.column).where(rows_of(metadata, target, case_id)))


def columns_of(table: Table, classes: Sequence[str]) -> Iterator[Column[Any]]:
    """The columns of these classes; a blind index goes with what it stands for."""
    for column in table.columns:
        name = column.name.removesuffix(SUFFIX)
        if table.columns.get(name, column).info.get("class") in classes:
            yield column


def nothing(column: Column[Any], value: Any = None) -> Any:
    """What stands in the column afterwards. `value`: what stood there; of sealed JSON the shown codes and days stay."""
    kind = column.type
    if isinstance(kind, SealedJson) and isinstance(value, dict):
        return {name: value[name] for name in kind.shown if name in value}
    if column.nullable:
        return None
    if isinstance(kind, SealedJson):
        return []
    if isinstance(kind, SealedBytes):
        return b""
    return "" if isinstance(kind, Sealed) else ERASED
