"""Lists and views: who sees what, in which order, and with how many statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from mediation.cases.activities import ActivityIn, add_activity
from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.queries import CaseRow, Filters, my_cases, places_of
from mediation.cases.telling import names_of, timeline
from mediation.cases.view import case_view, options
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import NotFound, StateHasChanged
from mediation.people.actor import Actor, load_actor
from mediation.people.models import Organisation
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def listed(office: Office, actor: Actor, **filters: Any) -> list[CaseRow]:
    with office.database.read() as session:
        page = my_cases(session, office.runtime, actor, Filters(**filters))
        assert page.total == len(page.rows)
        return list(page.rows)


def numbers(rows: list[CaseRow]) -> list[int]:
    return [row.id for row in rows]


def newcomer(office: Office, role: str, street: str = "") -> Actor:
    """Somebody new with this role at the office's street, or at another street of the district."""
    today = office.clock.today()
    with office.database.write() as session:
        person = register_person(session, PersonData(f"新人{role}"), at=office.clock.now())
        place = office.street_id
        if street:
            district = session.get_one(Organisation, office.district_id)
            place = add_organisation(session, street, street[:2], "street", district).id
        grant_role(session, person.id, place, role, today.replace(month=1, day=1))
        return load_actor(session, person.id, today)


@contextmanager
def counting(office: Office) -> Iterator[list[str]]:
    """Every statement sent to the database inside the block."""
    sent: list[str] = []

    def note(*told: Any) -> None:
        sent.append(told[2])

    event.listen(office.database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(office.database.engine, "before_cursor_execute", note)


def test_red_comes_first_then_overdue_then_the_nearest_day(office: Office) -> None:
    distant = office.accepted()
    late = office.signed()
    office.clock.move(days=13)
    soon = office.register()
    red = office.register()
    told = {"risk_signals": ["wages_unpaid"], "risk_note": "欠薪三个月"}
    told["risk_signals"] = [next(iter(office.runtime.codes["risk_signals"]))]
    office.fire(red.proceeding_id, "raise_red_warning", told)
    office.fire(red.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    rows = listed(office, office.mediator)
    order = numbers(rows)
    assert order[:2] == [red.case_id, late.case_id]
    assert order.index(soon.case_id) > 1
    by_id = {row.id: row for row in rows}
    due = by_id[late.case_id].due
    assert due is not None
    assert (due.overdue, due.kind, due.days) == (True, "agreed", -3)
    screening = by_id[soon.case_id].due
    assert screening is not None
    assert (screening.kind, screening.overdue) == ("internal", False)
    assert screening.reasons
    assert by_id[distant.case_id].acts_next == "调解员"
    assert by_id[distant.case_id].owner == "李调解"


def test_a_passed_internal_target_is_never_called_overdue(office: Office) -> None:
    office.register()
    office.clock.move(days=8)
    (row,) = listed(office, office.mediator)
    assert row.due is not None
    assert (row.due.behind, row.due.overdue) == (True, False)
    assert listed(office, office.mediator, overdue=True) == []
    late = office.signed()
    office.clock.move(days=12)
    assert late.case_id in numbers(listed(office, office.mediator, overdue=True))


def test_whose_case_it_is(office: Office) -> None:
    mine, nobody = office.accepted(), office.register(actor=office.mediator)
    colleague = newcomer(office, "mediator")
    theirs = office.register(actor=colleague)
    office.fire(theirs.proceeding_id, "assign_mediator", {"mediator": colleague.person_id}, actor=colleague)
    assert numbers(listed(office, office.mediator)) == [nobody.case_id, mine.case_id]
    assert numbers(listed(office, colleague)) == [theirs.case_id]
    assert numbers(listed(office, office.mediator, whose="nobody")) == [nobody.case_id]
    assert len(listed(office, office.mediator, whose="all")) == 3
    assert len(listed(office, office.supervisor, whose="all")) == 3


def test_another_street_sees_nothing(office: Office) -> None:
    case = office.accepted()
    stranger = newcomer(office, "mediator", "示范区西街总工会")
    assert listed(office, stranger, whose="all") == []
    with office.database.read() as session:
        with pytest.raises(NotFound):
            case_view(session, office.runtime, case.case_id, stranger)
        with pytest.raises(NotFound):
            options(session, office.runtime, case.proceeding_id, stranger)
        assert places_of(session, stranger) != places_of(session, office.mediator)


def test_a_lawyer_sees_a_case_while_holding_it(office: Office) -> None:
    case = office.accepted()
    office.queued(case)
    assert listed(office, office.lawyer, whose="all") == []
    with office.database.read() as session:
        aid = case_view(session, office.runtime, case.case_id, office.mediator).proceedings[1]
    office.fire(aid.id, "claim_case", actor=office.lawyer)
    assert numbers(listed(office, office.lawyer)) == [case.case_id]
    assert listed(office, office.other_lawyer) == []
    with office.database.read() as session:
        view = case_view(session, office.runtime, case.case_id, office.lawyer)
        assert [p.workflow for p in view.proceedings] == ["dispute", "legal_aid"]
        assert "contact_client" in [o.event.name for o in view.proceedings[1].options if o.allowed]
        with pytest.raises(NotFound):
            case_view(session, office.runtime, case.case_id, office.other_lawyer)


def test_filters_narrow_in_the_database(office: Office) -> None:
    wages = office.accepted()
    group = office.register(cause="B2", workers=[{"name": f"工人{n}"} for n in range(12)])
    assert numbers(listed(office, office.mediator, state="mediation")) == [wages.case_id]
    assert numbers(listed(office, office.mediator, cause="B2")) == [group.case_id]
    assert numbers(listed(office, office.mediator, gravity="major")) == [group.case_id]
    assert numbers(listed(office, office.mediator, text="工人11")) == [group.case_id]
    assert numbers(listed(office, office.mediator, text="00001号")) == [wages.case_id]
    assert listed(office, office.mediator, text="100%_") == []
    assert len(listed(office, office.mediator, organisation_id=office.district_id)) == 2
    assert listed(office, office.mediator, organisation_id=10**9) == []
    assert {row.workers for row in listed(office, office.mediator)} == {"张三", "工人0、工人1、工人2等12人"}


def test_closed_cases_are_found_by_state_or_by_text(office: Office) -> None:
    case = office.register()
    told = {"withdrawal_reason": "given_up", "withdrawn_on": office.clock.today().isoformat()}
    office.fire(case.proceeding_id, "withdraw", told)
    assert listed(office, office.mediator) == []
    assert [row.final for row in listed(office, office.mediator, state="withdrawn")] == [True]
    assert numbers(listed(office, office.mediator, text="张三")) == [case.case_id]


def test_a_page_is_a_stretch_of_the_whole_list(office: Office) -> None:
    cases = [office.register().case_id for _ in range(5)]
    with office.database.read() as session:
        page = my_cases(session, office.runtime, office.mediator, Filters(), offset=2, limit=2)
    assert ([row.id for row in page.rows], page.total) == (cases[2:4], 5)


def test_fifty_cases_take_as_many_statements_as_five(office: Office) -> None:
    def statements() -> int:
        with counting(office) as sent, office.database.read() as session:
            page = my_cases(session, office.runtime, office.mediator, Filters(), limit=100)
            assert all(row.due is not None and row.workers for row in page.rows)
        return len(sent)

    for _ in range(5):
        office.register()
    few = statements()
    for _ in range(45):
        office.register()
    assert statements() == few


def test_a_file_with_many_rows_takes_as_many_statements_as_a_small_one(office: Office) -> None:
    def statements(case_id: int) -> int:
        with counting(office) as sent, office.database.read() as session:
            case_view(session, office.runtime, case_id, office.mediator)
        return len(sent)

    small = office.register()
    workers = [{"name": f"工人{n}"} for n in range(40)]
    demands = [{"party": n, "head": "wages", "amount": "1000"} for n in range(40)]
    large = office.register(workers=workers, demands=demands)
    assert statements(large.case_id) == statements(small.case_id)


def test_what_only_mediators_see_reaches_nobody_else(office: Office) -> None:
    case = office.accepted()
    clerk = newcomer(office, "clerk")
    with office.database.write() as session:
        note = ActivityIn(kind="note", text="单位底线两万元", private=True)
        add_activity(session, office.runtime, case.case_id, note, key="note-one", actor=office.mediator)
        item = EvidenceIn(name="单位内部账", category="other", visibility="mediator")
        file = Upload(b"secret", "text/plain")
        add_evidence(session, office.runtime, case.case_id, item, file, key="item-one", actor=office.mediator)
    with office.database.read() as session:
        seen = {
            who: case_view(session, office.runtime, case.case_id, actor)
            for who, actor in (("mediator", office.mediator), ("supervisor", office.supervisor), ("clerk", clerk))
        }
        told = {
            who: repr((view.activities, view.evidence, timeline(session, office.runtime, view, names_of(view))))
            for who, view in seen.items()
        }
    assert "单位底线两万元" in told["mediator"]
    assert "单位内部账" in told["supervisor"]
    assert "单位底线两万元" not in told["clerk"]
    assert "单位内部账" not in told["clerk"]
    with pytest.raises(StateHasChanged) as stale:
        office.fire(case.proceeding_id, "withdraw", {}, actor=clerk, revision=1)
    assert "单位底线两万元" not in repr(stale.value.changes)


def test_the_trail_speaks_in_words(office: Office) -> None:
    case = office.signed()
    with office.database.read() as session:
        view = case_view(session, office.runtime, case.case_id, office.mediator)
        rows = {row.event: row for row in timeline(session, office.runtime, view, names_of(view))}
    drafted, accepted = rows["draft_agreement"], rows["accept"]
    assert ("协议范围", "全部人、全部请求") in drafted.said
    promises = dict(drafted.said)["履行义务"]
    assert "张三" in promises
    assert "20000.00元" in promises
    assert (accepted.from_state, accepted.to_state, accepted.moved) == ("待受理", "调解中", True)
    assert "调解期限" in [title for title, _ in accepted.opened]
    assert [title for _, title, _ in accepted.papers] == ["受理通知书"]
    assert rows["record_consent"].said[0] == ("哪一方", "北京某餐饮有限公司")
    assert rows["assign_mediator"].said == (("调解员", "李调解"),)
    assert all("dispute@1" in row.definition for row in rows.values())


def test_a_procedure_about_several_people_names_them(office: Office) -> None:
    case = office.register(workers=[{"name": "张三"}, {"name": "李四"}])
    told = {"injured_on": "2026-09-10", "injury_kind": "accident", "injury_story": "卸货时受伤。"}
    workers = office.parties(case.case_id, "worker")
    office.fire(case.proceeding_id, "begin_injury", {**told, "injured_party": workers})
    with office.database.read() as session:
        view = case_view(session, office.runtime, case.case_id, office.mediator)
    assert [one.about for one in view.proceedings if one.workflow == "injury"] == ["张三、李四"]


def test_the_trail_names_codes_in_words(office: Office) -> None:
    case = office.register(workers=[{"name": "张三", "id_kind": "resident_id"}], workers_count_quality="about")
    with office.database.write() as session:
        note = ActivityIn(kind="call", text="已电话联系。")
        add_activity(session, office.runtime, case.case_id, note, key=office.key(), actor=office.mediator)
    with office.database.read() as session:
        view = case_view(session, office.runtime, case.case_id, office.mediator)
        rows = {row.event: dict(row.said) for row in timeline(session, office.runtime, view, names_of(view))}
    assert rows["add_activity"]["种类"] == "电话联系"
    assert rows["register"]["人数的确切程度"] == "约"
