"""The hash chain: every entry seals the one before it, so that one changed byte anywhere shows.

Entries about a case form the chain of one proceeding; whatever happens outside any case forms the chain of an
organisation. The head of a chain is kept with its owner, so that cutting off the tail shows as well.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update
from sqlalchemy.orm import Session

from ..db import dump
from ..errors import NotFound
from ..people.actor import Actor
from ..people.models import Organisation
from ..prepared import Prepared
from .models import AuditEntry

SEALED = (
    "proceeding_id",
    "organisation_id",
    "seq",
    "event",
    "from_state",
    "to_state",
    "actor_id",
    "role",
    "at",
    "revision",
    "payload",
    "definition",
    "idempotency_key",
    "request_hash",
    "previous",
)
"""The columns under the seal: all but the id and the hash itself."""

ERASED = "（已删除）"
"""Stands where words of a person stood, until the time for which they are kept was over."""

INSERT = Prepared(insert(AuditEntry).values({name: bindparam(name) for name in (*SEALED, "hash")}))


def seal(entry: Mapping[str, Any]) -> str:
    """SHA-256 over the sealed columns in their order."""
    at: datetime = entry["at"]
    parts = [at.astimezone(UTC).isoformat() if name == "at" else _text(entry[name]) for name in SEALED]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _text(value: Any) -> str:
    """NULL is no empty text: a NUL stands for it, which no text of ours holds."""
    return "\0" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one audit entry says, before it is chained."""

    event: str
    from_state: str
    to_state: str
    actor: Actor
    role: str
    at: datetime
    revision: int
    payload: str
    definition: str
    idempotency_key: str | None = None
    request_hash: str | None = None


def append(
    connection: Connection,
    entry: Entry,
    *,
    seq: int,
    previous: str,
    proceeding_id: int | None = None,
    organisation_id: int | None = None,
) -> str:
    """Write the entry and return its hash, the new head of the chain."""
    row = {
        "proceeding_id": proceeding_id,
        "organisation_id": organisation_id,
        "seq": seq,
        "event": entry.event,
        "from_state": entry.from_state,
        "to_state": entry.to_state,
        "actor_id": entry.actor.person_id,
        "role": entry.role,
        "at": entry.at,
        "revision": entry.revision,
        "payload": entry.payload,
        "definition": entry.definition,
        "idempotency_key": entry.idempotency_key,
        "request_hash": entry.request_hash,
        "previous": previous,
    }
    row["hash"] = seal(row)
    INSERT.run(connection, row)
    return str(row["hash"])


def request_hash(event: str, body: Any) -> str:
    """What tells a repeated request from another one under the same key."""
    return hashlib.sha256(f"{event}\x1f{dump(body)}".encode("utf-8", "surrogatepass")).hexdigest()


def note_outside_cases(
    session: Session,
    organisation_id: int,
    event: str,
    payload: Mapping[str, Any],
    *,
    actor: Actor,
    role: str,
    at: datetime,
    key: str | None = None,
) -> None:
    """One entry in an organisation's own chain: accounts, roles, employers, settings."""
    organisation = session.get(Organisation, organisation_id, with_for_update=True)
    if organisation is None:
        raise NotFound("没有这个组织。")
    seq = organisation.audit_seq + 1
    entry = Entry(event, "", "", actor, role, at, seq, dump(payload), "", key, None)
    head = append(
        session.connection(), entry, seq=seq, previous=organisation.audit_head, organisation_id=organisation_id
    )
    session.execute(
        update(Organisation).where(Organisation.id == organisation_id).values(audit_seq=seq, audit_head=head)
    )
