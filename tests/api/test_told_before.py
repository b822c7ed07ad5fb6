"""Nobody types twice: forms and the JSON answer begin with what was told before, and say so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import select
from starlette.testclient import TestClient

from mediation.cases.intake import Registered
from mediation.cases.models import Party
from mediation.cases.undo import undo
from mediation.clock import TestClock
from mediation.db import Database
from tests.api.counter import Counter, open_counter
from tests.api.desk import Desk, fields_of, open_desk

TODAY = "2026-09-18"
FINDING = "职工反映单位拖欠三个月工资。"
RULES = {"letter_rule": "劳动合同法第三十条。", "letter_demand": "限期支付。", "letter_contact": "李调解 010-1"}
FACTS = "经查，单位拖欠多名职工三个月工资。"
SUIT = {"suit_filed_on": TODAY, "suit_court": "示范区人民法院", "suit_ground": "wage_iou"}


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def counter(database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(database, clock, tmp_path) as counter:
        yield counter


def address(case: Registered, proceeding: int, event: str) -> str:
    return f"/cases/{case.case_id}/events/{proceeding}/{event}"


def form(browser: TestClient, case: Registered, proceeding: int, event: str) -> dict[str, str]:
    """What the event's own page would send untouched."""
    path = address(case, proceeding, event)
    return fields_of(browser.get(path).text, path)


def step(browser: TestClient, case: Registered, proceeding: int, event: str, **typed: str) -> None:
    """The event done on its page: only what is `typed` is typed."""
    path = address(case, proceeding, event)
    answer = browser.post(path, data=form(browser, case, proceeding, event) | typed)
    assert answer.status_code == 303, answer.text


def supervised(office: Any, case: Registered) -> int:
    told = {
        "supervised_employer": office.parties(case.case_id, "employer")[0],
        "supervision_found_on": TODAY,
        "supervision_infringement": "wages",
        "supervision_finding": FINDING,
    }
    return int(office.fire(case.proceeding_id, "begin_supervision", told).result["started"]["proceeding_id"])


def approved(office: Any, letters: int, which: str) -> None:
    """By somebody else than who proposed it."""
    office.fire(letters, f"approve_{which}", {"approval_note": "同意。"}, actor=office.supervisor)


def written_and_dropped(office: Any, letters: int, facts: str) -> None:
    office.fire(letters, "issue_hint", {**RULES, "letter_facts": facts})
    approved(office, letters, "hint")
    office.fire(letters, "drop_letter", {"drop_reason": "重写"})


def sued(office: Any, case: Registered) -> int:
    return int(office.fire(case.proceeding_id, "file_suit", SUIT).result["started"]["proceeding_id"])


def offered(counter: Counter, case: Registered, event: str, workflow: str) -> dict[str, Any]:
    """What the JSON case file proposes for an event: by ask."""
    file = counter.get(counter.office.mediator, f"/cases/{case.case_id}").json()
    options = [o for p in file["proceedings"] if p["workflow"] == workflow for o in p["options"]]
    (found,) = (option for option in options if option["event"] == event)
    return {one["ask"]: one for one in found["proposals"]}


def test_from_the_hint_to_the_proposal_only_what_is_new_is_typed(desk: Desk) -> None:
    case = desk.office.register()
    letters = supervised(desk.office, case)
    with desk.browser() as browser:
        first = form(browser, case, letters, "issue_hint")
        assert first["letter_facts"] == FINDING
        assert {name for name in RULES if first[name]} == set()
        step(browser, case, letters, "issue_hint", **RULES, letter_facts=FACTS)
        approved(desk.office, letters, "hint")
        served = {"hint_served_on": TODAY, "hint_served_how": "hand", "hint_service_proof": "签收"}
        step(browser, case, letters, "serve_hint", **served)
        refused = {"reply_refusal": "refused", "refusal_note": "拒收。"}
        step(browser, case, letters, "refuse_to_rectify", **refused)
        page = browser.get(address(case, letters, "issue_opinion")).text
        assert page.count("沿用2026年9月18日“拟提示函，提请审核”时填写的内容，可修改。") == 4
        step(browser, case, letters, "issue_opinion", letter_evidence="考勤表")
        approved(desk.office, letters, "opinion")
        served = {"opinion_served_on": TODAY, "opinion_served_how": "hand", "opinion_service_proof": "签收"}
        step(browser, case, letters, "serve_opinion", **served)
        assert form(browser, case, letters, "refuse_to_rectify")["refusal_note"] == ""
        step(browser, case, letters, "refuse_to_rectify", **refused)
    with desk.browser(desk.office.supervisor) as browser:
        last = form(browser, case, letters, "issue_proposal")
        assert {name: last[name] for name in (*RULES, "letter_facts", "letter_evidence")} == {
            **RULES,
            "letter_facts": FACTS,
            "letter_evidence": "考勤表",
        }
        step(browser, case, letters, "issue_proposal", department="human_resources", department_name="示范区人社局")
    assert desk.office.state(letters) == "proposal_review"


