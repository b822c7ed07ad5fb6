"""撤销这一步: the minutes that are left in words, what goes with the step, and who may."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.desk import PASSWORD, Desk, login_of, open_desk
from tests.browser.conftest import SIZES, Screen, enter, fits, picture, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with serving(desk.app) as address:
        yield address


@pytest.mark.parametrize("size", list(SIZES))
def test_ten_minutes_then_the_supervisor(desk: Desk, address: str, screen: Screen, clock: TestClock, size: str) -> None:
    case = desk.office.accepted()
    path = f"/cases/{case.case_id}/undo/{case.proceeding_id}"
    clock.move(seconds=20)
    with screen(size) as page:
        enter(page, address, login_of(desk.office.mediator), PASSWORD, f"/cases/{case.case_id}")
        page.get_by_role("link", name="会撤回什么").last.click()
        page.wait_for_url(address + path)
        left = page.get_by_role("timer")
        expect(left).to_contain_text("还有9分3")
        first = left.inner_text()
        expect(left).not_to_have_text(first)
        expect(page.locator("dl.facts")).to_contain_text("由“调解中”退回“待受理”")
        expect(page.locator("dl.facts")).to_contain_text("《受理通知书》")
        picture(page, f"undo-{size}")
        assert fits(page)
        clock.move(minutes=10)
        page.reload()
        expect(page.locator(".notice")).to_contain_text("请主管写明理由后撤销")
        expect(page.get_by_role("button", name="撤销这一步")).to_have_count(0)
        picture(page, f"undo-over-{size}")
    with screen(size, expected=("422",)) as page:
        enter(page, address, login_of(desk.office.supervisor), PASSWORD, path)
        page.get_by_label("理由").fill("受理日期登记错了")
        picture(page, f"undo-supervisor-{size}")
        page.get_by_role("button", name="撤销这一步").click()
        expect(page.get_by_role("status")).to_contain_text("撤销“受理”")
        expect(page.locator(".casehead .tag.state")).to_have_text("待受理")
