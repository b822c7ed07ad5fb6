"""The live numbers in the picture of a workflow."""

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.actor import Actor, Grant
from mediation.reports.workflow_counts import WorkflowCounts, workflow_counts
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def counted(office: Office, actor: Actor) -> WorkflowCounts:
    with office.database.read() as session:
        return workflow_counts(session, "dispute", actor, office.clock.now())


def test_cases_are_counted_by_state_and_stays_by_their_median(office: Office) -> None:
    for days in (1, 2, 6):
        case = office.register()
        office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
        office.clock.move(days=days)
        office.fire(case.proceeding_id, "ask_consent", {"in_scope": True, "asked_on": office.clock.today().isoformat()})
    office.register()
    found = counted(office, office.supervisor)
    assert found.counts == {"screening": 3, "intake": 1}
    assert found.median_days == {"intake": 2.0}


def test_what_was_left_more_than_a_year_ago_no_longer_counts(office: Office) -> None:
    case = office.register()
    office.clock.move(days=3)
    office.fire(
        case.proceeding_id,
        "withdraw",
        {"withdrawal_reason": "paid", "withdrawn_on": office.clock.today().isoformat()},
    )
    assert counted(office, office.supervisor).median_days == {"intake": 3.0}
    office.clock.move(days=366)
    found = counted(office, office.supervisor)
    assert (found.counts, found.median_days) == ({"withdrawn": 1}, {})


def test_only_ones_own_places_are_counted(office: Office) -> None:
    office.register()
    stranger = Actor(99, "远", (Grant("supervisor", 77, "/77/"),))
    assert counted(office, stranger) == WorkflowCounts({}, {})
