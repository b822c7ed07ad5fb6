"""What an undo would do, before anybody presses the button: the same columns that `undo` reads, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..db import connection_of
from ..deadlines.models import Deadline
from ..documents.models import Document
from ..people.actor import Actor
from ..people.models import Person
from ..runtime import Runtime
from .undoable import WITHIN, LastStep, bars, last_step

Dated = tuple[tuple[str, date], ...]
"""(title of the deadline, its last day)."""
Papers = tuple[tuple[str, str], ...]
"""(title, number)."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The newest step of a proceeding and all that goes with it. `seconds`: left to whoever did it; 0 is over."""

    title: str
    by: str
    at: datetime
    until: datetime
    seconds: int
    mine: bool
    from_state: str
    to_state: str
    ending: Dated
    """Deadlines that the step opened: they are no longer counted."""
    running_on: Dated
    """Deadlines that the step closed: they run on to the same day."""
    moved: tuple[str, ...]
    """Deadlines that it extended, suspended or resumed: they go back to what they were."""
    void: Papers
    valid_again: Papers
    procedure: str
    """The procedure that it started, which ends; "" if none."""
    bars: tuple[str, ...]
    """Why it cannot be taken back by anybody, each with what to do instead."""


def taken_back(session: Session, runtime: Runtime, proceeding_id: int, actor: Actor) -> TakenBack | None:
    """What stands to be undone there, whoever may do it; None where nothing does. The caller asks who may see it."""
    connection, now = connection_of(session), runtime.clock.now()
    last = last_step(connection, runtime, proceeding_id)
    if isinstance(last, str):
        return None
    before, states, rules = last.before or {}, last.definition.states, last.definition.deadlines
    event, until = last.event, last.at + WITHIN
    touched = dict.fromkeys([*(e.deadline for e in event.extends), *event.suspends, *event.resumes])
    mine = last.actor_id is not None and last.actor_id == actor.person_id
    return TakenBack(
        title=event.title,
        by=session.scalar(select(Person.name).where(Person.id == last.actor_id)) or "",
        at=last.at,
        until=until,
        seconds=max(int((until - now).total_seconds()), 0),
        mine=mine,
        from_state=states[last.from_state].title,
        to_state=states[last.to_state].title,
        ending=_deadlines(session, [said["id"] for said in last.result.get("opened", ())], closed=False),
        running_on=_deadlines(session, before.get("closed", ()), closed=True),
        moved=tuple(rules[name].title for name in touched),
        void=_papers(session, [paper["id"] for paper in last.result.get("documents", ())], void=False),
        valid_again=_papers(session, before.get("papers", ()), void=True),
        procedure=_started(runtime, last),
        bars=tuple(bars(connection, runtime, last)),
    )


def _deadlines(session: Session, ids: Sequence[int], *, closed: bool) -> Dated:
    query = select(Deadline.title, Deadline.legal_due).where(Deadline.id.in_(ids))
    state = Deadline.closed_at.is_not(None) if closed else Deadline.closed_at.is_(None)
    return tuple((row.title, row.legal_due) for row in session.execute(query.where(state).order_by(Deadline.legal_due)))


def _papers(session: Session, ids: Sequence[int], *, void: bool) -> Papers:
    query = select(Document.title, Document.number).where(Document.id.in_(ids))
    state = Document.voided_at.is_not(None) if void else Document.voided_at.is_(None)
    return tuple((row.title, row.number) for row in session.execute(query.where(state).order_by(Document.id)))


def _started(runtime: Runtime, last: LastStep) -> str:
    started: Mapping[str, Any] | None = last.result.get("started")
    return runtime.machine(started["workflow"]).definition.title if started else ""
