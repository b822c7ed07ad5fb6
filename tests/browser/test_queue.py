"""Two lawyers' browsers want the same case; the queue on a telephone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.counter import Counter, open_counter
from tests.api.desk import PASSWORD, give_account, login_of
from tests.browser.conftest import Screen, enter, fits, picture, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        office = counter.office
        matters = ("工地欠薪三个月，需要代写仲裁申请书。", "被口头辞退，需要出庭代理。", "未休年休假工资，需要核算。")
        for cause, matter in zip(("B1", "A1", "B1"), matters, strict=True):
            case = office.register(cause=cause)
            office.queued(case, aid_matter=matter, aid_hours=6)
            office.clock.move(hours=5)
        for lawyer in (office.lawyer, office.other_lawyer):
            give_account(office, lawyer)
        yield counter


@pytest.fixture
def address(counter: Counter) -> Iterator[str]:
    with serving(counter.app) as address:
        yield address


def test_two_lawyers_want_the_same_case(address: str, counter: Counter, screen: Screen) -> None:
    with screen("phone") as winner, screen("phone", expected=("409",)) as loser:
        enter(winner, address, login_of(counter.office.lawyer), PASSWORD, "/queue")
        enter(loser, address, login_of(counter.office.other_lawyer), PASSWORD, "/queue")
        picture(loser, "queue-phone")
        assert fits(loser)
        winner.get_by_role("button", name="认领这件").first.click()
        expect(winner.get_by_role("status")).to_contain_text("已由您认领：张三")
        picture(winner, "queue-won-phone")
        assert fits(winner)
        loser.get_by_role("button", name="认领这件").first.click()
        expect(loser.get_by_role("alert")).to_contain_text("赵律师已于9月19日")
        expect(loser.get_by_role("button", name="认领这件")).to_have_count(2)
        picture(loser, "queue-lost-phone")
        assert fits(loser)
        loser.get_by_role("button", name="认领这件").first.click()
        expect(loser.get_by_role("status")).to_contain_text("已由您认领")


def test_next_case_and_giving_back_without_scripts(address: str, counter: Counter, screen: Screen) -> None:
    with screen("desktop", scripts=False) as page:
        enter(page, address, login_of(counter.office.lawyer), PASSWORD, "/queue")
        page.get_by_role("button", name="给我下一件").click()
        expect(page.get_by_role("status")).to_contain_text("这件等得最久")
        picture(page, "queue-desktop")
        page.get_by_role("link", name="退回案件池").click()
        page.get_by_label("时间或精力不足").check()
        picture(page, "queue-release")
        page.get_by_role("button", name="退回").click()
        expect(page.get_by_role("status")).to_contain_text("已退回案件池")
