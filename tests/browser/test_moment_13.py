"""Moment 13: each figure opens to its list; claimed, agreed and received apart; last month prints the same today."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from mediation.cases.intake import Registered
from mediation.clock import TestClock
from mediation.db import Database
from mediation.recovery.models import Receipt
from tests.api.desk import PASSWORD, Desk, login_of, open_desk
from tests.browser.conftest import SIZES, Screen, enter, fits, picture, serving

pytestmark = pytest.mark.browser

SEPTEMBER = "/receipts?from=2026-09-01&to=2026-09-30&by=street"


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with serving(desk.app) as address:
        yield address


def pay(desk: Desk, case: Registered, amount: str, day: str) -> None:
    (worker,) = desk.office.parties(case.case_id, "worker")
    row = {"party": worker, "amount": amount, "paid_on": day, "proof": "银行回单"}
    desk.office.fire(case.proceeding_id, "record_payment", {"payments": [row]})


def september(desk: Desk) -> tuple[Registered, Registered]:
    """Three cases: 24,000 claimed in each, 20,000 agreed in two, 12,500.50 received in one."""
    desk.office.register()
    unpaid, paid = desk.office.signed(), desk.office.signed()
    pay(desk, paid, "12500.50", "2026-09-18")
    return unpaid, paid


def october(desk: Desk, unpaid: Registered, paid: Registered) -> None:
    """What comes to light a month later: money that was booked twice, and some of the other case that was forgotten."""
    desk.office.clock.move(days=30)
    pay(desk, unpaid, "7000", "2026-09-19")
    with desk.office.database.read() as session:
        receipt = session.scalars(select(Receipt.id).where(Receipt.case_id == paid.case_id)).one()
    told = {"receipt": receipt, "reversal_reason": "重复登记", "second_person": desk.office.supervisor.person_id}
    desk.office.fire(paid.proceeding_id, "reverse_payment", told)


def figures(page: Page) -> dict[str, str]:
    """The line of totals: what stands under which title."""
    cells = page.locator("tr.total td.amount").all()
    return {str(cell.get_attribute("data-label")).removesuffix("（元）"): cell.inner_text().strip() for cell in cells}


def every_figure_opens(page: Page, address: str, size: str) -> None:
    """Follow each figure of the table; the list has the same sum, and its lines add up to it."""
    links = [str(link.get_attribute("href")) for link in page.locator("table.report td.amount a").all()]
    shown = [link.inner_text() for link in page.locator("table.report td.amount a").all()]
    assert len(links) == 6
    for link, figure in zip(links, shown, strict=True):
        page.goto(address + link)
        expect(page.locator("main strong").first).to_have_text(figure)
        lines = [text.split()[0].replace(",", "") for text in page.locator("tbody td.amount").all_inner_texts()]
        assert f"{sum(map(float, lines)):,.2f}" == figure
        assert fits(page)
    picture(page, f"moment-13-list-{size}")


@pytest.mark.parametrize("size", list(SIZES))
def test_moment_13_do_the_numbers_hold(desk: Desk, address: str, screen: Screen, size: str) -> None:
    cases = september(desk)
    with screen(size) as page:
        enter(page, address, login_of(desk.office.supervisor), PASSWORD, SEPTEMBER)
        found = figures(page)
        assert found == {"请求金额": "72,000.00", "协议金额": "40,000.00", "裁决金额": "0", "到账金额": "12,500.50"}
        expect(page.locator("ol.definitions")).to_contain_text("不相加，不互为分母")
        assert fits(page)
        picture(page, f"moment-13-report-{size}")
        kept = page.get_by_role("link", name="固定本表的链接").get_attribute("href") or ""
        every_figure_opens(page, address, size)
        page.goto(address + kept)
        printed = page.locator("table.report").inner_text()
    october(desk, *cases)
    with screen(size) as page:
        enter(page, address, login_of(desk.office.supervisor), PASSWORD, kept)
        assert page.locator("table.report").inner_text() == printed
        page.emulate_media(media="print")
        picture(page, f"moment-13-print-{size}")
        page.goto(address + SEPTEMBER)
        assert figures(page)["到账金额"] != found["到账金额"], "what was booked since counts in the report of today"
