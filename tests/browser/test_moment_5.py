"""Moment 5: the agreement, from the facts typed already to the printed 调解协议书, in under a minute."""

import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.desk import PASSWORD, Desk, login_of, open_desk
from tests.browser.conftest import SIZES, Screen, enter, fits, picture, serving

pytestmark = pytest.mark.browser

A_MINUTE = 60
"""So many clicks and keys, at one a second."""


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with serving(desk.app) as address:
        yield address


def split_in_three(page: Page) -> int:
    """Instalments by the month; how many clicks and keys it took."""
    page.get_by_text("分期：把每笔金额按月分成几期").click()
    page.get_by_label("分几期").fill("3")
    page.get_by_label("首期日期").fill("2026-09-30")
    page.get_by_role("button", name="按期填好").click()
    expect(page.locator("[name='promises.2.due_on']")).to_have_value("2026-11-30")
    return 1 + 1 + len("3") + 1 + len("20260930") + 1


def words(pdf: bytes) -> str:
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    return re.sub(r"\s", "", "".join(pages))


@pytest.mark.parametrize("size", list(SIZES))
def test_moment_5_from_the_facts_to_the_printed_agreement(desk: Desk, address: str, screen: Screen, size: str) -> None:
    case = desk.office.accepted()
    with screen(size) as page:
        enter(page, address, login_of(desk.office.mediator), PASSWORD, f"/cases/{case.case_id}")
        page.goto(f"{address}/cases/{case.case_id}/events/{case.proceeding_id}/draft_agreement")
        expect(page.locator("[name='promises.0.amount']")).to_have_value("24000.00")
        effort = 2 + split_in_three(page)
        page.get_by_label("全部人、全部请求").check()
        picture(page, f"moment-5-form-{size}")
        assert fits(page)
        page.locator(".actions").get_by_role("button", name="起草调解协议").click()
        effort += 2
        told = page.get_by_role("status")
        expect(told).to_contain_text("已生成《调解协议书》")
        picture(page, f"moment-5-saved-{size}")
        assert fits(page)
        link = told.locator("li", has_text="调解协议书").get_by_role("link", name="PDF").get_attribute("href")
        assert effort + 2 < A_MINUTE
        pdf = page.request.get(f"{address}{link}").body()
    found = words(pdf)
    for told_in_it in ("调解协议书", "张三", "北京某餐饮有限公司", "24,000.00元", "贰万肆仟元整", "盖章"):
        assert told_in_it in found, told_in_it
    for day in ("2026年9月30日", "2026年10月30日", "2026年11月30日"):
        assert day in found, found
    assert found.count("8,000.00") >= 3
