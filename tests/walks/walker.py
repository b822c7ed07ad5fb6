"""Somebody who does whatever the buttons allow, in any order, and lets days go by."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from mediation.cases.models import Proceeding
from mediation.cases.view import options
from mediation.engine.definition import Definition, Event
from mediation.engine.graph import edges
from mediation.errors import BadInput, Refused
from mediation.people.actor import Actor
from mediation.reminders.channels import Inbox
from mediation.sweeping.sweep import sweep_once
from tests.office import Office
from tests.walks.telling import WORDS, Teller


@dataclass
class Walker:
    """Walks one case. `fired` counts what went through, `barred` what was refused after the answers were known."""

    office: Office
    case_id: int
    chance: random.Random
    words: str = WORDS
    fired: Counter[tuple[str, str]] = field(default_factory=Counter)
    barred: Counter[tuple[str, str]] = field(default_factory=Counter)

    def wander(self, steps: int) -> None:
        """Random steps in whatever procedure is open; now and then days go by and the clock does its work."""
        for _ in range(steps):
            live = self.open()
            if not live:
                return
            if self.chance.random() < 0.2:
                self.wait(self.chance.choice((1, 3, 16, 40)))
            else:
                self.step(self.chance.choice(live))

    def begin(self, workflow: str) -> None:
        """Open the procedure with the event that starts it, as something the party has already done itself."""
        definition = self.office.runtime.machine("dispute").definition
        event = next(event for event in definition.events.values() if event.starts == workflow)
        actor = self.office.mediator if "mediator" in event.by else self.office.supervisor
        for _ in range(20):
            (main,) = [p for p in self.open() if p.workflow == "dispute"]
            with self.office.database.read() as session:
                said = Teller(self.office.runtime, session, self.case_id, self.chance, self.words).answers(
                    event, main.id
                )
            said |= {name: True for name in event.asks if name.endswith("already_filed")}
            try:
                self.office.fire(main.id, event.name, said, actor=actor)
            except (Refused, BadInput):
                continue
            return
        raise AssertionError(f"{event.name} could not be fired with any answers")

    def finish(self, tries: int = 400) -> Sequence[Proceeding]:
        """Lead every open procedure to an end by the shortest way that goes; what is still open after that."""
        for _ in range(tries):
            live = self.open()
            if not live:
                return ()
            if self.chance.random() < 0.1:
                self.wait(self.chance.choice((1, 16, 40)))
            else:
                self.step(live[-1] if self.chance.random() < 0.8 else self.chance.choice(live), homeward=True)
        return self.open()

    def open(self) -> Sequence[Proceeding]:
        with self.office.database.read() as session:
            query = select(Proceeding).where(Proceeding.case_id == self.case_id, Proceeding.ended_at.is_(None))
            return session.scalars(query.order_by(Proceeding.id)).all()

    def step(self, proceeding: Proceeding, *, homeward: bool = False) -> None:
        """One event that some member of the office may fire there, with random answers."""
        office = self.office
        actor = self.chance.choice([office.mediator, office.supervisor, self.lawyer(proceeding)])
        with office.database.read() as session:
            possible = [o.event for o in options(session, office.runtime, proceeding.id, actor) if o.allowed]
            if not possible:
                return
            event = self._choose(proceeding, possible, homeward)
            said = Teller(office.runtime, session, self.case_id, self.chance, self.words).answers(event, proceeding.id)
        try:
            office.fire(proceeding.id, event.name, said, actor=actor)
            self.fired[proceeding.workflow, event.name] += 1
        except (Refused, BadInput):
            self.barred[proceeding.workflow, event.name] += 1

    def lawyer(self, proceeding: Proceeding) -> Actor:
        """Whoever holds the case; a lawyer sees nothing of a case that is neither held nor waiting."""
        office = self.office
        held = proceeding.owner_id in (office.lawyer.person_id, office.other_lawyer.person_id)
        if proceeding.workflow == "legal_aid" and (held or proceeding.state == "waiting"):
            return office.lawyer if proceeding.owner_id in (None, office.lawyer.person_id) else office.other_lawyer
        return office.mediator

    def _choose(self, proceeding: Proceeding, possible: Sequence[Event], homeward: bool) -> Event:
        if not homeward:
            return self.chance.choice(possible)
        definition = self.office.runtime.machine(proceeding.workflow, proceeding.version).definition
        far = distances(definition)
        towards = [
            event
            for event in possible
            if any(far[branch.lands_in(proceeding.state)] < far[proceeding.state] for branch in event.branches)
        ]
        others = [event for event in possible if event.starts is None]
        return self.chance.choice(towards if towards and self.chance.random() < 0.7 else others or possible)

    def wait(self, days: int) -> None:
        self.office.clock.move(days=days)
        sweep_once(self.office.runtime, [Inbox()])


def distances(definition: Definition) -> Mapping[str, int]:
    """How many events each state is from the nearest end, guards aside."""
    far = {name: 0 if state.final else len(definition.states) + 1 for name, state in definition.states.items()}
    changed = True
    while changed:
        changed = False
        for edge in edges(definition):
            if far[edge.target] + 1 < far[edge.source]:
                far[edge.source], changed = far[edge.target] + 1, True
    return far
