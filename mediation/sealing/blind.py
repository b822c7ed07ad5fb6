"""Blind indexes: beside a sealed column, a keyed hash of its value, to find and to keep apart what is equal."""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, String, event, inspect
from sqlalchemy.orm import DeclarativeBase, MappedColumn, Mapper, Session, mapped_column

from .classes import in_clear
from .keys import ring_of
from .types import Sealed

SUFFIX = "_blind"
LENGTH = 32


def blind(**options: Any) -> MappedColumn[Any]:
    """The blind index of the sealed column of the same name without `_blind`; filled whenever a row is written.

    Only the ORM fills it: a sealed column with a blind index is not to be written by a bare INSERT or UPDATE.
    """
    return mapped_column(String(LENGTH), info=in_clear("identity", "a keyed hash, for equality"), **options)


def same(session: Session, entity: Any, name: str, values: Iterable[str]) -> ColumnElement[bool]:
    """Whether the sealed column `name` of the entity is one of these (normalised) values."""
    place = inspect(entity).mapper.columns[name].type.place.encode()
    ring = ring_of(session.get_bind().dialect)
    hashes = [found for value in values for found in ring.blinds(value, place)]
    return getattr(entity, name + SUFFIX).in_(hashes)  # type: ignore[no-any-return]


def watch(base: type[DeclarativeBase]) -> None:
    """Fill the blind indexes of every row of these models that is written."""
    for moment in ("before_insert", "before_update"):
        event.listen(base, moment, _fill, propagate=True)


def _fill(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    for column in mapper.columns:
        if column.key.endswith(SUFFIX):
            name = column.key.removesuffix(SUFFIX)
            value, kind = getattr(target, name), cast(Sealed, mapper.columns[name].type)
            place = kind.place.encode()
            setattr(target, column.key, ring_of(connection.dialect).blind(value, place) if value else None)
