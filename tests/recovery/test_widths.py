"""What the code lists and the money rules allow, both databases can keep."""

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from mediation.recovery.queries import money_of
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def test_every_head_of_claim_can_be_demanded_and_promised(office: Office) -> None:
    heads = list(office.runtime.codes["demand_heads"])
    case = office.accepted(demands=[{"party": 0, "head": head, "amount": "1"} for head in heads])
    worker = office.parties(case.case_id, "worker")[0]
    due = office.clock.today().isoformat()
    rows = [{"party": worker, "head": head, "amount": "1", "due_on": due} for head in heads]
    office.fire(
        case.proceeding_id,
        "draft_agreement",
        {"agreement_scope": "full", "promises": rows, "injury_waiver_known": True},
    )
    assert office.state(case.proceeding_id) == "signing"


def test_a_group_may_claim_and_get_more_than_twenty_million(office: Office) -> None:
    due, large = office.clock.today().isoformat(), "30000000.01"
    case = office.accepted(demands=[{"party": 0, "head": "wages", "amount": large}])
    worker = office.parties(case.case_id, "worker")[0]
    paid = {"party": worker, "amount": large, "paid_on": due, "proof": "银行回单"}
    office.fire(case.proceeding_id, "settle_on_spot", {"payments": [paid]})
    with office.database.read() as session:
        money = money_of(session, case.case_id, office.clock.today())
    assert money.received == 3_000_000_001
