"""The figures of money: four sums apart, each opening to its lines, the same later as at the time."""

import json
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import select
from typer.testing import CliRunner

from mediation.cases.intake import Registered
from mediation.cases.models import Demand, Proceeding
from mediation.cases.parties import DemandChange, change_demand
from mediation.cli.report import EVERYTHING, app
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import BadInput, NotFound
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person
from mediation.recovery.ledger import AwardIn, CreditIn, record_award, record_credit
from mediation.reports.recovered import COLUMNS, Report, lines, recovered
from tests.office import Office, open_office

FROM, TO = date(2026, 1, 1), date(2026, 12, 31)
BYS = ("month", "street", "cause")


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def pay(office: Office, case: Registered, amount: str) -> None:
    worker = office.parties(case.case_id, "worker")[0]
    row = {"party": worker, "amount": amount, "paid_on": office.clock.today().isoformat(), "proof": "回单"}
    office.fire(case.proceeding_id, "record_payment", {"payments": [row]})


def change(office: Office, case: Registered, verb: Any, *given: Any) -> None:
    with office.database.write() as session:
        query = select(Proceeding.revision).where(Proceeding.id == case.proceeding_id)
        revision = session.scalars(query).one()
        verb(session, office.runtime, case.case_id, *given, revision=revision, key=office.key(), actor=office.mediator)


def award(office: Office, case: Registered, amount: str) -> None:
    worker = office.parties(case.case_id, "worker")[0]
    day = office.clock.today().isoformat()
    raw = {"party": worker, "amount": amount, "body": "仲裁委", "decided_on": day}
    change(office, case, record_award, AwardIn.model_validate(raw))


def a_year(office: Office) -> Registered:
    """September: claimed 24,000 twice, agreed 20,000 twice, received 5,000; October: 15,000 received, 9,000 awarded."""
    case = office.signed()
    office.signed(cause="C1")
    worker = office.parties(case.case_id, "worker")[0]
    pay(office, case, "5000")
    earlier = {"party": worker, "amount": "1111", "paid_on": "2026-08-01", "proof": "工资条"}
    change(office, case, record_credit, CreditIn.model_validate(earlier))
    office.clock.move(days=14)
    pay(office, case, "14999.99")
    award(office, case, "9000")
    return case


def report(office: Office, by: str = "month", actor: Actor = EVERYTHING, **more: Any) -> Report:
    with office.database.read() as session:
        return recovered(session, office.runtime, FROM, TO, by, actor, **more)


def table(found: Report) -> dict[str, tuple[int, ...]]:
    return {row.title: row.sums for row in found.rows}


def test_each_sum_counts_on_its_own_date(office: Office) -> None:
    a_year(office)
    found = report(office)
    assert table(found) == {
        "2026年9月": (4_800_000, 4_000_000, 0, 500_000),
        "2026年10月": (0, 0, 900_000, 1_499_999),
    }
    assert found.totals == (4_800_000, 4_000_000, 900_000, 1_999_999)
    assert [c.name for c in found.columns] == ["claimed", "agreed", "awarded", "received"]
    for column in found.columns:
        assert any(text.startswith(column.title) for text in found.definitions)


def test_by_cause_and_by_street(office: Office) -> None:
    a_year(office)
    titles = office.runtime.codes["causes"].titles
    assert table(report(office, "cause")) == {
        titles["B1"]: (2_400_000, 2_000_000, 900_000, 1_999_999),
        titles["C1"]: (2_400_000, 2_000_000, 0, 0),
    }
    assert table(report(office, "street")) == {"示范区东街总工会": (4_800_000, 4_000_000, 900_000, 1_999_999)}


def test_only_days_in_the_range_count(office: Office) -> None:
    a_year(office)
    with office.database.read() as session:
        one_day = recovered(session, office.runtime, date(2026, 10, 2), date(2026, 10, 2), "month", EVERYTHING)
    assert one_day.totals == (0, 0, 900_000, 1_499_999)


def test_every_figure_is_the_sum_of_its_lines(office: Office) -> None:
    case = a_year(office)
    receipts = "reverse_payment"
    with office.database.read() as session:
        line = lines(session, FROM, TO, "month", EVERYTHING, column="received").lines[0]
    office.fire(case.proceeding_id, receipts, {"receipt": line.id, "reversal_reason": "退票"})
    for by in BYS:
        found = report(office, by)
        for key, sums in [(row.key, row.sums) for row in found.rows] + [(None, found.totals)]:
            for column, figure in zip(COLUMNS, sums, strict=True):
                with office.database.read() as session:
                    behind = lines(session, FROM, TO, by, EVERYTHING, column=column.name, key=key)
                assert sum(x.amount for x in behind.lines) == behind.total == figure
                assert behind.count == len(behind.lines)


def test_lines_come_in_pages_with_the_total_of_all(office: Office) -> None:
    case = office.signed()
    for _ in range(5):
        pay(office, case, "1000")
    seen = []
    for offset in (0, 2, 4, 6):
        with office.database.read() as session:
            page = lines(session, FROM, TO, "cause", EVERYTHING, column="received", key="B1", offset=offset, limit=2)
        assert (page.total, page.count) == (500_000, 5)
        seen += [x.id for x in page.lines]
    assert all(a < b for a, b in pairwise(seen))
    assert len(seen) == 5
    assert page.lines == ()


