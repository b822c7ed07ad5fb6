"""What goes wrong in a browser: the back button after a post, the same form in two tabs, text pasted from Word."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect
from sqlalchemy import func, select

from mediation.cases.intake import Registered
from mediation.cases.models import AuditEntry
from mediation.clock import TestClock
from mediation.db import Database
from tests.api.desk import PASSWORD, Desk, login_of, open_desk
from tests.browser.conftest import Screen, enter, fits, picture, serving

pytestmark = pytest.mark.browser

WORD = "“拖欠”\xa0三个月\u00ad工资\v第二行\r\n\uf0b7 要求\u200b支付——‘立即’ 👨‍👩‍👧\n=SUM(A1) <b>粗</b>"
KEPT = "“拖欠” 三个月工资\n第二行\n• 要求支付——‘立即’ 👨‍👩‍👧\n=SUM(A1) <b>粗</b>"


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with serving(desk.app) as address:
        yield address


def session_form(case: Registered) -> str:
    return f"/cases/{case.case_id}/events/{case.proceeding_id}/hold_session"


def tell_session(page: Page, note: str) -> None:
    page.get_by_label("面对面").check()
    page.locator("[name=session_result]").select_option("progress")
    page.locator("[name=session_note]").fill(note)


def send(page: Page) -> None:
    page.get_by_role("button", name="记录调解会", exact=True).last.click()


def count(desk: Desk) -> int:
    with desk.office.database.read() as session:
        return session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.event == "hold_session")) or 0


def send_again(page: Page, address: str, sent: Request) -> str:
    """The same form from the history, as the browser resends it; where it ends."""
    form = {"content-type": "application/x-www-form-urlencoded", "origin": address}
    return page.request.post(sent.url, data=sent.post_data or "", headers=form).url


def test_back_after_a_post_and_the_form_sent_again(desk: Desk, address: str, screen: Screen) -> None:
    case = desk.office.accepted()
    with screen("phone") as page:
        enter(page, address, login_of(desk.office.mediator), PASSWORD, session_form(case))
        tell_session(page, WORD)
        with page.expect_request(lambda request: request.method == "POST") as told:
            send(page)
        expect(page.get_by_role("status")).to_contain_text("已保存：记录调解会")
        there = page.url
        page.go_back()
        expect(page.get_by_role("button", name="记录调解会", exact=True).last).to_be_visible()
        assert send_again(page, address, told.value) == there
        page.go_forward()
        expect(page.locator("#history")).to_contain_text(KEPT.replace("\n", " "))
        assert fits(page)
        picture(page, "bad-input-pasted")
        assert count(desk) == 1


def test_the_same_form_in_two_tabs(desk: Desk, address: str, screen: Screen) -> None:
    case = desk.office.accepted()
    with screen("desktop", expected=("409",)) as first:
        enter(first, address, login_of(desk.office.mediator), PASSWORD, session_form(case))
        second = first.context.new_page()
        second.goto(address + session_form(case))
        tell_session(first, "单位愿意先付一半。")
        tell_session(second, "单位要求再谈。")
        send(second)
        expect(second.get_by_role("status")).to_contain_text("已保存")
        send(first)
        expect(first.locator(".compare tr.differs")).to_contain_text("单位要求再谈。")
        expect(first.locator(".compare tr.differs")).to_contain_text("单位愿意先付一半。")
        assert count(desk) == 1
        first.get_by_role("button", name="按我填写的保存").click()
        expect(first.get_by_role("status")).to_contain_text("已保存")
        assert count(desk) == 2
