"""Moments 11, 12, 14 and 15: what is late, somebody is ill, is the machine alive, one employer is asked about."""

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.people.organisations import grant_role
from mediation.people.persons import PersonData, register_person
from mediation.reminders.channels import Inbox
from mediation.sweeping.sweep import sweep_once
from tests.api.counter import Counter, open_counter
from tests.api.desk import PASSWORD, give_account, login_of
from tests.browser.conftest import Screen, enter, fits, picture, serving

pytestmark = pytest.mark.browser
CASES = 30


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    """Thirty cases with one mediator; a payment missed twenty days ago; a letter that waits for an answer."""
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        office = counter.office
        office.signed()
        for _ in range(CASES - 1):
            case = office.register()
            office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
        letter(counter, case)
        with office.database.write() as session:
            person = register_person(session, PersonData("孙调解"), at=office.clock.now())
            grant_role(session, person.id, office.street_id, "mediator", date(2026, 1, 1))
        office.clock.move(days=20)
        sweep_once(office.runtime, [Inbox()])
        give_account(office, office.supervisor)
        yield counter


def letter(counter: Counter, case: object) -> None:
    office = counter.office
    party = office.parties(case.case_id, "employer")[0]  # type: ignore[attr-defined]
    told = {
        "supervised_employer": party,
        "supervision_found_on": "2026-09-18",
        "supervision_infringement": "wages",
        "supervision_finding": "拖欠工资。",
    }
    begun = office.fire(case.proceeding_id, "begin_supervision", told)  # type: ignore[attr-defined]
    supervision = begun.result["started"]["proceeding_id"]
    words = {"letter_facts": "拖欠。", "letter_rule": "劳动法。", "letter_demand": "补发。", "letter_contact": "010-1"}
    office.fire(supervision, "issue_hint", words)
    office.fire(supervision, "approve_hint", {"approval_note": "同意。"}, actor=office.supervisor)
    proof = {"hint_served_on": "2026-09-18", "hint_served_how": "hand", "hint_service_proof": "签收"}
    office.fire(supervision, "serve_hint", proof)


@pytest.fixture
def address(counter: Counter) -> Iterator[str]:
    with serving(counter.app) as address:
        yield address


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_moment_11_what_is_late_and_why(address: str, counter: Counter, screen: Screen, size: str) -> None:
    with screen(size) as page:
        enter(page, address, login_of(counter.office.supervisor), PASSWORD, "/overdue")
        first = page.locator("table.late tbody tr").first
        expect(first).to_contain_text("款项未付")
        expect(first).to_contain_text("在李调解手中")
        expect(first).to_contain_text("已升级：组长")
        first.get_by_text("为什么排在这里").click()
        expect(first).to_contain_text("工人的生活等着用")
        expect(first).to_contain_text("协议约定")
        picture(page, f"moment-11-{size}")
        assert fits(page)


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_moment_12_thirty_cases_in_two_minutes(address: str, counter: Counter, screen: Screen, size: str) -> None:
    with screen(size) as page:
        enter(page, address, login_of(counter.office.supervisor), PASSWORD, "/handovers/new")
        began = time.monotonic()
        page.get_by_label("谁离岗或离任").select_option(label="李调解")
        page.get_by_role("button", name="看他手上的事").click()
        expect(page.get_by_role("heading", level=2)).to_contain_text(f"共{CASES}项")
        assert fits(page)
        picture(page, f"moment-12-choose-{size}")
        page.get_by_label("返岗日期").fill("2026-10-30")
        page.get_by_label("原因").fill("病假")
        page.get_by_role("button", name=f"移交全部{CASES}项").click()
        expect(page.get_by_role("status")).to_contain_text(f"{CASES}/{CASES}项已移交")
        assert time.monotonic() - began < 120
        expect(page.locator("#signatures")).to_contain_text("孙调解")
        picture(page, f"moment-12-list-{size}")
        assert fits(page)


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_moment_14_is_the_machine_alive(address: str, counter: Counter, screen: Screen, size: str) -> None:
    with counter.office.database.write() as session:
        row = session.scalars(select(Deadline).where(Deadline.closed_at.is_(None)).limit(1)).one()
        row.quarantined_why = "没有这个状态，请迁移流程。"
    with screen(size) as page:
        enter(page, address, login_of(counter.office.supervisor), PASSWORD, "/overdue")
        expect(page.locator("footer")).to_contain_text("1项自动办理失败：示东工调案")
        page.locator("footer").get_by_role("link", name="1项自动办理失败").click()
        expect(page.locator("#stuck")).to_contain_text("没有这个状态")
        picture(page, f"moment-14-{size}")
        assert fits(page)
        page.get_by_role("button", name="重试").click()
        expect(page.locator("#stuck")).to_contain_text("没有搁置的事项")


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_moment_15_the_leader_asks_about_one_employer(
    address: str, counter: Counter, screen: Screen, size: str
) -> None:
    with screen(size) as page:
        enter(page, address, login_of(counter.office.supervisor), PASSWORD, "/employers")
        page.get_by_label("名称或统一社会信用代码").fill("餐饮")
        page.get_by_role("button", name="查找").click()
        page.get_by_role("link", name="北京某餐饮有限公司").click()
        figures = page.locator("dl.figures")
        expect(figures).to_contain_text(f"在办{CASES}")
        expect(figures).to_contain_text("20,000.00")
        expect(page.locator("#letters")).to_contain_text("提示函")
        picture(page, f"moment-15-{size}")
        assert fits(page)
