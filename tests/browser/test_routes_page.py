"""The hand-off screen on a phone: what is asked and answered there fits, and every way tells where it stands."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.desk import PASSWORD, Desk, login_of, open_desk
from tests.browser.conftest import Screen, enter, fits, picture, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    desk = open_desk(sqlite_database, clock, tmp_path)
    desk.office.signed()
    clock.move(days=12)
    return desk


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with serving(desk.app) as address:
        yield address


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_ways_are_judged_again_with_what_is_told(address: str, desk: Desk, screen: Screen, size: str) -> None:
    with screen(size) as page:
        enter(page, address, login_of(desk.office.mediator), PASSWORD, "/cases/1/routes")
        expect(page.locator("#way-judicial_confirmation")).to_contain_text("请事先询问当地法院")
        expect(page.locator("#way-payment_order")).to_contain_text("须先查明")
        assert fits(page)
        asked = page.locator("#asked")
        for question in ("双方互负其他债务", "用人单位下落不明"):
            asked.get_by_role("group", name=question).get_by_label("否").check()
        asked.get_by_role("button", name="重新判断").click()
        page.wait_for_url(lambda url: "mutual_debts=no" in url)
        expect(page.locator("#way-payment_order")).to_contain_text("可以走")
        picture(page, f"routes-{size}")
        assert fits(page)
        page.locator("#way-payment_order").get_by_role("button", name="已经申请，去登记").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("已申请支付令")
        picture(page, f"routes-form-{size}")
        assert fits(page)
