"""Advance: one event of one proceeding, in one transaction, or nothing at all.

Load under lock → may this person see it → was this key used before → is the revision theirs → judge (every refusal at
once) → effects → close, move and open deadlines with their reminders → papers → audit entry → state. The caller's
session commits. The hot path uses prepared statements; effects may use the ORM.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, update
from sqlalchemy.orm import Session

from ..db import connection_of, dump
from ..engine.asks import answers_model, validate
from ..engine.definition import Definition, Event
from ..engine.machine import Decision, may_fire
from ..errors import KeyReused, Refusal, Refused
from ..people.actor import CLOCK, Actor
from ..prepared import Prepared
from ..runtime import Runtime
from .access import seen
from .audit import Entry, append, request_hash
from .facts import Facts
from .history import changed_since, entry_of_key
from .models import UNDONE, Proceeding
from .papers import issue_papers
from .proceedings import stamp, start_proceeding
from .references import check_references, tables_of
from .schedule import move_deadlines, open_deadlines, settle_deadlines
from .step import Step

_MOVE = Prepared(
    update(Proceeding)
    .where(Proceeding.id == bindparam("proceeding"), Proceeding.revision == bindparam("was"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "state",
                "state_since",
                "outcome",
                "answers",
                "revision",
                "audit_seq",
                "audit_head",
            )
        }
    )
)
"""Every column an event may change. `state_since` comes from the step."""
_OWN = Prepared(
    update(Proceeding).where(Proceeding.id == bindparam("proceeding")).values(owner_id=bindparam("owner_id"))
)
_END = Prepared(
    update(Proceeding).where(Proceeding.id == bindparam("proceeding")).values(ended_at=bindparam("ended_at"))
)
"""Apart, so that most events leave the indexes of owners and of open proceedings alone."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """What an event has done. `repeated`: the key had been used before, nothing was done this time."""

    case_id: int
    proceeding_id: int
    event: str
    from_state: str
    to_state: str
    revision: int
    seq: int
    result: Mapping[str, Any]
    """Outcome, documents, deadlines, as the audit entry keeps them."""
    repeated: bool = False


def advance(
    session: Session,
    runtime: Runtime,
    proceeding_id: int,
    event: str,
    answers: Mapping[str, Any],
    *,
    revision: int,
    key: str,
    actor: Actor,
) -> Advanced:
    """Fire `event` with raw `answers` (as a form or JSON sends them).

    `revision` is what the person saw, `key` makes a repeated request harmless. Raises NotFound, Forbidden, BadInput
    (per field), Refused (every reason), StateHasChanged (what happened since), KeyReused.
    """
    connection, now = connection_of(session), runtime.clock.now()
    row, roles = seen(actor, runtime.loading.row(connection, proceeding_id, now, key))
    machine = runtime.machine(row["workflow"], row["version"])
    asked = request_hash(event, answers)
    if row["repeated_seq"] is not None:
        return repeated(connection, key, asked, proceeding_id)
    if revision != row["revision"]:
        if entry_of_key(connection, key) is not None:
            return repeated(connection, key, asked, proceeding_id)
        raise changed_since(connection, machine.definition, row, revision)
    if row["outcome"] == UNDONE:
        raise Refused([Refusal(UNDONE, "这个程序已经撤销，不能再办理；需要时请重新启动。")])
    wanted = machine.definition.events.get(event)
    typed = None
    if wanted is not None and may_fire(wanted, roles):
        typed = validate(answers_model(wanted, runtime.vocabulary), answers)
        check_references(connection, wanted, runtime.vocabulary, typed, row)
    facts = Facts(row, now, typed, actor.person_id)
    decision = machine.decide(row["state"], event, roles, facts)
    step = Step(session, connection, runtime, actor, facts, event, now)
    role = next(r for r in decision.event.by if r in roles)
    return _happen(step, machine.definition, decision, role, key, asked)


def _happen(step: Step, definition: Definition, decision: Decision, role: str, key: str, asked: str) -> Advanced:
    event, facts = decision.event, step.facts
    for name in event.effects:
        step.runtime.effects[name](step)
    ends = definition.states[decision.to_state].final
    settle_deadlines(step, decision, ends=ends)
    move_deadlines(step, definition, event)
    open_deadlines(step, definition, (*event.opens, *decision.branch.opens))
    issue_papers(step, event.issues)
    outcome = decision.branch.outcome or facts.told("outcome")
    if outcome:
        step.results["outcome"] = outcome
    _start_child(step, event)
    for follow in step.runtime.follows:
        follow(step, decision)
    revision, seq = facts.revision + 1, facts.audit_seq + 1
    said = facts.answers.canonical() if facts.answers else {}
    after = _after(step, decision, outcome, {**facts.said, **_kept(step, event, said)})
    entry = Entry(
        event=event.name,
        from_state=decision.from_state,
        to_state=decision.to_state,
        actor=step.actor,
        role=role,
        at=step.at,
        revision=revision,
        payload=dump({"answers": said, "result": step.results, "before": _before(step, after)}),
        definition=stamp(definition, step.runtime),
        idempotency_key=key,
        request_hash=asked,
    )
    head = append(step.connection, entry, seq=seq, previous=facts.audit_head, proceeding_id=step.proceeding_id)
    _write(step, {**after, "revision": revision, "audit_seq": seq, "audit_head": head}, ends)
    if ends and facts.parent_id is not None:
        tell_parents(step, definition.name)
    return Advanced(
        step.case_id,
        step.proceeding_id,
        event.name,
        decision.from_state,
        decision.to_state,
        revision,
        seq,
        step.results,
    )


def _after(step: Step, decision: Decision, outcome: str | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the event makes of the proceeding's own columns."""
    facts = step.facts
    return {
        "state": decision.to_state,
        "state_since": step.at if decision.to_state != decision.from_state else facts.state_since,
        "outcome": outcome or facts.outcome,
        "answers": answers,
        **step.changed,
    }


