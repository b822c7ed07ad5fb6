"""A form that was sent after the log-in had ended: nothing typed is lost, and nobody else sees it."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from mediation.cases.models import Case
from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.models import Account
from tests.api.desk import PASSWORD, Desk, fields_of, login_of, open_desk

SUMMARY = "单位拖欠三个月工资，<b>多次</b>催要未果。\r\n第二行"


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def browser(desk: Desk) -> Iterator[TestClient]:
    with desk.browser() as browser:
        yield browser


def typed(browser: TestClient, **more: str) -> dict[str, str]:
    """The intake form, filled in as far as it must be."""
    told = {
        "channel": "walk_in",
        "cause": "B1",
        "summary": SUMMARY,
        "workers.0.name": "张三",
        "workers.0.phone": "13800138000",
        "employers.0.name": "北京某餐饮有限公司",
        "demands.0.head": "wages",
        "demands.0.amount": "24000",
    }
    return {**fields_of(browser.get("/intake").text, "/intake"), **told, **more}


def cases(desk: Desk) -> int:
    with desk.office.database.read() as session:
        return session.scalar(select(func.count(Case.id))) or 0


def words(desk: Desk, page: str, who: str = "mediator") -> dict[str, str]:
    actor = getattr(desk.office, who)
    return {**fields_of(page, "/login"), "login": login_of(actor), "password": PASSWORD}


def go_on(browser: TestClient, page: str, action: str = "/intake") -> dict[str, str]:
    """What the page that offers to go on would send."""
    fields = fields_of(page, action)
    for name, text in re.findall(r'<textarea name="([^"]*)" hidden>\n(.*?)</textarea>', page, re.DOTALL):
        fields[name] = html.unescape(text)
    return fields


def test_what_was_typed_waits_for_the_log_in_and_is_saved_once(
    desk: Desk, browser: TestClient, clock: TestClock
) -> None:
    form = typed(browser)
    clock.move(hours=13)
    ended = browser.post("/intake", data=form)
    assert ended.status_code == 401
    assert "已保留在本页" in ended.text
    assert cases(desk) == 0
    wrong = browser.post("/login", data={**words(desk, ended.text), "password": "wrong"})
    assert wrong.status_code == 422
    offered = browser.post("/login", data=words(desk, wrong.text))
    assert offered.status_code == 200
    assert "继续刚才的办理" in offered.text
    assert "多次&lt;/b&gt;催要未果" in offered.text
    again = go_on(browser, offered.text)
    assert {**again, "_csrf": ""} == {**form, "_csrf": ""}
    saved = browser.post("/intake", data=again)
    assert (saved.status_code, cases(desk)) == (303, 1)
    replayed = browser.post("/intake", data=again)
    assert (replayed.headers["location"], cases(desk)) == (saved.headers["location"], 1)


def test_it_waits_through_the_second_step_as_well(desk: Desk, browser: TestClient, clock: TestClock) -> None:
    form = typed(browser)
    with desk.office.database.write() as session:
        query = select(Account).where(Account.person_id == desk.office.mediator.person_id)
        account = session.scalars(query).one()
        account.factor_secret, account.factor_since = pyotp.random_base32(), clock.now()
        secret = account.factor_secret
    clock.move(hours=13)
    second = browser.post("/login", data=words(desk, browser.post("/intake", data=form).text))
    assert "第二步验证" in second.text
    code = pyotp.TOTP(secret).at(clock.now())
    offered = browser.post("/login/factor", data={**fields_of(second.text, "/login/factor"), "code": code})
    assert browser.post("/intake", data=go_on(browser, offered.text)).status_code == 303
    assert cases(desk) == 1


def test_somebody_else_who_logs_in_there_sees_nothing_of_it(desk: Desk, browser: TestClient, clock: TestClock) -> None:
    form = typed(browser)
    clock.move(hours=13)
    ended = browser.post("/intake", data=form)
    other = browser.post("/login", data=words(desk, ended.text, "supervisor"))
    assert other.status_code == 403
    assert "属于另一个账号" in other.text
    assert "拖欠三个月" not in other.text
    assert browser.get("/account").status_code == 200


def test_the_other_tab_still_holds_the_form_of_the_older_log_in(
    desk: Desk, browser: TestClient, clock: TestClock
) -> None:
    form = typed(browser)
    clock.move(hours=13)
    browser.post("/login", data={"login": login_of(desk.office.mediator), "password": PASSWORD})
    offered = browser.post("/intake", data=form)
    assert offered.status_code == 409
    assert "继续刚才的办理" in offered.text
    assert cases(desk) == 0
    assert browser.post("/intake", data=go_on(browser, offered.text)).status_code == 303
    assert cases(desk) == 1


def test_logged_in_in_the_other_tab_the_waiting_page_goes_on(desk: Desk, browser: TestClient, clock: TestClock) -> None:
    form = typed(browser)
    clock.move(hours=13)
    ended = browser.post("/intake", data=form)
    early = browser.post("/login/continue", data=fields_of(ended.text, "/login"))
    assert early.status_code == 401
    assert "还没有登录" in early.text
    browser.post("/login", data={"login": login_of(desk.office.mediator), "password": PASSWORD})
    offered = browser.post("/login/continue", data=fields_of(early.text, "/login"))
    assert browser.post("/intake", data=go_on(browser, offered.text)).status_code == 303


@pytest.mark.parametrize("token", ["", "made-up-token"])
def test_a_form_that_nobody_here_has_made_is_not_offered(desk: Desk, browser: TestClient, token: str) -> None:
    refused = browser.post("/intake", data={**typed(browser), "_csrf": token})
    assert refused.status_code == 403
    assert "拖欠三个月" not in refused.text


@pytest.mark.parametrize("kept", ["", "{", "[]", '["//evil.example", [], false]', '["/intake", 7, false]', "[1,2,3]"])
def test_a_forged_waiting_form_is_ignored(desk: Desk, browser: TestClient, kept: str) -> None:
    typed = {"login": login_of(desk.office.mediator), "password": PASSWORD, "next": "/cases", "_kept": kept}
    assert browser.post("/login", data=typed).headers["location"] == "/cases"


def test_a_form_with_a_password_is_never_kept(browser: TestClient, clock: TestClock) -> None:
    form = fields_of(browser.get("/account").text, "/account/password")
    clock.move(hours=13)
    typed = {**form, "old_password": PASSWORD, "password": "却话巴山夜雨时 2026", "again": "却话巴山夜雨时 2026"}
    ended = browser.post("/account/password", data=typed)
    assert ended.status_code == 401
    assert PASSWORD not in ended.text
    assert "却话巴山夜雨时" not in ended.text
