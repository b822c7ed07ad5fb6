"""The main path of a dispute on both databases, through the real use cases."""

import pytest
from sqlalchemy import func, select

from mediation.cases.models import AuditEntry, Demand, Proceeding
from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.documents.models import Document
from mediation.recovery.models import Receipt
from mediation.reminders.models import Reminder
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def test_from_intake_to_closing_with_every_row_in_place(office: Office) -> None:
    case = office.signed()
    worker = office.parties(case.case_id, "worker")[0]
    assert office.state(case.proceeding_id) == "performance"
    office.clock.move(days=3)
    paid = {"party": worker, "amount": "20000", "paid_on": office.clock.today().isoformat(), "proof": "银行回单"}
    done = office.fire(case.proceeding_id, "record_payment", {"payments": [paid]})
    assert done.to_state == "fulfilled"
    office.fire(
        case.proceeding_id,
        "close_fulfilled",
        {"revisit_on": office.clock.today().isoformat(), "revisit_note": "已收到全部款项。"},
    )
    with office.database.read() as session:
        proceeding = session.get_one(Proceeding, case.proceeding_id)
        assert (proceeding.state, proceeding.outcome) == ("closed", "performed_full")
        assert session.scalar(select(func.sum(Receipt.amount))) == 2_000_000
        assert session.scalar(select(func.count(Deadline.id)).where(Deadline.closed_at.is_(None))) == 0
        assert session.scalar(select(func.count(Reminder.id)).where(Reminder.state == "waiting")) == 0
        papers = session.scalars(select(Document.template).order_by(Document.id)).all()
        assert papers == ["intake_receipt", "acceptance_notice", "mediation_agreement"]
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
        assert [e.seq for e in entries] == list(range(1, len(entries) + 1))
        assert entries[-1].hash == proceeding.audit_head


def test_every_entry_says_under_which_versions_it_was_decided(office: Office) -> None:
    case = office.signed()
    definition = office.runtime.machine("dispute").definition
    expected = f"dispute@{definition.version}#{definition.digest} 日历{office.runtime.law.calendar_version}"
    with office.database.read() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.proceeding_id == case.proceeding_id)).all()
        assert {e.definition for e in entries} == {expected}
        paper = session.scalars(select(Document).where(Document.template == "mediation_agreement")).one()
        said = next(e.payload for e in entries if e.event == "draft_agreement")
    assert f'"template":"mediation_agreement@{paper.template_version}"' in said
    assert f'"hash":"{paper.text_hash}"' in said


def test_every_head_of_demand_names_its_statute(office: Office) -> None:
    heads = office.runtime.codes["demand_heads"]
    assert all(heads.about(head)["statute"] and heads.about(head)["source"] in "SLBPMD" for head in heads)
    case = office.register(demands=[{"party": 0, "head": "severance", "amount": "1,000.50"}])
    with office.database.read() as session:
        demand = session.scalars(select(Demand).where(Demand.case_id == case.case_id)).one()
        assert (demand.head, demand.item, demand.amount) == ("severance", "经济补偿", 100_050)


def test_a_group_agreement_shows_each_workers_own_sum(office: Office) -> None:
    people = [{"name": "甲"}, {"name": "乙"}, {"name": "丙"}]
    case = office.accepted(workers=people, demands=[{"party": 0, "head": "wages"}])
    first, second, _third = office.parties(case.case_id, "worker")
    rows = [
        {"party": first, "amount": "100.10", "due_on": "2026-10-08", "duty": "工资"},
        {"party": first, "amount": "200", "due_on": "2026-11-09", "duty": "奖金"},
        {"party": second, "amount": "50", "due_on": "2026-10-08"},
    ]
    office.fire(case.proceeding_id, "draft_agreement", {"agreement_scope": "partial", "promises": rows})
    with office.database.read() as session:
        text = session.scalars(select(Document.text).where(Document.template == "mediation_agreement")).one()
    signing = text.split("各劳动者的协议金额和签名")[1]
    lines = {cells[2].strip(): cells for line in signing.splitlines() if len(cells := line.split("|")) > 5}
    assert [c.strip() for c in lines["甲"][4:6]] == ["工资、奖金", "300.10"]
    assert [c.strip() for c in lines["乙"][4:6]] == ["拖欠工资", "50.00"]
    assert lines["丙"][5].strip() == "—"
