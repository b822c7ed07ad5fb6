"""Tokens over HTTP: made on the page, shown once, used without cookie and CSRF token, never more than their owner."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.desk import PASSWORD, Desk, fields_of, open_desk


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def browser(desk: Desk) -> Iterator[TestClient]:
    with desk.browser() as browser:
        yield browser


@pytest.fixture
def program(desk: Desk) -> Iterator[TestClient]:
    with TestClient(desk.app, follow_redirects=False) as program:
        yield program


def make(browser: TestClient, *scopes: str, **given: str) -> str:
    typed = {**fields_of(browser.get("/account/tokens").text, "/account/tokens"), "name": "台账", "days": "３０"}
    page = browser.post("/account/tokens", data={**typed, "scopes": list(scopes), "password": PASSWORD, **given})
    found = re.search(r'<code class="secret">(mt_[\w-]+)</code>', page.text)
    assert found, page.text
    return found.group(1)


def bearer(secret: str, key: str = "") -> dict[str, str]:
    return {"authorization": f"Bearer {secret}", **({"idempotency-key": key} if key else {})}


def complaint(desk: Desk) -> dict[str, object]:
    return {
        "organisation_id": desk.office.street_id,
        "application": {
            "channel": "walk_in",
            "cause": "B1",
            "summary": "单位拖欠三个月工资。",
            "workers": [{"name": "张三", "phone": "13800138000"}],
            "employers": [{"name": "北京某餐饮有限公司"}],
            "demands": [{"party": 0, "head": "wages", "amount": "24000"}],
        },
    }


def test_a_token_reads_and_writes_what_its_scopes_say(desk: Desk, browser: TestClient, program: TestClient) -> None:
    reading, writing = make(browser, "read"), make(browser, "cases:write")
    assert program.get("/api/v1/session", headers=bearer(reading)).json()["csrf_token"] == ""
    refused = program.post("/api/v1/cases", json=complaint(desk), headers=bearer(reading, "request-1"))
    assert refused.status_code == 403
    assert "只能查看" in refused.json()["detail"]
    done = program.post("/api/v1/cases", json=complaint(desk), headers=bearer(writing, "request-2"))
    assert done.status_code in (200, 201), done.text
    again = program.post("/api/v1/cases", json=complaint(desk), headers=bearer(writing, "request-2"))
    assert again.json() == {**done.json(), "repeated": True}
    assert program.get("/api/v1/cases", headers=bearer(writing)).status_code == 403
    assert program.get("/api/v1/cases", headers=bearer(reading)).status_code == 200


def test_a_scope_gives_nobody_a_role(desk: Desk, browser: TestClient, program: TestClient) -> None:
    secret = make(browser, "read", "queue:write", "supervision:write")
    answer = program.post("/api/v1/cases", json=complaint(desk), headers=bearer(secret, "request-1"))
    assert answer.status_code == 403


def test_rights_that_end_end_for_the_token_too(
    desk: Desk, browser: TestClient, program: TestClient, clock: TestClock
) -> None:
    secret = make(browser, "read", days="366")
    before = program.get("/api/v1/session", headers=bearer(secret)).json()["grants"]
    clock.move(days=365)
    after = program.get("/api/v1/session", headers=bearer(secret))
    assert before
    assert after.status_code == 200
    clock.move(days=1)
    ended = program.get("/api/v1/session", headers=bearer(secret))
    assert ended.status_code == 401
    assert "已到期" in ended.json()["detail"]


def test_revoked_on_the_page_it_is_nobody_and_the_cookie_does_not_help(
    browser: TestClient, program: TestClient
) -> None:
    secret = make(browser, "read")
    assert program.get("/api/v1/session", headers=bearer(secret)).status_code == 200
    page = browser.get("/account/tokens").text
    assert "从未使用" not in page
    assert secret not in page
    assert browser.post("/account/tokens/1/end", data=fields_of(page, "/account/tokens/1/end")).status_code == 303
    assert program.get("/api/v1/session", headers=bearer(secret)).status_code == 401
    assert browser.get("/api/v1/session", headers=bearer(secret)).status_code == 401
    assert "已停用" in browser.get("/account/tokens").text


def test_pages_and_the_account_are_closed_to_tokens(browser: TestClient, program: TestClient) -> None:
    secret = make(browser, "read", "cases:write")
    for path in ("/account", "/cases", "/account/tokens"):
        assert program.get(path, headers=bearer(secret)).status_code == 303


def test_making_one_asks_for_the_password_and_keeps_what_was_typed(browser: TestClient) -> None:
    typed = {**fields_of(browser.get("/account/tokens").text, "/account/tokens"), "name": "街道<台账>", "days": "30"}
    wrong = browser.post("/account/tokens", data={**typed, "scopes": ["read"], "password": "not mine"})
    assert wrong.status_code == 422
    assert "密码不正确" in wrong.text
    assert 'value="街道&lt;台账&gt;"' in wrong.text
    assert "not mine" not in wrong.text
    faulty = browser.post("/account/tokens", data={**typed, "days": "999", "scopes": [], "password": PASSWORD})
    assert faulty.status_code == 422
    assert "1至366天" in faulty.text


def test_a_second_click_shows_no_second_token(browser: TestClient) -> None:
    typed = {**fields_of(browser.get("/account/tokens").text, "/account/tokens"), "name": "台账", "days": "30"}
    whole = {**typed, "scopes": ["read"], "password": PASSWORD}
    assert "只显示这一次" in browser.post("/account/tokens", data=whole).text
    assert browser.post("/account/tokens", data=whole).headers["location"] == "/account/tokens"


def test_the_description_names_the_ways_to_prove_oneself(program: TestClient) -> None:
    document = program.get("/api/openapi.json").json()
    schemes = document["components"]["securitySchemes"]
    assert (schemes["token"]["scheme"], schemes["session"]["in"]) == ("bearer", "cookie")
    assert "cases:write" in schemes["token"]["description"]
    assert document["security"] == [{"token": []}, {"session": [], "csrf": []}]
    assert document["paths"]["/api/v1/session"]["post"]["security"] == []
