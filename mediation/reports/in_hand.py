"""What waits for a second person, and what a supervisor wants answered: two registers, read from the proceedings."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from ..cases.dues import Due, as_due
from ..cases.models import AuditEntry, Case, Proceeding
from ..cases.queries import open_to
from ..deadlines.models import Deadline
from ..engine.definition import Event
from ..people.actor import Actor
from ..people.models import Organisation, Person
from ..runtime import Runtime

GUARD = "another_person_decides"
ORDER = "follow_up_order"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What waits for a second person. `own`: the reader proposed it and cannot decide. `events`: the ways on."""

    proceeding_id: int
    case_id: int
    number: str
    organisation: str
    workflow: str
    state: str
    title: str
    """What was proposed, in the words of the button."""
    by: str
    at: datetime
    outcome: str
    said: tuple[tuple[str, str], ...]
    own: bool
    due: Due | None
    events: tuple[Event, ...]
    name: str
    """Of the workflow, as the API calls it."""
    revision: int


@dataclass(frozen=True, slots=True)
class Order:
    """One order (督办) with its answer and remark so far. `late`: the answer is overdue."""

    proceeding_id: int
    case_id: int
    number: str
    organisation: str
    owner: str | None
    state: str
    state_title: str
    ended: bool
    text: str
    answer: str
    remark: str
    returned: str
    given_at: datetime
    since: datetime
    due: Due | None
    revision: int

    @property
    def late(self) -> bool:
        return self.due is not None and self.due.passed and self.state == "given"


def count_proposals(session: Session, runtime: Runtime, actor: Actor) -> int:
    """How many wait for this supervisor: those of others."""
    return sum(not one.own for one in proposals(session, runtime, actor, limit=200))