def test_from_the_first_instance_to_enforcement_only_what_is_new_is_typed(desk: Desk) -> None:
    case = desk.office.register()
    suit = sued(desk.office, case)
    worker = desk.office.parties(case.case_id, "worker")[0]
    awards = [{"party": worker, "amount": "12000", "head": "wages"}, {"party": worker, "amount": "5000"}]
    with desk.browser() as browser:
        step(browser, case, suit, "register_suit", suit_registered_on=TODAY, trial_procedure="ordinary")
        assert form(browser, case, suit, "commission_court_mediation")["trial_procedure"] == "ordinary"
        assert "trial_procedure" not in form(browser, case, suit, "change_procedure")
        desk.office.fire(suit, "judge", {"award_on": TODAY, "decision_result": "part", "awards": awards})
        both = {"judgment_served_worker_on": TODAY, "judgment_served_last_on": TODAY}
        step(browser, case, suit, "serve_judgment", **both)
        step(browser, case, suit, "appeal", appealed_on=TODAY, appealing_sides="employer")
        step(browser, case, suit, "register_appeal", appeal_registered_on=TODAY, appeal_court="第三中级人民法院")
        second = form(browser, case, suit, "change_judgment")
        assert (second["award_body"], second["award_on"]) == ("第三中级人民法院", "")
        assert [second[f"awards.{n}.amount"] for n in (0, 1)] == ["12000.00", "5000.00"]
        assert "decision_result" not in second
        changed = {"award_on": TODAY, "decision_result": "part", "awards.1.amount": "4000"}
        step(browser, case, suit, "change_judgment", **changed)
        wanted = form(browser, case, suit, "enforce_judgment")
        assert (wanted["enforcement_court"], wanted["enforcement_title"]) == ("示范区人民法院", "judgment")
        step(browser, case, suit, "enforce_judgment", enforcement_applied_on=TODAY)
        again = form(browser, case, case.proceeding_id, "file_suit")
        assert again["suit_court"] == "示范区人民法院"
        assert again["suit_filed_on"] == ""


def test_a_procedure_opened_from_the_dispute_begins_with_what_the_case_says(counter: Counter) -> None:
    case = counter.office.register(workplace="东街一号")
    found = offered(counter, case, "begin_supervision", "dispute")
    assert found["supervision_finding"] == {
        "ask": "supervision_finding",
        "value": "单位拖欠三个月工资，多次催要未果。",
        "proceeding_id": None,
        "event": None,
        "event_title": None,
        "seq": None,
        "told_on": None,
    }
    assert offered(counter, case, "report_group_event", "dispute")["group_event_place"]["value"] == "东街一号"


def test_programs_hear_where_it_comes_from(counter: Counter) -> None:
    case = counter.office.register()
    suit = sued(counter.office, case)
    for event, told in (
        ("register_suit", {"suit_registered_on": TODAY, "trial_procedure": "small"}),
        ("judge", {"award_on": TODAY, "decision_result": "full"}),
    ):
        counter.office.fire(suit, event, told)
    found = offered(counter, case, "enforce_judgment", "litigation")
    assert found.keys() == {"enforcement_court"}
    court = found["enforcement_court"]
    assert (court["value"], court["event"], court["event_title"]) == ("示范区人民法院", "file_suit", "已向法院起诉")
    assert (court["proceeding_id"], court["told_on"]) == (case.proceeding_id, TODAY)


def test_a_later_answer_wins_and_an_undone_one_was_never_given(counter: Counter) -> None:
    office = counter.office
    case = office.register()
    letters = supervised(office, case)
    written_and_dropped(office, letters, "误写的事实。")
    done = office.fire(letters, "issue_hint", {**RULES, "letter_facts": FACTS})
    assert offered(counter, case, "serve_hint", "supervision") == {}
    again = {"revision": done.revision, "key": office.key(), "actor": office.mediator}
    with office.database.write() as session:
        undo(session, office.runtime, letters, reason=None, **again)
    assert offered(counter, case, "issue_hint", "supervision")["letter_facts"]["value"] == "误写的事实。"
    written_and_dropped(office, letters, FACTS)
    assert offered(counter, case, "issue_opinion", "supervision")["letter_facts"]["value"] == FACTS


