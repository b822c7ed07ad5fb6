"""Advance: one transaction, one winner, every refusal at once, nothing half-written."""

import threading
from typing import Any

import pytest
from sqlalchemy import event as sa_event
from sqlalchemy import func, select

from mediation.cases.advance import Advanced
from mediation.cases.models import AuditEntry, Proceeding
from mediation.clock import TestClock
from mediation.db import Base, Database
from mediation.errors import BadInput, Forbidden, KeyReused, NotFound, Refused, StateHasChanged
from mediation.people.actor import Actor, Grant
from mediation.people.models import Organisation
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def counts(database: Database) -> dict[str, int]:
    """Rows per table: what "nothing was written" means."""
    with database.read() as session:
        return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in Base.metadata.sorted_tables}


def test_two_connections_advance_one_revision_and_one_wins(office: Office) -> None:
    case = office.accepted()
    today = office.clock.today().isoformat()
    with office.database.read() as session:
        revision = session.get_one(Proceeding, case.proceeding_id).revision
    barrier = threading.Barrier(2)
    outcomes: list[Any] = []

    def click(result: str) -> None:
        barrier.wait()
        answers = {"held_on": today, "session_form": "joint", "session_result": result}
        try:
            outcomes.append(office.fire(case.proceeding_id, "hold_session", answers, revision=revision))
        except StateHasChanged as stale:
            outcomes.append(stale)

    threads = [threading.Thread(target=click, args=(r,)) for r in ("progress", "failed_divergence")]
    [t.start() for t in threads]
    [t.join() for t in threads]
    winners = [o for o in outcomes if isinstance(o, Advanced)]
    losers = [o for o in outcomes if isinstance(o, StateHasChanged)]
    assert (len(winners), len(losers)) == (1, 1)
    assert losers[0].current_revision == revision + 1
    assert losers[0].changes[0]["title"] == "记录调解会"
    assert losers[0].changes[0]["by"] == "李调解"
    with office.database.read() as session:
        query = select(func.count()).where(AuditEntry.event == "hold_session")
        assert session.scalar(query) == 1


def test_the_same_key_twice_has_one_effect_and_one_answer(office: Office) -> None:
    case = office.accepted()
    answers = {"held_on": office.clock.today().isoformat(), "session_form": "joint", "session_result": "progress"}
    first = office.fire(case.proceeding_id, "hold_session", answers, key="click-1")
    before = counts(office.database)
    again = office.fire(case.proceeding_id, "hold_session", answers, key="click-1", revision=first.revision - 1)
    assert counts(office.database) == before
    assert again.repeated
    assert (again.revision, again.seq, again.to_state) == (first.revision, first.seq, first.to_state)
    with pytest.raises(KeyReused):
        office.fire(case.proceeding_id, "hold_session", {**answers, "session_form": "online"}, key="click-1")


