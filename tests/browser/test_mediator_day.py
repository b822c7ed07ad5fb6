"""Moments 2 and 3: what must I do today; advance a case, and be told what a grey step lacks."""

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
    """A payment missed three days ago, a mediation over the national holiday, and a case that is only registered."""
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        office = counter.office
        office.signed()
        office.clock.move(days=8)
        office.accepted()
        case = office.register()
        office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
        office.clock.move(days=5)
        sweep_once(office.runtime, [Inbox()])
        give_account(office, office.mediator)
        yield counter


@pytest.fixture
def address(counter: Counter) -> Iterator[str]:
    with serving(counter.app) as address:
        yield address


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_moment_2_what_must_i_do_today(address: str, counter: Counter, screen: Screen, size: str) -> None:
    with screen(size) as page:
        enter(page, address, login_of(counter.office.mediator), PASSWORD, "/today")
        lines = page.locator("ul.today > li.case")
        expect(lines).to_have_count(3)
        expect(lines.first).to_contain_text("款项未付")
        expect(lines.first).to_contain_text("轮到您")
        mediation = lines.filter(has_text="调解中")
        expect(mediation).to_contain_text("15日")
        expect(mediation).to_contain_text("还剩")
        expect(page.locator("#changes")).to_contain_text("到期未履行")
        picture(page, f"moment-2-{size}")
        assert fits(page)
        mediation.get_by_role("button").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("起草调解协议")


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_moment_3_a_grey_step_tells_what_is_missing(address: str, counter: Counter, screen: Screen, size: str) -> None:
    with screen(size) as page:
        enter(page, address, login_of(counter.office.mediator), PASSWORD, "/cases/2")
        expect(page.locator("#now")).to_contain_text("正在调解")
        expect(page.locator("#now")).to_contain_text("愿不愿意书面延长")
        expect(page.locator("#now").get_by_role("link", name="《企业劳动争议协商调解规定》第二十九条")).to_be_visible()
        page.locator("#steps details.event summary").first.click()
        expect(page.locator("#steps details.event[open] button").last).to_be_enabled()
        barred = page.locator("#steps > div ul.barred > li")
        for place in range(barred.count()):
            item = barred.nth(place)
            expect(item.locator("a, button")).to_have_count(0)
            sentences = item.locator("ul.reasons > li").all_text_contents()
            assert sentences
            assert all(sentence.strip().endswith("。") for sentence in sentences)
        assert barred.count()
        picture(page, f"moment-3-{size}")
        assert fits(page)
