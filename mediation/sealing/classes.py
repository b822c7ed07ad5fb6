"""The six data classes of columns. Each column that can hold words, and each day of a person, names its class."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column
from sqlalchemy.orm import MappedColumn, mapped_column

from .types import Sealed, SealedBytes, SealedDate, SealedJson, SealedText

CLASSES = ("ordinary", "identity", "contact", "financial", "health", "narrative")
"""The codes of `workflows/codes/data_classes.yaml`. All but the first are sealed."""

Info = Mapping[str, str]

ORDINARY: Any = {"class": "ordinary"}
"""Codes, numbers, titles and marks of our own; nothing that says something about a person by itself."""


def in_clear(data_class: str, why: str) -> Any:
    """The info of a column of personal data that stays readable in the database, and what it is needed for."""
    return {"class": data_class, "in_clear": why}


NAME = in_clear("identity", "lists sort and search by names")
NAMED = in_clear("identity", "titles of deadlines name the worker or the payer that they are about")


def sealed_text(data_class: str, limit: int | None = None, **options: Any) -> MappedColumn[Any]:
    """A sealed text; `default` and `nullable` as in `mapped_column`."""
    return _sealed(SealedText(limit), data_class, options)


def sealed_date(data_class: str, **options: Any) -> MappedColumn[Any]:
    return _sealed(SealedDate(), data_class, options)


def sealed_json(data_class: str, shown: frozenset[str] = frozenset(), **options: Any) -> MappedColumn[Any]:
    """Sealed JSON, but for the codes and days of these names."""
    return _sealed(SealedJson(shown), data_class, options)


def sealed_bytes(data_class: str, **options: Any) -> MappedColumn[Any]:
    return _sealed(SealedBytes(), data_class, options)


def _sealed(kind: Sealed, data_class: str, options: Mapping[str, Any]) -> MappedColumn[Any]:
    return mapped_column(kind, info={"class": data_class}, **options)


def is_sealed(column: Column[Any]) -> bool:
    return isinstance(column.type, Sealed)