def test_what_an_effect_changed_since_goes_before_what_was_said(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    signals = [next(iter(office.runtime.codes["risk_signals"]))]
    office.fire(case.proceeding_id, "note_risk", {"risk_level": "blue", "risk_signals": signals, "risk_note": "平稳"})
    assert offered(counter, case, "note_risk", "dispute")["risk_level"]["event"] == "note_risk"
    now = {"group_event_at": f"{TODAY} 08:00", "group_event_place": "门口", "group_event_people": "30"}
    office.fire(case.proceeding_id, "report_group_event", {**now, "risk_signals": signals, "risk_note": "聚集"})
    level = offered(counter, case, "note_risk", "dispute")["risk_level"]
    assert (level["value"], level["event"]) == ("red", None)


def test_reasons_confirmations_files_payments_days_and_signatures_are_told_anew(counter: Counter) -> None:
    office = counter.office
    case = office.signed()
    worker = office.parties(case.case_id, "worker")[0]
    paid = {"party": worker, "amount": "100", "paid_on": TODAY, "proof": "回单1"}
    office.fire(case.proceeding_id, "record_payment", {"payments": [paid]})
    file = counter.get(office.mediator, f"/cases/{case.case_id}").json()
    asks = {name: ask for m in office.runtime.machines.values() for e in m.definition.events.values()
            for name, ask in e.asks.items()}  # fmt: skip
    proposed = {p["ask"] for one in file["proceedings"] for o in one["options"] for p in o["proposals"]}
    assert proposed
    for name in proposed:
        assert asks[name].type not in ("boolean", "evidence", "payments", "promises"), name
        assert not name.endswith(("_on", "_at", "_note", "_reason")), name
    assert "signed_by" not in proposed


def test_another_procedure_another_case_and_another_person_see_nothing_of_it(counter: Counter) -> None:
    office = counter.office
    case = office.register()
    letters = supervised(office, case)
    office.fire(letters, "issue_hint", {**RULES, "letter_facts": FACTS})
    second = supervised(office, case)
    other = supervised(office, office.register())
    for id, found in ((second, FINDING), (other, FINDING)):
        assert id != letters
        counted = counter.get(office.mediator, f"/cases/{case.case_id if id == second else case.case_id + 1}").json()
        (mine,) = (p for p in counted["proceedings"] if p["id"] == id)
        (hint,) = (o for o in mine["options"] if o["event"] == "issue_hint")
        assert {p["ask"]: p["value"] for p in hint["proposals"]} == {"letter_facts": found}
    assert counter.get(office.lawyer, f"/cases/{case.case_id}").status_code == 404


def test_rows_of_a_worker_who_has_left_are_not_proposed(counter: Counter) -> None:
    office = counter.office
    case = office.register(workers=[{"name": "张三"}, {"name": "李四"}])
    suit = sued(office, case)
    stays, leaves = office.parties(case.case_id, "worker")
    rows = [{"party": stays, "amount": "1000"}, {"party": leaves, "amount": "2000"}]
    for event, told in (
        ("register_suit", {"suit_registered_on": TODAY, "trial_procedure": "ordinary"}),
        ("judge", {"award_on": TODAY, "decision_result": "part", "awards": rows}),
        ("serve_judgment", {"judgment_served_worker_on": TODAY, "judgment_served_last_on": TODAY}),
        ("appeal", {"appealed_on": TODAY, "appealing_sides": ["employer"]}),
        ("register_appeal", {"appeal_registered_on": TODAY, "appeal_court": "第三中级人民法院"}),
    ):
        office.fire(suit, event, told)
    with office.database.write() as session:
        session.scalars(select(Party).where(Party.id == leaves)).one().left_on = office.clock.today()
    found = offered(counter, case, "change_judgment", "litigation")["awards"]
    assert [row["party"] for row in found["value"]] == [stays]


def test_nothing_is_sent_that_nobody_has_seen(desk: Desk) -> None:
    case = desk.office.register()
    letters = supervised(desk.office, case)
    written_and_dropped(desk.office, letters, FACTS)
    path = address(case, letters, "issue_hint")
    with desk.browser() as browser:
        shown = form(browser, case, letters, "issue_hint")
        assert shown["letter_rule"] == RULES["letter_rule"]
        refused = browser.post(path, data=shown | {"letter_rule": "", "letter_facts": "另写的事实。"})
        assert (refused.status_code, "必须填写" in refused.text) == (422, True)
        kept = fields_of(refused.text, path)
        assert (kept["letter_rule"], kept["letter_facts"]) == ("", "另写的事实。")
        assert refused.text.count("沿用2026年9月18日“拟提示函，提请审核”时填写的内容") == 2
    assert desk.office.state(letters) == "finding"


def test_a_program_that_sends_nothing_is_refused(counter: Counter) -> None:
    case = counter.office.register()
    letters = supervised(counter.office, case)
    written_and_dropped(counter.office, letters, FACTS)
    file = counter.get(counter.office.mediator, f"/cases/{case.case_id}").json()
    (mine,) = (p for p in file["proceedings"] if p["id"] == letters)
    sent = {"revision": mine["revision"], "answers": {}}
    answer = counter.post(counter.office.mediator, f"/supervision/{letters}/issue_hint", sent)
    assert answer.status_code == 422
    assert "letter_facts" in answer.json()["fields"]


@pytest.mark.parametrize("where", ["form", "case"])
def test_one_query_however_many_fields_and_forms(desk: Desk, where: str) -> None:
    case = desk.office.register()
    letters = supervised(desk.office, case)
    supervised(desk.office, case)
    path = address(case, letters, "issue_hint") if where == "form" else f"/cases/{case.case_id}"
    asked: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    with desk.browser() as browser:
        sql_event.listen(desk.office.database.engine, "before_cursor_execute", note)
        assert browser.get(path).status_code == 200
        sql_event.remove(desk.office.database.engine, "before_cursor_execute", note)
    mine = [s for s in asked if "audit_entries.event IN" in s]
    assert len(mine) == 1
