"""The practice district: the same for the same day, every state there, nothing that the nightly check would find."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from stdnum.cn import ric

from mediation.assembly import assemble, prepare
from mediation.cases.access_models import ReadingRequest
from mediation.cases.models import AuditEntry, Case, CaseLink, Demand, Evidence, Party, Proceeding
from mediation.clock import SHANGHAI, TestClock
from mediation.consents.models import Consent
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.documents.models import Document
from mediation.errors import Refused
from mediation.findings.invariants import invariant_faults
from mediation.findings.verify import verify_all
from mediation.groups.models import Roster, SubgroupMember
from mediation.meetings.models import Meeting
from mediation.offers.models import Offer
from mediation.people.accounts import log_in
from mediation.people.identity import resident_id
from mediation.people.models import Account, Person
from mediation.practice.build import FEWEST, LOGINS, PASSWORD, build, build_if_missing
from mediation.practice.invented import NOWHERE
from mediation.recovery.models import Promise, Receipt
from mediation.retention.models import Deletion, PersonalRequest
from mediation.runtime import Runtime
from tests.databases import opened

CASES = FEWEST
"""Few, so that the test is quick; the same stories and every route are there as in the whole district."""


@dataclass
class District:
    runtime: Runtime
    database: Database

    def rows(self, *columns: Any) -> Sequence[Any]:
        with self.database.read() as session:
            return session.execute(select(*columns).order_by(*columns)).all()


def _district(database: Database, today: datetime) -> District:
    runtime = assemble(clock=TestClock(today), database=database)
    prepare(runtime)
    build(runtime, cases=CASES)
    return District(runtime, database)


TODAY = datetime(2026, 9, 18, 9, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with opened(f"sqlite:///{tmp_path_factory.mktemp('practice') / 'district.db'}") as database:
        yield _district(database, TODAY)


def test_two_builds_of_one_day_are_the_same(district: District, postgres_database: Database) -> None:
    """On another database, and another kind of database."""
    other = _district(postgres_database, TODAY)
    for columns in (
        (Case.number, Case.received_on, Case.workers_count),
        (Proceeding.case_id, Proceeding.workflow, Proceeding.state, Proceeding.outcome, Proceeding.state_since),
        (Party.case_id, Party.id, Party.name),
        (Promise.id, Promise.amount, Promise.due_on),
        (Receipt.id, Receipt.amount, Receipt.paid_on),
        (Deadline.case_id, Deadline.name, Deadline.id, Deadline.legal_due),
    ):
        assert district.rows(*columns) == other.rows(*columns)


def test_every_state_of_both_workflows_is_there(district: District) -> None:
    found = {(row.workflow, row.state) for row in district.rows(Proceeding.workflow, Proceeding.state)}
    wanted = {
        (workflow, state)
        for workflow in ("dispute", "legal_aid")
        for state in district.runtime.machine(workflow).definition.states
    }
    assert wanted - found == set()


def test_every_other_procedure_is_there_in_two_states(district: District) -> None:
    states: dict[str, set[str]] = {}
    for row in district.rows(Proceeding.workflow, Proceeding.state):
        states.setdefault(row.workflow, set()).add(row.state)
    assert states.keys() == {workflow for workflow, _ in district.runtime.machines}
    assert {workflow: found for workflow, found in states.items() if len(found) < 2} == {}


def test_letters_went_out_and_referrals_came_back(district: District) -> None:
    kinds = {row.template for row in district.rows(Document.template)}
    assert kinds >= {"supervision_hint", "supervision_opinion", "supervision_proposal"}
    outcomes = {row.outcome for row in district.rows(Proceeding.outcome)}
    assert outcomes >= {"referral_returned", "reported_back", "rectified", "settled_elsewhere"}


def test_a_group_of_twelve_came_with_a_list(district: District) -> None:
    """Eleven of them from the list, three with a computed demand, three apart, three representatives."""
    (case,) = {row.case_id for row in district.rows(Roster.case_id, Roster.saved_at) if row.saved_at}
    people = [row for row in district.rows(Party.case_id, Party.side, Party.role) if row.case_id == case]
    assert sum(row.side == "worker" and row.role == "party" for row in people) == 12
    assert sum(row.role == "elected_representative" for row in people) == 3
    demands = district.rows(Demand.case_id, Demand.id, Demand.head)
    assert sum(row.case_id == case and row.head == "severance" for row in demands) == 3
    assert len(district.rows(SubgroupMember.party_id)) == 3


def test_unusual_people_and_money(district: District) -> None:
    assert {row.condition for row in district.rows(Party.condition)} >= {"dead", "missing"}
    assert {row.role for row in district.rows(Party.role)} >= {"heir"}
    assert "advance" in {row.kind for row in district.rows(Receipt.kind)}
    assert len(district.rows(CaseLink.case_id, CaseLink.other_id)) >= 2
    events = {row.event for row in district.rows(AuditEntry.event)}
    assert events >= {"perform_award", "continue_for_rest", "advance_aid_due", "wait_for_procedures", "enforce", "sue"}


def test_some_case_has_four_procedures_at_once(district: District) -> None:
    rows = district.rows(Proceeding.case_id, Proceeding.workflow, Proceeding.ended_at)
    open_now = Counter(row.case_id for row in rows if row.ended_at is None and row.workflow != "dispute")
    assert max(open_now.values()) >= 4


def test_groups_warnings_late_payments_and_every_way_of_withdrawing(district: District) -> None:
    outcomes = {row.outcome for row in district.rows(Proceeding.outcome)}
    assert {"withdrawn_paid", "withdrawn_given_up", "performed_partial", "in_default", "failed_expired"} <= outcomes
    assert {row.risk_level for row in district.rows(Case.risk_level)} >= {"red", None}
    assert max(row.workers_count for row in district.rows(Case.workers_count)) >= 30
    events = {row.event for row in district.rows(AuditEntry.event)}
    wanted = {"extend_mediation", "release_case", "promise_missed", "time_over", "agree_anew", "reverse_payment"}
    assert wanted <= events
    overdue = [d for d in district.rows(Deadline.legal_due, Deadline.closed_at) if d.closed_at is None]
    assert min(d.legal_due for d in overdue) < TODAY.date()


def test_every_new_page_has_something_to_show(district: District) -> None:
    assert min(row.starts_at for row in district.rows(Meeting.starts_at)).date() == TODAY.date()
    assert {row.visibility for row in district.rows(Evidence.visibility)} == {"both_sides", "own_side", "mediator"}
    assert {row.answer for row in district.rows(Consent.answer)} == {"told", "given"}
    assert {row.side for row in district.rows(Offer.side)} == {"worker", "employer"}
    assert [row.answered_at for row in district.rows(ReadingRequest.answered_at)] == [None]
    assert {row.kind for row in district.rows(PersonalRequest.kind)} >= {"delete"}
    assert [row.state for row in district.rows(Deletion.state)] == ["proposed"]


def test_a_year_up_to_yesterday(district: District) -> None:
    days = [row.at for row in district.rows(AuditEntry.at)]
    assert max(days) < TODAY.replace(hour=0)
    assert 330 <= (max(days) - min(days)).days <= 400
    assert len(district.rows(Case.id)) == CASES


def test_the_check_finds_nothing_wrong(district: District) -> None:
    with district.database.read() as session:
        assert list(verify_all(session)) == []
    with district.database.read() as session:
        assert [fault.sentence for fault in invariant_faults(session, district.runtime)] == []


def test_numbers_pass_every_check_and_belong_to_nobody(district: District) -> None:
    numbers = [row.id_number for row in district.rows(Person.id_number) if row.id_number]
    assert len(numbers) > CASES // 2
    for number in numbers:
        assert resident_id(number).number == number
        assert number.startswith(NOWHERE)
        with pytest.raises(KeyError):
            ric.get_birth_place(number)


def test_three_people_can_log_in(district: District) -> None:
    with district.database.write() as session:
        for login in LOGINS:
            assert isinstance(log_in(session, login, PASSWORD, at=TODAY), Account)


def test_a_second_start_builds_nothing(district: District) -> None:
    before = district.rows(AuditEntry.id)
    assert not build_if_missing(district.runtime, say=pytest.fail)
    assert district.rows(AuditEntry.id) == before


def test_a_database_in_use_is_left_alone(district: District) -> None:
    with pytest.raises(Refused, match="只能建在空的数据库里"):
        build(district.runtime, cases=CASES)
    with district.database.read() as session:
        assert session.scalar(select(func.count(Case.id))) == CASES


def test_too_few_cases_are_refused(district: District) -> None:
    with pytest.raises(Refused, match="至少要有"):
        build(district.runtime, cases=5)


@pytest.mark.parametrize("today", [(2026, 10, 9), (2027, 3, 1)])
def test_it_can_be_built_after_holidays_and_in_a_year_without_calendar(
    sqlite_database: Database, today: tuple[int, int, int]
) -> None:
    found = _district(sqlite_database, datetime(*today, 9, tzinfo=SHANGHAI))
    states = {row.state for row in found.rows(Proceeding.state)}
    assert {"intake", "warning", "screening", "mediation", "performance", "default", "closed", "waiting"} <= states
