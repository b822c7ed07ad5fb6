"""Who signs an agreement, and who may sign for somebody else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.cases.parties import PartyIn, add_party
from mediation.cases.succession import ConditionIn, set_condition
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import Refused
from mediation.recovery.signing import StandIn, unsigned
from tests.office import Office, open_office

TODAY = date(2026, 9, 18)


def one(party: int, acts_for: int, role: str = "representative", authority: str | None = "special") -> StandIn:
    return StandIn(party, acts_for, role, authority, None)


@pytest.mark.parametrize(
    ("stand_ins", "gone", "signed", "missing"),
    [
        ([], [], [1, 2], set()),
        ([], [], [2], {1}),
        ([one(9, 1)], [], [9, 2], set()),
        ([one(9, 1, authority="general")], [], [9, 2], {1}),
        ([one(9, 1, "guardian", None)], [], [9, 2], set()),
        ([StandIn(9, 1, "representative", "special", date(2026, 9, 17))], [], [9, 2], {1}),
        ([], [1], [1, 2], {1}),
        ([one(8, 1, "heir", None), one(9, 1, "heir", None)], [1], [8, 2], {1}),
        ([one(8, 1, "heir", None), one(9, 1, "heir", None)], [1], [8, 9, 2], set()),
        ([one(9, 1)], [1], [9, 2], {1}),
    ],
)
def test_who_is_missing(stand_ins: list[StandIn], gone: list[int], signed: list[int], missing: set[int]) -> None:
    assert unsigned([1, 2], stand_ins, gone, signed, TODAY) == missing


@given(signed=st.sets(st.integers(1, 12)), more=st.sets(st.integers(1, 12)), gone=st.sets(st.integers(1, 3)))
def test_another_signature_never_makes_one_missing(signed: set[int], more: set[int], gone: set[int]) -> None:
    stand_ins = [one(7, 1, "heir", None), one(8, 2), one(9, 3, "guardian", None)]
    assert unsigned([1, 2, 3], stand_ins, gone, signed | more, TODAY) <= unsigned(
        [1, 2, 3], stand_ins, gone, signed, TODAY
    )


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def test_heirs_sign_for_the_dead_worker(office: Office) -> None:
    case = office.accepted()
    (worker,), (firm,) = office.parties(case.case_id, "worker"), office.parties(case.case_id, "employer")
    due = "2026-09-28"
    rows = [{"party": worker, "amount": "20000", "due_on": due}]
    office.fire(case.proceeding_id, "draft_agreement", {"agreement_scope": "full", "promises": rows})
    with office.database.write() as session:
        died = ConditionIn(condition="dead", reason="死亡证明")
        at = {"revision": 6, "key": office.key(), "actor": office.mediator}
        set_condition(session, office.runtime, case.case_id, worker, died, **at)  # type: ignore[arg-type]
    with office.database.write() as session:
        heir = PartyIn(name="张小三", role="heir", represents=worker)
        at = {"revision": 7, "key": office.key(), "actor": office.mediator}
        add_party(session, office.runtime, case.case_id, "worker", heir, **at)  # type: ignore[arg-type]
    signing = {"signed_on": "2026-09-18", "mediator_signed": True, "sealed": True}
    with pytest.raises(Refused) as refused:
        office.fire(case.proceeding_id, "sign_agreement", {**signing, "signed_by": [worker, firm]})
    assert [r.guard for r in refused.value.refusals] == ["every_signing_party_has_signed"]
    new = office.parties(case.case_id, "worker")[-1]
    office.fire(case.proceeding_id, "sign_agreement", {**signing, "signed_by": [new, firm]})
    assert office.state(case.proceeding_id) == "performance"
