"""What a formula wants, as plain rows: for forms, for the command line, for programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from mediation.catalogue import word
from mediation.law.entitlements.fields import Inputs, Kind

ROWS = Kind("rows")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One input. `kind` as in `Kind`, or rows: then `columns` describe one row. `default` is what JSON would say."""

    name: str
    title: str
    hint: str
    kind: str
    required: bool
    default: Any = None
    options: tuple[tuple[str, str], ...] = ()
    columns: tuple["Wanted", ...] = ()


def wanted(inputs: type[BaseModel]) -> tuple[Wanted, ...]:
    """The inputs of a formula in the order of the form."""
    return tuple(_wanted(name, field) for name, field in inputs.model_fields.items())


def _wanted(name: str, field: FieldInfo) -> Wanted:
    row = next((part for part in _parts(field.annotation) if _is_row(part)), None)
    kind = ROWS if row is not None else next(part for part in _told(field) if isinstance(part, Kind))
    columns = wanted(row) if row is not None else ()
    title, hint = word(field.title or name), word(field.description or "")
    options = tuple((code, word(text)) for code, text in kind.options)
    return Wanted(name, title, hint, kind.name, field.is_required(), _default(field, kind), options, columns)


def _told(field: FieldInfo) -> Iterator[Any]:
    yield from field.metadata
    for part in _parts(field.annotation):
        yield from getattr(part, "__metadata__", ())


def _parts(annotation: Any) -> Iterator[Any]:
    """An annotation taken apart: the alternatives of X | None, the items of lists, what stands inside Annotated."""
    yield annotation
    if get_origin(annotation) in (Union, UnionType, list) or hasattr(annotation, "__metadata__"):
        for part in get_args(annotation):
            yield from _parts(part)


def _is_row(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, Inputs)


def _default(field: FieldInfo, kind: Kind) -> Any:
    if field.is_required() or field.default in (None, [], 0):
        return None
    return str(field.default).lower() if kind.name == "yes_no" else str(field.default)
