"""Where cases are replayed: a small union office on a fresh, throw-away database."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from ..assembly import assemble, prepare
from ..clock import SHANGHAI, TestClock
from ..db import Database, make_engine
from ..law.book import LawBook
from ..people.actor import Actor, load_actor
from ..people.organisations import add_organisation, grant_role
from ..people.persons import PersonData, register_person
from ..runtime import Runtime
from ..sealing.keys import Keyring
from ..settings import Settings

LONG_AGO = date(2000, 1, 1)
NAME = "案例重放总工会（虚拟）"
STAFF = {"mediator": "重放调解员", "supervisor": "重放主管", "lawyer": "重放律师"}


@dataclass(frozen=True, slots=True)
class Stage:
    """The office. `law` is the law as it is; `runtime.law` also answers for days before an instrument was in force."""

    runtime: Runtime
    law: LawBook
    organisation_id: int
    mediator: Actor
    supervisor: Actor
    lawyer: Actor
    turns: Iterator[int] = field(default_factory=itertools.count)
    """Numbers the replays on this stage, so that the same case may be replayed twice."""


@contextmanager
def open_stage() -> Iterator[Stage]:
    """A stage on a temporary SQLite database that vanishes afterwards."""
    with TemporaryDirectory(prefix="mediation-replay-") as folder:
        database = Database(
            make_engine(f"sqlite:///{Path(folder) / 'replay.db'}", keys=Keyring.throwaway(), synchronous="OFF")
        )
        try:
            yield set_up(database)
        finally:
            database.engine.dispose()


def set_up(database: Database, settings: Settings | None = None) -> Stage:
    """Bring the tables up to date and let the office begin its work on an empty database."""
    clock = TestClock(datetime.combine(LONG_AGO, datetime.min.time(), SHANGHAI))
    runtime = assemble(settings, clock=clock, database=database)
    prepare(runtime)
    with database.write() as session:
        office = add_organisation(
            session, NAME, "重放", "district", arbitration_committee="案例所在地劳动人事争议仲裁委员会"
        )
        people = {}
        for role, name in STAFF.items():
            people[role] = register_person(session, PersonData(name), at=clock.now()).id
            grant_role(session, people[role], office.id, role, LONG_AGO)
        actors = {role: load_actor(session, id, LONG_AGO) for role, id in people.items()}
        organisation_id = office.id
    return Stage(
        replace(runtime, law=reaching_back(runtime.law)),
        runtime.law,
        organisation_id,
        actors["mediator"],
        actors["supervisor"],
        actors["lawyer"],
    )


def reaching_back(law: LawBook) -> LawBook:
    """The same law, where the first version of each period also answers for the days before it was in force.

    A case of 2018 shall not fail because judicial confirmation got its present article in 2022; what was reckoned with
    a later rule is reported (`not_in_force`).
    """
    periods = {id: (replace(first, in_force_from=None), *later) for id, (first, *later) in law.periods.items()}
    return replace(law, periods=periods)


def not_in_force(law: LawBook, period: str, day: date) -> date | None:
    """The day from which the period is in force, where that is after `day`."""
    since = law.periods[period][0].in_force_from
    return since if since is not None and day < since else None
