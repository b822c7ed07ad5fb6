"""Moment 1: somebody walks in. One screen, the keyboard alone; receipt, code and limitation are there at once."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.desk import PASSWORD, Desk, login_of, open_desk
from tests.browser.conftest import SIZES, Screen, enter, fits, picture, serving

pytestmark = pytest.mark.browser

REQUIRED = 6
"""Worker, employer, cause, demand, what happened, and how it came (proposed)."""
TYPED: dict[str, str | int] = {
    "workers.0.name": "张三",
    "workers.0.phone": "13800138000",
    "employers.0.name": "北京某餐饮有限公司",
    "cause": 2,
    "demands.0.head": 1,
    "demands.0.amount": "24000",
    "since_on": "06012026",
    "summary": "三个月没有发工资。",
}


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with serving(desk.app) as address:
        yield address


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()"))


def type_with_the_keyboard(page: Page) -> int:
    """From field to field with the tabulator; how many keys were pressed."""
    keys, seen = 0, set[str]()
    while (name := focused(page)) != "保存登记":
        if name in TYPED and name not in seen:
            keys += fill(page, TYPED[name])
            seen.add(name)
        page.keyboard.press("Tab")
        keys += 1
        assert keys < 300, name
    assert seen == set(TYPED)
    return keys


def fill(page: Page, text: str | int) -> int:
    """A text is typed; in a list somebody goes down so many lines."""
    if isinstance(text, str):
        page.keyboard.type(text)
        return len(text)
    for _ in range(text):
        page.keyboard.press("ArrowDown")
    return text


def above_the_fold(page: Page, height: int) -> bool:
    box = page.get_by_role("button", name="保存登记").locator("visible=true").first.bounding_box()
    assert box is not None
    return bool(box["y"] + box["height"] <= height)


@pytest.mark.parametrize("size", list(SIZES))
def test_a_walk_in_is_registered_with_the_keyboard_alone(desk: Desk, address: str, screen: Screen, size: str) -> None:
    with screen(size) as page:
        enter(page, address, login_of(desk.office.mediator), PASSWORD, "/intake")
        if size == "desktop":
            page.set_viewport_size({"width": 1280, "height": 900})
            assert above_the_fold(page, 900)
        assert page.locator("form.intake :is(input, select, textarea)[required]").count() <= REQUIRED
        picture(page, f"moment-1-form-{size}")
        page.locator("[name='workers.0.name']").focus()
        assert type_with_the_keyboard(page) < 180, "at a key a second this would be three minutes"
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("已保存：登记")
        expect(page.get_by_text("时效：")).to_be_visible()
        assert fits(page)
        picture(page, f"moment-1-saved-{size}")
        receipt = page.get_by_role("status").get_by_role("link", name="PDF").get_attribute("href")
        assert page.request.get(f"{address}{receipt}").body()[:5] == b"%PDF-"
        page.get_by_role("link", name="当事人查进展的编码").click()
        page.get_by_role("button", name="重新生成").click()
        code = page.locator("strong", has_text=re.compile("^[A-Z0-9-]{23}$")).inner_text()
        page.goto(f"{address}/progress")
        page.get_by_label("查询编码").fill(code)
        page.keyboard.press("Enter")
        expect(page.get_by_text("您的申请已经收到并登记")).to_be_visible()
        assert fits(page)
        picture(page, f"moment-1-progress-{size}")


@pytest.mark.parametrize("size", ["phone"])
def test_the_case_that_is_here_already_is_told_while_typing(
    desk: Desk, address: str, screen: Screen, size: str
) -> None:
    case = desk.office.register()
    with screen(size) as page:
        enter(page, address, login_of(desk.office.mediator), PASSWORD, "/intake")
        page.locator("[name='workers.0.phone']").fill("138 0013 8000")
        page.locator("[name='employers.0.name']").fill("北京某餐饮有限公司")
        page.keyboard.press("Tab")
        expect(page.get_by_text(case.number)).to_be_visible()
        expect(page.locator("[name='employers.0.name']")).to_have_value("北京某餐饮有限公司")
        page.locator("[name='_reason']").fill("另一段劳动关系")
        page.locator("[name='workers.0.name']").fill("张三")
        page.keyboard.press("Tab")
        page.wait_for_timeout(400)
        expect(page.locator("[name='_reason']")).to_have_value("另一段劳动关系")
        picture(page, f"moment-1-alike-{size}")
        assert fits(page)