def _before(step: Step, after: Mapping[str, Any]) -> dict[str, Any]:
    """Of the same columns, what they said before where the event changes it; an answer that was not there is null."""
    facts, told = step.facts, after["answers"]
    was = {name: facts.said.get(name) for name in {*facts.said, *told} if facts.said.get(name) != told.get(name)}
    columns = {name: getattr(facts, name) for name in ("state_since", "outcome", "owner_id") if name in after}
    changed = {name: value for name, value in columns.items() if value != after[name]}
    ended = {"ended_at": facts.ended_at} if facts.ended_at is not None else {}
    return {**({"answers": was} if was else {}), **changed, **ended, **step.before}


def _write(step: Step, values: Mapping[str, Any], ends: bool) -> None:
    facts = step.facts
    if _MOVE.run(step.connection, {**values, "proceeding": step.proceeding_id, "was": facts.revision}) != 1:
        raise AssertionError("the locked row changed under the lock")
    if ends or facts.ended_at is not None:
        _END.run(step.connection, {"proceeding": step.proceeding_id, "ended_at": step.at if ends else None})
    if "owner_id" in step.changed:
        _OWN.run(step.connection, {"proceeding": step.proceeding_id, "owner_id": step.changed["owner_id"]})


def _kept(step: Step, event: Event, said: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that later events and papers may refer to; tables live in rows of their own."""
    tables = tables_of(event, step.runtime.vocabulary)
    return {name: value for name, value in said.items() if value is not None and name not in tables}


def repeated(connection: Connection, key: str, asked: str, proceeding_id: int) -> Advanced:
    """The answer of the first time. KeyReused when the key belonged to another request."""
    entry = entry_of_key(connection, key)
    if entry is None or entry["request_hash"] != asked or entry["proceeding_id"] != proceeding_id:
        raise KeyReused("这个提交编号已经用于另一项操作，请刷新页面后重新提交。")
    return Advanced(
        entry["case_id"],
        proceeding_id,
        entry["event"],
        entry["from_state"],
        entry["to_state"],
        entry["revision"],
        entry["seq"],
        entry["result"],
        repeated=True,
    )


def _start_child(step: Step, event: Event) -> None:
    """Open the proceeding that the event `starts`, under this one."""
    if event.starts is None:
        return
    child = start_proceeding(step, event.starts)
    step.results["started"] = {"workflow": event.starts, "proceeding_id": child}


def tell_parents(step: Step, workflow: str) -> None:
    """Fire the `on_end` event for this workflow in the nearest proceeding above that can hear it, if one can."""
    parent_id = step.facts.parent_id
    while parent_id is not None:
        row = step.runtime.loading.row(step.connection, parent_id, step.at)
        if row is None:
            return
        definition = step.runtime.machine(row["workflow"], row["version"]).definition
        hearing = (e for e in definition.events.values() if workflow in e.on_end and row["state"] in e.from_)
        if (heard := next(hearing, None)) is not None:
            _tell(step, row, heard)
            return
        parent_id = row["parent_id"]


def _tell(step: Step, row: Mapping[str, Any], heard: Event) -> None:
    key = f"end:{step.proceeding_id}:{step.facts.revision + 1}"
    try:
        advance(
            step.session,
            step.runtime,
            row["proceeding_id"],
            heard.name,
            {},
            revision=row["revision"],
            key=key,
            actor=CLOCK,
        )
    except Refused:
        return
