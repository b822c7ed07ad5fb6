"""The report and its lines, the inbox, the picture of a workflow and the law, as somebody sees them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from mediation.clock import TestClock
from mediation.db import Database
from mediation.reminders.channels import Inbox
from mediation.sweeping.sweep import sweep_once
from tests.api.counter import Counter, open_counter
from tests.api.desk import PASSWORD, give_account, login_of
from tests.browser.conftest import Screen, enter, fits, picture, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        office = counter.office
        for cause, amount in (("B1", "20000"), ("A1", "3000.50"), ("B1", "8000")):
            case = office.signed(cause=cause)
            office.clock.move(hours=2)
            row = {"party": office.parties(case.case_id, "worker")[0], "amount": amount, "paid_on": "2026-09-18"}
            office.fire(case.proceeding_id, "record_payment", {"payments": [{**row, "proof": "银行回单"}]})
        waiting = office.register()
        office.fire(waiting.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
        office.clock.move(days=16)
        sweep_once(office.runtime, [Inbox()])
        for person in (office.mediator, office.supervisor):
            give_account(office, person)
        yield counter


@pytest.fixture
def address(counter: Counter) -> Iterator[str]:
    with serving(counter.app) as address:
        yield address


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_figure_of_the_report_opens_to_its_lines(address: str, counter: Counter, screen: Screen, size: str) -> None:
    with screen(size) as page:
        enter(page, address, login_of(counter.office.supervisor), PASSWORD, "/receipts")
        page.get_by_label("分组").select_option("cause")
        page.get_by_role("button", name="统计").click()
        page.wait_for_url(lambda url: "by=cause" in url)
        picture(page, f"receipts-{size}")
        assert fits(page)
        total = page.locator("tr.total a").last
        shown = total.inner_text()
        assert shown == "31,000.50"
        total.click()
        expect(page.get_by_role("heading")).to_have_text("到账金额明细")
        expect(page.locator("strong")).to_have_text(shown)
        expect(page.locator("tbody tr")).to_have_count(3)
        picture(page, f"receipts-lines-{size}")
        assert fits(page)


def test_the_report_on_paper(address: str, counter: Counter, screen: Screen) -> None:
    with screen("desktop") as page:
        enter(page, address, login_of(counter.office.supervisor), PASSWORD, "/receipts?by=street")
        page.emulate_media(media="print")
        expect(page.get_by_role("button", name="统计")).to_be_hidden()
        expect(page.get_by_text("劳动者实际收到的金额")).to_be_visible()
        picture(page, "receipts-print")


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_reminders_are_marked_as_read(address: str, counter: Counter, screen: Screen, size: str) -> None:
    with screen(size) as page:
        enter(page, address, login_of(counter.office.mediator), PASSWORD, "/inbox")
        picture(page, f"inbox-{size}")
        assert fits(page)
        page.get_by_role("button", name="全部标为已读").click()
        expect(page.get_by_text("0条未读")).to_be_visible()


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_workflow_explains_itself(address: str, counter: Counter, screen: Screen, size: str) -> None:
    with screen(size) as page:
        enter(page, address, login_of(counter.office.supervisor), PASSWORD, "/workflows")
        page.get_by_role("link", name="劳动争议调解", exact=True).click()
        expect(page.locator("svg.flow .state-numbers").first).to_be_visible()
        picture(page, f"workflow-{size}")
        assert fits(page)
        for title, name in (("权限表", "permissions"), ("办案手册", "manual"), ("期限与依据", "deadlines")):
            page.get_by_role("link", name=title).click()
            expect(page.get_by_role("heading", level=1)).to_contain_text(title)
            picture(page, f"workflow-{name}-{size}")
            assert fits(page)


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_what_is_late_stands_with_its_owner(address: str, counter: Counter, screen: Screen, size: str) -> None:
    with screen(size) as page:
        enter(page, address, login_of(counter.office.supervisor), PASSWORD, "/overdue")
        expect(page.locator("tbody tr").first).to_contain_text("李调解")
        expect(page.locator("footer.foot")).to_contain_text("定时任务")
        picture(page, f"overdue-{size}")
        assert fits(page)
        page.get_by_role("link", name="内部目标").click()
        expect(page.get_by_role("status")).to_contain_text("不是法定逾期")
        picture(page, f"overdue-office-{size}")


def test_why_a_day_is_that_day(address: str, counter: Counter, screen: Screen) -> None:
    with screen("phone") as page:
        enter(page, address, login_of(counter.office.mediator), PASSWORD, "/law/due")
        page.get_by_role("combobox", name="期限").select_option("mediation_finish")
        page.get_by_label("起算的事实发生之日").fill("2026-09-17")
        page.get_by_role("button", name="推算").click()
        expect(page.get_by_text("2026年10月8日").first).to_be_visible()
        picture(page, "law-due-phone")
        assert fits(page)
