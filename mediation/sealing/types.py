"""Column types whose values stand sealed in the database: text, days, JSON and bytes.

A sealed text is `s1.<key id>.<base64>`; JSON is an object with such a text under "sealed"; bytes begin with a byte that
no text begins with. What is empty stays empty. Nothing can be compared with a sealed column in SQL, but with NULL:
where equality is needed, a blind index stands beside it (`blind.py`).
"""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import JSON, ColumnClause, Dialect, LargeBinary, Table, Text, event, type_coerce
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator

from .faults import BrokenCharacter, TooLong, Unreadable
from .keys import Keyring, ring_of

Process = Callable[[Any], Any]

SIGN = "s1."
BYTES_SIGN = b"\xffs1."
KEY_ID = 8
"""Characters of a key's id; it stands right behind the sign."""
ENVELOPE = "sealed"
_TOKEN = re.compile(r"s1\.([0-9a-f]{8})\.([A-Za-z0-9+/]+={0,2})")
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


class _Closed(TypeDecorator.Comparator[Any]):
    """Ciphertext is different every time: a comparison would find nothing, and tell nobody.

    Columns themselves are compared where SQLAlchemy looks them up in its own dictionaries.
    """

    def operate(self, op: Any, *other: Any, **options: Any) -> Any:
        looked_up = op in (operators.eq, operators.ne) and isinstance(other[0], ColumnClause)
        if looked_up or op in (operators.is_, operators.is_not, operators.json_getitem_op):
            return super().operate(op, *other, **options)
        raise self.refusal("compare its blind index instead")

    def reverse_operate(self, op: Any, other: Any, **options: Any) -> Any:
        return self.operate(op, other, **options)

    def refusal(self, instead: str) -> TypeError:
        kind: Any = self.type
        return TypeError(f"{kind.place} is sealed; {instead}")


class _ClosedJson(_Closed, JSON.Comparator[Any]):
    """The names that are shown may be looked at."""

    def __getitem__(self, index: Any) -> Any:
        kind: Any = self.type
        if index not in kind.shown:
            raise self.refusal(f"{index!r} is not among the names that are shown")
        return super().__getitem__(index)  # type: ignore[no-untyped-call]


class Sealed(TypeDecorator[Any]):
    """Base of the sealed types. `place` is "table.column", known as soon as the table is."""

    impl: Any = Text
    cache_ok = True
    comparator_factory = _Closed

    def __init__(self, place: str = "") -> None:
        super().__init__()
        self.place = place

    def bind_processor(self, dialect: Dialect) -> Process | None:
        ring, place, inner = ring_of(dialect), self.place.encode(), self._inner(dialect).bind_processor(dialect)

        def process(value: Any) -> Any:
            self.check(value)
            sealed = None if value is None else self.sealed(value, ring, place)
            return sealed if inner is None else inner(sealed)

        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Process | None:
        ring, place = ring_of(dialect), self.place.encode()
        inner = self._inner(dialect).result_processor(dialect, coltype)

        def process(stored: Any) -> Any:
            stored = stored if inner is None else inner(stored)
            return None if stored is None else self.opened(stored, ring, place)

        return process

    def _inner(self, dialect: Dialect) -> Any:
        return self.impl_instance.dialect_impl(dialect)

    def sealed(self, value: Any, ring: Keyring, place: bytes) -> Any:
        """The value as it is stored."""
        raise NotImplementedError

    def opened(self, stored: Any, ring: Keyring, place: bytes) -> Any:
        """The stored value in clear; Unreadable where it is not sealed."""
        raise NotImplementedError

    def check(self, value: Any) -> None:
        """Whether the value may be written."""

    def under(self, stored: Any) -> bool:
        """Whether a stored value is a sealed one."""
        return isinstance(stored, str) and stored.startswith(SIGN)

    def before(self, stored: Any) -> Any:
        """The value of one that was stored before the column was sealed."""
        return stored


