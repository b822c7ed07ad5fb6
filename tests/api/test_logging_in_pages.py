"""Logging in and out through pages, as a browser without JavaScript does it."""

import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from mediation.clock import TestClock
from tests.api.conftest import LOGIN, PASSWORD


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found.group(1)


def test_the_login_page_leads_to_where_one_wanted_to_go(client: TestClient) -> None:
    refused = client.get("/account?x=1")
    assert refused.status_code == 303
    page = client.get(refused.headers["location"])
    assert "登录名" in page.text
    typed = {"login": LOGIN, "password": PASSWORD, "next": hidden(page.text, "next")}
    entered = client.post("/login", data=typed)
    assert (entered.status_code, entered.headers["location"]) == (303, "/account?x=1")
    assert "陈调解" in client.get("/account").text


def test_the_cookie_is_closed_to_scripts_and_other_sites(client: TestClient) -> None:
    cookie = client.post("/login", data={"login": LOGIN, "password": PASSWORD}).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_wrong_password_keeps_the_name_and_not_the_password(client: TestClient) -> None:
    answer = client.post("/login", data={"login": "chen<1>", "password": "secret attempt", "next": "/account"})
    assert answer.status_code == 422
    assert "登录名或密码不正确" in answer.text
    assert 'value="chen&lt;1&gt;"' in answer.text
    assert "secret attempt" not in answer.text
    assert hidden(answer.text, "next") == "/account"
    assert "set-cookie" not in answer.headers


def test_five_wrong_passwords_lock_and_the_page_says_until_when(client: TestClient, clock: TestClock) -> None:
    for _ in range(5):
        answer = client.post("/login", data={"login": LOGIN, "password": "wrong"})
    assert "09:15之后" in answer.text
    assert client.post("/login", data={"login": LOGIN, "password": PASSWORD}).status_code == 422
    clock.move(minutes=15)
    assert client.post("/login", data={"login": LOGIN, "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nb"])
def test_nobody_is_sent_to_another_site(client: TestClient, target: str) -> None:
    answer = client.post("/login", data={"login": LOGIN, "password": PASSWORD, "next": target})
    assert answer.headers["location"] == "/"


def test_a_session_ends_after_its_hours_however_busy(logged_in: TestClient, clock: TestClock) -> None:
    for _ in range(14):
        clock.move(minutes=50)
        assert logged_in.get("/account").status_code == 200
    clock.move(minutes=20)
    assert logged_in.get("/account").headers["location"] == "/login?next=%2Faccount"


def test_a_session_that_nobody_uses_ends_after_an_hour(logged_in: TestClient, clock: TestClock) -> None:
    clock.move(minutes=59)
    assert logged_in.get("/account").status_code == 200
    clock.move(minutes=60)
    assert logged_in.get("/account").headers["location"] == "/login?next=%2Faccount"


def test_logging_out_ends_the_session_for_every_copy_of_the_cookie(logged_in: TestClient) -> None:
    copy = dict(logged_in.cookies)
    token = hidden(logged_in.get("/account").text, "_csrf")
    del logged_in.headers["x-csrf-token"]
    assert logged_in.post("/logout", data={"_csrf": token}).headers["location"] == "/login"
    logged_in.cookies.update(copy)
    assert logged_in.get("/account").status_code == 303


def test_a_forged_cookie_is_nobody(client: TestClient) -> None:
    client.cookies.set("session", "made-up.signature")
    assert client.get("/account").status_code == 303


def test_everybody_starts_at_the_first_page_of_their_role(logged_in: TestClient, clock: TestClock) -> None:
    assert logged_in.get("/").headers["location"] == "/today"
    menu = logged_in.get("/account").text
    assert "我的案件" in menu
    assert "逾期督办" not in menu
    assert menu.count('href="/cases"') == 1


def test_without_any_role_one_is_told_so(logged_in: TestClient, clock: TestClock) -> None:
    clock.move(days=120)
    answer = logged_in.post("/api/v1/session", json={"login": LOGIN, "password": PASSWORD})
    assert answer.json()["grants"] == []
    assert "没有任何有效的角色" in logged_in.get("/").text


def test_a_new_password_ends_all_other_sessions(logged_in: TestClient, app: FastAPI) -> None:
    with TestClient(app, follow_redirects=False) as elsewhere:
        elsewhere.post("/login", data={"login": LOGIN, "password": PASSWORD})
        wrong = {"old_password": PASSWORD, "password": "却话巴山夜雨时 2026", "again": "不一样"}
        refused = logged_in.post("/account/password", data=wrong)
        assert refused.status_code == 422
        assert "不一致" in refused.text
        assert elsewhere.get("/account").status_code == 200
        right = {**wrong, "again": "却话巴山夜雨时 2026"}
        assert logged_in.post("/account/password", data=right).headers["location"] == "/account?done=true"
        assert elsewhere.get("/account").status_code == 303
    assert "其他设备上的登录已全部结束" in logged_in.get("/account?done=true").text
    new = {"login": LOGIN, "password": "却话巴山夜雨时 2026"}
    assert logged_in.post("/api/v1/session", json=new).status_code == 200


def test_guessing_the_old_password_at_an_open_screen_locks_the_account(logged_in: TestClient) -> None:
    for _ in range(5):
        words = {"old_password": "a guess", "password": "却话巴山夜雨时 2026", "again": "却话巴山夜雨时 2026"}
        answer = logged_in.post("/account/password", data=words)
    assert answer.status_code == 422
    assert "已锁定15分钟" in answer.text
