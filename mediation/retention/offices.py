"""Free words in the chains of the organisations that name somebody of a destroyed case: they go as well.

Entries about colleagues, rooms and log-ins stay as they are: only reasons and notes in words are looked at. From the
first emptied entry on the chain is sealed anew; the entry of the destruction tells the heads before and after.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from ..cases.audit import ERASED, SEALED, seal
from ..cases.models import AuditEntry, Case, Party
from ..db import dump
from ..people.models import Organisation, Person

WORDS = frozenset(("reason", "note", "text", "why", "words"))
SHORTEST = 2


def marks_of(connection: Connection, case_id: int) -> frozenset[str]:
    """By what the people of the case are known: names, telephones, numbers of documents, addresses."""
    parties = select(Party.name, Party.phone, Party.address).where(
        Party.case_id == case_id, Party.employer_id.is_(None)
    )
    people = select(Person.name, Person.phone, Person.id_number, Person.address).where(
        Person.id.in_(select(Party.person_id).where(Party.case_id == case_id, Party.person_id.is_not(None)))
    )
    found = [value for query in (parties, people) for row in connection.execute(query) for value in row]
    return frozenset(value for value in found if value and value != ERASED and len(value) >= SHORTEST)


def empty_offices(connection: Connection, case_id: int, marks: Collection[str]) -> dict[str, Any]:
    """Empty the words with these marks, at the body of the case and those above; by body: how many, both heads."""
    path = connection.scalars(
        select(Organisation.path).join(Case, Case.organisation_id == Organisation.id).where(Case.id == case_id)
    ).one()
    chain = [path[: i + 1] for i, letter in enumerate(path) if letter == "/" and i]
    query = select(Organisation.id, Organisation.audit_head).where(Organisation.path.in_(chain))
    told = {}
    for row in connection.execute(query.order_by(Organisation.id).with_for_update()).all():
        emptied, head = _emptied(connection, row.id, marks)
        if emptied:
            connection.execute(update(Organisation).where(Organisation.id == row.id).values(audit_head=head))
            told[str(row.id)] = {"emptied": emptied, "before": row.audit_head, "head": head}
    return told


def _emptied(connection: Connection, organisation_id: int, marks: Collection[str]) -> tuple[int, str]:
    columns = [AuditEntry.id, *(getattr(AuditEntry, name) for name in SEALED)]
    query = select(*columns).where(AuditEntry.organisation_id == organisation_id).order_by(AuditEntry.seq)
    rows: Sequence[Any] = connection.execute(query).mappings().all()
    payloads = [_without(row["payload"], marks) for row in rows]
    first = next((n for n, row in enumerate(rows) if payloads[n] != row["payload"]), None)
    if first is None:
        return 0, ""
    head, number = rows[first]["previous"], 0
    for row, payload in zip(rows[first:], payloads[first:], strict=True):
        changed = payload != row["payload"]
        new = {**row, "payload": payload, "previous": head}
        if changed:
            new, number = {**new, "request_hash": None}, number + 1
        head = seal(new)
        values = {name: new[name] for name in ("payload", "request_hash", "previous")}
        connection.execute(update(AuditEntry).where(AuditEntry.id == row["id"]).values(**values, hash=head))
    return number, head


def _without(payload: str, marks: Collection[str]) -> str:
    if not any(mark in payload for mark in marks):
        return payload
    told = json.loads(payload)
    left = _cleaned("", told, marks)
    return payload if left == told else dump(left)


def _cleaned(name: str, value: Any, marks: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {key: _cleaned(key, inner, marks) for key, inner in value.items()}
    if isinstance(value, list):
        return [_cleaned(name, one, marks) for one in value]
    if isinstance(value, str) and name in WORDS and any(mark in value for mark in marks):
        return ERASED
    return value
