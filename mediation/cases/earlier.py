"""What a form need not ask for again: the last answer of the same name and kind, else what the case file itself tells.

Looked for in the proceeding itself, then in those that opened it, nearest first. Only the reader's own view of the case
is looked at. Nothing is filled in behind anybody's back: forms show it, and what is sent counts.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..clock import SHANGHAI
from ..engine.carrying import carried
from ..engine.definition import Ask, Event
from ..runtime import Runtime
from .models import AuditEntry
from .proceedings import stamped_version
from .undoable import UNDO
from .view import CaseView, ProceedingView

KNOWN: Mapping[str, str] = {
    "risk_level": "choice",
    "summary": "long_text",
    "workplace": "text",
    "reference": "text",
}
"""Attributes of the case that forms may propose, with the type of ask that they answer."""

Kind = tuple[str, str, bool]
"""Name, type and whether there are many: answers of the same kind may stand for each other."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is proposed for one ask, as canonical JSON, and when it was told. Without `at`: the case file tells it."""

    value: Any
    proceeding_id: int | None = None
    workflow: str = ""
    event: str = ""
    title: str = ""
    seq: int | None = None
    at: datetime | None = None


Form = tuple[ProceedingView, Event]
Proposals = Mapping[str, Earlier]
"""By the name of the ask."""


def told_before(
    session: Session, runtime: Runtime, view: CaseView, forms: Iterable[Form]
) -> Mapping[tuple[int, str], Proposals]:
    """(proceeding, event) → what its form proposes from the file: one query for all these forms, none if none asks."""
    wanted = {(p.id, event.name): (p, _asks(runtime, event)) for p, event in forms}
    kinds = {kind for _, asks in wanted.values() for ask in asks for kind in _kinds(ask)}
    said = _said(session, runtime, view, kinds) if kinds else {}
    found = {form: _proposals(view, _chain(view, p), asks, said) for form, (p, asks) in wanted.items()}
    return {form: _possible(runtime, view, wanted[form][1], told) for form, told in found.items()}


def _asks(runtime: Runtime, event: Event) -> list[Ask]:
    return [ask for ask in event.asks.values() if carried(ask, runtime.vocabulary)]


def _kinds(ask: Ask) -> list[Kind]:
    return [(name, ask.type, ask.many) for name in (ask.name, *ask.same_as)]


def _chain(view: CaseView, proceeding: ProceedingView) -> list[int]:
    """The proceeding and those above it, as far as the reader sees them."""
    chain = [proceeding.id]
    while proceeding.parent_id is not None and (above := view.proceeding(proceeding.parent_id)) is not None:
        proceeding = above
        chain.append(above.id)
    return chain


def _said(
    session: Session, runtime: Runtime, view: CaseView, kinds: Collection[Kind]
) -> Mapping[tuple[int, Kind], Earlier]:
    """The last answer of each kind in each proceeding of the case. What was undone was never said."""
    events = _asking(runtime, {p.workflow for p in view.proceedings}, kinds)
    query = (
        select(*(getattr(AuditEntry, name) for name in _COLUMNS))
        .where(AuditEntry.proceeding_id.in_([p.id for p in view.proceedings]), AuditEntry.event.in_([*events, UNDO]))
        .order_by(AuditEntry.id.desc())
    )
    said: dict[tuple[int, Kind], Earlier] = {}
    undone: set[tuple[int, int]] = set()
    for row in session.execute(query) if events else ():
        payload = json.loads(row.payload)
        if row.event == UNDO:
            undone.add((row.proceeding_id, payload["result"]["undone"]["seq"]))
        elif (row.proceeding_id, row.seq) not in undone:
            for kind, found in _answers(runtime, view, row, payload.get("answers", {})):
                said.setdefault((row.proceeding_id, kind), found)
    return said


_COLUMNS = ("proceeding_id", "seq", "event", "at", "payload", "definition")


def _asking(runtime: Runtime, workflows: Collection[str], kinds: Collection[Kind]) -> list[str]:
    """The events, of all versions, that ask for one of these kinds."""
    definitions = (machine.definition for (name, _), machine in runtime.machines.items() if name in workflows)
    events = (event for definition in definitions for event in definition.events.values())
    asking = (e.name for e in events if any((a.name, a.type, a.many) in kinds for a in e.asks.values()))
    return list(dict.fromkeys(asking))


def _answers(runtime: Runtime, view: CaseView, row: Any, answers: Mapping[str, Any]) -> Iterator[tuple[Kind, Earlier]]:
    """What one entry says, by the version of the definition that it was decided under."""
    proceeding = view.proceeding(row.proceeding_id) or view.main
    machine = runtime.machines.get((proceeding.workflow, stamped_version(row.definition)))
    event = machine.definition.events.get(row.event) if machine else None
    if event is None:
        return
    for ask in event.asks.values():
        if (value := answers.get(ask.name)) not in (None, "", []):
            told = Earlier(
                value, row.proceeding_id, proceeding.title, row.event, event.title, row.seq, row.at.astimezone(SHANGHAI)
            )
            yield (ask.name, ask.type, ask.many), told


def _proposals(
    view: CaseView, chain: Collection[int], asks: Iterable[Ask], said: Mapping[tuple[int, Kind], Earlier]
) -> Proposals:
    found = ((ask, _found(view, chain, ask, said)) for ask in asks)
    return {ask.name: told for ask, told in found if told is not None}


def _found(
    view: CaseView, chain: Collection[int], ask: Ask, said: Mapping[tuple[int, Kind], Earlier]
) -> Earlier | None:
    """The own name goes before others; what events changed in the case file since goes before what was said."""
    for name, type, many in _kinds(ask):
        told = next((said[id, (name, type, many)] for id in chain if (id, (name, type, many)) in said), None)
        fact = getattr(view, name) if KNOWN.get(name) == type and not many else None
        if fact and (told is None or told.value != fact):
            return Earlier(fact)
        if told is not None:
            return told
    return None


def _possible(runtime: Runtime, view: CaseView, asks: Iterable[Ask], told: Proposals) -> Proposals:
    """Without what could no longer be chosen: codes of other lists, people who left, procedures that ended."""
    left = {ask.name: _left(runtime, view, ask, told[ask.name].value) for ask in asks if ask.name in told}
    return {name: replace(told[name], value=value) for name, value in left.items() if value not in (None, [])}


def _left(runtime: Runtime, view: CaseView, ask: Ask, value: Any) -> Any:
    """Of a list what may still be chosen; a single answer or None."""
    if runtime.vocabulary.ask_types[ask.type].columns:
        here = _ids(view, "party")
        return [row for row in value if row.get("party") in here]
    allowed = runtime.codes[ask.choices] if ask.choices else _ids(view, ask.type) if ask.type in _POINTERS else None
    if allowed is None:
        return value
    if isinstance(value, list):
        return [one for one in value if one in allowed]
    return value if value in allowed else None


_POINTERS = ("party", "person", "proceeding")


def _ids(view: CaseView, type: str) -> Collection[int]:
    if type == "party":
        return {p.id for p in view.parties if p.left_on is None and p.represents_id is None}
    return {c.id for c in view.colleagues} if type == "person" else {p.id for p in view.proceedings if not p.ended}
