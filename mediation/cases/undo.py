"""Undo: the last event of a proceeding is taken back, in one transaction, with an entry of its own.

The undone entry stays. The proceeding's columns go back to what the entry kept of them; deadlines that the event closed
run on with the reminders that were cancelled, those that it opened end; its papers are void and keep their numbers;
extensions and suspensions get a line in their ledger; a proceeding that it started, and in which nothing has happened
yet, ends; each effect takes back what it did (`Runtime.undoes`). Clocks of the case are then reckoned anew.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from ..db import connection_of, dump
from ..deadlines.ledger import Move, undo_moves
from ..deadlines.run import close_all, reopen_deadlines, undo_opening
from ..documents.issue import void_issued
from ..errors import BadInput, Forbidden, Refusal, Refused
from ..people.actor import Actor
from ..people.rights import role_for
from ..reminders.plan import cancel_deadlines, revive
from ..runtime import Runtime
from .access import seen
from .advance import Advanced, repeated
from .audit import Entry, append, request_hash
from .facts import Facts
from .history import changed_since, entry_of_key
from .models import UNDONE, Activity, Proceeding
from .proceedings import stamp, step_of
from .schedule import ENDED, replan
from .step import Step
from .undoable import UNDO, LastStep, bars, last_step, minutes_left

TAKEN_BACK = "这一步已撤销"


def undo(
    session: Session,
    runtime: Runtime,
    proceeding_id: int,
    *,
    reason: str | None,
    revision: int,
    key: str,
    actor: Actor,
) -> Advanced:
    """Take back the last event: by whoever did it within ten minutes, later by a supervisor who says why.

    Raises NotFound, Forbidden, BadInput (a reason is missing), Refused (every reason), StateHasChanged, KeyReused.
    """
    connection, now = connection_of(session), runtime.clock.now()
    row, roles = seen(actor, runtime.loading.row(connection, proceeding_id, now, key))
    definition = runtime.machine(row["workflow"], row["version"]).definition
    asked = request_hash(UNDO, {"reason": reason})
    if row["repeated_seq"] is not None or entry_of_key(connection, key) is not None:
        return repeated(connection, key, asked, proceeding_id)
    if revision != row["revision"]:
        raise changed_since(connection, definition, row, revision)
    last = last_step(connection, runtime, proceeding_id)
    why = [last] if isinstance(last, str) else bars(connection, runtime, last)
    if isinstance(last, str) or why:
        raise Refused([Refusal(UNDO, sentence) for sentence in why])
    role = _role(last, actor, roles, now, reason)
    step = Step(session, connection, runtime, actor, Facts(row, now, None), UNDO, now)
    _take_back(step, last, reason or TAKEN_BACK)
    columns = _columns(step, last)
    session.execute(update(Proceeding).where(Proceeding.id == proceeding_id).values(columns))
    _keep(step)
    return _seal(step, last, role, reason, key, asked)


def _role(last: LastStep, actor: Actor, roles: frozenset[str], now: datetime, reason: str | None) -> str:
    if minutes_left(last, actor, now):
        return last.role if last.role in roles else min(roles)
    if role_for("undo_later", roles) is None:
        raise Forbidden("十分钟内由办理人本人撤销；过后请主管写明理由后撤销。")
    if not (reason or "").strip():
        raise BadInput("撤销他人的或者十分钟以前的步骤，须写明理由。", {"reason": "请写明理由。"})
    return "supervisor"


def _take_back(step: Step, last: LastStep, why: str) -> None:
    before = last.before or {}
    for effect in reversed(last.event.effects):
        inverse = step.runtime.undoes[effect]
        assert not isinstance(inverse, str)
        inverse(step, before)
    activities = before.get("activities", [])
    step.session.execute(delete(Activity).where(Activity.id.in_(activities), Activity.case_id == step.case_id))
    _deadlines(step, last, before, why)
    papers = [paper["id"] for paper in last.result.get("documents", ())]
    if voided := void_issued(step.connection, papers, f"{TAKEN_BACK}：{why}" if why != TAKEN_BACK else why, step.at):
        step.results["voided"] = sorted(voided)
    if (started := last.result.get("started")) is not None:
        _end_child(step, started["proceeding_id"])


def _deadlines(step: Step, last: LastStep, before: Mapping[str, Any], why: str) -> None:
    step.session.flush()
    opened = [said["id"] for said in last.result.get("opened", ())]
    ended = undo_opening(step.connection, opened, step.at)
    cancel_deadlines(step.connection, ended, step.at, TAKEN_BACK)
    if closed := before.get("closed", []):
        step.results["reopened"] = reopen_deadlines(step.connection, closed)
        revive(step.connection, closed, last.at, ENDED)
    event = last.event
    names = dict.fromkeys([*(e.deadline for e in event.extends), *event.suspends, *event.resumes])
    reason = f"撤销“{event.title}”：{why}"[:500]
    move = Move(step.session, step.runtime.law, step.proceeding_id, reason, step.actor.person_id, step.at)
    for rule in (last.definition.deadlines[name] for name in names):
        for moved in undo_moves(move, rule, last.at):
            replan(step, rule, moved, TAKEN_BACK)
            step.results.setdefault("moved", []).append({"name": rule.name, "due": moved.legal_due.isoformat()})


def _end_child(step: Step, child_id: int) -> None:
    """Nothing has happened in it: it ends where it stands, and can be read but not gone on with."""
    child = step_of(step.session, step.runtime, child_id, step.actor, UNDO)
    facts, connection = child.facts, step.connection
    cancel_deadlines(connection, close_all(connection, child_id, UNDONE, step.at), step.at, TAKEN_BACK)
    told = {"answers": {}, "result": {"undone": {"seq": 1, "event": "start"}, "outcome": UNDONE}}
    definition = step.runtime.machine(facts.workflow, facts.version).definition
    revision, seq = facts.revision + 1, facts.audit_seq + 1
    entry = Entry(
        UNDO, facts.state, facts.state, step.actor, "", step.at, revision, dump(told), stamp(definition, step.runtime)
    )
    head = append(connection, entry, seq=seq, previous=facts.audit_head, proceeding_id=child_id)
    values = {"ended_at": step.at, "outcome": UNDONE, "revision": revision, "audit_seq": seq, "audit_head": head}
    step.session.execute(update(Proceeding).where(Proceeding.id == child_id).values(values))
    step.results["ended"] = child_id


def _columns(step: Step, last: LastStep) -> dict[str, Any]:
    """What the proceeding's own columns go back to."""
    before, facts = last.before or {}, step.facts
    answers = {**facts.said, **before.get("answers", {})}
    columns: dict[str, Any] = {
        "state": last.from_state,
        "answers": {name: value for name, value in answers.items() if value is not None},
        "outcome": before.get("outcome", facts.outcome),
        "owner_id": before.get("owner_id", facts.owner_id),
        "ended_at": _instant(before.get("ended_at")),
    }
    if "state_since" in before:
        columns["state_since"] = _instant(before["state_since"])
    return columns


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _keep(step: Step) -> None:
    """Clocks that follow the case file, over the proceeding as it stands now."""
    step.session.flush()
    fresh = step_of(step.session, step.runtime, step.proceeding_id, step.actor, UNDO)
    for keep in step.runtime.keeps:
        keep(fresh)
    step.session.flush()
    step.results |= fresh.results


def _seal(step: Step, last: LastStep, role: str, reason: str | None, key: str, asked: str) -> Advanced:
    facts = step.facts
    revision, seq = facts.revision + 1, facts.audit_seq + 1
    step.results["undone"] = {"seq": last.seq, "event": last.event.name}
    entry = Entry(
        event=UNDO,
        from_state=facts.state,
        to_state=last.from_state,
        actor=step.actor,
        role=role,
        at=step.at,
        revision=revision,
        payload=dump({"answers": {"reason": reason} if reason else {}, "result": step.results}),
        definition=stamp(last.definition, step.runtime),
        idempotency_key=key,
        request_hash=asked,
    )
    head = append(step.connection, entry, seq=seq, previous=facts.audit_head, proceeding_id=step.proceeding_id)
    values = {"revision": revision, "audit_seq": seq, "audit_head": head}
    step.session.execute(update(Proceeding).where(Proceeding.id == step.proceeding_id).values(values))
    return Advanced(
        step.case_id, step.proceeding_id, UNDO, facts.state, last.from_state, revision, seq, dict(step.results)
    )
