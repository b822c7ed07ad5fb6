"""The same case life through our use cases: `begin` for the first event, `advance` for the other eleven."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, insert

from mediation.assembly import assemble, assemble_definitions
from mediation.cases.advance import advance
from mediation.cases.models import Case
from mediation.cases.proceedings import begin
from mediation.clock import Clock
from mediation.db import Database
from mediation.engine.guards import GuardBook
from mediation.engine.loader import load_definition
from mediation.engine.machine import Machine
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person
from mediation.prepared import Prepared
from mediation.runtime import Runtime
from mediation.settings import Settings

from .floor import EVENTS

GUARDS = GuardBook()
ANSWERS = {"note": "由工作人员登记", "channel": "窗口", "consent": True}


@GUARDS.guard("没有请求金额。")
def something_is_claimed(facts: Any) -> bool:
    return bool(facts.workers_count > 0)


@GUARDS.guard("只能延期一次，且须双方同意。", answers=True)
def once_by_consent(facts: Any) -> bool:
    return bool(facts.told("consent")) and not facts.said.get("extended")


_COLUMNS = "number organisation_id channel cause summary request received_at received_on created_at workers_count"
_COLUMNS += " workers_count_quality gravity group_case"
_CASE = Prepared(insert(Case).values({name: bindparam(name) for name in _COLUMNS.split()}).returning(Case.id))


class Ours:
    """One caller. The runtime is the real one plus the benchmark's workflow."""

    def __init__(self, database: Database) -> None:
        self.runtime = _runtime(database)
        self.keys = itertools.count()
        self.actor, self.place = _people(self.runtime)
        self.revisions: dict[int, int] = {}

    def start(self, n: int) -> int:
        now = self.runtime.clock.now()
        with self.runtime.database.write() as session:
            row = _CASE.one(
                session.connection(),
                {
                    "number": f"O-{n:07d}",
                    "organisation_id": self.place,
                    "channel": "walk_in",
                    "cause": "B1",
                    "summary": "基准",
                    "request": "",
                    "received_at": now,
                    "received_on": now.date(),
                    "created_at": now,
                    "workers_count": 1,
                    "workers_count_quality": "exact",
                    "gravity": "ordinary",
                    "group_case": False,
                },
            )
            assert row is not None
            payload: dict[str, Any] = {"answers": ANSWERS, "result": {}}
            id = begin(
                session,
                self.runtime,
                "caselife",
                row["id"],
                actor=self.actor,
                role="clerk",
                event="file",
                payload=payload,
                key=f"bench-{next(self.keys)}",
                request="",
            )
        self.revisions[id] = 1
        return id

    def event(self, proceeding_id: int, i: int) -> None:
        with self.runtime.database.write() as session:
            done = advance(
                session,
                self.runtime,
                proceeding_id,
                EVENTS[i][0],
                ANSWERS,
                revision=self.revisions[proceeding_id],
                key=f"bench-{next(self.keys)}",
                actor=self.actor,
            )
        self.revisions[proceeding_id] = done.revision


def _runtime(database: Database) -> Runtime:
    runtime = assemble(Settings(), clock=Clock(), database=database)
    room = assemble_definitions(Settings())
    vocabulary = replace(room.vocabulary, guards=GuardBook(room.vocabulary.guards, GUARDS))
    definition = load_definition(Path(__file__).with_name("caselife.yaml"), vocabulary)
    return replace(
        runtime,
        vocabulary=vocabulary,
        machines={**runtime.machines, ("caselife", 1): Machine(definition, vocabulary)},
        current={**runtime.current, "caselife": 1},
    )


def _people(runtime: Runtime) -> tuple[Actor, int]:
    now = runtime.clock.now()
    with runtime.database.write() as session:
        place = add_organisation(session, "基准工会", "准", "street", None)
        person = register_person(session, PersonData(name="基准"), at=now)
        for role in ("clerk", "mediator"):
            grant_role(session, person.id, place.id, role, now.date())
        place_id, person_id = place.id, person.id
    with runtime.database.read() as session:
        return load_actor(session, person_id, now.date()), place_id