def proposals(
    session: Session, runtime: Runtime, actor: Actor, *, offset: int = 0, limit: int = 50
) -> Sequence[Proposal]:
    """What waits for a second person in the places where the actor is a supervisor, the longest waiting first."""
    waiting = _reviewed(runtime)
    query = (
        select(Proceeding, Case.number, Organisation.name)
        .join(Case, Case.id == Proceeding.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(Proceeding.ended_at.is_(None), _in(waiting), _supervised(actor))
        .order_by(Proceeding.state_since, Proceeding.id)
        .offset(offset)
        .limit(limit)
    )
    rows = session.execute(query).all()
    came = _came(session, [row[0] for row in rows])
    dues = _nearest(session, [row[0].id for row in rows], runtime.clock.now())
    return [
        _proposal(runtime, actor, waiting, *row, came[row[0].id], dues.get(row[0].id))
        for row in rows
        if row[0].id in came
    ]


def _reviewed(runtime: Runtime) -> Mapping[tuple[str, int, str], tuple[Event, ...]]:
    """(workflow, version, state) in which somebody else must decide → the events there that people may fire."""
    found = {}
    for (workflow, version), machine in runtime.machines.items():
        for state in machine.definition.states:
            events = machine.definition.events_from(state)
            if any(GUARD in event.guards for event in events):
                deciding = {event.name: event for event in events if set(event.from_) <= _deciding(machine.definition)}
                found[workflow, version, state] = tuple(deciding.values())
    return found


def _deciding(definition: Any) -> set[str]:
    """The states that are left by a decision."""
    return {state for event in definition.events.values() if GUARD in event.guards for state in event.from_}


def _in(waiting: Collection[tuple[str, int, str]]) -> ColumnElement[bool]:
    return or_(
        false(),
        *(
            and_(Proceeding.workflow == workflow, Proceeding.version == version, Proceeding.state == state)
            for workflow, version, state in waiting
        ),
    )


def _supervised(actor: Actor) -> ColumnElement[bool]:
    return and_(
        or_(false(), *(Organisation.path.startswith(path) for path in actor.paths("supervisor"))), open_to(actor)
    )


def _came(session: Session, rows: Sequence[Proceeding]) -> Mapping[int, tuple[AuditEntry, str]]:
    """The entry that led each procedure to where it is, and by whom."""
    states = {row.id: row.state for row in rows}
    query = (
        select(AuditEntry, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(
            AuditEntry.proceeding_id.in_(states),
            AuditEntry.from_state != AuditEntry.to_state,
            AuditEntry.event != "undo",
        )
        .order_by(AuditEntry.seq)
    )
    return {
        entry.proceeding_id or 0: (entry, name or "系统时钟")
        for entry, name in session.execute(query)
        if states[entry.proceeding_id or 0] == entry.to_state
    }


def _proposal(
    runtime: Runtime,
    actor: Actor,
    waiting: Mapping[tuple[str, int, str], tuple[Event, ...]],
    row: Proceeding,
    number: str,
    organisation: str,
    came: tuple[AuditEntry, str],
    due: Due | None,
) -> Proposal:
    entry, by = came
    definition = runtime.machine(row.workflow, row.version).definition
    event = definition.events.get(entry.event)
    answers = json.loads(entry.payload).get("answers", {})
    asks = event.asks if event else {}
    said = tuple(
        (ask.title, _text(runtime, ask.choices, answers[name])) for name, ask in asks.items() if answers.get(name)
    )
    return Proposal(
        row.id,
        row.case_id,
        number,
        organisation,
        definition.title,
        definition.states[row.state].title,
        event.title if event else entry.event,
        by,
        entry.at,
        runtime.title("outcomes", row.outcome) if row.outcome else "",
        said,
        entry.actor_id == actor.person_id,
        due,
        waiting[row.workflow, row.version, row.state],
        row.workflow,
        row.revision,
    )


def _text(runtime: Runtime, choices: str | None, value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return "、".join(runtime.title(choices, str(one)) if choices else str(one) for one in values)


def _nearest(session: Session, ids: Collection[int], now: datetime) -> Mapping[int, Due]:
    query = select(Deadline).where(Deadline.proceeding_id.in_(ids), Deadline.closed_at.is_(None))
    latest_first = session.scalars(query.order_by(Deadline.legal_due.desc(), Deadline.id))
    return {deadline.proceeding_id: as_due(deadline, now) for deadline in latest_first}


# ── orders ──


def orders_to_answer(session: Session, runtime: Runtime, actor: Actor, *, limit: int = 50) -> Sequence[Order]:
    """Open orders about cases that lie with this person; what is due first comes first."""
    mine = func.coalesce(_main.owner_id, Case.registered_by_id) == actor.person_id
    query = _orders().where(mine, Proceeding.ended_at.is_(None), Proceeding.state == "given")
    return _read_orders(session, runtime, query.order_by(Proceeding.state_since, Proceeding.id).limit(limit))


def orders_given(
    session: Session, runtime: Runtime, actor: Actor, *, ended: bool = False, offset: int = 0, limit: int = 50
) -> Sequence[Order]:
    """Orders in the supervisor's places: answered ones first, for they wait for a word, then the oldest."""
    wanted = Proceeding.ended_at.is_not(None) if ended else Proceeding.ended_at.is_(None)
    query = _orders().where(_supervised(actor), wanted)
    order = (
        (Proceeding.ended_at.desc(), Proceeding.id)
        if ended
        else (case((Proceeding.state == "answered", 0), else_=1), Proceeding.state_since, Proceeding.id)
    )
    return _read_orders(session, runtime, query.order_by(*order).offset(offset).limit(limit))


_main, _owner = aliased(Proceeding), aliased(Person)


def _orders() -> Select[Any]:
    query: Any = (
        select(Proceeding, Case.number, Organisation.name, _owner.name)
        .join(Case, Case.id == Proceeding.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .join(_main, and_(_main.case_id == Case.id, _main.workflow == "dispute"))
        .outerjoin(_owner, _owner.id == _main.owner_id)
        .where(Proceeding.workflow == ORDER, Proceeding.outcome.is_distinct_from("undone"))
    )
    narrowed: Select[Any] = query
    return narrowed


def _read_orders(session: Session, runtime: Runtime, query: Select[Any]) -> Sequence[Order]:
    rows = session.execute(query).all()
    dues = _nearest(session, [row[0].id for row in rows], runtime.clock.now())
    return [_order(runtime, dues.get(row[0].id), *row) for row in rows]


def _order(
    runtime: Runtime, due: Due | None, row: Proceeding, number: str, organisation: str, owner: str | None
) -> Order:
    def said(name: str) -> str:
        return str(row.answers.get(name) or "")

    states = runtime.machine(row.workflow, row.version).definition.states
    return Order(
        row.id,
        row.case_id,
        number,
        organisation,
        owner,
        row.state,
        states[row.state].title if row.state in states else row.state,
        row.ended_at is not None,
        said("order_text"),
        said("order_answer"),
        said("order_remark"),
        said("return_reason"),
        row.opened_at,
        row.state_since,
        due,
        row.revision,
    )
