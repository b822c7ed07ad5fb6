"""A change of the case file that is no workflow event: one transaction, one audit entry, one revision further.

Used as `with changing(…) as change:`; the body writes rows and fills `change.result`. A repeated key yields a change
whose `repeated` is the result of the first time; the body must then do nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from ..db import connection_of, dump
from ..engine.definition import Definition
from ..errors import Forbidden, KeyReused
from ..people.actor import Actor
from ..people.rights import STAFF, role_for, roles_of
from ..prepared import Prepared
from ..runtime import Runtime
from .access import seen
from .audit import Entry, append, request_hash
from .facts import Facts
from .history import changed_since, entry_of_key
from .models import Proceeding
from .proceedings import dispute_of, stamp
from .step import Step

__all__ = ["STAFF", "Admit", "Change", "changing"]

Admit = Callable[[Mapping[str, Any]], str]
"""The role in which somebody may make a change of the case with this row; raises where they may not."""

_SEAL = Prepared(
    update(Proceeding)
    .where(Proceeding.id == bindparam("proceeding"), Proceeding.audit_seq == bindparam("was"))
    .values(revision=bindparam("revision"), audit_seq=bindparam("audit_seq"), audit_head=bindparam("audit_head"))
)


@dataclass(slots=True)
class Change:
    """The open change: a step to write with, and what the audit entry will say."""

    step: Step
    definition: Definition
    role: str
    result: dict[str, Any] = field(default_factory=dict)
    repeated: Mapping[str, Any] | None = None
    revision: int = 0


@contextmanager
def changing(
    session: Session,
    runtime: Runtime,
    case_id: int,
    word: str,
    given: Mapping[str, Any],
    *,
    revision: int | None,
    key: str,
    actor: Actor,
    bumps: bool = True,
    admit: Admit | None = None,
) -> Iterator[Change]:
    """Lock the case's main proceeding, let the body write, seal the audit entry `word`.

    `revision` None: additions that cannot collide (a note, a piece of evidence) are not refused as stale. `bumps`
    False keeps the revision: nothing that an event depends on has changed. `admit` decides instead of `seen` and
    the register of rights in which role the actor may do it, for what those who do not see the case may do to it.
    """
    connection = connection_of(session)
    proceeding_id = dispute_of(connection, case_id)
    row = runtime.loading.row(connection, proceeding_id, runtime.clock.now(), key)
    assert row is not None
    role = admit(row) if admit else _role(runtime, seen(actor, row)[1], word)
    definition = runtime.machine(row["workflow"], row["version"]).definition
    step = Step(session, connection, runtime, actor, Facts(row, runtime.clock.now(), None), word, runtime.clock.now())
    change = Change(step, definition, role)
    asked = request_hash(word, given)
    first = entry_of_key(connection, key)
    if first is not None:
        if first["request_hash"] != asked:
            raise KeyReused("这个提交编号已经用于另一项操作，请刷新页面后重新提交。")
        change.repeated = first["result"]
        change.revision = first["revision"]
        yield change
        return
    if revision is not None and revision != row["revision"]:
        raise changed_since(connection, definition, row, revision)
    yield change
    session.flush()
    for keep in runtime.keeps:
        keep(step)
    session.flush()
    change.result |= {name: told for name, told in step.results.items() if name not in change.result}
    _seal(change, word, given, key, asked, bumps)


def _role(runtime: Runtime, held: frozenset[str], word: str) -> str:
    role = role_for(word, held)
    if role is None:
        names = "、".join(runtime.title("roles", r) for r in roles_of(word))
        raise Forbidden(f"只有{names}可以这样做。")
    return role


def _seal(change: Change, word: str, given: Mapping[str, Any], key: str, asked: str, bumps: bool) -> None:
    step, facts = change.step, change.step.facts
    change.revision = facts.revision + (1 if bumps else 0)
    seq = facts.audit_seq + 1
    entry = Entry(
        event=word,
        from_state=facts.state,
        to_state=facts.state,
        actor=step.actor,
        role=change.role,
        at=step.at,
        revision=change.revision,
        payload=dump({"answers": given, "result": change.result}),
        definition=stamp(change.definition, step.runtime),
        idempotency_key=key,
        request_hash=asked,
    )
    head = append(step.connection, entry, seq=seq, previous=facts.audit_head, proceeding_id=step.proceeding_id)
    values = {"proceeding": step.proceeding_id, "was": facts.audit_seq, "revision": change.revision}
    if _SEAL.run(step.connection, {**values, "audit_seq": seq, "audit_head": head}) != 1:
        raise AssertionError("the locked row changed under the lock")