class SealedText(Sealed):
    """Text of at most `limit` characters."""

    cache_ok = True

    def __init__(self, limit: int | None = None, place: str = "") -> None:
        super().__init__(place)
        self.limit = limit

    def check(self, value: Any) -> None:
        if self.limit is not None and value is not None and len(value) > self.limit:
            raise TooLong(self.limit)

    def sealed(self, value: Any, ring: Keyring, place: bytes) -> str:
        return seal_text(value, ring, place)

    def opened(self, stored: Any, ring: Keyring, place: bytes) -> str:
        return open_text(stored, ring, place)


class SealedDate(Sealed):
    """A day, such as a birthday."""

    cache_ok = True

    def sealed(self, value: Any, ring: Keyring, place: bytes) -> str:
        return seal_text(value.isoformat(), ring, place)

    def opened(self, stored: Any, ring: Keyring, place: bytes) -> date:
        return date.fromisoformat(open_text(stored, ring, place))

    def before(self, stored: Any) -> date:
        return date.fromisoformat(stored)


class SealedJson(Sealed):
    """JSON, but for the top-level names in `shown`: those stay in clear, so that SQL can look at them.

    For codes and days only; what a person wrote in words is never shown.
    """

    impl = JSON
    cache_ok = True
    comparator_factory = _ClosedJson

    def __init__(self, shown: frozenset[str] = frozenset(), place: str = "") -> None:
        super().__init__(place)
        self.shown = shown

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(JSON(none_as_null=True))

    def sealed(self, value: Any, ring: Keyring, place: bytes) -> Any:
        if value in ([], {}):
            return value
        token = seal_text(_ENCODER.encode(value), ring, place)
        return {**{name: value[name] for name in self.shown if name in value}, ENVELOPE: token}

    def opened(self, stored: Any, ring: Keyring, place: bytes) -> Any:
        if stored in ([], {}):
            return stored
        if not self.under(stored):
            raise Unreadable(place.decode())
        return json.loads(open_text(stored[ENVELOPE], ring, place))

    def under(self, stored: Any) -> bool:
        return isinstance(stored, dict) and super().under(stored.get(ENVELOPE))


class SealedBytes(Sealed):
    """A file."""

    impl = LargeBinary
    cache_ok = True

    def sealed(self, value: Any, ring: Keyring, place: bytes) -> bytes:
        key_id, sealed = ring.seal(value, place)
        return b"".join((BYTES_SIGN, key_id.encode(), sealed))

    def opened(self, stored: Any, ring: Keyring, place: bytes) -> bytes:
        stored = bytes(stored)
        start = len(BYTES_SIGN) + KEY_ID
        if not self.under(stored):
            raise Unreadable(place.decode())
        return ring.open(stored[len(BYTES_SIGN) : start].decode("ascii", "replace"), stored[start:], place)

    def under(self, stored: Any) -> bool:
        return bytes(stored).startswith(BYTES_SIGN)


class Lenient(TypeDecorator[Any]):
    """Reads a sealed column; what does not open comes as it is stored, for those who look for damage."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Sealed) -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return self.kind.load_dialect_impl(dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        try:
            return self.kind.opened(value, ring_of(dialect), self.kind.place.encode())
        except (Unreadable, TypeError):
            return value


def lenient(column: Any) -> Any:
    """This sealed column of a model, read as `Lenient` does."""
    return type_coerce(column, Lenient(column.type)).label(column.key)


def seal_text(text: str, ring: Keyring, place: bytes) -> str:
    if not text:
        return ""
    try:
        clear = text.encode()
    except UnicodeEncodeError as error:
        raise BrokenCharacter from error
    key_id, sealed = ring.seal(clear, place)
    return f"{SIGN}{key_id}.{b64encode(sealed).decode()}"


def open_text(stored: str, ring: Keyring, place: bytes) -> str:
    if not stored:
        return ""
    found = _TOKEN.fullmatch(stored)
    if found is None:
        raise Unreadable(place.decode())
    key_id, sealed = found.groups()
    try:
        return ring.open(key_id, b64decode(sealed), place).decode()
    except ValueError as error:
        raise Unreadable(place.decode()) from error


@event.listens_for(Table, "after_parent_attach")
def _place(table: Table, _metadata: Any) -> None:
    for column in table.columns:
        if isinstance(column.type, Sealed):
            column.type.place = f"{table.name}.{column.name}"
