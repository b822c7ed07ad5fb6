"""Random legal walks through the shipped definitions, on real rows: nothing breaks, and everything can end."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mediation.cases.models import Proceeding
from mediation.clock import SHANGHAI, TestClock
from mediation.findings.invariants import invariant_faults
from mediation.findings.verify import verify_all
from tests.databases import make_schema, opened
from tests.office import Office, open_office
from tests.walks.walker import Walker, distances

NOON = datetime(2026, 9, 18, 12, tzinfo=SHANGHAI)
WORKFLOWS = sorted(path.stem for path in (Path(__file__).parents[2] / "workflows").glob("*.yaml"))
ENTRIES: Mapping[str, Callable[[Office], Any]] = {
    "registered": lambda office: office.register(),
    "accepted": lambda office: office.accepted(),
    "signed": lambda office: office.signed(),
}


class Place:
    """Keeps the office out of what is printed when an example fails."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def __repr__(self) -> str:
        return "office"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Any:
    url = f"sqlite:///{tmp_path_factory.mktemp('walks') / 'walks.db'}"
    make_schema(url)
    with opened(url) as database:
        yield Place(open_office(database, TestClock(NOON)))


seen: Counter[tuple[str, str]] = Counter()


@pytest.mark.parametrize("workflow", WORKFLOWS)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), entry=st.sampled_from(sorted(ENTRIES)))
def test_whatever_people_do_the_invariants_hold_and_an_end_can_be_reached(
    place: Place, workflow: str, seed: int, entry: str
) -> None:
    office, chance = place.office, random.Random(seed)
    office.clock.set(NOON)
    case = ENTRIES[entry](office)
    walker = Walker(office, case.case_id, chance)
    if workflow != "dispute":
        walker.begin(workflow)
    walker.wander(25)
    _hold(office)
    left = walker.finish()
    assert [(p.workflow, p.state) for p in left] == [], walker.barred
    _hold(office)
    seen.update(walker.fired)


def _hold(office: Office) -> None:
    with office.database.read() as session:
        assert [fault.sentence for fault in verify_all(session)] == []
    with office.database.read() as session:
        assert [fault.sentence for fault in invariant_faults(session, office.runtime)] == []
        for workflow, version, state in session.execute(
            select(Proceeding.workflow, Proceeding.version, Proceeding.state).distinct()
        ):
            assert state in office.runtime.machine(workflow, version).definition.states


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_from_every_state_some_way_leads_to_an_end(place: Place, workflow: str) -> None:
    definition = place.office.runtime.machine(workflow).definition
    assert max(distances(definition).values()) <= len(definition.states)
