"""A mediator's day in a browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.desk import PASSWORD, Desk, login_of, open_desk
from tests.browser.conftest import Screen, fits, picture, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with serving(desk.app) as address:
        yield address


def log_in(page: Page, desk: Desk, address: str, path: str) -> None:
    page.goto(f"{address}/login?next={path}")
    page.get_by_label("登录名").fill(login_of(desk.office.mediator))
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"{address}{path}")


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_look(desk: Desk, address: str, screen: Screen, size: str, dark: bool) -> None:
    office = desk.office
    office.signed()
    office.register(workers=[{"name": f"工人{n}"} for n in range(12)], cause="B2")
    office.clock.move(days=12)
    office.register(cause="C1", employers=[{"name": "示范区某科技股份有限公司北京分公司"}])
    third = office.accepted(workers=[{"name": "王小明", "phone": "13900139000"}])
    office.clock.move(days=6)
    with screen(size, dark=dark) as page:
        log_in(page, desk, address, "/cases")
        name = f"{size}-{'dark' if dark else 'light'}"
        picture(page, f"cases-{name}")
        assert fits(page)
        page.goto(address + "/intake")
        picture(page, f"intake-{name}")
        assert fits(page)
        for case, id in (("money", 1), ("mediation", third.case_id)):
            page.goto(f"{address}/cases/{id}")
            page.locator("details.event").first.locator("summary").first.click()
            picture(page, f"case-{case}-{name}")
            assert fits(page)
        page.goto(f"{address}/cases/{third.case_id}/events/{third.proceeding_id}/draft_agreement")
        picture(page, f"draft-{name}")
        assert fits(page)
