"""The tree, a colleague, who has looked, a review, and the table of rights, as somebody sees them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.actor import Actor
from tests.access.test_emergency import WHY, somebody
from tests.administration.test_tree import hired
from tests.api.counter import Counter, open_counter
from tests.api.desk import PASSWORD, give_account, login_of
from tests.browser.conftest import Screen, enter, fits, picture, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


@pytest.fixture
def admin(counter: Counter) -> Actor:
    found = hired(counter.office, "郑管理", "administrator", counter.office.district_id)
    give_account(counter.office, found)
    return found


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_an_administrator_adds_a_place_and_a_colleague(
    counter: Counter, admin: Actor, screen: Screen, size: str
) -> None:
    with serving(counter.app) as address, screen(size) as page:
        enter(page, address, login_of(admin), PASSWORD, "/admin")
        page.get_by_text("增设组织").click()
        page.get_by_label("上级组织").select_option(str(counter.office.district_id))
        page.get_by_label("层级").select_option("street")
        page.get_by_label("全称").fill("示范区南街总工会")
        page.get_by_label("文号用的简称").fill("示南")
        picture(page, f"admin-tree-{size}")
        assert fits(page)
        page.get_by_role("button", name="增设").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("示范区南街总工会")
        page.get_by_text("登记外部单位").last.click()
        page.locator("#f-new-kind").select_option("court")
        page.locator("#f-new-name").fill("示范区人民法院")
        page.get_by_role("button", name="登记", exact=True).click()
        expect(page.locator("#outside td").first).to_contain_text("示范区人民法院")
        picture(page, f"admin-place-{size}")
        assert fits(page)
        page.goto(address + "/admin/people")
        page.get_by_text("增加人员").click()
        page.locator("#f-name").fill("冯新人")
        page.locator("#f-organisation").select_option(str(counter.office.street_id))
        page.locator("#f-role").select_option("mediator")
        page.locator("#f-from_on").fill("2026-09-18")
        picture(page, f"admin-people-{size}")
        assert fits(page)
        page.get_by_role("button", name="增加", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("冯新人")
        page.get_by_label("登录名").fill("feng")
        page.get_by_label("初始密码").fill(PASSWORD)
        page.get_by_role("button", name="开通账号").click()
        expect(page.get_by_text("停用账号")).to_be_visible()
        picture(page, f"admin-person-{size}")
        assert fits(page)


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_an_emergency_from_the_first_look_to_the_review(counter: Counter, screen: Screen, size: str) -> None:
    office = counter.office
    case = office.accepted()
    neighbour = somebody(office, "mediator", "孙邻街", street="示范区西街总工会")
    for who in (neighbour, office.supervisor):
        give_account(office, who)
    with serving(counter.app) as address:
        with screen(size) as page:
            enter(page, address, login_of(neighbour), PASSWORD, "/emergency")
            page.get_by_label("案号").fill(case.number)
            page.get_by_label("为什么必须现在查阅").fill(WHY)
            picture(page, f"emergency-{size}")
            assert fits(page)
            page.get_by_role("button", name="打开案卷").click()
            expect(page.get_by_text("您正在紧急查阅本案")).to_be_visible()
        with screen(size) as page:
            enter(page, address, login_of(office.supervisor), PASSWORD, "/reviews")
            page.get_by_text("复核（").click()
            page.get_by_text("确有必要").click()
            page.get_by_label("复核意见").fill("已核对通话记录")
            picture(page, f"reviews-{size}")
            assert fits(page)
            page.get_by_role("button", name="提交复核").click()
            expect(page.get_by_text("没有等待复核的紧急查阅")).to_be_visible()
            page.goto(f"{address}/cases/{case.case_id}")
            page.get_by_role("link", name="谁看过").click()
            expect(page.locator("tbody tr").last).to_contain_text("孙邻街")
            page.get_by_text("限制本案的查阅").click()
            picture(page, f"readings-{size}")
            assert fits(page)
            page.get_by_role("button", name="打印答复").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("查阅情况答复")
            picture(page, f"readings-answer-{size}")
            assert fits(page)
            page.goto(address + "/permissions")
            picture(page, f"permissions-{size}")
            assert fits(page)