def test_the_figures_are_one_statement(office: Office) -> None:
    a_year(office)
    statements: list[str] = []
    engine = office.database.engine

    def count(_c: Any, _cu: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    sql_event.listen(engine, "before_cursor_execute", count)
    report(office)
    sql_event.remove(engine, "before_cursor_execute", count)
    assert len([s for s in statements if s.lstrip().upper().startswith("SELECT")]) == 1


def test_the_report_as_at_then_stays_what_it_was_whatever_happens_later(office: Office) -> None:
    """A reversal, a new agreement, a corrected and a withdrawn demand, an award: none touches last month's print."""
    case = a_year(office)
    with office.database.read() as session:
        first_demand, second_demand = session.scalars(select(Demand.id).order_by(Demand.id)).all()
    printed_at = office.clock.now()
    before = {by: report(office, by) for by in BYS}
    office.clock.move(days=30)
    with office.database.read() as session:
        paid = lines(session, FROM, TO, "month", EVERYTHING, column="received").lines[0]
    office.fire(case.proceeding_id, "reverse_payment", {"receipt": paid.id, "reversal_reason": "退票"})
    anew = {"party": office.parties(case.case_id, "worker")[0], "amount": "2000", "due_on": "2026-11-30"}
    if office.state(case.proceeding_id) == "performance":
        office.fire(case.proceeding_id, "agree_anew", {"agreement_scope": "full", "promises": [anew]})
    everybody = [*office.parties(case.case_id, "worker"), *office.parties(case.case_id, "employer")]
    day = office.clock.today().isoformat()
    signing = {"signed_on": "2026-09-30", "signed_by": everybody, "mediator_signed": True, "sealed": True}
    office.fire(case.proceeding_id, "sign_agreement", signing)
    award(office, case, "5")
    change(office, case, change_demand, first_demand, DemandChange(amount=1, reason="核减"))
    office.clock.move(hours=1)
    change(
        office, case, change_demand, first_demand, DemandChange.model_validate({"withdrawn_on": day, "reason": "撤"})
    )
    other = Registered(2, "", 2, 0)
    change(office, other, change_demand, second_demand, DemandChange(amount=77, reason="核增"))
    now = report(office)
    assert now.totals != before["month"].totals
    for by in BYS:
        again = report(office, by, as_of=printed_at)
        assert (again.rows, again.totals) == (before[by].rows, before[by].totals)
    with office.database.read() as session:
        for column, figure in zip(COLUMNS, before["month"].totals, strict=True):
            behind = lines(session, FROM, TO, "month", EVERYTHING, column=column.name, as_of=printed_at)
            assert behind.total == figure


def test_what_was_withdrawn_before_stays_out_though_it_changed_again(office: Office) -> None:
    case = office.signed()
    with office.database.read() as session:
        demand = session.scalars(select(Demand.id)).one()
    withdrawn = DemandChange.model_validate({"withdrawn_on": "2026-09-18", "reason": "撤回"})
    change(office, case, change_demand, demand, withdrawn)
    office.clock.move(days=1)
    then = office.clock.now()
    office.clock.move(days=1)
    change(office, case, change_demand, demand, DemandChange(amount=5, reason="更正"))
    assert report(office, as_of=then).totals[0] == 0


def test_nobody_counts_what_they_may_not_see(office: Office) -> None:
    a_year(office)
    with office.database.write() as session:
        elsewhere = add_organisation(session, "别区总工会", "别", "district")
        person = register_person(session, PersonData(name="别区主管"), at=office.clock.now())
        grant_role(session, person.id, elsewhere.id, "supervisor", office.clock.today())
    with office.database.read() as session:
        stranger = load_actor(session, person.id, office.clock.today())
    for actor in (stranger, office.lawyer, Actor(None, "无", ())):
        found = report(office, actor=actor)
        assert (found.rows, found.totals) == ((), (0, 0, 0, 0))
        with office.database.read() as session:
            assert lines(session, FROM, TO, "month", actor, column="received").count == 0
    assert report(office, actor=office.mediator).totals == report(office, actor=office.supervisor).totals
    assert report(office, actor=office.mediator).totals[3] == 1_999_999


def test_wrong_questions_get_a_sentence(office: Office) -> None:
    with office.database.read() as session:
        with pytest.raises(BadInput):
            recovered(session, office.runtime, TO, FROM, "month", EVERYTHING)
        with pytest.raises(BadInput):
            recovered(session, office.runtime, FROM, TO, "weather", EVERYTHING)
        with pytest.raises(NotFound):
            lines(session, FROM, TO, "month", EVERYTHING, column="everything")


def test_the_command_prints_the_table_and_the_same_as_json(
    office: Office, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_year(office)
    monkeypatch.setenv("MEDIATION_DATABASE_URL", database_url)
    asked = ["recovered", "--from", "2026-01-01", "--to", "2026-12-31"]
    shown = CliRunner().invoke(app, asked)
    assert shown.exit_code == 0, shown.output
    assert "2026年10月" in shown.output
    assert "19,999.99" in shown.output
    for column in COLUMNS:
        assert column.definition in shown.output
    read = json.loads(CliRunner().invoke(app, [*asked, "--by", "cause", "--json"]).output)
    assert read["totals"] == {
        "claimed": "48000.00",
        "agreed": "40000.00",
        "awarded": "9000.00",
        "received": "19999.99",
    }
    assert {row["key"] for row in read["rows"]} == {"B1", "C1"}