def test_the_same_key_from_two_connections_at_once_has_one_effect(office: Office) -> None:
    case = office.accepted()
    answers = {"held_on": office.clock.today().isoformat(), "session_form": "joint", "session_result": "progress"}
    with office.database.read() as session:
        revision = session.get_one(Proceeding, case.proceeding_id).revision
    barrier, outcomes = threading.Barrier(4), []

    def click() -> None:
        barrier.wait()
        outcomes.append(office.fire(case.proceeding_id, "hold_session", answers, key="same", revision=revision))

    threads = [threading.Thread(target=click) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(o.repeated for o in outcomes) == [False, True, True, True]
    assert len({(o.revision, o.seq) for o in outcomes}) == 1


def test_registering_twice_with_one_key_makes_one_case(office: Office) -> None:
    first = office.register(key="form-1")
    again = office.register(key="form-1")
    assert (again.case_id, again.number, again.repeated) == (first.case_id, first.number, True)
    with pytest.raises(KeyReused):
        office.register(key="form-1", summary="另一件事。")


def test_all_refusals_at_once(office: Office) -> None:
    case = office.register(workers=[], employers=[], demands=[], channel="patrol", workers_count=40)
    with pytest.raises(Refused) as refused:
        office.fire(case.proceeding_id, "ask_consent", {"in_scope": True, "asked_on": "2026-09-18"})
    guards = {r.guard for r in refused.value.refusals}
    assert guards == {
        "a_worker_is_named",
        "an_employer_is_named",
        "something_is_demanded",
        "a_mediator_is_assigned",
        "red_signals_were_handled",
    }
    assert any("40人" in r.sentence for r in refused.value.refusals)


def test_an_event_that_is_not_possible_now_says_where_it_is(office: Office) -> None:
    case = office.register()
    with pytest.raises(Refused) as refused:
        office.fire(case.proceeding_id, "accept", {"accepted_on": "2026-09-18"})
    assert "待受理" in refused.value.sentence


def test_wrong_answers_are_named_field_by_field_and_nothing_is_written(office: Office) -> None:
    case = office.accepted()
    before = counts(office.database)
    wrong = {
        "agreement_scope": "everything",
        "promises": [
            {"party": 999_999, "amount": "-3", "due_on": "2026-02-30"},
            {"party": "x", "amount": "1.005", "due_on": "0"},
        ],
        "surprise": "1",
    }
    with pytest.raises(BadInput) as bad:
        office.fire(case.proceeding_id, "draft_agreement", wrong)
    fields = bad.value.fields
    assert set(fields) >= {
        "agreement_scope",
        "promises.0.amount",
        "promises.0.due_on",
        "promises.1.party",
        "promises.1.amount",
        "promises.1.due_on",
        "surprise",
    }
    assert fields["promises.0.amount"] == "金额不能为负数。"
    assert fields["promises.1.amount"] == "金额最多两位小数（精确到分）。"
    assert counts(office.database) == before


def test_an_answer_must_point_to_this_case(office: Office) -> None:
    other, case = office.register(), office.accepted()
    stranger = office.parties(other.case_id, "worker")[0]
    row = {"party": stranger, "amount": "10", "due_on": "2026-10-01"}
    with pytest.raises(BadInput) as bad:
        office.fire(case.proceeding_id, "draft_agreement", {"agreement_scope": "full", "promises": [row]})
    assert bad.value.fields == {"promises.0.party": "请从本案当事人中选择。"}


def test_a_paper_that_lacks_a_fact_aborts_the_whole_event(office: Office) -> None:
    """The street has no arbitration committee on record, which the notice of failure must name."""
    case = office.accepted()
    with office.database.write() as session:
        session.get_one(Organisation, office.street_id).arbitration_committee = None
    before = counts(office.database)
    told = {"failure": "failed_divergence", "failed_on": office.clock.today().isoformat()}
    with pytest.raises(BadInput) as missing:
        office.fire(case.proceeding_id, "declare_failed", told)
    assert "仲裁委员会" in missing.value.sentence
    assert counts(office.database) == before
    assert office.state(case.proceeding_id) == "mediation"


def test_roles_are_denied_by_default_and_other_places_see_nothing(office: Office) -> None:
    case = office.accepted()
    told = {"outcome": "in_default", "closing_note": "已告知。"}
    with pytest.raises(Forbidden) as forbidden:
        office.fire(case.proceeding_id, "close_default", told)
    assert "主管" in forbidden.value.sentence
    stranger = Actor(office.mediator.person_id, "外人", (Grant("mediator", 99, "/99/"),))
    with pytest.raises(NotFound):
        office.fire(case.proceeding_id, "hold_session", {}, actor=stranger)
    with pytest.raises(NotFound):
        office.fire(case.proceeding_id, "hold_session", {}, actor=office.lawyer)
    with pytest.raises(NotFound):
        office.fire(10**9, "hold_session", {})


def test_a_representative_signs_for_nobody_who_has_not_signed(office: Office) -> None:
    case = office.accepted()
    worker, employer = office.parties(case.case_id, "worker")[0], office.parties(case.case_id, "employer")[0]
    row = {"party": worker, "amount": "20000", "due_on": "2026-09-30"}
    office.fire(case.proceeding_id, "draft_agreement", {"agreement_scope": "full", "promises": [row]})
    told = {"signed_on": "2026-09-18", "signed_by": [worker], "mediator_signed": False, "sealed": False}
    with pytest.raises(Refused) as refused:
        office.fire(case.proceeding_id, "sign_agreement", told)
    assert {r.guard for r in refused.value.refusals} == {
        "every_signing_party_has_signed",
        "mediator_has_signed",
        "organisation_has_sealed",
    }
    assert "北京某餐饮有限公司" in refused.value.sentence
    signed = {**told, "signed_by": [worker, employer], "mediator_signed": True, "sealed": True}
    assert office.fire(case.proceeding_id, "sign_agreement", signed).to_state == "performance"


@pytest.mark.parametrize("workers", [1, 25])
def test_the_number_of_statements_of_an_event_does_not_grow_with_the_case(
    sqlite_database: Database, clock: TestClock, workers: int
) -> None:
    """Counted by SQLite itself, so that prepared statements on the driver's cursor count as well."""
    office = open_office(sqlite_database, clock)
    people = [{"name": f"职工{i}"} for i in range(workers)]
    demands = [{"party": i, "head": "wages", "amount": "100"} for i in range(workers)]
    case = office.register(workers=people, demands=demands)
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    told = {"in_scope": True, "asked_on": "2026-09-18"}
    assert len(_statements(office, case.proceeding_id, told)) <= 20, "14, and those that reckon the limitation anew"


def _statements(office: Office, proceeding_id: int, told: dict[str, Any]) -> list[str]:
    statements: list[str] = []
    engine = office.database.engine
    engine.dispose()

    @sa_event.listens_for(engine, "checkout")
    def _trace(dbapi: Any, record: Any, proxy: Any) -> None:
        dbapi.set_trace_callback(statements.append)

    with office.database.read() as session:
        revision = session.get_one(Proceeding, proceeding_id).revision
    statements.clear()
    office.fire(proceeding_id, "ask_consent", told, revision=revision)
    return statements


def test_what_is_too_long_for_its_column_is_bad_input(postgres_database: Database, clock: TestClock) -> None:
    """The forms refuse it earlier; whatever slips through still ends in a sentence, with nothing written."""
    office = open_office(postgres_database, clock)
    before = counts(office.database)
    with pytest.raises(BadInput) as long, office.database.write() as session:
        session.add(Organisation(name="长" * 201, short_name="长", level="street", path="/9/"))
        session.flush()
    assert "太长" in long.value.sentence
    assert counts(office.database) == before


def test_only_a_mediator_of_the_place_can_be_given_the_case(office: Office) -> None:
    case = office.register()
    with pytest.raises(BadInput) as wrong:
        office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.lawyer.person_id})
    assert wrong.value.fields == {"mediator": "赵律师不是本单位的调解员，请另选一位。"}
