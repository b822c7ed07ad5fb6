"""The log-in ends in the middle of a form: nothing typed is lost, and one goes on exactly there."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from mediation.cases.models import Case
from mediation.clock import TestClock
from mediation.db import Database
from tests.api.desk import PASSWORD, Desk, login_of, open_desk
from tests.browser.conftest import Screen, enter, fits, picture, serving

pytestmark = pytest.mark.browser
SUMMARY = "单位拖欠三个月工资，多次催要未果。\n老板说“下月一定给”。"


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with serving(desk.app) as address:
        yield address


def cases(desk: Desk) -> int:
    with desk.office.database.read() as session:
        return session.scalar(select(func.count(Case.id))) or 0


def fill(page: Page) -> None:
    page.locator("[name='workers.0.name']").fill("张三")
    page.locator("[name='workers.0.phone']").fill("13800138000")
    page.locator("[name='employers.0.name']").fill("北京某餐饮有限公司")
    page.locator("[name=cause]").select_option("B1")
    page.locator("[name='demands.0.head']").select_option("wages")
    page.locator("[name='demands.0.amount']").fill("24000")
    page.locator("[name=summary]").fill(SUMMARY)


def log_in_again(page: Page, desk: Desk) -> None:
    page.get_by_label("登录名").fill(login_of(desk.office.mediator))
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录并继续").click()


@pytest.mark.parametrize(("size", "scripts"), [("phone", False), ("desktop", True)])
def test_typed_text_waits_and_one_goes_on_exactly_there(
    desk: Desk, address: str, screen: Screen, clock: TestClock, size: str, scripts: bool
) -> None:
    with screen(size, scripts=scripts, expected=("401", "DataListElement")) as page:
        enter(page, address, login_of(desk.office.mediator), PASSWORD, "/intake")
        fill(page)
        clock.move(hours=13)
        page.get_by_role("button", name="保存登记").last.click()
        expect(page.get_by_role("status")).to_contain_text("已保留在本页")
        picture(page, f"expired-{size}")
        assert fits(page)
        log_in_again(page, desk)
        expect(page.get_by_role("heading", name="继续刚才的办理")).to_be_visible()
        expect(page.locator("ul.kept")).to_contain_text("老板说")
        picture(page, f"continue-{size}")
        assert fits(page)
        assert cases(desk) == 0
        page.get_by_role("button", name="继续提交").click()
        page.wait_for_url(address + "/cases/1?done=1")
        assert cases(desk) == 1


def test_logged_in_again_in_another_tab(desk: Desk, address: str, screen: Screen, clock: TestClock) -> None:
    with screen("desktop", expected=("409", "401", "DataListElement")) as page:
        enter(page, address, login_of(desk.office.mediator), PASSWORD, "/intake")
        fill(page)
        clock.move(hours=13)
        other = page.context.new_page()
        enter(other, address, login_of(desk.office.mediator), PASSWORD, "/cases")
        page.get_by_role("button", name="保存登记").last.click()
        with page.expect_request(lambda request: request.method == "POST") as sent:
            page.get_by_role("button", name="继续提交").click()
        page.wait_for_url(address + "/cases/1?done=1")
        assert cases(desk) == 1
        form = {"content-type": "application/x-www-form-urlencoded", "origin": address}
        replayed = page.request.post(sent.value.url, data=sent.value.post_data or "", headers=form)
        assert (replayed.url, cases(desk)) == (address + "/cases/1?done=1", 1)


@contextmanager
def evil_site(target: str) -> Iterator[str]:
    """Another site whose page holds a form that posts to ours."""
    body = f"<form method=post action='{target}'><input name=summary value=x><button>有奖问卷</button></form>".encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_a_form_of_another_site_is_refused(desk: Desk, address: str, screen: Screen) -> None:
    with screen("desktop", expected=("403", "404")) as page, evil_site(address + "/intake") as evil:
        enter(page, address, login_of(desk.office.mediator), PASSWORD, "/intake")
        page.goto(evil)
        page.get_by_role("button", name="有奖问卷").click()
        expect(page.get_by_role("alert")).to_contain_text("这个请求来自其他网站，已拒绝")
        assert cases(desk) == 0
