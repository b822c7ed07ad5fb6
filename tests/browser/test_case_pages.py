"""A mediator's case from the counter to the closing, clicked as a person clicks; and how the pages look."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.desk import PASSWORD, Desk, login_of, open_desk
from tests.browser.conftest import Screen, enter, fits, picture, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with serving(desk.app) as address:
        yield address


def log_in(page: Page, desk: Desk, address: str, path: str) -> None:
    enter(page, address, login_of(desk.office.mediator), PASSWORD, path)


def register(page: Page) -> None:
    """One screen: who, against whom, what, how much, since when."""
    page.get_by_label("劳动者姓名").fill("张三")
    page.get_by_role("textbox", name="电话").fill("138 0013 8000")
    page.get_by_label("用人单位全称").fill("北京某餐饮有限公司")
    page.get_by_label("争议事由").select_option("拖欠工资")
    page.get_by_label("要求什么").select_option("拖欠工资")
    page.get_by_label("多少钱（元）").fill("2.4万")
    page.get_by_label("从什么时候起").fill("2026-06-01")
    page.locator("#f-summary").fill("三个月没有发工资，多次催要未果。")
    page.get_by_role("button", name="保存登记").last.click()
    expect(page.get_by_role("status")).to_contain_text("已保存：登记")


def step(page: Page, title: str) -> None:
    """Unfold the form of a step on the case page."""
    form = page.locator("details.event", has=page.locator("summary", has_text=title)).first
    form.locator("summary").first.click()
    expect(form.get_by_role("button", name=title, exact=True)).to_be_visible()


def press(page: Page, title: str) -> None:
    page.get_by_role("button", name=title, exact=True).last.click()


def saved(page: Page, title: str, state: str) -> None:
    expect(page.get_by_role("status")).to_contain_text(f"已保存：{title}")
    expect(page.locator(".casehead .tag.state")).to_have_text(state)


def agree_to_mediate(page: Page) -> None:
    step(page, "指派调解员")
    press(page, "指派调解员")
    saved(page, "指派调解员", "已登记")
    step(page, "审查通过并征询对方")
    page.get_by_label("是", exact=True).locator("visible=true").check()
    press(page, "审查通过并征询对方")
    saved(page, "审查通过并征询对方", "审查与征询")
    step(page, "记录意愿")
    page.get_by_label("哪一方").locator("visible=true").select_option("北京某餐饮有限公司（用人单位）")
    page.get_by_label("同意调解").locator("visible=true").check()
    press(page, "记录意愿")
    saved(page, "记录意愿", "待受理")
    step(page, "受理")
    press(page, "受理")
    saved(page, "受理", "调解中")
    expect(page.get_by_role("status")).to_contain_text("受理通知书")


def agree_on_instalments(page: Page, look: str) -> None:
    step(page, "起草调解协议")
    page.get_by_text("分期：把每笔金额按月分成几期").locator("visible=true").click()
    page.get_by_label("分几期").locator("visible=true").fill("2")
    page.get_by_label("首期日期").locator("visible=true").fill("2026-09-18")
    page.get_by_role("button", name="按期填好").locator("visible=true").click()
    expect(page.locator("#f-promises-1-due_on")).to_have_value("2026-10-18")
    expect(page.locator("#f-promises-0-amount")).to_have_value("12000.00")
    page.get_by_label("全部人、全部请求").check()
    picture(page, f"case-draft-{look}")
    assert fits(page)
    press(page, "起草调解协议")
    saved(page, "起草调解协议", "协议待签署")
    step(page, "协议已签署")
    page.get_by_label("张三（劳动者）").locator("visible=true").check()
    page.get_by_label("北京某餐饮有限公司（用人单位）").locator("visible=true").check()
    for answer in page.locator("details.event[open]").get_by_label("是", exact=True).all():
        answer.check()
    press(page, "协议已签署")
    saved(page, "协议已签署", "履行中")


def pay_and_close(page: Page) -> None:
    for state in ("履行中", "已履行待回访"):
        step(page, "登记到账")
        form = page.locator("details.event[open]")
        expect(form.locator("[name='payments.0.amount']")).to_have_value("12000.00")
        form.locator("[name='payments.0.proof']").fill("银行回单")
        press(page, "登记到账")
        saved(page, "登记到账", state)
    step(page, "结案")
    page.get_by_label("回访情况").fill("款项已全部收到，没有其他要求。")
    press(page, "结案")
    saved(page, "结案", "已结案")


@pytest.mark.parametrize(
    ("size", "scripts"), [("phone", True), ("desktop", True), ("phone", False)], ids=["phone", "desktop", "no-scripts"]
)
def test_a_case_from_the_counter_to_the_closing(
    desk: Desk, address: str, screen: Screen, size: str, scripts: bool
) -> None:
    look = f"{size}-{'scripts' if scripts else 'plain'}"
    with screen(size, scripts=scripts) as page:
        log_in(page, desk, address, "/intake")
        register(page)
        receipt = page.get_by_role("status").get_by_role("link", name="PDF").get_attribute("href")
        assert page.request.get(f"{address}{receipt}").body()[:5] == b"%PDF-"
        picture(page, f"case-registered-{look}")
        assert fits(page)
        agree_to_mediate(page)
        agree_on_instalments(page, look)
        picture(page, f"case-performing-{look}")
        assert fits(page)
        pay_and_close(page)
        picture(page, f"case-closed-{look}")
        assert fits(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_colleague_saved_first_and_nothing_is_lost(desk: Desk, address: str, screen: Screen, scripts: bool) -> None:
    case = desk.office.accepted()
    with screen("phone", scripts=scripts, expected=("409",)) as page:
        log_in(page, desk, address, f"/cases/{case.case_id}")
        step(page, "记录调解会")
        form = page.locator("details.event[open]")
        form.get_by_label("面对面").check()
        form.locator("select").select_option(index=1)
        form.locator("textarea").fill("单位愿意先付一半。")
        signal = next(iter(desk.office.runtime.codes["risk_signals"]))
        told = {"risk_level": "blue", "risk_signals": [signal], "risk_note": "情绪平稳"}
        desk.office.fire(case.proceeding_id, "note_risk", told, actor=desk.office.supervisor)
        press(page, "记录调解会")
        expect(page.get_by_role("heading", name="您打开页面后发生的变化")).to_be_visible()
        expect(page.locator(".stale")).to_contain_text("王主管")
        expect(page.locator("textarea")).to_have_value("单位愿意先付一半。")
        picture(page, f"case-stale-{'scripts' if scripts else 'plain'}")
        assert fits(page)
        press(page, "记录调解会")
        saved(page, "记录调解会", "调解中")


def test_known_employers_are_suggested_while_typing(desk: Desk, address: str, screen: Screen) -> None:
    desk.office.register()
    with screen("phone") as page:
        log_in(page, desk, address, "/intake")
        page.get_by_label("用人单位全称").press_sequentially("某餐饮")
        expect(page.locator("#employers option")).to_have_attribute("value", "北京某餐饮有限公司")


def test_the_list_narrows_without_a_reload(desk: Desk, address: str, screen: Screen) -> None:
    desk.office.register()
    desk.office.register(cause="C1", workers=[{"name": "王小明"}])
    with screen("desktop") as page:
        log_in(page, desk, address, "/cases")
        page.get_by_text("更多条件").click()
        page.get_by_label("事由").select_option("经济补偿")
        expect(page.locator(".caselist > li")).to_have_count(1)
        expect(page).to_have_url(f"{address}/cases?whose=mine&text=&state=&cause=C1&gravity=")
        page.get_by_text("为什么是这一天").click()
        expect(page.locator("details.why[open] li").first).to_be_visible()


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_pages_fit_and_can_be_looked_at(desk: Desk, address: str, screen: Screen, size: str, dark: bool) -> None:
    office, look = desk.office, f"{size}-{'dark' if dark else 'light'}"
    late = office.signed()
    office.register(workers=[{"name": f"工人{n}"} for n in range(12)], cause="B2")
    office.clock.move(days=12)
    office.register(cause="C1", employers=[{"name": "示范区某科技股份有限公司北京分公司"}])
    running = office.accepted(workers=[{"name": "王小明", "phone": "13900139000"}])
    office.clock.move(days=6)
    paths = {
        "cases": "/cases",
        "intake": "/intake",
        "late": f"/cases/{late.case_id}",
        "mediation": f"/cases/{running.case_id}",
        "draft": f"/cases/{running.case_id}/events/{running.proceeding_id}/draft_agreement",
        "refused": f"/cases/{running.case_id}/events/{running.proceeding_id}/accept",
        "party": f"/cases/{running.case_id}/change/party/{office.parties(running.case_id, 'worker')[0]}",
    }
    with screen(size, dark=dark) as page:
        log_in(page, desk, address, "/cases")
        for name, path in paths.items():
            page.goto(address + path)
            picture(page, f"{name}-{look}")
            assert fits(page), name
