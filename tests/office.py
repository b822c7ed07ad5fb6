"""A small union office for tests: one district with one street, a mediator, a supervisor, two lawyers, a runtime."""

import functools
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mediation.assembly import Definitions, assemble, assemble_definitions
from mediation.cases.advance import Advanced, advance
from mediation.cases.intake import Registered, register
from mediation.cases.models import Party, Proceeding
from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person
from mediation.runtime import Runtime
from mediation.settings import Settings

WORKER = {"name": "张三", "phone": "13800138000"}
EMPLOYER = {"name": "北京某餐饮有限公司"}


@dataclass
class Office:
    """Everything a scenario needs. `fire` advances with the present revision and a fresh key."""

    runtime: Runtime
    clock: TestClock
    district_id: int
    street_id: int
    mediator: Actor
    supervisor: Actor
    lawyer: Actor
    other_lawyer: Actor
    keys: Any = field(default_factory=itertools.count)

    @property
    def database(self) -> Database:
        return self.runtime.database

    def key(self) -> str:
        return f"test-{next(self.keys)}"

    def register(self, actor: Actor | None = None, key: str | None = None, **changes: Any) -> Registered:
        raw: dict[str, Any] = {
            "channel": "walk_in",
            "cause": "B1",
            "summary": "单位拖欠三个月工资，多次催要未果。",
            "workers": [WORKER],
            "employers": [EMPLOYER],
            "demands": [{"party": 0, "head": "wages", "amount": "24000"}],
        }
        with self.database.write() as session:
            return register(
                session,
                self.runtime,
                {**raw, **changes},
                organisation_id=self.street_id,
                key=key or self.key(),
                actor=actor or self.mediator,
            )

    def fire(
        self,
        proceeding_id: int,
        event: str,
        answers: Mapping[str, Any] | None = None,
        *,
        actor: Actor | None = None,
        revision: int | None = None,
        key: str | None = None,
    ) -> Advanced:
        with self.database.write() as session:
            if revision is None:
                revision = session.scalar(select(Proceeding.revision).where(Proceeding.id == proceeding_id)) or 0
            return advance(
                session,
                self.runtime,
                proceeding_id,
                event,
                answers or {},
                revision=revision,
                key=key or self.key(),
                actor=actor or self.mediator,
            )

    def parties(self, case_id: int, side: str) -> list[int]:
        with self.database.read() as session:
            query = select(Party.id).where(Party.case_id == case_id, Party.side == side).order_by(Party.id)
            return list(session.scalars(query))

    def state(self, proceeding_id: int) -> str:
        with self.database.read() as session:
            return session.scalars(select(Proceeding.state).where(Proceeding.id == proceeding_id)).one()

    # ── the usual way, as far as a scenario wants it ──

    def aid(self, case: Registered, **changes: Any) -> int:
        """Legal aid asked for today in this case; the id of its proceeding."""
        today = self.clock.today().isoformat()
        usual = {"aid_matter": "追索三个月工资", "aid_scope": "pay", "aid_means": "migrant_pay"}
        told = {**usual, "aid_applied_on": today, **changes}
        done = self.fire(case.proceeding_id, "open_legal_aid", told)
        started: int = done.result["started"]["proceeding_id"]
        return started

    def queued(self, case: Registered, **changes: Any) -> int:
        """Legal aid granted today and waiting for a lawyer; the id of its proceeding."""
        aid = self.aid(case, **changes)
        self.fire(aid, "grant_aid", {"aid_granted_on": self.clock.today().isoformat()})
        self.fire(aid, "list_case")
        return aid

    def accepted(self, **changes: Any) -> Registered:
        """A case that both sides agreed to mediate and that was accepted today."""
        case = self.register(**changes)
        today = self.clock.today().isoformat()
        employer = self.parties(case.case_id, "employer")[0]
        self.fire(case.proceeding_id, "assign_mediator", {"mediator": self.mediator.person_id})
        self.fire(case.proceeding_id, "ask_consent", {"in_scope": True, "asked_on": today})
        consent = {"consent_party": employer, "consent": "agreed", "consent_on": today}
        self.fire(case.proceeding_id, "record_consent", consent)
        self.fire(case.proceeding_id, "accept", {"accepted_on": today})
        return case

    def signed(self, promises: list[dict[str, Any]] | None = None, **changes: Any) -> Registered:
        """An accepted case with an agreement signed today: by default one payment of 20,000 yuan in ten days."""
        case = self.accepted(**changes)
        today = self.clock.today()
        workers, employers = self.parties(case.case_id, "worker"), self.parties(case.case_id, "employer")
        due = today.replace(day=min(today.day + 10, 28)).isoformat()
        rows = promises or [{"party": workers[0], "amount": "20000", "due_on": due}]
        self.fire(case.proceeding_id, "draft_agreement", {"agreement_scope": "full", "promises": rows})
        signing = {
            "signed_on": today.isoformat(),
            "signed_by": [*workers, *employers],
            "mediator_signed": True,
            "sealed": True,
        }
        self.fire(case.proceeding_id, "sign_agreement", signing)
        return case


def shipped() -> Definitions:
    """The definitions of this repository, read once for all tests of one process."""
    return _read(Settings().workflows_folder, Settings().templates_folder)


@functools.lru_cache(maxsize=4)
def _read(workflows: Path, templates: Path) -> Definitions:
    return assemble_definitions(Settings(workflows=workflows, document_templates=templates))


def open_office(database: Database, clock: TestClock, settings: Settings | None = None) -> Office:
    """The office on an empty, migrated database."""
    settings = settings or Settings()
    room = _read(settings.workflows_folder, settings.templates_folder)
    runtime = assemble(settings, clock=clock, database=database, room=room)
    now, today = clock.now(), clock.today()
    with database.write() as session:
        district = add_organisation(session, "示范区总工会", "示", "district", None)
        street = add_organisation(session, "示范区东街总工会", "示东", "street", district)
        street.arbitration_committee = "示范区劳动人事争议仲裁委员会"
        people = {}
        for name, role, place in (
            ("李调解", "mediator", street),
            ("王主管", "supervisor", district),
            ("赵律师", "lawyer", district),
            ("钱律师", "lawyer", district),
        ):
            person = register_person(session, PersonData(name=name), at=now)
            grant_role(session, person.id, place.id, role, today.replace(month=1, day=1))
            people[name] = person.id
        district_id, street_id = district.id, street.id
    with database.read() as session:
        actors = {name: load_actor(session, id, today) for name, id in people.items()}
    return Office(
        runtime,
        clock,
        district_id,
        street_id,
        actors["李调解"],
        actors["王主管"],
        actors["赵律师"],
        actors["钱律师"],
    )
