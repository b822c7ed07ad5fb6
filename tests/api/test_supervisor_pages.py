"""The supervisor's pages: approvals, orders, hand-overs, the machine, one employer."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from mediation.assignments.models import HandOver
from mediation.cases.models import AuditEntry, Proceeding
from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person
from mediation.reminders.channels import Inbox
from mediation.reminders.models import Reminder
from mediation.sweeping.sweep import sweep_once
from tests.api.counter import Counter, open_counter

TODAY = "2026-09-18"


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def hired(counter: Counter, name: str, role: str, place: int) -> Actor:
    office = counter.office
    with office.database.write() as session:
        person = register_person(session, PersonData(name), at=office.clock.now())
        grant_role(session, person.id, place, role, date(2026, 1, 1))
        return load_actor(session, person.id, office.clock.today())


def page(counter: Counter, path: str, actor: Actor | None = None) -> str:
    answer = counter.client(actor or counter.office.supervisor).get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def send(counter: Counter, path: str, actor: Actor | None = None, **fields: Any) -> Any:
    client = counter.client(actor or counter.office.supervisor)
    token = client.headers["x-csrf-token"]
    return client.post(path, data={"_csrf": token, "_key": f"page-{next(counter.office.keys):08}", **fields})


def refused_case(counter: Counter) -> Any:
    """A closing without money, proposed by the mediator."""
    case = counter.office.register()
    told = {"refusal_reason": "out_of_area", "next_place": "示范区西街总工会", "refusal_note": "请到工作地的工会办理。"}
    counter.office.fire(case.proceeding_id, "refuse_case", told)
    return case


def test_what_waits_for_a_second_person_is_decided_from_its_page(counter: Counter) -> None:
    case = refused_case(counter)
    shown = page(counter, "/approvals")
    assert case.number in shown
    assert "李调解" in shown
    assert "请到工作地的工会办理。" in shown
    link = f"/cases/{case.case_id}/events/{case.proceeding_id}/approve_closing"
    assert f'href="{link}"' in shown
    assert "待审核1件" in page(counter, "/overdue")
    revision = re.search(r'name="_revision" value="(\d+)"', page(counter, link))
    assert revision
    done = send(counter, link, _revision=revision[1], approval_note="同意。")
    assert done.status_code == 303
    assert counter.office.state(case.proceeding_id) == "closed"
    assert case.number not in page(counter, "/approvals")


def test_whoever_proposed_is_told_that_another_must_decide(counter: Counter) -> None:
    case = counter.office.register()
    told = {"refusal_reason": "out_of_area", "next_place": "示范区西街总工会", "refusal_note": "请到工作地的工会办理。"}
    counter.office.fire(case.proceeding_id, "refuse_case", told, actor=counter.office.supervisor)
    shown = page(counter, "/approvals")
    assert "须由另一位主管审核" in shown
    assert "approve_closing" not in shown
    assert "return_closing" in shown
    assert "待审核0件" in page(counter, "/overdue")


def test_an_order_is_answered_in_words_and_closed_with_a_remark(counter: Counter) -> None:
    office = counter.office
    case = office.register()
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    form = page(counter, f"/cases/{case.case_id}/events/{case.proceeding_id}/give_order")
    assert "三个工作日内" in form
    done = office.fire(case.proceeding_id, "give_order", {"order_text": "请说明进展。"}, actor=office.supervisor)
    order = done.result["started"]["proceeding_id"]
    mine = page(counter, "/cases", office.mediator)
    assert "请说明进展。" in mine
    assert f"/cases/{case.case_id}/events/{order}/answer_order" in mine
    office.fire(order, "answer_order", {"order_answer": "已约明日面谈。"})
    assert "请说明进展。" not in page(counter, "/cases", office.mediator)
    shown = page(counter, "/orders")
    assert "已约明日面谈。" in shown
    assert "close_order" in shown
    office.fire(order, "close_order", {"order_remark": "属实。"}, actor=office.supervisor)
    assert "已约明日面谈。" not in page(counter, "/orders")
    assert "主管意见：属实。" in page(counter, "/orders?ended")


def test_thirty_cases_are_handed_over_in_one_form(counter: Counter) -> None:
    office = counter.office
    sun = hired(counter, "孙调解", "mediator", office.street_id)
    cases = [office.register() for _ in range(30)]
    for case in cases:
        office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    giver = office.mediator.person_id
    shown = page(counter, f"/handovers/new?giver={giver}")
    assert "李调解名下共30项" in shown
    assert all(case.number in shown for case in cases)
    assert "孙调解 30项" in shown
    missing = send(counter, "/handovers", giver=giver, kind="absence", reason="病假")
    assert missing.status_code == 422
    assert "返岗日期" in missing.text
    back = (office.clock.today() + timedelta(days=14)).isoformat()
    done = send(counter, "/handovers", giver=giver, kind="absence", reason="病假", back_on=back)
    assert done.status_code == 303, done.text
    listed = page(counter, done.headers["location"])
    assert "30/30项已移交" in listed
    assert "来访登记的初步审查" in listed
    with office.database.read() as session:
        owners = set(session.scalars(select(Proceeding.owner_id)))
    assert owners == {sun.person_id}
    assert "李调解、孙调解" in page(counter, "/handovers")
    assert "移交：1份待确认" in page(counter, "/overdue")
    assert "移交清单待您确认" in page(counter, "/cases", sun)
    signed = send(counter, f"{done.headers['location']}/sign", sun, leg="out")
    assert signed.status_code == 303
    paper = {"leg": "out", "person": giver, "note": "9月18日在纸质清单上签字"}
    assert send(counter, f"{done.headers['location']}/sign", **paper).status_code == 303
    assert "双方已确认" in page(counter, "/handovers")
    assert counter.client(office.lawyer).get(done.headers["location"]).status_code == 404


def test_what_the_machine_gave_up_is_tried_again_or_dropped_with_a_reason(counter: Counter) -> None:
    office = counter.office
    case = office.signed()
    with office.database.write() as session:
        row = session.scalars(select(Deadline).where(Deadline.name == "promise_due")).one()
        row.quarantined_why = "流程定义缺失，请核对。"
        reminder = session.scalars(select(Reminder).where(Reminder.deadline_id == row.id).limit(1)).one()
        reminder.state, reminder.why = "quarantined", "没有主管可以提醒。"
        deadline_id, reminder_id = row.id, reminder.id
    sweep_once(office.runtime, [Inbox()])
    shown = page(counter, "/machine")
    assert "流程定义缺失，请核对。" in shown
    assert "没有主管可以提醒。" in shown
    assert f'<a href="/cases/{case.case_id}">{case.number}</a>' in shown
    assert "2项自动办理失败" in page(counter, "/workflows")
    assert case.number in page(counter, "/workflows")
    assert send(counter, f"/machine/stuck/reminder/{reminder_id}/retry").status_code == 303
    assert send(counter, f"/machine/stuck/deadline/{deadline_id}/drop", reason=" ").status_code == 422
    assert send(counter, f"/machine/stuck/deadline/{deadline_id}/drop", reason="已人工办理").status_code == 303
    assert send(counter, f"/machine/stuck/deadline/{deadline_id}/drop", reason="再来").status_code == 404
    assert "没有搁置的事项" in page(counter, "/machine")
    with office.database.read() as session:
        assert session.get_one(Reminder, reminder_id).state == "waiting"
        words = set(session.scalars(select(AuditEntry.event)))
    assert {"retry_stuck", "drop_stuck"} <= words
    assert send(counter, f"/machine/stuck/reminder/{reminder_id}/retry", office.mediator).status_code in (403, 404)


def test_late_reminders_are_named(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    office.clock.move(days=9, hours=3)
    shown = page(counter, "/machine")
    assert case.number in shown.split('id="late"')[1].split("</section>")[0]
    assert 'href="/machine#late"' in shown


def test_one_employer_over_all_streets(counter: Counter) -> None:
    office = counter.office
    first = office.signed()
    with office.database.write() as session:
        west = add_organisation(session, "示范区西街总工会", "示西", "street", None).id
        session.execute(update(Proceeding).values(revision=Proceeding.revision))
    second = office.register(workers=[{"name": "李四", "phone": "13900139000"}, {"name": "王五"}])
    supervision = {
        "supervised_employer": office.parties(second.case_id, "employer")[0],
        "supervision_found_on": TODAY,
        "supervision_infringement": "wages",
        "supervision_finding": "拖欠工资。",
    }
    begun = office.fire(second.proceeding_id, "begin_supervision", supervision).result["started"]["proceeding_id"]
    letter = {"letter_facts": "拖欠。", "letter_rule": "劳动法。", "letter_demand": "补发。", "letter_contact": "010-1"}
    office.fire(begun, "issue_hint", letter)
    office.fire(begun, "approve_hint", {"approval_note": "同意。"}, actor=office.supervisor)
    served = {"hint_served_on": TODAY, "hint_served_how": "hand", "hint_service_proof": "签收"}
    office.fire(begun, "serve_hint", served)
    other = office.register(employers=[{"name": "北京某建筑有限公司"}])
    listed = page(counter, "/employers?text=餐饮")
    assert "北京某餐饮有限公司" in listed
    assert "建筑" not in listed
    link = re.search(r'href="(/employers/\d+)"', listed)
    assert link
    shown = page(counter, link[1])
    assert first.number in shown
    assert second.number in shown
    assert other.number not in shown
    assert "20,000.00" in shown
    assert "应于" in shown.split('id="letters"')[1].split("</section>")[0]
    assert "工会劳动法律监督：审核同意，发出提示函" in shown
    assert "协议已签署" in shown
    stranger = hired(counter, "西主管", "supervisor", west)
    assert counter.client(stranger).get(link[1]).status_code == 404
    assert counter.client(office.lawyer).get("/employers").status_code == 403


def test_the_clocks_go_on_through_holds_and_hand_overs_start_only_the_last(counter: Counter) -> None:
    office = counter.office
    case = office.signed()
    office.clock.move(days=20)
    sun = hired(counter, "孙调解", "mediator", office.street_id)
    before = page(counter, "/overdue")
    assert re.search(r"收案至今(\d+)", before)
    assert "在李调解手中" in before
    giver = office.mediator.person_id
    given = send(counter, "/handovers", giver=giver, kind="leaving", reason="调走", receiver=sun.person_id)
    assert given.status_code == 303
    office.clock.move(hours=1)
    sweep_once(office.runtime, [Inbox()])
    after = page(counter, "/overdue")
    assert int(re.findall(r"收案至今(\d+)", after)[0]) == 9
    assert int(re.findall(r"在孙调解手中(\d+)", after)[0]) == 0
    assert "已升级：组长" in after
    assert "工人的生活等着用" in after
    with office.database.write() as session:
        found = session.scalars(select(HandOver)).one()
        assert found.back_on is None
        held = update(Deadline).where(Deadline.name == "judicial_confirmation_apply", Deadline.closed_at.is_(None))
        session.execute(held.values(suspended_on=office.clock.today() - timedelta(days=5)))
    waiting = page(counter, "/overdue?kind=held")
    assert case.number in waiting
    assert "中止不减少当事人等待的天数" in waiting
