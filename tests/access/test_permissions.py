"""The page that the chair signs says what engine and use cases do: every event × role × state, every right × role."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mediation.cases.change import changing
from mediation.cases.history import FILE_CHANGES
from mediation.clock import TestClock
from mediation.db import Database
from mediation.engine.guards import GuardBook
from mediation.engine.machine import WRONG_STATE, Machine
from mediation.errors import Forbidden, Refused
from mediation.people.actor import Actor, Grant
from mediation.people.rights import RIGHTS, roles_of
from tests.api.counter import open_counter
from tests.office import Office, open_office, shipped

ASKED_ELSEWHERE = {
    "register_case": "cases.intake.register",
    "read_private": "cases.file_rows",
    "undo_own": "cases.undo",
    "undo_later": "cases.undo",
    "read_reports": "reports.sums.within",
    "restrict_case": "access.restrict",
    "lift_restriction": "access.restrict",
    "read_readings": "access.restrict.check_supervisor",
    "reveal_field": "access.reveal",
    "emergency_access": "access.emergency",
    "emergency_review": "access.emergency",
    "lawyer_queue": "api.deps",
    "propose_deletion": "retention.deciding",
    "approve_deletion": "retention.deciding",
    "administer": "administration.door",
    "keep_rooms": "meetings.rooms",
    "own_times": "meetings.times",
}
"""Rights that are asked by other use cases than `changing`, each tested with its feature."""
NOT_BY_PEOPLE = {"register", "start", "undo", "migrate"}


class _Reached(Exception):
    """The body of a change was reached: the role had been accepted."""


@pytest.fixture
def shown(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> str:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        page: str = counter.client(counter.office.supervisor).get("/permissions").text
        return page


def cells(page: str, of: str, what: str) -> Mapping[tuple[str, str], str]:
    """(row, role) → what the cell says."""
    found = {}
    for name, row in re.findall(rf'<tr data-{of}="([^"]*)">(.*?)</tr>', page, re.DOTALL):
        for role, told in re.findall(rf'data-role="([^"]*)" data-{what}="([^"]*)"', row):
            found[name, role] = told
    return found


def test_every_event_role_and_state_is_as_the_engine_decides(shown: str) -> None:
    """The guards of a case are another matter: here all of them hold."""
    room = shipped()
    told = cells(shown, "event", "states")
    roles = [role for role in room.codes["roles"] if role != "administrator"]
    willing = GuardBook({name: replace(guard, holds=_always) for name, guard in room.vocabulary.guards.items()})
    vocabulary = replace(room.vocabulary, guards=willing)
    played = 0
    for name, versions in room.definitions.items():
        definition = versions[max(versions)]
        machine = Machine(definition, vocabulary)
        for event in definition.events:
            for role in roles:
                allowed = {state for state in definition.states if decided(machine, state, event, role)}
                assert set(told[f"{name}.{event}", role].split()) == allowed, (name, event, role)
                played += len(definition.states)
            assert not any(decided(machine, state, event, "administrator") for state in definition.states)
    assert played > 10_000


def _always(_facts: Any) -> bool:
    return True


def decided(machine: Machine, state: str, event: str, role: str) -> bool:
    try:
        machine.decide(state, event, {role}, SimpleNamespace(answers=()))
    except Forbidden:
        return False
    except Refused as refused:
        return any(refusal.guard != WRONG_STATE for refusal in refused.refusals)
    return True


def test_the_page_prints_the_whole_register(shown: str) -> None:
    told = cells(shown, "right", "may")
    roles = {role for _, role in told}
    assert {name for name, _ in told} == set(RIGHTS)
    for (name, role), may in told.items():
        assert (may == "yes") == (role in roles_of(name))
    assert roles == set(shipped().codes["roles"])


def test_changes_of_a_file_are_refused_by_role(sqlite_database: Database, clock: TestClock) -> None:
    """Every change of a case file in every role: the register decides, and what it does not know nobody may."""
    office = open_office(sqlite_database, clock)
    case = office.register()
    words = set(RIGHTS) - set(ASKED_ELSEWHERE)
    assert words == set(FILE_CHANGES) - NOT_BY_PEOPLE - set(ASKED_ELSEWHERE)
    for word in sorted(words):
        for role in ("mediator", "clerk", "supervisor", "clock"):
            assert passes(office, case.case_id, word, role) == (role in RIGHTS[word].roles), (word, role)
    assert not any(passes(office, case.case_id, "something_new", role) for role in ("mediator", "supervisor"))


def passes(office: Office, case_id: int, word: str, role: str) -> bool:
    """Whether somebody with this one role at the street comes as far as the body of the change."""
    person = None if role == "clock" else office.mediator.person_id
    path = office.mediator.grants[0].path
    actor = Actor(person, "某人", (Grant(role, office.street_id, path),))
    told = {"revision": None, "key": office.key(), "actor": actor}
    with office.database.write() as session:
        try:
            with changing(session, office.runtime, case_id, word, {}, **told):  # type: ignore[arg-type]
                raise _Reached
        except Forbidden:
            return False
        except _Reached:
            return True
