"""One case while it is replayed: its clock, its rows, and the record of what every step did."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.activities import ActivityIn, add_activity
from ..cases.advance import Advanced, advance
from ..cases.evidence import EvidenceIn, Upload, add_evidence
from ..cases.models import Party, Proceeding
from ..cases.parties import DemandIn, PartyIn, add_demand, add_party
from ..clock import SHANGHAI, TestClock
from ..deadlines.models import Deadline
from ..people.actor import Actor
from ..runtime import Runtime
from .pace import Pace, pace_of
from .published import Case, Meta
from .stage import Stage

MORNING = time(9)


class NotYet(Exception):
    """This version cannot express the step. `area` is the part of the work it belongs to, `reason` a sentence."""

    def __init__(self, area: str, reason: str) -> None:
        super().__init__(reason)
        self.area, self.reason = area, reason


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done. `implied`: the source does not say it, the way of a case makes it necessary."""

    on: date
    words: str
    implied: bool = False


@dataclass(slots=True)
class Line:
    """One step of the case: what was done for it, or why it cannot be expressed."""

    code: str
    deeds: list[Deed] = field(default_factory=list)
    area: str | None = None
    reason: str | None = None
    noted: str | None = None
    """Why the step stands in the work log only."""
    trace: list[str] = field(default_factory=list)
    """What the step left in the file: "workflow:event", "activity:kind", "file:word"."""

    @property
    def expressed(self) -> bool:
        return self.area is None


@dataclass
class Story:
    """Everything the handlers of steps need. Every use case runs in its own transaction, as at the counter."""

    case: Case
    meta: Meta
    stage: Stage
    clock: TestClock
    pace: Pace
    runtime: Runtime
    lines: list[Line] = field(default_factory=list)
    case_id: int = 0
    proceeding_id: int = 0
    aid_id: int | None = None
    short: dict[str, str] = field(default_factory=dict)
    """Sums that cannot be reached, with the reason: agreed, received."""
    turn: int = 0
    keys: Iterator[int] = field(default_factory=itertools.count)

    # ── the record ──

    @property
    def line(self) -> Line:
        return self.lines[-1]

    @property
    def position(self) -> int:
        return len(self.lines) - 1

    @property
    def today(self) -> date:
        return self.clock.today()

    @property
    def ahead(self) -> Sequence[str]:
        """The codes after the present step."""
        return self.case.steps[self.position + 1 :]

    @property
    def behind(self) -> Sequence[str]:
        return self.case.steps[: self.position]

    def did(self, words: str) -> None:
        self.line.deeds.append(Deed(self.today, words))

    def implied(self, words: str) -> None:
        self.line.deeds.append(Deed(self.today, words, implied=True))

    def go_to(self, day: date) -> None:
        """Let time pass until nine o'clock of that day; never backwards."""
        if day > self.today:
            self.clock.set(datetime.combine(day, MORNING, SHANGHAI))

    # ── what is there ──

    def read(self, query: Any) -> list[Any]:
        with self.runtime.database.read() as session:
            return list(session.scalars(query))

    @property
    def state(self) -> str:
        return str(self.read(select(Proceeding.state).where(Proceeding.id == self.proceeding_id))[0])

    @property
    def aid_state(self) -> str:
        if self.aid_id is None:
            return "none"
        return str(self.read(select(Proceeding.state).where(Proceeding.id == self.aid_id))[0])

    def running(self, workflow: str) -> int | None:
        """The newest proceeding of this workflow that has not ended."""
        query = select(Proceeding.id).where(
            Proceeding.case_id == self.case_id, Proceeding.workflow == workflow, Proceeding.ended_at.is_(None)
        )
        return next(iter(self.read(query.order_by(Proceeding.id.desc()))), None)

    @property
    def registered(self) -> bool:
        return self.case_id != 0

    def parties(self, side: str) -> list[int]:
        """Those in the case themselves, in the order of joining: no representatives, nobody who has left."""
        query = select(Party.id).where(
            Party.case_id == self.case_id, Party.side == side, Party.represents_id.is_(None), Party.left_on.is_(None)
        )
        return self.read(query.order_by(Party.id))

    def due(self, name: str) -> date | None:
        """The last day of the open deadline of this name."""
        query = select(Deadline.legal_due).where(
            Deadline.case_id == self.case_id, Deadline.name == name, Deadline.closed_at.is_(None)
        )
        return next(iter(self.read(query.order_by(Deadline.legal_due))), None)

    # ── what is done ──

    def key(self) -> str:
        return f"replay:{self.turn}:{next(self.keys)}"

    def fire(
        self,
        event: str,
        answers: Mapping[str, Any] | None = None,
        *,
        proceeding: int | None = None,
        actor: Actor | None = None,
    ) -> Advanced:
        """One event of the dispute (or of another proceeding), as the mediator unless told otherwise."""
        target = proceeding or self.proceeding_id
        with self.runtime.database.write() as session:
            done = advance(
                session,
                self.runtime,
                target,
                event,
                answers or {},
                revision=_revision(session, target),
                key=self.key(),
                actor=actor or self.stage.mediator,
            )
        self.clock.move(minutes=5)
        self.left(f"{self.read(select(Proceeding.workflow).where(Proceeding.id == target))[0]}:{event}")
        return done

    def left(self, what: str) -> None:
        if self.lines:
            self.line.trace.append(what)

    def activity(self, kind: str, text: str) -> None:
        with self.runtime.database.write() as session:
            data = ActivityIn(kind=kind, text=text)
            add_activity(session, self.runtime, self.case_id, data, key=self.key(), actor=self.stage.mediator)
        self.left(f"activity:{kind}")

    def evidence(self, name: str, category: str) -> int:
        """A stand-in for a paper that the source mentions or the procedure needs; its text says what it is."""
        upload = Upload(f"案例重放用的占位文件：{name}（{self.case.id}）".encode(), "text/plain")
        data = EvidenceIn(name=name, category=category)
        with self.runtime.database.write() as session:
            change = add_evidence(
                session, self.runtime, self.case_id, data, upload, key=self.key(), actor=self.stage.mediator
            )
        self.left("file:add_evidence")
        return int(change.result["evidence"])

    def party(self, side: str, data: PartyIn) -> int:
        with self.runtime.database.write() as session:
            change = add_party(
                session,
                self.runtime,
                self.case_id,
                side,
                data,
                revision=_revision(session, self.proceeding_id),
                key=self.key(),
                actor=self.stage.mediator,
            )
        self.left("file:add_party")
        return int(change.result["party"])

    def demand(self, data: DemandIn) -> None:
        with self.runtime.database.write() as session:
            revision = _revision(session, self.proceeding_id)
            add_demand(
                session,
                self.runtime,
                self.case_id,
                data,
                revision=revision,
                key=self.key(),
                actor=self.stage.mediator,
            )
        self.left("file:add_demand")

    def revision(self, session: Session) -> int:
        return _revision(session, self.proceeding_id)


def _revision(session: Session, proceeding_id: int) -> int:
    return session.scalars(select(Proceeding.revision).where(Proceeding.id == proceeding_id)).one()


def begin_story(case: Case, meta: Meta, stage: Stage) -> Story:
    """The case before its first step, with a clock of its own."""
    pace = pace_of(case, meta)
    clock = TestClock(datetime.combine(pace.start, MORNING, SHANGHAI))
    return Story(case, meta, stage, clock, pace, replace(stage.runtime, clock=clock), turn=next(stage.turns))
