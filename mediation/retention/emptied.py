"""What of an audit entry may stay when the content of its case is gone: numbers, days and codes, never words.

The entries of a proceeding are sealed anew without their content, in their order; the entry of the destruction, which
follows them, tells how many they were and what the head of the chain was before and after. So the chain goes on
verifying, nothing can be guessed back from a hash that once covered it, and an old backup can still be checked against
the head it had.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from ..cases.audit import ERASED, SEALED, seal
from ..cases.history import FILE_CHANGES
from ..cases.models import AuditEntry, Proceeding
from ..db import dump
from ..runtime import Runtime

Words = Callable[[str, str], str | None]
"""Name of a field and its text: what stays of it, or None."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([+-]\d{2}:\d{2})?)?")
_MONEY = re.compile(r"\d{1,9}(\.\d{1,2})?")
_NUMBER = re.compile(r"[一-鿿A-Za-z]{1,20}〔\d{4}〕\d{1,6}号(-稿\d{1,4})?")
_HASH = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.@-]{0,80}|\d{1,9}")
_LARGEST = 10**13


def codes_only(runtime: Runtime, hashes: Callable[[str], str | None] = lambda text: text) -> Words:
    """Days, amounts, and the codes that the definitions know. `hashes`: what becomes of the hash of a paper or file."""
    known = frozenset(_known(runtime))

    def stays(name: str, text: str) -> str | None:
        if _HASH.fullmatch(text):
            return hashes(text)
        if _DAY.fullmatch(text) or _NUMBER.fullmatch(text) or text == "" or text.partition("@")[0] in known:
            return text
        return text if name.endswith("amount") and _MONEY.fullmatch(text) else None

    return stays


def _known(runtime: Runtime) -> Iterator[str]:
    for codes in runtime.codes.values():
        yield from codes
    yield from runtime.templates.names
    yield from (runtime.templates.get(name).title for name in runtime.templates.names)
    yield from runtime.law.periods
    yield from FILE_CHANGES
    for machine in runtime.machines.values():
        yield machine.definition.name
        yield from machine.definition.states
        yield from machine.definition.deadlines
        for name, event in machine.definition.events.items():
            yield name
            for ask in event.asks.values():
                yield from ask.choices if isinstance(ask.choices, Mapping | tuple | list) else ()


def emptied(payload: str, words: Words, *, marked: bool = True) -> str:
    """The payload without what a person wrote or is called; marked, so that nobody takes it for the whole."""
    told = stripped(json.loads(payload), words)
    return dump({**told, "emptied": True} if marked else told)


def stripped(value: Any, words: Words) -> Any:
    """JSON without words of a person."""
    return _stripped("", value, words)


def _stripped(name: str, value: Any, words: Words) -> Any:
    if isinstance(value, dict):
        return {key: _stripped(key, inner, words) for key, inner in value.items() if _NAME.fullmatch(key)}
    if isinstance(value, list):
        return [_stripped(name, one, words) for one in value]
    if isinstance(value, str):
        kept = words(name, value)
        return ERASED if kept is None else kept
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _LARGEST:
        return ERASED
    return value


def empty_chains(connection: Connection, case_id: int, words: Words) -> dict[str, Any]:
    """Empty all entries of the case and seal them anew; by proceeding: how many, the head before and after."""
    query = select(Proceeding.id, Proceeding.audit_head).where(Proceeding.case_id == case_id).order_by(Proceeding.id)
    told = {}
    for row in connection.execute(query).all():
        entries, head = _reseal(connection, row.id, words)
        connection.execute(update(Proceeding).where(Proceeding.id == row.id).values(audit_head=head))
        told[str(row.id)] = {"entries": entries, "before": row.audit_head, "head": head}
    return told


def _reseal(connection: Connection, proceeding_id: int, words: Words) -> tuple[int, str]:
    return reseal(connection, "proceeding_id", proceeding_id, lambda payload: emptied(payload, words))


def reseal(
    connection: Connection, owner: str, id: int, change: Callable[[str], str] = lambda payload: payload
) -> tuple[int, str]:
    """Seal the chain of this owner (proceeding_id, organisation_id) anew: how many entries, and the head."""
    columns = [AuditEntry.id, *(getattr(AuditEntry, name) for name in SEALED)]
    query = select(*columns).where(getattr(AuditEntry, owner) == id).order_by(AuditEntry.seq)
    number, head = 0, ""
    for row in connection.execute(query).mappings().all():
        new = {**row, "payload": change(row["payload"]), "request_hash": None, "previous": head}
        number, head = number + 1, seal(new)
        values = {"payload": new["payload"], "request_hash": None, "previous": new["previous"], "hash": head}
        connection.execute(update(AuditEntry).where(AuditEntry.id == row["id"]).values(values))
    return number, head
