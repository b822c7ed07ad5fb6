"""What may be taken back: the last event of a proceeding, as long as nothing rests on it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy.orm import Session

from ..db import connection_of
from ..engine.definition import Definition, Event
from ..people.actor import Actor
from ..runtime import Runtime
from .history import entry_of_key, title_of
from .models import UNDONE, AuditEntry, Proceeding
from .proceedings import stamped_version

WITHIN = timedelta(minutes=10)
"""How long whoever did it may take it back alone; later a supervisor must say why (the office's own rule)."""
UNDO = "undo"
LOOKED_AT = 60
"""How many of the newest entries of a case are looked at to draw its buttons."""

BESIDE = frozenset(
    (
        *(
            "add_activity",
            "add_evidence",
            "change_evidence",
            "link_evidence",
            "record_offer",
            "release_offer",
            "end_offer",
            "add_party",
            "change_party",
            "add_demand",
            "change_demand",
        ),
        *("party_condition", "party_liability", "party_authority", "party_needs", "link_case", "draft_paper"),
        *("privacy_answer", "privacy_withdrawal", "readings_asked", "readings_answered"),
        *("add_limitation_event", "strike_limitation_event", "limitation_recounted", "repair_reminders"),
        *("book_meeting", "move_meeting", "cancel_meeting", "meeting_told", "party_time"),
        *("hand_over", "hand_back", "retry_stuck", "drop_stuck"),
        *("record_award", "record_credit", "reverse_receipt"),
    )
)
"""Changes of the file that rest on no event: what happened before them can still be undone."""

NO_WAY_BACK = "这一步牵动其他记录，不能自动撤销；请用现有的事项更正，或由主管重新启动。"


@dataclass(frozen=True, slots=True)
class LastStep:
    """The newest event that stands, with all that is needed to judge it and to take it back."""

    proceeding_id: int
    seq: int
    event: Event
    definition: Definition
    from_state: str
    to_state: str
    actor_id: int | None
    role: str
    at: datetime
    revision: int
    result: Mapping[str, Any]
    before: Mapping[str, Any] | None
    """None: written before undoing was possible."""


@dataclass(frozen=True, slots=True)
class Undoable:
    """What a page offers. `minutes` are left to the person who did it; 0: a supervisor has to say why."""

    proceeding_id: int
    seq: int
    title: str
    minutes: int


def last_step(connection: Connection, runtime: Runtime, proceeding_id: int) -> LastStep | str:
    """The event to be undone; a sentence where there is none, or something else came after it."""
    query = _ENTRIES.where(AuditEntry.proceeding_id == proceeding_id).order_by(AuditEntry.seq.desc())
    return _last(runtime, connection.execute(query))


_COLUMNS: Any = (
    AuditEntry.proceeding_id,
    AuditEntry.seq,
    AuditEntry.event,
    AuditEntry.from_state,
    AuditEntry.to_state,
    AuditEntry.actor_id,
    AuditEntry.role,
    AuditEntry.at,
    AuditEntry.revision,
    AuditEntry.payload,
    AuditEntry.definition,
    Proceeding.workflow,
)
_ENTRIES: Select[Any] = select(*_COLUMNS).join(Proceeding, Proceeding.id == AuditEntry.proceeding_id)


def _last(runtime: Runtime, entries: Iterable[Any]) -> LastStep | str:
    undone: set[int] = set()
    for row in entries:
        if row.event == UNDO:
            undone.add(json.loads(row.payload)["result"]["undone"]["seq"])
        elif row.seq not in undone and row.event not in BESIDE:
            return _step(runtime, row)
    return "没有可以撤销的步骤。"


def _step(runtime: Runtime, row: Any) -> LastStep | str:
    machine = runtime.machines.get((row.workflow, stamped_version(row.definition)))
    if machine is None or row.seq == 1:
        return "没有可以撤销的步骤。"
    event = machine.definition.events.get(row.event)
    if event is None:
        return f"此后又有“{title_of(machine.definition, row.event)}”，之前的步骤不能再撤销。"
    payload = json.loads(row.payload)
    return LastStep(
        row.proceeding_id,
        row.seq,
        event,
        machine.definition,
        row.from_state,
        row.to_state,
        row.actor_id,
        row.role,
        row.at,
        row.revision,
        payload["result"],
        payload.get("before"),
    )


def bars(connection: Connection, runtime: Runtime, step: LastStep) -> list[str]:
    """Every reason why this step cannot be taken back, each with what to do instead."""
    named = f"“{step.event.title}”"
    if step.actor_id is None or step.role == "clock":
        return [f"{named}是系统按期限或其他程序的结果办理的，不能撤销；请用现有的事项继续办理。"]
    if step.before is None:
        return [f"{named}是旧版本登记的，不能撤销。"]
    found = [runtime.undoes.get(effect, NO_WAY_BACK) for effect in step.event.effects]
    told = [inverse for inverse in found if isinstance(inverse, str)]
    return [*dict.fromkeys(told), *_child(connection, runtime, step), *_parent(connection, step)]


def _child(connection: Connection, runtime: Runtime, step: LastStep) -> list[str]:
    """Something has happened in the proceeding that it started."""
    if (started := step.result.get("started")) is None:
        return []
    query = select(Proceeding.workflow, Proceeding.audit_seq).where(Proceeding.id == started["proceeding_id"])
    child = connection.execute(query).one()
    if child.audit_seq == 1:
        return []
    title = runtime.machine(child.workflow).definition.title
    return [f"由此启动的“{title}”已经有办理记录，不能撤销；请在该程序中继续办理。"]


def _parent(connection: Connection, step: LastStep) -> list[str]:
    """A proceeding above has heard of the end and acted on it."""
    if not step.definition.states[step.to_state].final:
        return []
    heard = entry_of_key(connection, f"end:{step.proceeding_id}:{step.revision}")
    if heard is None:
        return []
    moved = heard["from_state"] != heard["to_state"] or {"opened", "closed", "started"} & heard["result"].keys()
    return ["上级程序已经据此继续办理，不能撤销；请用现有的事项更正，或由主管重新启动。"] if moved else []


def minutes_left(step: LastStep, actor: Actor, now: datetime) -> int:
    """Whole minutes, at least 1, in which this person may still take the step back alone; 0 where they may not."""
    left = step.at + WITHIN - now
    mine = step.actor_id is not None and step.actor_id == actor.person_id
    return -(-int(left.total_seconds()) // 60) if mine and left > timedelta(0) else 0


def undoables(
    session: Session, runtime: Runtime, case_id: int, actor: Actor, roles: frozenset[str]
) -> Mapping[int, Undoable]:
    """By proceeding: what this person could take back now."""
    connection, now = connection_of(session), runtime.clock.now()
    query = _ENTRIES.where(Proceeding.case_id == case_id, Proceeding.outcome.is_distinct_from(UNDONE))
    newest = query.order_by(AuditEntry.id.desc()).limit(LOOKED_AT)
    entries: dict[int, list[Any]] = {}
    for row in connection.execute(newest):
        entries.setdefault(row.proceeding_id, []).append(row)
    found: dict[int, Undoable] = {}
    for id, rows in entries.items():
        step = _last(runtime, rows)
        if isinstance(step, str):
            continue
        left = minutes_left(step, actor, now)
        if (left or "supervisor" in roles) and not bars(connection, runtime, step):
            found[id] = Undoable(id, step.seq, step.event.title, left)
    return found


def undone_seqs(session: Session, case_id: int) -> frozenset[tuple[int, int]]:
    """(proceeding, number) of every entry of the case that was taken back."""
    rows = session.execute(_ENTRIES.where(Proceeding.case_id == case_id, AuditEntry.event == UNDO)).all()
    return frozenset((row.proceeding_id, json.loads(row.payload)["result"]["undone"]["seq"]) for row in rows)
